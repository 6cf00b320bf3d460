"""A lost password: the link that was mailed, what became of it, and when."""

from collections.abc import Mapping
from datetime import datetime

from django.db import models
from django.db.models import PROTECT, Q

from mandat.identity.models.logins import Login
from mandat.identity.workflow import RECOVERY, RecoveryMove, RecoveryState
from mandat.platform.keys import Keyed

HASH = r"^[0-9a-f]{64}$"


class PasswordRecovery(Keyed):
    """A mailed link by which the holder of a login, once their second factor is proven, chooses another password."""

    State, Move = RecoveryState, RecoveryMove

    login = models.ForeignKey(Login, on_delete=PROTECT, related_name="recoveries")
    state = models.CharField(max_length=20, choices=RecoveryState, default=RecoveryState.SENT)
    link_hash = models.CharField(max_length=64, unique=True)
    tries_left = models.PositiveSmallIntegerField()
    sent_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    #: What the link rests on (`recovering`): once that has changed, it opens nothing.
    seal = models.CharField(max_length=64, blank=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=RecoveryState.values), name="recovery_state_is_known"),
            models.CheckConstraint(condition=Q(link_hash__regex=HASH), name="recovery_link_is_hashed"),
            models.UniqueConstraint(fields=["login"], condition=Q(state="sent"), name="one_recovery_link_per_login"),
        ]

    def __str__(self) -> str:
        return str(self.public_id)

    def make(self, move: RecoveryMove, *, at: datetime, under: Mapping[str, object]) -> None:
        """
        Make a move and record it. The only code that writes `state`.

        :raises MoveNotAllowed: if the state of the recovery does not allow it
        """
        before = RecoveryState(self.state)
        self.state = RECOVERY.target(move, before)
        self.save(update_fields=["state"])
        self.history.create(move=move, before=before, after=self.state, at=at, authority=dict(under))


class PasswordRecoveryMade(Keyed):
    """One move of a recovery; never changed, never deleted (by a trigger)."""

    recovery = models.ForeignKey(PasswordRecovery, on_delete=PROTECT, related_name="history")
    move = models.CharField(max_length=20, choices=RecoveryMove)
    before = models.CharField(max_length=20, choices=RecoveryState)
    after = models.CharField(max_length=20, choices=RecoveryState)
    at = models.DateTimeField()
    authority = models.JSONField()

    class Meta:
        ordering = ["id"]
