"""Who reacts to what: one page. Handlers take ids, and may run twice; `platform.events` says in what order."""

from mandat.access import events as access
from mandat.access import handlers as accesses
from mandat.enrolment import events as enrolment
from mandat.enrolment import handlers as enrolments
from mandat.enterprises import events as enterprises
from mandat.filings import events as filings
from mandat.filings.handlers import keep_case, tell_firm
from mandat.platform.events import Subscriptions

SUBSCRIPTIONS: Subscriptions = {
    access.ProxiesGranted: [accesses.tell_of_grant],
    access.ProxyRevoked: [accesses.tell_of_revocation],
    enterprises.ServiceRequested: [enrolments.keep_registration_case],
    enterprises.RegistrationMoved: [enrolments.keep_registration_case, enrolments.tell_requester],
    filings.FilingSubmitted: [keep_case, tell_firm],
    filings.FilingTakenUp: [keep_case],
    filings.FilingReturned: [keep_case, tell_firm],
    filings.FilingAccepted: [keep_case, tell_firm],
    filings.FilingRefused: [keep_case, tell_firm],
    filings.FilingWithdrawn: [keep_case],
    enrolment.EnrolmentSubmitted: [enrolments.keep_case, enrolments.tell_applicant],
    enrolment.EnrolmentTakenUp: [enrolments.keep_case],
    enrolment.EnrolmentReturned: [enrolments.keep_case, enrolments.tell_applicant],
    enrolment.EnrolmentApproved: [enrolments.keep_case, enrolments.tell_applicant],
    enrolment.EnrolmentRefused: [enrolments.keep_case, enrolments.tell_applicant],
    enrolment.EnrolmentWithdrawn: [enrolments.keep_case, enrolments.tell_applicant],
}
