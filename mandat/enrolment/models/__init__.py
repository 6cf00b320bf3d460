"""Enrolments, the invitations that follow, and the lost factors of those who were invited."""

from mandat.enrolment.models.departures import Departure, DepartureDocument, DepartureMoveMade
from mandat.enrolment.models.desk import CallRequest, FirmQuestion, Look, Moment, Recusal, SecondLook
from mandat.enrolment.models.enrolments import (
    LANGUAGES,
    Channel,
    DecisionLetter,
    Enrolment,
    EnrolmentCheck,
    EnrolmentDocument,
    EnrolmentMove,
    Invitation,
    InvitationMoveMade,
    Outcome,
    Purpose,
    Risk,
    ServiceRequest,
)
from mandat.enrolment.models.handovers import (
    Answer,
    Ground,
    Handover,
    HandoverDocument,
    HandoverMoveMade,
    HandoverNotice,
    Statement,
)
from mandat.enrolment.models.papers import DesignationForm, FormTemplate, PaperIntake, PaperIntakeMove
from mandat.enrolment.models.reproofs import Reproof, ReproofMoveMade

__all__ = [
    "LANGUAGES", "Answer", "CallRequest", "Channel", "DecisionLetter", "Departure", "DepartureDocument",
    "DepartureMoveMade", "DesignationForm", "Enrolment", "EnrolmentCheck",
    "EnrolmentDocument", "EnrolmentMove", "FirmQuestion", "FormTemplate", "Ground", "Handover", "HandoverDocument",
    "HandoverMoveMade", "HandoverNotice", "Invitation", "InvitationMoveMade", "Look", "Moment", "Outcome",
    "PaperIntake", "PaperIntakeMove", "Purpose", "Recusal", "Reproof", "ReproofMoveMade", "Risk", "SecondLook",
    "ServiceRequest", "Statement",
]  # fmt: skip
