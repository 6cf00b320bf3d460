"""Enrolments: what an applicant says of an enterprise, what was checked of it, and the invitations that follow."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import PROTECT, Q
from django.utils.translation import gettext_lazy as _

from mandat.access.decision import Authority
from mandat.enrolment.workflow import (
    ENROLMENT,
    INVITATION,
    OPEN_TO_CHANGE,
    OPEN_TO_DOCUMENTS,
    InvitationMove,
    InvitationState,
    Move,
    State,
)
from mandat.enterprises.models import Enterprise, ServiceRegistration, known
from mandat.identity.models import Login, Person
from mandat.platform.clock import end_of, legal_day
from mandat.platform.keys import Keyed
from mandat.platform.models import StoredFile

LANGUAGES = [("fr", _("Français")), ("en", _("Anglais"))]
HASH = r"^[0-9a-f]{64}$"


class Risk(models.TextChoices):
    """How much an enrolment asks to be looked at twice."""

    LOW = "low", _("Faible")
    MEDIUM = "medium", _("Moyen")
    HIGH = "high", _("Élevé")


class Enrolment(Keyed):
    """What an applicant, who has no account yet, says of an enterprise that is to have one."""

    State = State
    LETTER = "E"  # of its number

    number = models.CharField(max_length=24, unique=True)
    state = models.CharField(max_length=20, choices=State, default=State.DRAFT)
    email = models.EmailField()  # of the applicant, who is told of each step
    language = models.CharField(max_length=2, choices=LANGUAGES)
    code_hash = models.CharField(max_length=64)  # of the follow-up code, which we do not keep
    answers = models.JSONField(default=dict, blank=True)  # as typed, good or bad: nothing typed is lost
    neq = models.CharField(max_length=10, blank=True)  # as understood at submission: what twins are found by
    client_number = models.CharField(max_length=10, blank=True)  # likewise, of whoever has no NEQ
    risk = models.CharField(max_length=10, choices=Risk, blank=True)  # by its last checks; the queue goes by it
    risk_reasons = models.JSONField(default=list, blank=True)  # [[code, points]]: what made it so
    hold_until = models.DateTimeField(null=True, blank=True)  # before it, a proposed approval is not carried out
    name = models.CharField(max_length=300, blank=True)  # what lists call it
    revision = models.PositiveIntegerField(default=1)  # one more at each change: what a writer must have seen
    begun_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    submitted_at = models.DateTimeField(null=True, blank=True)  # first
    decided_at = models.DateTimeField(null=True, blank=True)
    kept_days = models.PositiveSmallIntegerField()  # how long it stays open to change, by the policy of its beginning
    enterprise = models.OneToOneField(  # opened by its approval
        Enterprise, on_delete=PROTECT, null=True, blank=True, related_name="enrolment"
    )

    class Meta:
        ordering = ["-changed_at", "-id"]
        indexes = [
            models.Index(fields=["neq"], condition=~Q(neq=""), name="enrolments_by_neq"),
            models.Index(fields=["client_number"], condition=~Q(client_number=""), name="enrolments_by_client_number"),
            models.Index(fields=["-decided_at"], condition=Q(decided_at__isnull=False), name="enrolments_decided"),
        ]
        constraints = [
            known("state", State, name="enrolment_state_is_known"),
            models.CheckConstraint(condition=Q(risk="") | Q(risk__in=Risk.values), name="risk_is_known"),
            models.CheckConstraint(
                condition=Q(hold_until=None) | Q(state__in=["proposed", "approved"]), name="only_a_proposal_is_held"
            ),
            models.CheckConstraint(condition=Q(code_hash__regex=HASH), name="follow_up_code_is_hashed"),
            models.CheckConstraint(
                condition=Q(state__in=["approved", "refused"]) ^ Q(decided_at=None), name="a_decision_is_dated"
            ),
            models.CheckConstraint(
                condition=Q(state="approved") ^ Q(enterprise=None), name="an_approved_enrolment_has_its_enterprise"
            ),
            models.CheckConstraint(
                condition=Q(state__in=["draft", "withdrawn"]) | Q(submitted_at__isnull=False),
                name="what_was_submitted_is_dated",
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def last_open_day(self) -> date:
        """Return the last day on which it may be changed, if nobody changes it before."""
        return legal_day(self.changed_at) + timedelta(days=self.kept_days)

    def is_open(self, at: datetime) -> bool:
        """Return whether the applicant may still change it."""
        return self.state in OPEN_TO_CHANGE and at < end_of(self.last_open_day)

    def takes_documents(self, at: datetime) -> bool:
        """Return whether the applicant may still join a document."""
        return self.state in OPEN_TO_DOCUMENTS and at < end_of(self.last_open_day)

    def has_expired(self, at: datetime) -> bool:
        """Return whether it was left too long."""
        return self.state in OPEN_TO_CHANGE and at >= end_of(self.last_open_day)

    def make(
        self, move: Move, *, at: datetime, under: Authority | None = None, reason: str = "",
        said: Mapping[str, Any] | None = None,
    ) -> "EnrolmentMove":  # fmt: skip
        """
        Make a move and record it. The only code that writes `state`. Without an authority, it is the applicant's.

        :raises MoveNotAllowed: if the enrolment's state does not allow it
        """
        before = State(self.state)
        self.state = ENROLMENT.target(move, before)
        self.changed_at = at
        self.submitted_at = self.submitted_at or (at if self.state == State.SUBMITTED else None)
        self.decided_at = at if self.state in {State.APPROVED, State.REFUSED} else None
        if self.state not in {State.PROPOSED, State.APPROVED}:
            self.hold_until = None
        self.save()
        return self.history.create(
            move=move, before=before, after=self.state, at=at, by=under.by.person if under else None,
            authority=under.as_record() if under else {}, reason=reason, said=dict(said or {}),
        )  # fmt: skip


class EnrolmentMove(Keyed):
    """One move of an enrolment; never changed, never deleted (by a trigger)."""

    enrolment = models.ForeignKey(Enrolment, on_delete=PROTECT, related_name="history")
    move = models.CharField(max_length=20, choices=Move)
    before = models.CharField(max_length=20, choices=State)
    after = models.CharField(max_length=20, choices=State)
    at = models.DateTimeField()
    by = models.ForeignKey(Person, on_delete=PROTECT, null=True, blank=True, related_name="+", db_index=False)
    authority = models.JSONField(default=dict, blank=True)
    reason = models.CharField(max_length=2000, blank=True)
    #: By a submission: its answers, documents and consent, frozen. By a return: its corrections, [{field, message}].
    said = models.JSONField(default=dict, blank=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(move__in=["submit", "answer", "withdraw"]) ^ Q(by__isnull=False),
                name="the_desk_signs_its_moves",
            )
        ]


class Purpose(models.TextChoices):
    """What a document proves."""

    FIRM = "firm", _("Preuve de l’entreprise")
    MANDATE = "mandate", _("Mandat du représentant autorisé")
    ASKED = "asked", _("Pièce demandée par la vérification")


class EnrolmentDocument(Keyed):
    """A file that proves something. One taken out of a draft stays on record."""

    enrolment = models.ForeignKey(Enrolment, on_delete=PROTECT, related_name="documents")
    purpose = models.CharField(max_length=10, choices=Purpose)
    file = models.ForeignKey(StoredFile, on_delete=PROTECT, related_name="+")
    name = models.CharField(max_length=150)  # cleaned, fit to be shown
    attached_at = models.DateTimeField()
    removed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["id"]
        constraints = [known("purpose", Purpose, name="document_purpose_is_known")]

    def __str__(self) -> str:
        return self.name


class DecisionLetter(Keyed):
    """What an applicant was written of an approval, a refusal or a return: the PDF, kept with the enrolment."""

    move = models.OneToOneField(EnrolmentMove, on_delete=PROTECT, related_name="letter")
    file = models.ForeignKey(StoredFile, on_delete=PROTECT, related_name="+")
    made_at = models.DateTimeField()
    is_posted = models.BooleanField(default=False)  # it was asked for on paper: the same page goes by post too

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return str(self.move_id)


class Outcome(models.TextChoices):
    """What an automatic check found."""

    AGREES = "agrees", _("Concorde")
    NEAR = "near", _("Presque : à comparer")
    DIFFERS = "differs", _("Ne concorde pas")
    UNKNOWN = "unknown", _("À vérifier par une personne")
    SILENT = "silent", _("Source muette")


class EnrolmentCheck(Keyed):
    """What one automatic check found of one submission; never changed, never deleted (by a trigger)."""

    submission = models.ForeignKey(EnrolmentMove, on_delete=PROTECT, related_name="checks")
    code = models.CharField(max_length=40)
    outcome = models.CharField(max_length=10, choices=Outcome)
    found = models.CharField(max_length=300, blank=True)  # what the source says, where it says something
    at = models.DateTimeField()
    turn = models.PositiveSmallIntegerField(default=1)  # one more each time that a silent source is asked again

    class Meta:
        ordering = ["id"]
        constraints = [
            known("outcome", Outcome, name="check_outcome_is_known"),
            models.UniqueConstraint(fields=["submission", "code", "turn"], name="one_check_of_a_kind_per_turn"),
        ]

    def __str__(self) -> str:
        return f"{self.code}: {self.outcome}"


class Channel(models.TextChoices):
    """How the second part of an invitation travels; the first goes by mail."""

    LETTER = "letter", _("Code envoyé par la poste")
    USER_CODE = "user_code", _("Code d’utilisateur remis par la firme")
    POST = "post", _("Lettre seule, et code de suivi du formulaire")
    STAFF = "staff", _("Code d’utilisateur remis par un superviseur")


class Invitation(Keyed):
    """A way, once and for a while, for somebody to give their login its password. It is never the right itself."""

    State, Move = InvitationState, InvitationMove

    login = models.ForeignKey(Login, on_delete=PROTECT, related_name="invitations")
    person = models.ForeignKey(Person, on_delete=PROTECT, related_name="invitations")
    enterprise = models.ForeignKey(  # of none, on the regulator's side
        Enterprise, on_delete=PROTECT, null=True, blank=True, related_name="invitations"
    )
    state = models.CharField(max_length=20, choices=InvitationState, default=InvitationState.PENDING)
    channel = models.CharField(max_length=10, choices=Channel)
    address = ArrayField(models.CharField(max_length=200), default=list, blank=True)  # where the letter goes
    link_hash = models.CharField(max_length=64, unique=True)
    second_hash = models.CharField(max_length=64)
    tries_left = models.PositiveSmallIntegerField()
    issued_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    issued_under = models.JSONField()

    class Meta:
        ordering = ["id"]
        constraints = [
            known("state", InvitationState, name="invitation_state_is_known"),
            known("channel", Channel, name="invitation_channel_is_known"),
            models.UniqueConstraint(
                fields=["login"], condition=Q(state="pending"), name="one_pending_invitation_per_login"
            ),
            models.CheckConstraint(condition=Q(link_hash__regex=HASH), name="invitation_link_is_hashed"),
            models.CheckConstraint(condition=Q(second_hash__regex=HASH), name="invitation_second_part_is_hashed"),
            models.CheckConstraint(condition=~Q(channel="letter", address=[]), name="a_letter_has_an_address"),
            models.CheckConstraint(
                condition=Q(channel="staff", enterprise=None) | (~Q(channel="staff") & Q(enterprise__isnull=False)),
                name="invitation_of_staff_is_of_no_enterprise",
            ),
        ]

    def __str__(self) -> str:
        return str(self.public_id)

    def is_usable(self, at: datetime) -> bool:
        """Return whether it still opens something."""
        return self.state == InvitationState.PENDING and at < self.expires_at and self.tries_left > 0

    def make(self, move: InvitationMove, *, at: datetime, under: Mapping[str, object]) -> None:
        """
        Make a move and record it. The only code that writes `state`.

        :raises MoveNotAllowed: if the invitation's state does not allow it
        """
        before = InvitationState(self.state)
        self.state = INVITATION.target(move, before)
        self.save(update_fields=["state"])
        self.history.create(move=move, before=before, after=self.state, at=at, authority=dict(under))


class InvitationMoveMade(Keyed):
    """One move of an invitation; never changed, never deleted (by a trigger)."""

    invitation = models.ForeignKey(Invitation, on_delete=PROTECT, related_name="history")
    move = models.CharField(max_length=20, choices=InvitationMove)
    before = models.CharField(max_length=20, choices=InvitationState)
    after = models.CharField(max_length=20, choices=InvitationState)
    at = models.DateTimeField()
    authority = models.JSONField()

    class Meta:
        ordering = ["id"]


class ServiceRequest(Keyed):
    """What an RSE asked of the regulator, what was accepted with it, and what differed from the file that day."""

    registration = models.OneToOneField(ServiceRegistration, on_delete=PROTECT, related_name="request")
    requested_by = models.ForeignKey(Person, on_delete=PROTECT, related_name="+")
    requested_at = models.DateTimeField()
    name = models.CharField(max_length=300)  # the enterprise's, as it was compared
    neq = models.CharField(max_length=10, blank=True)
    disagreements = ArrayField(models.CharField(max_length=20), default=list, blank=True)
    consent = models.CharField(max_length=40)  # the version of the text, and the language that it was read in
    consent_language = models.CharField(max_length=2, choices=[("fr", _("Français")), ("en", _("Anglais"))])

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return str(self.public_id)
