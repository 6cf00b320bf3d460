"""Persons: what rights attach to. Not a login, not a mailbox."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from mandat.identity.workflow import PERSON, PersonMove, PersonState
from mandat.platform.keys import Keyed
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
