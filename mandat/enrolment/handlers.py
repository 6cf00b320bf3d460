"""What follows from what happened to enrolments, and to registrations with the regulator."""

from collections.abc import Mapping
from uuid import UUID

from mandat.access.commands.enterprises import REGISTRATIONS
from mandat.access.queries import people_who_can
from mandat.access.rights import Right
from mandat.access.telling import tell_each
from mandat.casework.commands import close_case, give_case, open_case
from mandat.enrolment import addresses
from mandat.enrolment.events import EnrolmentEvent, EnrolmentProposed
from mandat.enrolment.helping import helpers_for
from mandat.enrolment.models import Enrolment, EnrolmentDocument, Reproof, Risk
from mandat.enrolment.queries import QUEUE, expected_by
from mandat.enrolment.telling import tell
from mandat.enrolment.workflow import AWAITING_VERIFICATION, OPEN_TO_DOCUMENTS, Move, ReproofState, State
from mandat.enterprises.events import (
    EnterpriseEnteredRecovery,
    EnterpriseLeftRecovery,
    RegistrationMoved,
    ServiceRequested,
)
from mandat.enterprises.models import Enterprise, ServiceRegistration
from mandat.enterprises.workflow import EnterpriseState, RegistrationMove, RegistrationState
from mandat.identity.events import ReproofStarted, SecondFactorLost
from mandat.identity.models import LoginLink
from mandat.platform.clock import AppNow, last_day, now
from mandat.platform.files import FileScanned
from mandat.platform.models import Scan

SUBJECT = "enrolment"
REPROOF = "reproof"
#: What the risk of an enrolment weighs in the queue.
WEIGHTS: Mapping[str, int] = {Risk.MEDIUM: 1, Risk.HIGH: 2}
RECOVERY = "recovery"
#: What a case about a registration names its subject by, and the answers that are written about.
REGISTRATION = "registration"
ANSWERS = (RegistrationMove.ACTIVATE, RegistrationMove.REFUSE)


def keep_case(event: EnrolmentEvent) -> None:
    """
    Bring the case of an enrolment to where it stands: open while it awaits verification, in the hands that took it up.

    It reads the enrolment and not the event, so that late, early or twice it ends the same.
    """
    enrolment = Enrolment.objects.get(public_id=event.enrolment)
    subject = UUID(event.enrolment)
    if enrolment.state not in AWAITING_VERIFICATION:
        close_case(subject_kind=SUBJECT, subject=subject)
        return
    last = enrolment.history.order_by("id").last()
    if last and last.move == Move.PROPOSE and isinstance(event, EnrolmentProposed):
        close_case(subject_kind=SUBJECT, subject=subject)  # out of the hands that proposed it
    due = last_day(enrolment.hold_until) if enrolment.hold_until else expected_by(enrolment, now())
    open_case(
        subject_kind=SUBJECT, subject=subject, queue=QUEUE, right=Right.VERIFY, due=due,
        weight=WEIGHTS.get(enrolment.risk, 0),
    )  # fmt: skip
    taken = enrolment.history.filter(move__in=[Move.SUBMIT, Move.TAKE_UP]).select_related("by").order_by("id").last()
    is_aside = taken and taken.by and enrolment.recusals.filter(person=taken.by).exists()
    if enrolment.state == State.UNDER_REVIEW and taken and taken.by and not is_aside:
        give_case(subject_kind=SUBJECT, subject=subject, to=taken.by)


def tell_applicant(event: EnrolmentEvent) -> None:
    """Write to the applicant what has become of their enrolment. What a return asks for stays on its page."""
    enrolment = Enrolment.objects.get(public_id=event.enrolment)
    if not enrolment.email:  # a paper form, asked for without an address, that has not come back yet
        return
    language = enrolment.language
    context = {
        "enrolment": enrolment, "resume": addresses.resume(language), "until": enrolment.last_open_day,
        "expected": expected_by(enrolment, now()),
        "held_until": last_day(enrolment.hold_until) if enrolment.hold_until else None,
        "is_of_two": enrolment.history.filter(move=Move.PROPOSE, said__of_two=True).exists(),
    }  # fmt: skip
    kind = type(event).__name__.removeprefix("Enrolment").lower()
    tell(kind, key=f"{event.event_id} applicant", to=enrolment.email, language=language, context=context)


def keep_registration_case(event: ServiceRequested | RegistrationMoved) -> None:
    """Bring the case of a registration with the regulator to where it stands: open until it is answered."""
    registration = ServiceRegistration.objects.get(public_id=event.registration)
    subject = UUID(event.registration)
    if registration.state == RegistrationState.IN_PROCESS:
        open_case(subject_kind=REGISTRATION, subject=subject, queue=REGISTRATIONS, right=Right.EXAMINE)
    else:
        close_case(subject_kind=REGISTRATION, subject=subject)


def keep_recovery_case(event: EnterpriseEnteredRecovery | EnterpriseLeftRecovery) -> None:
    """Bring the case of a firm that nobody is in charge of to where it stands: open while that lasts."""
    enterprise = Enterprise.objects.get(public_id=event.enterprise)
    subject = UUID(event.enterprise)
    if enterprise.state == EnterpriseState.IN_RECOVERY:
        open_case(subject_kind=RECOVERY, subject=subject, queue=QUEUE, right=Right.VERIFY)
    else:
        close_case(subject_kind=RECOVERY, subject=subject)


def tell_desk_of_recovery(event: EnterpriseEnteredRecovery) -> None:
    """Write to the verification desk that nobody is in charge of a firm any more."""
    enterprise = Enterprise.objects.get(public_id=event.enterprise)
    desk = people_who_can(None, Right.VERIFY, QUEUE, now()).order_by("sort_name", "id")
    path = f"/agence/reprises/{enterprise.public_id}/"
    tell_each("recovery_desk", desk, key=event.event_id, path=path, context={"enterprise": enterprise})


def tell_requester(event: RegistrationMoved) -> None:
    """Write the regulator's answer to whoever asked for the registration."""
    registration = ServiceRegistration.objects.select_related("enterprise", "provider").get(
        public_id=event.registration
    )
    link = LoginLink.objects.select_related("login", "person").filter(
        person__public_id=registration.requested_under["person"], during__contains=AppNow()
    )
    answered = registration.history.filter(after=event.state).order_by("id").last()
    if answered is None or answered.move not in ANSWERS or (found := link.first()) is None:
        return  # one that was suspended and serves again is no answer to a request
    language = found.person.language
    context = {
        "person": found.person, "enterprise": registration.enterprise, "number": registration.client_number,
        "reason": answered.reason, "address": addresses.services(registration.enterprise.public_id, language),
    }  # fmt: skip
    key = f"{event.event_id} requester"
    tell(f"registration_{event.state}", key=key, to=found.login.email, language=language, context=context)


def keep_reproof_case(event: SecondFactorLost | ReproofStarted) -> None:
    """Bring the case of a lost factor to where it stands: open while the desk, and nobody in a firm, is to answer."""
    reproof = Reproof.objects.filter(login__public_id=event.login).select_related("person").order_by("-id").first()
    if reproof is None:
        return
    helpers = helpers_for(reproof, now())
    if reproof.state == ReproofState.ASKED and helpers.enterprise is None:
        open_case(subject_kind=REPROOF, subject=reproof.public_id, queue=QUEUE, right=helpers.right)
    else:
        close_case(subject_kind=REPROOF, subject=reproof.public_id)


def take_out_infected(event: FileScanned) -> None:
    """Take an infected file out of the enrolments that it was added to, and tell the applicant."""
    scan = Scan.objects.get(public_id=event.scan)
    if scan.is_clean:
        return
    for document in EnrolmentDocument.objects.filter(file__scan=scan, removed_at=None).order_by("id"):
        enrolment = Enrolment.objects.select_for_update(of=("self",)).get(pk=document.enrolment_id)
        if enrolment.state in OPEN_TO_DOCUMENTS:
            EnrolmentDocument.objects.filter(pk=document.pk).update(removed_at=now())
            enrolment.revision += 1
            enrolment.save(update_fields=["revision"])
        language = enrolment.language
        context = {"enrolment": enrolment, "name": document.name, "resume": addresses.resume(language)}
        key = f"{event.event_id} {document.public_id}"
        tell("infected", key=key, to=enrolment.email, language=language, context=context)
