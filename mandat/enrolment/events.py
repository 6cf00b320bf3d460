"""What has happened to enrolments and invitations. Ids only."""

from dataclasses import dataclass
from typing import ClassVar

from mandat.platform.events import Event


@dataclass(frozen=True, kw_only=True)
class EnrolmentEvent(Event):
    """Something happened to an enrolment."""

    aggregate: ClassVar[str] = "enrolment"
    enrolment: str


@dataclass(frozen=True, kw_only=True)
class EnrolmentBegun(EnrolmentEvent):
    pass


@dataclass(frozen=True, kw_only=True)
class EnrolmentSubmitted(EnrolmentEvent):
    pass


@dataclass(frozen=True, kw_only=True)
class EnrolmentTakenUp(EnrolmentEvent):
    taken_up_by: str


@dataclass(frozen=True, kw_only=True)
class EnrolmentReturned(EnrolmentEvent):
    returned_by: str


@dataclass(frozen=True, kw_only=True)
class EnrolmentApproved(EnrolmentEvent):
    approved_by: str
    enterprise: str


@dataclass(frozen=True, kw_only=True)
class EnrolmentRefused(EnrolmentEvent):
    refused_by: str


@dataclass(frozen=True, kw_only=True)
class EnrolmentWithdrawn(EnrolmentEvent):
    pass


@dataclass(frozen=True, kw_only=True)
class FormIssued(EnrolmentEvent):
    pass


@dataclass(frozen=True, kw_only=True)
class EnrolmentCheckedAgain(EnrolmentEvent):
    """A source says something else than before."""


@dataclass(frozen=True, kw_only=True)
class EnrolmentToCheckAgain(EnrolmentEvent):
    """A source speaks again, or a twin was submitted: its checks are to be made again."""


@dataclass(frozen=True, kw_only=True)
class EnrolmentEvidenceAsked(EnrolmentEvent):
    asked_by: str


@dataclass(frozen=True, kw_only=True)
class EnrolmentEvidenceGiven(EnrolmentEvent):
    pass


@dataclass(frozen=True, kw_only=True)
class PaperEvent(Event):
    """Something happened to a paper that came in."""

    aggregate: ClassVar[str] = "paper"
    paper: str


@dataclass(frozen=True, kw_only=True)
class PaperReceived(PaperEvent):
    received_by: str


@dataclass(frozen=True, kw_only=True)
class PaperTyped(PaperEvent):
    typed_by: str
    enrolment: str


@dataclass(frozen=True, kw_only=True)
class PaperLinked(PaperEvent):
    linked_by: str
    enrolment: str


@dataclass(frozen=True, kw_only=True)
class PaperSetAside(PaperEvent):
    set_aside_by: str


@dataclass(frozen=True, kw_only=True)
class EnrolmentResumed(EnrolmentEvent):
    resumed_by: str


@dataclass(frozen=True, kw_only=True)
class EnrolmentProposed(EnrolmentEvent):
    proposed_by: str


@dataclass(frozen=True, kw_only=True)
class EnrolmentReconsidered(EnrolmentEvent):
    reconsidered_by: str


@dataclass(frozen=True, kw_only=True)
class OfficerSteppedAside(EnrolmentEvent):
    person: str


@dataclass(frozen=True, kw_only=True)
class SecondLookDrawn(EnrolmentEvent):
    pass


@dataclass(frozen=True, kw_only=True)
class SecondLookDone(EnrolmentEvent):
    looked_by: str


@dataclass(frozen=True, kw_only=True)
class CallRequested(EnrolmentEvent):
    call_request: str


@dataclass(frozen=True, kw_only=True)
class CallAnswered(EnrolmentEvent):
    call_request: str
    answered_by: str


@dataclass(frozen=True, kw_only=True)
class FirmQuestionAsked(Event):
    """Somebody asks who is in charge of a firm's account."""

    aggregate: ClassVar[str] = "firm_question"
    firm_question: str


@dataclass(frozen=True, kw_only=True)
class InvitationEvent(Event):
    """Something happened to an invitation."""

    aggregate: ClassVar[str] = "invitation"
    invitation: str


@dataclass(frozen=True, kw_only=True)
class InvitationIssued(InvitationEvent):
    person: str
    enterprise: str


@dataclass(frozen=True, kw_only=True)
class InvitationActivated(InvitationEvent):
    person: str
    enterprise: str


@dataclass(frozen=True, kw_only=True)
class InvitationCancelled(InvitationEvent):
    pass


@dataclass(frozen=True, kw_only=True)
class InvitationDeclined(InvitationEvent):
    person: str
    enterprise: str


@dataclass(frozen=True, kw_only=True)
class RSENamed(Event):
    """An RA put somebody in charge, in the place of another perhaps: the id of the designation that ended, or blank."""

    aggregate: ClassVar[str] = "enterprise"
    enterprise: str
    designation: str
    replaces: str


@dataclass(frozen=True, kw_only=True)
class InvitationLetterPrinted(InvitationEvent):
    printed_by: str


@dataclass(frozen=True, kw_only=True)
class HandoverMoved(Event):
    """A handover was begun, or moved."""

    aggregate: ClassVar[str] = "handover"
    handover: str
    move: str


@dataclass(frozen=True, kw_only=True)
class HandoverAnswered(Event):
    """Somebody who was told of a handover answered it, or its applicant said more."""

    aggregate: ClassVar[str] = "handover"
    handover: str
    notice: str


@dataclass(frozen=True, kw_only=True)
class DepartureReported(Event):
    """Somebody who has a place in a firm is said to have left it for good; nothing has ended yet."""

    aggregate: ClassVar[str] = "departure"
    departure: str
    reported_by: str


@dataclass(frozen=True, kw_only=True)
class DepartureDecided(Event):
    """The place of somebody who left was ended by the desk, or what was reported was set aside."""

    aggregate: ClassVar[str] = "departure"
    departure: str
    move: str
    decided_by: str
