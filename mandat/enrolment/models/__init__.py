"""Enrolments, the invitations that follow, and the lost factors of those who were invited."""

from mandat.enrolment.models.enrolments import (
    LANGUAGES,
    Channel,
    Enrolment,
    EnrolmentCheck,
    EnrolmentDocument,
    EnrolmentMove,
    Invitation,
    InvitationMoveMade,
    Outcome,
    Purpose,
    ServiceRequest,
)
from mandat.enrolment.models.reproofs import Reproof, ReproofMoveMade

__all__ = [
    "LANGUAGES", "Channel", "Enrolment", "EnrolmentCheck", "EnrolmentDocument", "EnrolmentMove", "Invitation",
    "InvitationMoveMade", "Outcome", "Purpose", "Reproof", "ReproofMoveMade", "ServiceRequest",
]  # fmt: skip
