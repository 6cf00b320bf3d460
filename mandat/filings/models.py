"""Filings: what is being written, what was filed for ever, every move, and the files that go along."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import models
from django.db.models import PROTECT, Q

from mandat.access.decision import Authority
from mandat.access.links import Matter
from mandat.filings.definition import FilingType
from mandat.filings.registry import filing_type
from mandat.filings.workflow import Move, State
from mandat.identity.models import Person
from mandat.platform.keys import Keyed
from mandat.platform.models import StoredFile
from mandat.register.models import Registrant


class Filing(Keyed):
    """What a registrant files: a draft that several people may write, then what the regulator examines."""

    registrant = models.ForeignKey(Registrant, on_delete=PROTECT, related_name="filings", db_index=False)
    type_code = models.CharField(max_length=30)
    type_version = models.PositiveSmallIntegerField()  # a filing keeps the version that it was begun with
    block = models.CharField(max_length=20)  # a catalogue code, such as BF-REP
    state = models.CharField(max_length=20, choices=State, default=State.DRAFT)
    number = models.CharField(max_length=24, blank=True)  # given at the first submission
    about = models.CharField(max_length=200, blank=True)  # what lists say of it
    answers = models.JSONField(default=dict, blank=True)  # as typed, good or bad: nothing typed is lost
    revision = models.PositiveIntegerField(default=1)  # one more at each change: what a writer must have seen
    begun_by = models.ForeignKey(Person, on_delete=PROTECT, related_name="+", db_index=False)
    begun_at = models.DateTimeField()
    begun_under = models.JSONField()
    changed_at = models.DateTimeField()

    class Meta:
        ordering = ["-changed_at", "-id"]
        indexes = [
            models.Index(fields=["registrant", "-changed_at", "-id"], name="filings_of_a_registrant"),
            models.Index(
                fields=["block", "changed_at"],
                condition=Q(state__in=["submitted", "under_review"]),
                name="filings_awaiting_review",
            ),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=State.values), name="filing_state_is_known"),
            models.UniqueConstraint(fields=["number"], condition=~Q(number=""), name="one_filing_per_number"),
            models.CheckConstraint(
                condition=Q(state__in=["draft", "withdrawn"]) | ~Q(number=""), name="what_was_submitted_has_a_number"
            ),
        ]

    def __str__(self) -> str:
        return self.number or f"{self.type_code} {self.public_id}"

    @property
    def matter(self) -> Matter:
        """Return what a decision about this filing is about."""
        return Matter(version=self.filing_type.opened_by, subject=self.public_id)

    @property
    def filing_type(self) -> FilingType[Any]:
        """Return the type, in the version that the filing was begun with."""
        return filing_type(self.type_code, self.type_version)

    def moves(self) -> list[Move]:
        """Return the moves open from here: the buttons of a page, before rights are asked."""
        return self.filing_type.workflow.moves_from(State(self.state))

    def make(
        self, move: Move, *, under: Authority, submission: "Submission | None" = None, reason: str = "",
        corrections: Sequence[Mapping[str, str]] = (),
    ) -> None:  # fmt: skip
        """
        Make a move and record it. The only code that writes `state`.

        :raises MoveNotAllowed: if the filing's state does not allow it
        """
        before = State(self.state)
        self.state = self.filing_type.workflow.target(move, before)
        self.changed_at = under.at
        self.save(update_fields=["state", "number", "about", "changed_at"])
        self.history.create(
            move=move, before=before, after=self.state, at=under.at, by=under.by.person, authority=under.as_record(),
            submission=submission, reason=reason, corrections=list(corrections),
        )  # fmt: skip

    @property
    def list_topic(self) -> str:
        """Return what the doorbell is rung for when a filing of the same registrant moves."""
        return f"registrant:{self.registrant.public_id}"


class Submission(Keyed):
    """
    What was filed, frozen: never changed, never deleted (a trigger sees to it).

    A correction is a new submission whose content names the hash of the one before.
    """

    filing = models.ForeignKey(Filing, on_delete=PROTECT, related_name="submissions", db_index=False)
    ordinal = models.PositiveSmallIntegerField()  # 1 for the first, then one more per correction
    key = models.UUIDField()  # what the request was named by: its twin finds this row
    revision = models.PositiveIntegerField()  # of the draft that was signed
    content = models.TextField()  # canonical JSON
    sha256 = models.CharField(max_length=64)  # of the content
    signed_by = models.ForeignKey(Person, on_delete=PROTECT, related_name="+")
    at = models.DateTimeField()
    authority = models.JSONField()

    class Meta:
        ordering = ["filing", "ordinal"]
        constraints = [
            models.UniqueConstraint(fields=["key"], name="one_submission_per_key"),
            models.UniqueConstraint(fields=["filing", "ordinal"], name="submissions_of_a_filing_are_counted"),
            models.CheckConstraint(condition=Q(sha256__regex=r"^[0-9a-f]{64}$"), name="submission_has_a_sha256"),
        ]

    def __str__(self) -> str:
        return f"{self.filing_id}.{self.ordinal}"


class FilingMove(Keyed):
    """One move of a filing, and the authority it was made under; never changed, never deleted (by a trigger)."""

    filing = models.ForeignKey(Filing, on_delete=PROTECT, related_name="history")
    move = models.CharField(max_length=20, choices=Move)
    before = models.CharField(max_length=20, choices=State)
    after = models.CharField(max_length=20, choices=State)
    at = models.DateTimeField()
    by = models.ForeignKey(Person, on_delete=PROTECT, related_name="+", db_index=False)
    authority = models.JSONField()
    submission = models.ForeignKey(  # the one that was made or examined; none for a draft withdrawn
        Submission, on_delete=PROTECT, null=True, blank=True, related_name="moves", db_index=False
    )
    reason = models.CharField(max_length=2000, blank=True)
    corrections = models.JSONField(default=list, blank=True)  # [{field, message}] asked for by a return

    class Meta:
        ordering = ["id"]


class FilingDocument(Keyed):
    """A file that goes with a filing. One taken out of a draft stays on record."""

    filing = models.ForeignKey(Filing, on_delete=PROTECT, related_name="documents")
    file = models.ForeignKey(StoredFile, on_delete=PROTECT, related_name="+")
    name = models.CharField(max_length=150)  # cleaned, fit to be shown
    attached_by = models.ForeignKey(Person, on_delete=PROTECT, related_name="+", db_index=False)
    attached_at = models.DateTimeField()
    removed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return self.name
