"""What whoever asks for a handover does, who may have no account: begin, answer, prove, submit, say more, withdraw."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from mandat.access.retries import in_one_transaction
from mandat.enrolment import addresses
from mandat.enrolment.commands.beginning import APPLICANT, Begun, begin, tell_begun
from mandat.enrolment.errors import HandoverIncomplete, WordsMissing
from mandat.enrolment.events import HandoverAnswered, HandoverMoved
from mandat.enrolment.handover_form import HandoverStep, read
from mandat.enrolment.handover_queries import documents_of_handover
from mandat.enrolment.models import Handover, HandoverDocument, HandoverNotice
from mandat.enrolment.workflow import HandoverMove
from mandat.enterprises.models import Enterprise, Identifier
from mandat.filings.definition import Finding, findings_of_form, social_insurance_numbers
from mandat.filings.errors import ClosedToChange, TooMuchTogether
from mandat.filings.typed import typed_in
from mandat.platform.clock import AppNow, legal_day, now
from mandat.platform.events import publish
from mandat.platform.files import shown_name, weight_of
from mandat.platform.idempotency import claim
from mandat.platform.models import StoredFile
from mandat.reference.queries import policy


@in_one_transaction
def begin_handover(*, key: UUID, email: str, language: str) -> Begun[Handover]:
    """Begin a request, and send its number and follow-up code to whoever asks. A twin is answered alike."""
    begun = begin(Handover, key=key, email=email, language=language)
    if begun.is_new:
        tell_begun(begun, template="handover_begun", resume=addresses.handover_resume(language))
    return begun


@in_one_transaction
def answer_handover(*, handover: UUID, answers: Mapping[str, Any]) -> list[Finding]:
    """
    Keep what was typed, good or bad, and return what is wrong with its form.

    :raises ClosedToChange: if it was submitted, withdrawn, or left too long
    :raises AnswerTooLong: if an answer is longer than any that a person would type
    """
    found, at = _open(handover)
    found.answers = typed_in(HandoverStep, answers)
    found.changed_at = at
    found.save(update_fields=["answers", "changed_at"])
    typed = HandoverStep(found.answers, facts=None)
    return findings_of_form(typed)


@in_one_transaction
def attach_to_handover(
    *, handover: UUID, file: StoredFile, notice: HandoverNotice | None = None
) -> HandoverDocument:  # fmt: skip
    """
    Add a stored file to a request that is not decided, for whoever asks or for whoever was told.

    :raises ClosedToChange: if it is decided, withdrawn, or was left too long
    :raises TooMuchTogether: if the documents of this side would weigh too much together
    """
    found, at = locked_handover(handover), now()
    if not (found.is_open(at) or found.is_waiting):
        raise ClosedToChange(found.state)
    most = policy("enrolment-documents-megabytes", legal_day(at))
    theirs = documents_of_handover(found).filter(notice=notice)
    if file.size + weight_of(theirs) > most * 1024 * 1024:
        raise TooMuchTogether(most)
    if same := theirs.filter(file__sha256=file.sha256).first():
        return same
    return found.documents.create(file=file, notice=notice, name=shown_name(file.name), attached_at=at)


@in_one_transaction
def remove_from_handover(*, handover: UUID, document: UUID) -> None:
    """
    Take a document out of a draft; a second time is harmless.

    :raises ClosedToChange: if it was submitted, withdrawn, or left too long
    """
    found, at = _open(handover)
    found.documents.filter(public_id=document, removed_at=None).update(removed_at=at)


@in_one_transaction
def submit_handover(*, key: UUID, handover: UUID) -> Handover:
    """
    Hand a request over to the desk, as it stands. Asked twice, it is done once. It gives no right and stops none.

    :raises ClosedToChange: if it was submitted, withdrawn, or left too long
    :raises HandoverIncomplete: if something holds it back
    """
    request = claim(key, f"submit_handover {handover}", asked_by=APPLICANT)
    if request.result:
        return Handover.objects.get(public_id=request.result)
    found, at = _open(handover)
    answers, findings = read(found.answers)
    documents = list(documents_of_handover(found))
    if findings or not documents:
        raise HandoverIncomplete(findings)
    found.enterprise, found.submitted_at = enterprise_of_neq(answers["neq"]), at
    joined = [{"id": str(each.public_id), "name": each.name, "sha256": each.file.sha256} for each in documents]
    found.make(HandoverMove.SUBMIT, at=at, said={"answers": answers, "documents": joined})
    request.keep(result=found.public_id)
    publish(HandoverMoved(handover=str(found.public_id), move=HandoverMove.SUBMIT))
    return found


@in_one_transaction
def say_more(*, handover: UUID, words: str) -> Handover:
    """
    Add words of whoever asked to what they said: they answer the desk by it.

    :raises WordsMissing: if nothing is said
    :raises ClosedToChange: if it is decided, withdrawn, or not submitted yet
    :raises HandoverIncomplete: if the words hold a social insurance number
    """
    words = spoken(words)
    found, at = locked_handover(handover), now()
    if not found.is_waiting:
        raise ClosedToChange(found.state)
    found.statements.create(words=words, at=at)
    publish(HandoverAnswered(handover=str(found.public_id), notice=""))
    return found


@in_one_transaction
def withdraw_handover(*, handover: UUID) -> Handover:
    """
    Take a request back before it is decided.

    :raises MoveNotAllowed: if it is decided or withdrawn already
    """
    found = locked_handover(handover)
    found.make(HandoverMove.WITHDRAW, at=now())
    publish(HandoverMoved(handover=str(found.public_id), move=HandoverMove.WITHDRAW))
    return found


def spoken(words: str) -> str:
    """
    Return the words of a party, fit to be kept.

    :raises WordsMissing: if there are none
    :raises HandoverIncomplete: if they hold a social insurance number
    """
    if not (words := words.strip()):
        raise WordsMissing
    if findings := social_insurance_numbers({"words": words}):
        raise HandoverIncomplete(findings)
    return words


def enterprise_of_neq(neq: str) -> Enterprise | None:
    """Return the enterprise whose account has an NEQ."""
    held = Identifier.objects.filter(kind=Identifier.Kind.NEQ, value=neq, during__contains=AppNow())
    found = held.select_related("enterprise").first()
    return found.enterprise if found else None


def locked_handover(handover: UUID) -> Handover:
    """Lock a handover until the end of the transaction, and return it."""
    return Handover.objects.select_for_update(of=("self",)).select_related("enterprise").get(public_id=handover)


def _open(handover: UUID) -> tuple[Handover, datetime]:
    found = locked_handover(handover)
    at = now()
    if not found.is_open(at):
        raise ClosedToChange(found.state)
    return found, at
