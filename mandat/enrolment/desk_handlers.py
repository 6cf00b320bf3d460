"""What follows from what happens around a verification: who is told, what is checked again, which cases stand open."""

from uuid import UUID

from django.db.models import Exists, OuterRef

from mandat.access.rights import Right
from mandat.business_register.events import ExtractCameIntoUse
from mandat.casework.commands import close_case, open_case
from mandat.enrolment import addresses
from mandat.enrolment.commands import check_again
from mandat.enrolment.contacts import contacts_of, letter_addresses_of, people_in_charge
from mandat.enrolment.events import (
    CallAnswered,
    CallRequested,
    EnrolmentApproved,
    EnrolmentProposed,
    EnrolmentSubmitted,
    EnrolmentToCheckAgain,
    FirmQuestionAsked,
    SecondLookDone,
    SecondLookDrawn,
)
from mandat.enrolment.facts import twins_of
from mandat.enrolment.models import CallRequest, Enrolment, EnrolmentCheck, FirmQuestion, Outcome, SecondLook
from mandat.enrolment.queries import QUEUE
from mandat.enrolment.telling import in_words, tell
from mandat.enrolment.workflow import AWAITING_APPLICANT, AWAITING_VERIFICATION, Move
from mandat.platform.clock import last_day, legal_day, start_of
from mandat.platform.events import publish
from mandat.platform.post import queue_letter
from mandat.reference.queries import entry, policy
from mandat.register.events import RegisterImported

SECOND_LOOK, CALL = "second_look", "call_request"


def tell_contacts(event: EnrolmentProposed | EnrolmentApproved) -> None:
    """
    Tell everyone whom the firm is known to have that an account is about to open, or has opened, in its name.

    They are told once: an approval that was proposed has been told of.
    """
    enrolment = Enrolment.objects.get(public_id=event.enrolment)
    is_approval = isinstance(event, EnrolmentApproved)
    if is_approval and enrolment.history.filter(move=Move.PROPOSE).exists():
        return
    desk = entry("contact", "enrolment-desk", legal_day(enrolment.changed_at))
    said = {
        "enrolment": enrolment, "phone": desk.values.get("phone", ""), "email": desk.values.get("email", ""),
        "until": last_day(enrolment.hold_until) if enrolment.hold_until else None, "is_open": is_approval,
    }  # fmt: skip
    key = f"{event.event_id} contact"
    for each in contacts_of(enrolment):
        tell("contact", key=f"{key} {each.email}", to=each.email, language=each.language, context=said)
    for place, lines in enumerate(letter_addresses_of(enrolment)):
        queue_letter(
            key=f"{key} {place}", recipient=lines, template="mandat/enrolment/letters/contact", language="fr",
            context=in_words(said, language="fr"),
        )  # fmt: skip


def check_twins(event: EnrolmentSubmitted) -> None:
    """Have the other enrolments of the same firm checked again: each now has a competitor."""
    enrolment = Enrolment.objects.get(public_id=event.enrolment)
    for twin in twins_of(enrolment, enrolment.neq, enrolment.client_number):
        publish(EnrolmentToCheckAgain(enrolment=str(twin.public_id)))


def check_once_more(event: EnrolmentToCheckAgain) -> None:
    """Ask the sources again about one enrolment."""
    check_again(enrolment=UUID(event.enrolment))


def check_what_was_silent(event: ExtractCameIntoUse | RegisterImported) -> None:  # noqa: ARG001
    """Have every enrolment that waits on a silent source checked again, one at a time: the source has spoken."""
    silent = EnrolmentCheck.objects.filter(submission__enrolment=OuterRef("pk"), outcome=Outcome.SILENT)
    waiting = Enrolment.objects.filter(Exists(silent), state__in=AWAITING_VERIFICATION | AWAITING_APPLICANT)
    for public_id in waiting.order_by("id").values_list("public_id", flat=True):
        publish(EnrolmentToCheckAgain(enrolment=str(public_id)))


def keep_second_look_case(event: SecondLookDrawn | SecondLookDone) -> None:
    """Bring the case of a second look to where it stands: open until somebody has looked."""
    look = SecondLook.objects.get(enrolment__public_id=event.enrolment)
    subject = look.public_id
    if look.looked_at is None:
        open_case(subject_kind=SECOND_LOOK, subject=subject, queue=QUEUE, right=Right.VERIFY)
    else:
        close_case(subject_kind=SECOND_LOOK, subject=subject)


def keep_call_case(event: CallRequested | CallAnswered) -> None:
    """Bring the case of somebody who asks for a person to where it stands: open until they were answered."""
    request = CallRequest.objects.get(public_id=event.call_request)
    if request.answered_at is None:
        open_case(subject_kind=CALL, subject=request.public_id, queue=QUEUE, right=Right.VERIFY, weight=1)
    else:
        close_case(subject_kind=CALL, subject=request.public_id)


def tell_caller(event: CallAnswered) -> None:
    """Write to the applicant what was said to them."""
    request = CallRequest.objects.select_related("enrolment").get(public_id=event.call_request)
    enrolment = request.enrolment
    said = {"enrolment": enrolment, "request": request, "resume": addresses.resume(enrolment.language)}
    key = f"{event.event_id} caller"
    tell("call_answered", key=key, to=enrolment.email, language=enrolment.language, context=said)


def pass_question_on(event: FirmQuestionAsked) -> None:
    """Pass a stranger's question on to those in charge of the firm that they named, a few a day and no more."""
    question = FirmQuestion.objects.select_for_update().get(public_id=event.firm_question)
    if question.told is not None:
        return
    today = legal_day(question.asked_at)
    same_day = FirmQuestion.objects.filter(neq=question.neq, asked_at__gte=start_of(today), told__gt=0)
    readers = people_in_charge(question.neq) if same_day.count() < policy("firm-questions-a-day", today) else []
    for each in readers:
        key = f"{event.event_id} {each.email}"
        tell("firm_question", key=key, to=each.email, language=each.language, context={"question": question})
    question.told = len(readers)
    question.save(update_fields=["told"])
