"""A lost second factor: who asked, who confirmed that it is them, and the two parts that let them set up another."""

from collections.abc import Mapping
from datetime import datetime

from django.db import models
from django.db.models import PROTECT, Q

from mandat.enrolment.workflow import OPEN_REPROOFS, REPROOF, ReproofMove, ReproofState
from mandat.enterprises.models import Enterprise, known
from mandat.identity.models import Login, Person
from mandat.platform.keys import Keyed

HASH = r"^[0-9a-f]{64}$"


class Reproof(Keyed):
    """A second factor that somebody has lost, and their identity that another confirms. It gives no right."""

    State, Move = ReproofState, ReproofMove

    login = models.ForeignKey(Login, on_delete=PROTECT, related_name="reproofs")
    person = models.ForeignKey(Person, on_delete=PROTECT, related_name="reproofs")
    #: Where it was confirmed; none at the desk.
    enterprise = models.ForeignKey(Enterprise, on_delete=PROTECT, null=True, related_name="reproofs")
    state = models.CharField(max_length=20, choices=ReproofState, default=ReproofState.ASKED)
    forgot_password = models.BooleanField(default=False)
    is_for_the_desk = models.BooleanField(default=False)  # the person asked for it: nobody of the firm answers
    stop_hash = models.CharField(max_length=64, unique=True)
    link_hash = models.CharField(max_length=64, blank=True)
    second_hash = models.CharField(max_length=64, blank=True)
    mailed_to = models.EmailField(blank=True)  # the address of the login when the link left: no other opens it
    tries_left = models.PositiveSmallIntegerField(default=0)
    asked_at = models.DateTimeField()
    opens_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField()

    class Meta:
        ordering = ["id"]
        constraints = [
            known("state", ReproofState, name="reproof_state_is_known"),
            models.UniqueConstraint(
                fields=["login"], condition=Q(state__in=OPEN_REPROOFS), name="one_open_reproof_per_login"
            ),
            models.UniqueConstraint(
                fields=["link_hash"], condition=~Q(link_hash=""), name="reproof_link_opens_one_reproof"
            ),
            models.CheckConstraint(
                condition=~Q(state="started")
                | Q(link_hash__regex=HASH, second_hash__regex=HASH, opens_at__isnull=False),
                name="reproof_that_started_has_both_parts",
            ),
        ]

    def __str__(self) -> str:
        return str(self.public_id)

    def is_open(self, at: datetime) -> bool:
        """Return whether somebody may still confirm it, or its person use it."""
        return self.state in OPEN_REPROOFS and at < self.expires_at

    def is_usable(self, at: datetime) -> bool:
        """Return whether its link still leads somewhere, now or once the wait is over."""
        is_theirs = self.mailed_to == self.login.email
        return self.state == ReproofState.STARTED and is_theirs and at < self.expires_at and self.tries_left > 0

    def waits(self, at: datetime) -> bool:
        """Return whether the wait that the policy asks for is not over."""
        return self.opens_at is not None and at < self.opens_at

    def make(self, move: ReproofMove, *, at: datetime, words: str = "", under: Mapping[str, object]) -> None:
        """
        Make a move and record it. The only code that writes `state`.

        :raises MoveNotAllowed: if the state does not allow it
        """
        before = ReproofState(self.state)
        self.state = REPROOF.target(move, before)
        self.save()
        self.history.create(move=move, before=before, after=self.state, at=at, words=words, authority=dict(under))


class ReproofMoveMade(Keyed):
    """One move of a reproof, with how the identity was confirmed; never changed, never deleted (by a trigger)."""

    reproof = models.ForeignKey(Reproof, on_delete=PROTECT, related_name="history")
    move = models.CharField(max_length=20, choices=ReproofMove)
    before = models.CharField(max_length=20, choices=ReproofState)
    after = models.CharField(max_length=20, choices=ReproofState)
    at = models.DateTimeField()
    words = models.CharField(max_length=500, blank=True)
    authority = models.JSONField()

    class Meta:
        ordering = ["id"]
