"""Handovers: who asks that others act for an enterprise, who was told of it, what each answered, what was decided."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from django.db import models
from django.db.models import PROTECT, Q
from django.utils.translation import gettext_lazy as _

from mandat.access.decision import Authority
from mandat.enrolment.models.enrolments import HASH, LANGUAGES
from mandat.enrolment.workflow import HANDOVER, WAITING_HANDOVERS, HandoverMove, HandoverState
from mandat.enterprises.models import Enterprise, known
from mandat.identity.models import Person
from mandat.platform.clock import end_of, legal_day
from mandat.platform.keys import Keyed
from mandat.platform.models import StoredFile


class Ground(models.TextChoices):
    """Why others are to act for the enterprise."""

    CHANGED = "changed", _("Le représentant autorisé a changé")
    LEFT = "left", _("Le représentant autorisé est parti, et personne ne le remplace encore")
    NOBODY = "nobody", _("Plus personne ne peut agir : décès, départ, personne introuvable")
    SOLD = "sold", _("La firme a été vendue, ou ses dirigeants ont changé")
    DISPUTED = "disputed", _("Il y a désaccord sur qui représente la firme")


class Handover(Keyed):
    """What somebody asks about who acts for an enterprise, without an account. It gives no right and stops none."""

    State, Move = HandoverState, HandoverMove
    LETTER = "R"  # of its number

    number = models.CharField(max_length=24, unique=True)
    state = models.CharField(max_length=20, choices=HandoverState, default=HandoverState.DRAFT)
    email = models.EmailField()  # of whoever asks
    language = models.CharField(max_length=2, choices=LANGUAGES)
    code_hash = models.CharField(max_length=64)
    answers = models.JSONField(default=dict, blank=True)
    enterprise = models.ForeignKey(  # found by its NEQ at submission; none if no account has it
        Enterprise, on_delete=PROTECT, null=True, blank=True, related_name="handovers"
    )
    begun_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    submitted_at = models.DateTimeField(null=True, blank=True)
    objections_until = models.DateTimeField(null=True, blank=True)
    heard_at = models.DateTimeField(null=True, blank=True)
    heard_until = models.DateTimeField(null=True, blank=True)
    kept_days = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ["submitted_at", "id"]
        constraints = [
            known("state", HandoverState, name="handover_state_is_known"),
            models.CheckConstraint(condition=Q(code_hash__regex=HASH), name="handover_code_is_hashed"),
            models.CheckConstraint(
                condition=Q(state__in=["draft", "withdrawn"]) | Q(submitted_at__isnull=False),
                name="a_handover_that_was_submitted_is_dated",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["notified", "contested", "hearing", "recommended", "approved"])
                | Q(objections_until__isnull=False, enterprise__isnull=False),
                name="a_handover_gives_time_to_object_before_it_is_approved",
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def last_open_day(self) -> date:
        """Return the last day on which a draft may be changed, if nobody changes it before."""
        return legal_day(self.changed_at) + timedelta(days=self.kept_days)

    def is_open(self, at: datetime) -> bool:
        """Return whether it may still be changed: a draft that was not left too long."""
        return self.state == HandoverState.DRAFT and at < end_of(self.last_open_day)

    @property
    def is_waiting(self) -> bool:
        """Return whether it was submitted and is not decided."""
        return self.state in WAITING_HANDOVERS

    def make(
        self, move: HandoverMove, *, at: datetime, under: Authority | None = None, reason: str = "",
        said: Mapping[str, Any] | None = None,
    ) -> "HandoverMoveMade":  # fmt: skip
        """
        Make a move and record it. The only code that writes `state`. Without an authority, it is a party's.

        :raises MoveNotAllowed: if the handover's state does not allow it
        """
        before = HandoverState(self.state)
        self.state = HANDOVER.target(move, before)
        self.changed_at = at
        self.save()
        return self.history.create(
            move=move, before=before, after=self.state, at=at, by=under.by.person if under else None,
            authority=under.as_record() if under else {}, reason=reason, said=dict(said or {}),
        )  # fmt: skip


class HandoverMoveMade(Keyed):
    """One move of a handover; never changed, never deleted (by a trigger)."""

    handover = models.ForeignKey(Handover, on_delete=PROTECT, related_name="history")
    move = models.CharField(max_length=20, choices=HandoverMove)
    before = models.CharField(max_length=20, choices=HandoverState)
    after = models.CharField(max_length=20, choices=HandoverState)
    at = models.DateTimeField()
    by = models.ForeignKey(Person, on_delete=PROTECT, null=True, blank=True, related_name="+", db_index=False)
    authority = models.JSONField(default=dict, blank=True)
    reason = models.CharField(max_length=2000, blank=True)  # as those concerned read it
    said = models.JSONField(default=dict, blank=True)  # a submission frozen; whose places a recommendation would end

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(move__in=["submit", "withdraw", "object"]) ^ Q(by__isnull=False),
                name="the_desk_signs_its_moves_of_a_handover",
            )
        ]


class Answer(models.TextChoices):
    """What somebody who was told of a handover says of it."""

    NONE = "", _("N’a pas répondu")
    AGREES = "agrees", _("Est d’accord")
    OBJECTS = "objects", _("S’oppose")


class HandoverNotice(Keyed):
    """That somebody with standing was told, and what they answered last. Its link opens the handover to them."""

    handover = models.ForeignKey(Handover, on_delete=PROTECT, related_name="notices")
    person = models.ForeignKey(Person, on_delete=PROTECT, null=True, blank=True, related_name="+")
    to = models.CharField(max_length=400)  # the name, and for a letter its address
    is_letter = models.BooleanField(default=False)
    token_hash = models.CharField(max_length=64, unique=True)
    sent_at = models.DateTimeField()
    answer = models.CharField(max_length=10, choices=Answer, blank=True, default=Answer.NONE)
    answered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            known("answer", Answer, name="answer_to_a_notice_is_known"),
            models.CheckConstraint(condition=Q(token_hash__regex=HASH), name="notice_link_is_hashed"),
            models.CheckConstraint(
                condition=Q(answer="") ^ Q(answered_at__isnull=False), name="an_answer_to_a_notice_is_dated"
            ),
        ]

    def __str__(self) -> str:
        return self.to.splitlines()[0]


class Statement(Keyed):
    """Words of one side, or of the desk to both; never changed, never deleted (by a trigger)."""

    handover = models.ForeignKey(Handover, on_delete=PROTECT, related_name="statements")
    #: Whose words: of whoever was told, of the desk; of whoever asked if neither.
    notice = models.ForeignKey(HandoverNotice, on_delete=PROTECT, null=True, blank=True, related_name="statements")
    by = models.ForeignKey(Person, on_delete=PROTECT, null=True, blank=True, related_name="+")
    answer = models.CharField(max_length=10, choices=Answer, blank=True, default=Answer.NONE)
    words = models.CharField(max_length=4000, blank=True)
    at = models.DateTimeField()

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return self.words[:80]


class HandoverDocument(Keyed):
    """A file that proves something for one side. One taken out of a draft stays on record."""

    handover = models.ForeignKey(Handover, on_delete=PROTECT, related_name="documents")
    notice = models.ForeignKey(HandoverNotice, on_delete=PROTECT, null=True, blank=True, related_name="documents")
    file = models.ForeignKey(StoredFile, on_delete=PROTECT, related_name="+")
    name = models.CharField(max_length=150)  # cleaned, fit to be shown
    attached_at = models.DateTimeField()
    removed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return self.name
