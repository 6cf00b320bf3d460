"""Persons, and the logins they sign in with. Rights attach to persons, never to logins or mailboxes."""

import unicodedata
from collections.abc import Mapping
from datetime import datetime
from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.postgres.fields import DateTimeRangeField
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from mandat.identity import user_code
from mandat.identity.passwords import normalised
from mandat.identity.workflow import PERSON, PersonMove, PersonState
from mandat.platform.keys import Keyed
from mandat.platform.ranges import half_open, never_at_once, same_number
from mandat.platform.text import fold


class Person(Keyed):
    """A human being: what rights attach to. Not a login, not a mailbox."""

    State = PersonState

    given_name = models.CharField(max_length=100)
    family_name = models.CharField(max_length=100)
    sort_name = models.CharField(max_length=210, editable=False, db_index=True)  # family name first, folded
    language = models.CharField(max_length=2, choices=[("fr", _("Français")), ("en", _("Anglais"))], default="fr")
    state = models.CharField(max_length=20, choices=PersonState, default=PersonState.ACTIVE)

    class Meta:
        ordering = ["sort_name", "id"]
        constraints = [
            models.CheckConstraint(condition=~Q(given_name="") & ~Q(family_name=""), name="person_has_both_names"),
        ]

    def __str__(self) -> str:
        return f"{self.given_name} {self.family_name}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Save, with the name that lists sort by."""
        self.sort_name = fold(f"{self.family_name} {self.given_name}")
        super().save(*args, **kwargs)

    def make(self, move: PersonMove, *, at: datetime, reason: str, under: Mapping[str, object]) -> None:
        """
        Make a move and record it. The only code that writes `state`.

        :raises MoveNotAllowed: if the person's state does not allow it
        """
        before = PersonState(self.state)
        self.state = PERSON.target(move, before)
        self.save(update_fields=["state"])
        self.history.create(move=move, before=before, after=self.state, at=at, reason=reason, authority=dict(under))


class PersonHistory(Keyed):
    """One move of a person's state, kept for ever."""

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="history")
    move = models.CharField(max_length=20, choices=PersonMove)
    before = models.CharField(max_length=20, choices=PersonState)
    after = models.CharField(max_length=20, choices=PersonState)
    at = models.DateTimeField()
    reason = models.CharField(max_length=300)
    authority = models.JSONField()

    class Meta:
        ordering = ["id"]


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

    #: Whose it is now, when it was read with its session: see `backends`.
    link: "LoginLink | None" = None

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


class Deployment(models.Model):
    """What this database is: one row, written when it is created; a trigger refuses to change or delete it."""

    class Kind(models.TextChoices):
        DEMO = "demo", _("Démonstration")
        REAL = "real", _("Réelle")

    is_the_one = models.BooleanField(primary_key=True, default=True, editable=False)
    kind = models.CharField(max_length=10, choices=Kind)
    marked_at = models.DateTimeField()

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(is_the_one=True), name="one_deployment_per_database")]

    def __str__(self) -> str:
        return self.kind
