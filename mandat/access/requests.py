"""Requests for rights: what a user of an enterprise asks of its RSEs, and what became of it. Kept for ever."""

from collections.abc import Mapping
from datetime import datetime

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import PROTECT, F, Q

from mandat.access.workflow import REQUEST, RequestMove, RequestState
from mandat.enterprises.models import Enterprise, History, known
from mandat.identity.models import Person
from mandat.platform.keys import Keyed

_ANSWERED = [RequestState.GRANTED.value, RequestState.NARROWED.value, RequestState.REFUSED.value]
_GIVEN = [RequestState.GRANTED.value, RequestState.NARROWED.value]


class RightsRequest(Keyed):
    """What somebody asks to be allowed in one block, until a day, and why. It gives nothing by itself."""

    enterprise = models.ForeignKey(Enterprise, on_delete=PROTECT, related_name="rights_requests", db_index=False)
    person = models.ForeignKey(Person, on_delete=PROTECT, related_name="rights_requests")
    block = models.CharField(max_length=20)
    rights = ArrayField(models.CharField(max_length=10))
    until = models.DateField()  # included
    reason = models.CharField(max_length=300)
    state = models.CharField(max_length=20, choices=RequestState, default=RequestState.ASKED)
    asked_at = models.DateTimeField()
    asked_under = models.JSONField()
    answer_by = models.DateTimeField()  # without an answer by then, it falls
    answered_by = models.ForeignKey(Person, on_delete=PROTECT, null=True, blank=True, related_name="+", db_index=False)
    proxy = models.OneToOneField("access.Proxy", on_delete=PROTECT, null=True, blank=True, related_name="request")

    class Meta:
        ordering = ["id"]
        indexes = [models.Index(fields=["enterprise", "state"], name="requests_of_an_enterprise")]
        constraints = [
            known("state", RequestState, name="rights_request_state_is_known"),
            models.CheckConstraint(
                condition=Q(rights__contained_by=["view", "prepare", "sign", "pay"], rights__len__gt=0),
                name="rights_request_asks_for_rights_of_a_block",
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="rights_request_says_why"),
            models.CheckConstraint(
                condition=Q(answered_by=None) | ~Q(person=F("answered_by")), name="nobody_answers_their_own_request"
            ),
            models.CheckConstraint(
                condition=Q(answered_by__isnull=False, state__in=_ANSWERED)
                | Q(answered_by=None) & ~Q(state__in=_ANSWERED),
                name="rights_request_answered_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(proxy__isnull=False, state__in=_GIVEN) | Q(proxy=None) & ~Q(state__in=_GIVEN),
                name="rights_request_granted_by_a_proxy",
            ),
            models.UniqueConstraint(
                fields=["enterprise", "person", "block"],
                condition=Q(state="asked"),
                name="one_request_asked_at_once_per_block",
            ),
        ]

    def __str__(self) -> str:
        return str(self.public_id)

    def make(self, move: RequestMove, *, at: datetime, under: Mapping[str, object], reason: str = "") -> None:
        """
        Make a move and record it. The only code that writes `state`.

        :raises MoveNotAllowed: if its state does not allow it
        """
        before = RequestState(self.state)
        self.state = REQUEST.target(move, before)
        self.save(update_fields=["state", "answered_by", "proxy"])
        self.history.create(move=move, before=before, after=self.state, at=at, reason=reason, authority=dict(under))

    def waits(self, at: datetime) -> bool:
        """Tell whether somebody may still answer it."""
        return self.state == RequestState.ASKED and at < self.answer_by


class RightsRequestHistory(History):
    """One move of a request, and why."""

    request = models.ForeignKey(RightsRequest, on_delete=PROTECT, related_name="history")
    reason = models.CharField(max_length=300, blank=True)
