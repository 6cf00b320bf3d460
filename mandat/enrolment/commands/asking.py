"""What an applicant asks for beside an enrolment: a person; or who is in charge of a firm that has an account."""

from uuid import UUID

from mandat.access.retries import in_one_transaction
from mandat.enrolment.commands.applying import locked
from mandat.enrolment.commands.beginning import APPLICANT
from mandat.enrolment.errors import EnrolmentIncomplete
from mandat.enrolment.events import CallRequested, FirmQuestionAsked
from mandat.enrolment.models import CallRequest, FirmQuestion, Moment
from mandat.filings.definition import social_insurance_numbers
from mandat.identity.models import canonical_email
from mandat.platform.clock import now
from mandat.platform.events import publish
from mandat.platform.idempotency import claim


@in_one_transaction
def ask_for_a_person(*, enrolment: UUID, phone: str, moment: Moment, words: str) -> CallRequest:
    """
    Ask that somebody of the desk call, or write; a request that is open already says so again, in the last words.

    :raises EnrolmentIncomplete: if the words hold a social insurance number
    """
    if wrong := social_insurance_numbers({"words": words, "phone": phone}):
        raise EnrolmentIncomplete(wrong)
    found = locked(enrolment)
    said = {"phone": phone.strip(), "moment": moment, "words": words.strip()}
    request, is_new = CallRequest.objects.update_or_create(
        enrolment=found, answered_at=None, defaults=said, create_defaults=said | {"asked_at": now()}
    )
    if is_new:
        publish(CallRequested(enrolment=str(found.public_id), call_request=str(request.public_id)))
    return request


@in_one_transaction
def ask_who_is_in_charge(*, key: UUID, neq: str, name: str, email: str, language: str, words: str) -> FirmQuestion:
    """
    Have a message passed on to those in charge of a firm, if it has an account: only they ever know whether it has.

    What follows is done by a handler: the answer takes the same time, whoever the firm is.

    :raises EnrolmentIncomplete: if the words hold a social insurance number
    """
    if wrong := social_insurance_numbers({"words": words}):
        raise EnrolmentIncomplete(wrong)
    request = claim(key, "ask_who_is_in_charge", asked_by=APPLICANT)
    if request.result:
        return FirmQuestion.objects.get(public_id=request.result)
    question = FirmQuestion.objects.create(
        neq=neq, name=name.strip(), email=canonical_email(email), language=language, words=words.strip(), asked_at=now()
    )
    request.keep(result=question.public_id)
    publish(FirmQuestionAsked(firm_question=str(question.public_id)))
    return question
