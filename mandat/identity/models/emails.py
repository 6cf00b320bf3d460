"""A change of e-mail address: asked for, confirmed from the new one, undone from the old one."""

from collections.abc import Mapping
from datetime import datetime

from django.db import models
from django.db.models import PROTECT, F, Q
from django.db.models.functions import Lower

from mandat.identity.models.logins import Login
from mandat.identity.models.recovery import HASH
from mandat.identity.workflow import EMAIL_CHANGE, EmailMove, EmailState
from mandat.platform.keys import Keyed


class EmailChange(Keyed):
    """
    A login that is to be written to elsewhere. Only the link mailed to the new address does it.

    Another link, mailed to the old one, undoes it for some days. Rights are not concerned: they are the person's.
    """

    State, Move = EmailState, EmailMove

    login = models.ForeignKey(Login, on_delete=PROTECT, related_name="email_changes")
    state = models.CharField(max_length=20, choices=EmailState, default=EmailState.ASKED)
    before = models.EmailField()
    after = models.EmailField()
    link_hash = models.CharField(max_length=64, unique=True)
    asked_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    undo_hash = models.CharField(max_length=64, blank=True)
    undo_until = models.DateTimeField(null=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=EmailState.values), name="email_change_state_is_known"),
            models.CheckConstraint(condition=Q(link_hash__regex=HASH), name="email_link_is_hashed"),
            models.CheckConstraint(
                condition=Q(undo_hash="") | Q(undo_hash__regex=HASH), name="email_undo_link_is_hashed"
            ),
            models.UniqueConstraint(fields=["undo_hash"], condition=~Q(undo_hash=""), name="one_change_per_undo_link"),
            models.CheckConstraint(condition=~Q(before=F("after")), name="an_email_changes_for_another"),
            models.CheckConstraint(condition=Q(after=Lower(F("after"))), name="new_email_is_in_lower_case"),
            models.UniqueConstraint(fields=["login"], condition=Q(state="asked"), name="one_email_asked_per_login"),
        ]

    def __str__(self) -> str:
        return str(self.public_id)

    def make(self, move: EmailMove, *, at: datetime, under: Mapping[str, object]) -> None:
        """
        Make a move and record it. The only code that writes `state`.

        :raises MoveNotAllowed: if the state of the change does not allow it
        """
        before = EmailState(self.state)
        self.state = EMAIL_CHANGE.target(move, before)
        self.save(update_fields=["state", "undo_hash", "undo_until"])
        self.history.create(move=move, before=before, after=self.state, at=at, authority=dict(under))


class EmailChangeMade(Keyed):
    """One move of a change of address; never changed, never deleted (by a trigger)."""

    change = models.ForeignKey(EmailChange, on_delete=PROTECT, related_name="history")
    move = models.CharField(max_length=20, choices=EmailMove)
    before = models.CharField(max_length=20, choices=EmailState)
    after = models.CharField(max_length=20, choices=EmailState)
    at = models.DateTimeField()
    authority = models.JSONField()

    class Meta:
        ordering = ["id"]
