"""Cases: what waits for somebody of the regulator's staff, whatever it is about."""

from datetime import datetime

from django.db import models
from django.db.models import PROTECT, F, Q

from mandat.access.rights import Right
from mandat.casework.workflow import CASE, CaseMove, CaseState
from mandat.identity.models import Person
from mandat.platform.keys import Keyed


class Case(Keyed):
    """One thing to attend to. It names its subject by kind and id, and knows nothing else of it."""

    subject_kind = models.CharField(max_length=40)  # filing…
    subject_id = models.UUIDField()
    queue = models.CharField(max_length=40)  # as in staff assignments
    right = models.CharField(max_length=10, choices=Right)  # what it takes to work on it
    state = models.CharField(max_length=10, choices=CaseState, default=CaseState.OPEN)
    opened_at = models.DateTimeField()  # or opened again
    due = models.DateField(null=True, blank=True)
    assigned_to = models.ForeignKey(Person, on_delete=PROTECT, null=True, blank=True, related_name="cases")

    class Meta:
        ordering = [F("due").asc(nulls_last=True), "opened_at", "id"]
        indexes = [models.Index(fields=["queue", "opened_at"], condition=Q(state="open"), name="open_cases_of_a_queue")]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=CaseState.values), name="case_state_is_known"),
            models.UniqueConstraint(fields=["subject_kind", "subject_id"], name="one_case_per_subject"),
        ]

    def __str__(self) -> str:
        return f"{self.subject_kind} {self.subject_id}"

    def make(self, move: CaseMove, *, at: datetime) -> None:
        """
        Make a move and record it. The only code that writes `state`.

        :raises MoveNotAllowed: if the case's state does not allow it
        """
        before = CaseState(self.state)
        self.state = CASE.target(move, before)
        if move == CaseMove.REOPEN:
            self.opened_at, self.assigned_to = at, None
        self.save(update_fields=["state", "opened_at", "assigned_to"])
        self.history.create(move=move, before=before, after=self.state, at=at)


class CaseMoveMade(Keyed):
    """One move of a case. What made it is in the history of its subject."""

    case = models.ForeignKey(Case, on_delete=PROTECT, related_name="history")
    move = models.CharField(max_length=10, choices=CaseMove)
    before = models.CharField(max_length=10, choices=CaseState)
    after = models.CharField(max_length=10, choices=CaseState)
    at = models.DateTimeField()

    class Meta:
        ordering = ["id"]
