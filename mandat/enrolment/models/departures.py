"""Departures: somebody in place in a firm who died, left or was dismissed, as the desk is told of it."""

from datetime import datetime

from django.db import models
from django.db.models import PROTECT, Q

from mandat.access.decision import Authority
from mandat.enrolment.workflow import DEPARTURE, DepartureMove, DepartureState
from mandat.enterprises.models import Designation, known
from mandat.identity.models import Person
from mandat.platform.keys import Keyed
from mandat.platform.models import StoredFile


class Departure(Keyed):
    """That a place is over in fact, and what proves it. It ends nothing before its last move."""

    State, Move = DepartureState, DepartureMove

    designation = models.ForeignKey(Designation, on_delete=PROTECT, related_name="departures")
    state = models.CharField(max_length=10, choices=DepartureState, default=DepartureState.REPORTED)
    cause = models.CharField(max_length=20)  # a code of the list `departure_cause`
    cause_fr = models.CharField(max_length=200)  # as the list said it that day
    cause_en = models.CharField(max_length=200)
    words = models.CharField(max_length=2000)  # of the desk, which keeps them
    is_of_two = models.BooleanField()
    reported_by = models.ForeignKey(Person, on_delete=PROTECT, related_name="+", db_index=False)
    reported_at = models.DateTimeField()
    authority = models.JSONField()

    class Meta:
        ordering = ["-id"]
        constraints = [
            known("state", DepartureState, name="departure_state_is_known"),
            models.CheckConstraint(condition=~Q(words=""), name="departure_says_how_it_is_known"),
            models.UniqueConstraint(
                fields=["designation"], condition=Q(state="reported"), name="one_departure_waits_per_designation"
            ),
        ]

    def __str__(self) -> str:
        return str(self.designation.person)

    def cause_in(self, language: str) -> str:
        """Return its cause in a language."""
        return self.cause_en if language == "en" else self.cause_fr

    def make(self, move: DepartureMove, *, at: datetime, under: Authority, reason: str = "") -> None:
        """
        Make a move and record it. The only code that writes `state`.

        :raises MoveNotAllowed: if it was decided already
        """
        before = DepartureState(self.state)
        self.state = DEPARTURE.target(move, before)
        self.save(update_fields=["state"])
        self.history.create(
            move=move, before=before, after=self.state, at=at, by=under.by.person, authority=under.as_record(),
            reason=reason,
        )  # fmt: skip


class DepartureMoveMade(Keyed):
    """One move of a departure; never changed, never deleted (by a trigger)."""

    departure = models.ForeignKey(Departure, on_delete=PROTECT, related_name="history")
    move = models.CharField(max_length=10, choices=DepartureMove)
    before = models.CharField(max_length=10, choices=DepartureState)
    after = models.CharField(max_length=10, choices=DepartureState)
    at = models.DateTimeField()
    by = models.ForeignKey(Person, on_delete=PROTECT, related_name="+", db_index=False)
    authority = models.JSONField()
    reason = models.CharField(max_length=2000, blank=True)

    class Meta:
        ordering = ["id"]


class DepartureDocument(Keyed):
    """A file that proves a departure: a death certificate, a resolution, a letter."""

    departure = models.ForeignKey(Departure, on_delete=PROTECT, related_name="documents")
    file = models.ForeignKey(StoredFile, on_delete=PROTECT, related_name="+")
    name = models.CharField(max_length=150)  # cleaned, fit to be shown

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return self.name
