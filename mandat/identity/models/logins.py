"""The logins that persons sign in with, and whose each one is, since when. A login holds no right."""

import unicodedata
from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.postgres.fields import DateTimeRangeField
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from mandat.identity import user_code
from mandat.identity.models.people import Person
from mandat.identity.passwords import normalised
from mandat.platform.keys import Keyed
from mandat.platform.ranges import half_open, never_at_once, same_number


def canonical_email(typed: str) -> str:
    """Return an address as it is kept and compared: composed, trimmed, in lower case."""
    return unicodedata.normalize("NFC", typed).strip().lower()


class LoginManager(BaseUserManager["Login"]):
    """Finds logins by user code, however it was typed."""

    def get_by_natural_key(self, username: str | None) -> "Login":
        """Return the login of a user code."""
        return self.get(user_code=user_code.canonical(username or ""))


class Login(Keyed, AbstractBaseUser):
    """A user code and its factors. Holds no right: a dated link says whose it is."""

    user_code = models.CharField(_("Code d’utilisateur"), max_length=20, unique=True)
    email = models.EmailField(_("Courriel"))
    is_active = models.BooleanField(default=True)
    #: When its holder asked not to be invited to add a passkey any more.
    passkey_declined_at = models.DateTimeField(null=True)

    USERNAME_FIELD = "user_code"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["email"]
    objects = LoginManager()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(condition=Q(user_code__regex=user_code.CANONICAL), name="user_code_is_canonical"),
            models.CheckConstraint(condition=Q(email=Lower(F("email"))), name="email_is_in_lower_case"),
            # Signing in by e-mail must name one login; a mailbox shared by two of them proves neither.
            models.UniqueConstraint(fields=["email"], condition=Q(is_active=True), name="one_active_login_per_email"),
        ]

    def __str__(self) -> str:
        return user_code.masked(self.user_code)

    def set_password(self, raw_password: str | None) -> None:
        """Keep the hash of a password, or none."""
        super().set_password(None if raw_password is None else normalised(raw_password))

    def check_password(self, raw_password: str | None) -> bool:
        """Return whether this is the password."""
        return super().check_password(None if raw_password is None else normalised(raw_password))


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
