"""What may stand in the way of an enrolment or an activation, named for what is true."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from mandat.filings.definition import Finding

if TYPE_CHECKING:
    from mandat.enrolment.models import Departure, Enrolment


class StaleEnrolment(Exception):
    """It was changed since the caller saw it, in another tab perhaps. It comes along as it is now."""

    def __init__(self, enrolment: "Enrolment") -> None:
        super().__init__(f"revision {enrolment.revision} is current")
        self.enrolment = enrolment


class EnrolmentIncomplete(Exception):
    """Something holds the enrolment back: these findings."""

    def __init__(self, findings: Sequence[Finding]) -> None:
        super().__init__(", ".join(each.field for each in findings))
        self.findings = list(findings)


class ConsentMissing(ValueError):
    """The text of the day was not accepted."""


class SignsInAlready(Exception):
    """The person signs in here already: there is nothing to activate."""


class InvitedAlready(Exception):
    """An invitation waits for the person already."""


class WrongFollowUpCode(Exception):
    """No enrolment has this number and this code."""


class VerifiedByTheSamePerson(Exception):
    """Nobody verifies an enrolment that they began, or that names them."""


class ReasonOfAnotherField(ValueError):
    """A return gives for one field a reason that is of others."""


class ProposalNeeded(Exception):
    """Its risk asks that an approval be proposed first: for a second officer, or for a wait."""


class NothingToPropose(Exception):
    """Its risk asks for neither a second officer nor a wait: it is approved at once."""


class HeldStill(Exception):
    """Those who were told may still object."""


class SourceSilent(Exception):
    """A source says nothing, and it is not said how one made sure without it. Silence never approves."""


class AnsweredBefore(Exception):
    """Somebody else has answered already."""


class NoFile(Exception):
    """The regulator has no file under this client number."""


class EmailOfAnother(Exception):
    """Somebody of another name signs in by this address."""


class InvitationUnusable(Exception):
    """The link is unknown, was used or replaced, its time has passed, or it was tried too often."""


class WrongSecondPart(Exception):
    """The second part is not the one that goes with the link."""


class NobodyHelpsThemselves(Exception):
    """Nobody confirms their own identity, by whatever login."""


class ReproofUnusable(Exception):
    """The link is unknown, was used, stopped or replaced, waits for its time or is past it, or was tried too often."""


class WrongPassword(Exception):
    """The password is not that of the login."""


class ReplacedByThemselves(Exception):
    """Nobody takes their own place."""


class EnrolledAlready(Exception):
    """The enterprise of a paper has an enrolment in course, or an account: the paper is linked to it, never doubled."""

    def __init__(self, enrolment: "Enrolment | None") -> None:
        super().__init__(enrolment.number if enrolment else "an account")
        self.enrolment = enrolment


class NotOpenToPaper(Exception):
    """The enrolment that the paper names has gone on."""


class HandoverIncomplete(Exception):
    """Something holds the request back: these findings."""

    def __init__(self, findings: Sequence[Finding]) -> None:
        super().__init__(", ".join(each.field for each in findings))
        self.findings = list(findings)


class NoAccount(Exception):
    """No account has this NEQ: there is nobody to notify and nothing to hand over."""


class TimeToObject(Exception):
    """The time to object, or to answer, is not over."""


class IsContested(Exception):
    """Somebody objects, or another request concerns the same enterprise: both sides are heard first."""


class SameOfficer(Exception):
    """Whoever recommended it does not approve it too."""


class NoticeUnusable(Exception):
    """The link is unknown, or the request that it is about is decided."""


class WordsMissing(ValueError):
    """Nothing was said."""


class EvidenceMissing(ValueError):
    """The cause that is given asks for a document."""


class DepartureReportedAlready(Exception):
    """The desk has been told already, and a second officer is to decide. The departure comes along."""

    def __init__(self, departure: "Departure") -> None:
        super().__init__(str(departure.public_id))
        self.departure = departure
