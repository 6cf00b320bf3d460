"""Who reacts to what: one page. Handlers take ids, and may run twice; `platform.events` says in what order."""

from mandat.access import events as access
from mandat.access import handlers as accesses
from mandat.access import mandatary_events as mandataries
from mandat.access import mandatary_handlers as mandates
from mandat.access import second_persons, staffing, stopping
from mandat.access.leavers import tell_of_leaving
from mandat.access.request_handlers import tell_of_answer, tell_of_request
from mandat.business_register import events as business_register
from mandat.casework import events as casework
from mandat.casework.handlers import tell_of_visit
from mandat.enrolment import changing, departure_handlers, handover_handlers
from mandat.enrolment import desk_handlers as desk
from mandat.enrolment import events as enrolment
from mandat.enrolment import handlers as enrolments
from mandat.enrolment.decision_letters import write_decision
from mandat.enterprises import events as enterprises
from mandat.filings import events as filings
from mandat.filings.handlers import keep_case, take_out_infected, tell_firm
from mandat.identity import events as identity
from mandat.identity import handlers as people
from mandat.openid.handlers import tell_services
from mandat.platform.events import Subscriptions
from mandat.platform.files import FileScanned
from mandat.register import events as register
from mandat.register.handlers import tell_access

SUBSCRIPTIONS: Subscriptions = {
    casework.SupportVisitOpened: [tell_of_visit],
    FileScanned: [take_out_infected, enrolments.take_out_infected, handover_handlers.take_out_infected],
    identity.SignedIn: [people.keep_note],
    identity.SignedOut: [tell_services],
    identity.SessionsEnded: [people.keep_note, tell_services],
    identity.SecondFactorSetUp: [people.keep_note],
    identity.RecoveryCodesRenewed: [people.keep_note],
    identity.SecondFactorRefused: [people.keep_note],
    identity.SecondFactorLocked: [people.keep_note],
    identity.SecondFactorRemoved: [people.keep_note],
    identity.RecoveryCodeUsed: [people.keep_note],
    identity.PasskeyAdded: [people.keep_note],
    identity.PasskeyRemoved: [people.keep_note],
    identity.PasskeyCopied: [people.keep_note],
    identity.PasswordChanged: [people.keep_note],
    identity.DeviceRemembered: [people.keep_note],
    identity.DevicesForgotten: [people.keep_note],
    identity.LoginUnlinked: [people.keep_note],
    identity.RecoveryMailed: [people.keep_note],
    identity.RecoveryRefused: [people.keep_note],
    identity.RecoveryStopped: [people.keep_note],
    identity.PasswordRecovered: [people.keep_note],
    identity.UserCodeRecalled: [people.keep_note],
    identity.EmailChangeAsked: [people.keep_note],
    identity.EmailChanged: [people.keep_note],
    identity.EmailChangeUndone: [people.keep_note],
    identity.SecondFactorLost: [people.keep_note, enrolments.keep_reproof_case],
    identity.ReproofStarted: [people.keep_note, enrolments.keep_reproof_case],
    identity.SecondFactorReplaced: [people.keep_note, enrolments.keep_reproof_case],
    identity.ReproofRefused: [people.keep_note, enrolments.keep_reproof_case],
    identity.ReproofStopped: [people.keep_note, enrolments.keep_reproof_case],
    identity.DormancyWarned: [people.keep_note],
    identity.PersonSuspended: [people.keep_note],
    identity.PersonRestored: [people.keep_note],
    identity.OutsideLinked: [people.keep_note],
    identity.OutsideUnlinked: [people.keep_note],
    identity.ConsentGiven: [people.keep_note],
    identity.ConsentWithdrawn: [people.keep_note],
    access.ProxiesGranted: [accesses.tell_of_grant, second_persons.ask_for_second_person],
    access.ProxyFell: [second_persons.tell_of_fall],
    access.SecondPersonAsked: [second_persons.tell_of_asking],
    access.SecondPersonChanged: [second_persons.tell_of_change],
    access.SecondPersonKept: [second_persons.tell_of_no_change],
    enterprises.BlockVersionsAccepted: [accesses.tell_of_widening],
    access.ProxyRevoked: [accesses.tell_of_revocation, mandates.tell_of_end],
    enterprises.EnterpriseEnteredRecovery: [
        accesses.tell_of_recovery,
        accesses.tell_holders_of_recovery,
        enrolments.keep_recovery_case,
        enrolments.tell_desk_of_recovery,
    ],
    business_register.ExtractCameIntoUse: [stopping.hear_the_extract, desk.check_what_was_silent],
    register.RegisterImported: [tell_access, desk.check_what_was_silent],
    register.RegistrantLinked: [tell_access],
    enterprises.CausesReported: [stopping.tell_of_notice, stopping.tell_desk],
    enterprises.EnterpriseStopped: [stopping.tell_of_stop, mandates.tell_clients],
    enterprises.EnterpriseResumed: [stopping.tell_of_resumption, mandates.tell_clients],
    enterprises.EnterpriseRenamed: [stopping.tell_of_name],
    enterprises.EnterpriseLeftRecovery: [enrolments.keep_recovery_case],
    enterprises.DesignationRevoked: [accesses.tell_of_designation_ended],
    access.ProxyNarrowed: [accesses.tell_of_narrowing, mandates.tell_of_change],
    access.ProxyRenewed: [accesses.tell_of_renewal, second_persons.ask_for_second_person],
    access.ProxySuspended: [accesses.tell_of_suspension, mandates.tell_of_change],
    access.ProxyRestored: [accesses.tell_of_restoration, mandates.tell_of_change],
    access.ProxyConfirmed: [accesses.tell_of_confirmation, mandates.tell_of_change],
    mandataries.ExternalProposed: [mandates.tell_of_proposal],
    mandataries.ExternalAccepted: [mandates.tell_of_acceptance],
    mandataries.ExternalDropped: [mandates.tell_of_dropping],
    mandataries.ExternalGivenUp: [mandates.tell_of_giving_up],
    mandataries.PersonNamed: [mandates.tell_of_naming],
    mandataries.NamingNarrowed: [mandates.tell_of_narrowing],
    mandataries.NamingRevoked: [mandates.tell_of_revocation],
    access.PersonLeft: [tell_of_leaving],
    access.RightsRequested: [tell_of_request],
    access.RightsRequestClosed: [tell_of_answer],
    access.StaffAssigned: [staffing.tell_of_proposal],
    access.AssignmentConfirmed: [staffing.tell_of_role],
    access.AssignmentEnded: [staffing.tell_of_end],
    access.ProposalDropped: [staffing.tell_of_dropping],
    access.StaffReviewsMissed: [staffing.tell_of_missed_reviews],
    enterprises.ServiceRequested: [enrolments.keep_registration_case],
    enterprises.RegistrationMoved: [
        enrolments.keep_registration_case,
        enrolments.tell_requester,
        stopping.keep_stopped,
    ],
    filings.FilingSubmitted: [keep_case, tell_firm],
    filings.FilingTakenUp: [keep_case],
    filings.FilingReturned: [keep_case, tell_firm],
    filings.FilingAccepted: [keep_case, tell_firm],
    filings.FilingRefused: [keep_case, tell_firm],
    filings.FilingWithdrawn: [keep_case],
    enrolment.HandoverMoved: [
        handover_handlers.keep_handover_case,
        handover_handlers.tell_who_asked,
        handover_handlers.tell_who_was_told,
    ],
    enrolment.HandoverAnswered: [handover_handlers.keep_handover_case],
    enrolment.RSENamed: [changing.tell_of_naming],
    enrolment.DepartureReported: [departure_handlers.keep_departure_case, departure_handlers.tell_of_report],
    enrolment.DepartureDecided: [departure_handlers.keep_departure_case, departure_handlers.tell_of_dropping],
    enrolment.EnrolmentSubmitted: [enrolments.keep_case, enrolments.tell_applicant, desk.check_twins],
    enrolment.EnrolmentTakenUp: [enrolments.keep_case],
    enrolment.EnrolmentReturned: [enrolments.keep_case, enrolments.tell_applicant, write_decision],
    enrolment.EnrolmentApproved: [
        enrolments.keep_case,
        enrolments.tell_applicant,
        desk.tell_contacts,
        write_decision,
    ],
    enrolment.EnrolmentEvidenceAsked: [enrolments.keep_case, enrolments.tell_applicant],
    enrolment.EnrolmentEvidenceGiven: [enrolments.keep_case],
    enrolment.EnrolmentResumed: [enrolments.keep_case],
    enrolment.EnrolmentProposed: [enrolments.keep_case, enrolments.tell_applicant, desk.tell_contacts],
    enrolment.EnrolmentReconsidered: [enrolments.keep_case],
    enrolment.EnrolmentCheckedAgain: [enrolments.keep_case],
    enrolment.EnrolmentToCheckAgain: [desk.check_once_more],
    enrolment.SecondLookDrawn: [desk.keep_second_look_case],
    enrolment.SecondLookDone: [desk.keep_second_look_case],
    enrolment.CallRequested: [desk.keep_call_case],
    enrolment.CallAnswered: [desk.keep_call_case, desk.tell_caller],
    enrolment.FirmQuestionAsked: [desk.pass_question_on],
    enrolment.EnrolmentRefused: [enrolments.keep_case, enrolments.tell_applicant, write_decision],
    enrolment.EnrolmentWithdrawn: [enrolments.keep_case, enrolments.tell_applicant],
}
