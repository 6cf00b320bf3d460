"""Persons, and the logins they sign in with. Rights attach to persons, never to logins or mailboxes."""

from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.postgres.fields import DateTimeRangeField
from django.db import models
from django.utils.translation import gettext_lazy as _

from mandat.platform.keys import Keyed
from mandat.platform.ranges import half_open, never_at_once, same_number


class Person(Keyed):
    """A human being: what rights attach to. Not a login, not a mailbox."""

    class State(models.TextChoices):
        ACTIVE = "active", _("Actif")
        SUSPENDED = "suspended", _("Suspendu")

    given_name = models.CharField(max_length=100)
    family_name = models.CharField(max_length=100)
    sort_name = models.CharField(max_length=210, editable=False, db_index=True)  # accents and case folded
    language = models.CharField(max_length=2, choices=[("fr", _("Français")), ("en", _("Anglais"))], default="fr")
    state = models.CharField(max_length=20, choices=State, default=State.ACTIVE)

    class Meta:
        ordering = ["sort_name", "id"]

    def __str__(self) -> str:
        return f"{self.given_name} {self.family_name}"


class LoginManager(BaseUserManager["Login"]):
    """Finds logins by user code, whatever its case."""

    def get_by_natural_key(self, username: str | None) -> "Login":
        return self.get(user_code__iexact=username)


class Login(Keyed, AbstractBaseUser):
    """A user code and its factors. Holds no right: a dated link says whose it is."""

    user_code = models.CharField(_("Code d'utilisateur"), max_length=20, unique=True)
    email = models.EmailField(_("Courriel"))
    is_active = models.BooleanField(default=True)

    USERNAME_FIELD = "user_code"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["email"]
    objects = LoginManager()

    def __str__(self) -> str:
        return self.user_code


class LoginLink(Keyed):
    """Whose a login is, and since when: a login belongs to at most one person at any instant."""

    login = models.ForeignKey(Login, on_delete=models.PROTECT, related_name="links")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="links")
    during = DateTimeRangeField()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(condition=half_open(), name="login_link_is_half_open"),
            never_at_once("one_person_per_login_at_once", keys=[same_number("login_id")]),
        ]
