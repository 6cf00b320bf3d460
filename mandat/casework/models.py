"""Cases: what waits for somebody of the regulator's staff, whatever it is about; and the visits of support."""

from datetime import datetime

from django.db import models
from django.db.models import PROTECT, F, Q
from django.utils.translation import gettext_lazy as _

from mandat.access.rights import Right
from mandat.casework.workflow import CASE, CaseMove, CaseState
from mandat.enterprises.models import Enterprise
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
    weight = models.PositiveSmallIntegerField(default=0)  # what its subject weighs: the risk of an enrolment
    assigned_to = models.ForeignKey(Person, on_delete=PROTECT, null=True, blank=True, related_name="cases")

    class Meta:
        ordering = [F("due").asc(nulls_last=True), "opened_at", "id"]
        indexes = [
            models.Index(fields=["queue", "opened_at"], condition=Q(state="open"), name="open_cases_of_a_queue"),
            models.Index(
                fields=["queue", "-weight", "opened_at"], condition=Q(state="open"), name="open_cases_by_weight"
            ),
        ]
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


class VisitReason(models.TextChoices):
    """Why somebody of the staff looks at a firm's account."""

    CALL = "call", _("La firme a appelé")
    ACCESS = "access", _("Une personne de la firme ne peut plus entrer")
    COMPLAINT = "complaint", _("Une plainte ou une contestation")
    FAULT = "fault", _("Une panne à reproduire")


class SupportVisit(Keyed):
    """A while during which somebody of the staff may look at a firm's account, and change nothing. The firm sees it."""

    enterprise = models.ForeignKey(Enterprise, on_delete=PROTECT, related_name="visits", db_index=False)
    by = models.ForeignKey(Person, on_delete=PROTECT, related_name="+", db_index=False)
    reason = models.CharField(max_length=10, choices=VisitReason)
    ticket = models.CharField(max_length=40)  # the call's or the complaint's number, elsewhere
    opened_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True)
    authority = models.JSONField()

    class Meta:
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["enterprise", "-id"], name="visits_of_an_enterprise"),
            models.Index(fields=["by", "-id"], name="visits_by_somebody"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(reason__in=VisitReason.values), name="visit_reason_is_known"),
            models.CheckConstraint(condition=~Q(ticket=""), name="visit_names_its_ticket"),
            models.CheckConstraint(condition=Q(ends_at__gt=F("opened_at")), name="visit_ends"),
        ]

    def __str__(self) -> str:
        return f"{self.enterprise} {self.ticket}"

    def is_open(self, at: datetime) -> bool:
        """Tell whether it still shows anything."""
        return self.closed_at is None and at < self.ends_at


class SupportLook(models.Model):
    """One time that the page of a visit was opened."""

    visit = models.ForeignKey(SupportVisit, on_delete=PROTECT, related_name="looks")
    at = models.DateTimeField()

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.visit_id} {self.at}"
