"""What an applicant does, who has no account: begin, answer, prove, submit, withdraw. Pages see to who holds what."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.translation import get_language

from mandat.access.retries import in_one_transaction
from mandat.enrolment import addresses, consent
from mandat.enrolment.commands.beginning import APPLICANT, Begun, begin, tell_begun
from mandat.enrolment.commands.checking import check
from mandat.enrolment.commands.numbers import hold_number
from mandat.enrolment.errors import ConsentMissing, EnrolmentIncomplete, StaleEnrolment
from mandat.enrolment.events import EnrolmentBegun, EnrolmentEvidenceGiven, EnrolmentSubmitted, EnrolmentWithdrawn
from mandat.enrolment.models import Enrolment, EnrolmentDocument, Purpose
from mandat.enrolment.queries import asked_since, documents_of, last_submission
from mandat.enrolment.reading import missing_documents, read
from mandat.enrolment.steps import step as step_named
from mandat.enrolment.workflow import Move, State
from mandat.filings.definition import Finding, findings_of_form, social_insurance_numbers
from mandat.filings.errors import ClosedToChange, NothingChanged, TooMuchTogether, UnknownStep
from mandat.filings.typed import typed_in
from mandat.platform.clock import legal_day, now
from mandat.platform.events import publish
from mandat.platform.files import shown_name, weight_of
from mandat.platform.idempotency import claim
from mandat.platform.models import StoredFile
from mandat.reference.queries import policy


@dataclass(frozen=True)
class Saved:
    """An enrolment whose answers were kept, and what is wrong with the form of those just typed."""

    enrolment: Enrolment
    findings: list[Finding]


@in_one_transaction
def begin_enrolment(*, key: UUID, email: str, language: str) -> Begun[Enrolment]:
    """Begin an enrolment, and send its number and follow-up code to its applicant. A twin is answered alike."""
    begun = begin(Enrolment, key=key, email=email, language=language)
    if begun.is_new:
        tell_begun(begun, template="begun", resume=addresses.resume(language))
        publish(EnrolmentBegun(enrolment=str(begun.one.public_id)))
    return begun


@in_one_transaction
def save_answers(*, enrolment: UUID, step: str, answers: Mapping[str, Any], revision: int) -> Saved:
    """
    Keep the answers of one step, good or bad, as they were typed.

    :raises ClosedToChange: if the enrolment is neither a draft nor returned, or has expired
    :raises StaleEnrolment: if it was changed since revision `revision`; it comes along as it is now
    :raises UnknownStep: if there is no such step
    :raises AnswerTooLong: if an answer is longer than any that a person would type
    """
    if (form := step_named(step)) is None:
        raise UnknownStep(step)
    found, at = _open(enrolment, revision)
    found.answers = found.answers | typed_in(form, answers)
    found.name = str(found.answers.get("name") or "").strip()[:300]
    _changed(found, at)
    return Saved(found, findings_of_form(form(found.answers, facts=None)))


@in_one_transaction
def attach_document(*, enrolment: UUID, purpose: Purpose, file: StoredFile, revision: int) -> EnrolmentDocument:
    """
    Add a stored file to an enrolment, as a proof of something.

    :raises ClosedToChange: if the enrolment is neither a draft nor returned, or has expired
    :raises StaleEnrolment: if it was changed since revision `revision`
    :raises TooMuchTogether: if its documents would weigh too much together
    """
    found, at = _open(enrolment, revision, to_documents=True)
    if (purpose == Purpose.ASKED) != (found.state == State.EVIDENCE):
        raise ClosedToChange(found.state)
    most = policy("enrolment-documents-megabytes", legal_day(at))
    if file.size + weight_of(documents_of(found)) > most * 1024 * 1024:
        raise TooMuchTogether(most)
    document = found.documents.create(purpose=purpose, file=file, name=shown_name(file.name), attached_at=at)
    _changed(found, at)
    return document


@in_one_transaction
def remove_document(*, enrolment: UUID, document: UUID, revision: int) -> Enrolment:
    """
    Take a document out of an enrolment; a second time is harmless. What was submitted keeps it.

    :raises ClosedToChange: if the enrolment is neither a draft nor returned, or has expired
    :raises StaleEnrolment: if it was changed since revision `revision`
    """
    found, at = _open(enrolment, revision, to_documents=True)
    theirs = found.documents.filter(public_id=document, removed_at=None)
    if found.state == State.EVIDENCE:  # what was submitted, or answered before, is no longer theirs to take out
        theirs = theirs.filter(purpose=Purpose.ASKED, attached_at__gte=asked_since(found))
    if theirs.update(removed_at=at):
        _changed(found, at)
    return found


@in_one_transaction
def submit_enrolment(*, key: UUID, enrolment: UUID, revision: int, accepted: str) -> Enrolment:
    """
    Submit an enrolment as it was shown, check it, and hand it over to the desk. Asked twice, it is done once.

    :raises ConsentMissing: if `accepted` is not the text of the day
    :raises ClosedToChange: if the enrolment is neither a draft nor returned, or has expired
    :raises StaleEnrolment: if it is no longer what the applicant saw
    :raises EnrolmentIncomplete: if something holds it back
    :raises NothingChanged: if it was returned, and says what it said before
    """
    request = claim(key, f"submit_enrolment {enrolment}", asked_by=APPLICANT)
    if request.result:
        return Enrolment.objects.get(public_id=request.result)
    if accepted != consent.CURRENT:
        raise ConsentMissing
    found, at = _open(enrolment, revision)
    said, answers = what_it_says(found, language=get_language() or "fr")
    hand_over(found, answers, at=at, said=said)
    request.keep(result=found.public_id)
    return found


def hand_over(enrolment: Enrolment, answers: Mapping[str, Any], *, at: datetime, said: Mapping[str, Any]) -> None:
    """Submit what was read, check it and give it to the desk: the one way, whoever typed."""
    enrolment.neq, enrolment.client_number = answers.get("neq", ""), answers.get("client_number", "")
    enrolment.name = answers["name"]
    hold_number(enrolment.neq, enrolment.client_number)
    check(enrolment, enrolment.make(Move.SUBMIT, at=at, said=said), at)
    publish(EnrolmentSubmitted(enrolment=str(enrolment.public_id)))


@in_one_transaction
def withdraw_enrolment(*, enrolment: UUID) -> Enrolment:
    """
    Take an enrolment back before it is decided.

    :raises MoveNotAllowed: if it is in verification, decided, or withdrawn already
    """
    found = locked(enrolment)
    found.make(Move.WITHDRAW, at=now())
    publish(EnrolmentWithdrawn(enrolment=str(found.public_id)))
    return found


def locked(enrolment: UUID) -> Enrolment:
    """Lock an enrolment until the end of the transaction, and return it."""
    return Enrolment.objects.select_for_update(of=("self",)).get(public_id=enrolment)


@in_one_transaction
def answer_evidence(*, enrolment: UUID, revision: int, words: str) -> Enrolment:
    """
    Answer what the desk asked for: the documents joined since, and a word.

    :raises ClosedToChange: if nothing is asked, or the time to answer has passed
    :raises StaleEnrolment: if it is no longer what the applicant saw
    :raises NothingChanged: if neither a document was joined nor anything said
    :raises EnrolmentIncomplete: if the words hold a social insurance number
    """
    found, at = _open(enrolment, revision, to_documents=True)
    if found.state != State.EVIDENCE:
        raise ClosedToChange(found.state)
    if wrong := social_insurance_numbers({"words": words}):
        raise EnrolmentIncomplete(wrong)
    joined = documents_of(found).filter(purpose=Purpose.ASKED, attached_at__gte=asked_since(found))
    if not joined and not words.strip():
        raise NothingChanged(found.number)
    said = {"documents": [{"id": str(each.public_id), "sha256": each.file.sha256} for each in joined]}
    found.make(Move.ANSWER, at=at, reason=words.strip(), said=said)
    publish(EnrolmentEvidenceGiven(enrolment=str(found.public_id)))
    return found


def _open(enrolment: UUID, revision: int, *, to_documents: bool = False) -> tuple[Enrolment, datetime]:
    found = locked(enrolment)
    at = now()
    if not (found.takes_documents(at) if to_documents else found.is_open(at)):
        raise ClosedToChange(found.state)
    if found.revision != revision:
        raise StaleEnrolment(found)
    return found, at


def _changed(enrolment: Enrolment, at: datetime) -> None:
    enrolment.revision += 1
    enrolment.changed_at = at
    enrolment.save(update_fields=["answers", "name", "revision", "changed_at"])


def what_it_says(enrolment: Enrolment, *, language: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return what a submission freezes, and the answers as they were understood."""
    answers, findings = read(enrolment.answers)
    documents = list(documents_of(enrolment))
    findings += missing_documents(answers, {each.purpose for each in documents})
    if findings:
        raise EnrolmentIncomplete(findings)
    said: dict[str, Any] = {
        "answers": answers,
        "documents": [
            {"id": str(each.public_id), "purpose": each.purpose, "name": each.name, "sha256": each.file.sha256}
            for each in documents
        ],
        "consent": {"text": consent.CURRENT, "language": language},
    }
    before = last_submission(enrolment) if enrolment.state == State.RETURNED else None
    if before and all(before.said[part] == said[part] for part in ("answers", "documents")):
        raise NothingChanged(enrolment.number)
    return said, answers
