"""What the desk does around a decision: ask for a document, propose and hold, step aside, look again, answer a call."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from uuid import UUID

from mandat.access.decision import Right, require
from mandat.access.retries import in_one_transaction
from mandat.enrolment.commands.applying import locked
from mandat.enrolment.commands.verifying import refuse_a_number_taken, refuse_a_silent_source, verified
from mandat.enrolment.errors import AnsweredBefore, NothingToPropose, VerifiedByTheSamePerson
from mandat.enrolment.events import (
    CallAnswered,
    EnrolmentEvidenceAsked,
    EnrolmentProposed,
    EnrolmentReconsidered,
    EnrolmentResumed,
    OfficerSteppedAside,
    SecondLookDone,
)
from mandat.enrolment.models import CallRequest, Enrolment, Look, Recusal, SecondLook
from mandat.enrolment.queries import asked_of_approval, last_submission
from mandat.enrolment.relations import relation_of
from mandat.enrolment.workflow import Move
from mandat.filings.errors import ReasonMissing
from mandat.identity.actor import Actor
from mandat.platform.clock import end_of, legal_day
from mandat.platform.events import publish
from mandat.reference.queries import entry


@in_one_transaction
def ask_evidence(*, enrolment: UUID, wanted: Sequence[str], words: str, by: Actor) -> Enrolment:
    """
    Ask the applicant for documents: kinds of the list `evidence_kind`, and what is expected of them. The clock stops.

    :raises AccessDenied: if `by` is no verification officer
    :raises VerifiedByTheSamePerson: if `by` is related to it
    :raises ReasonMissing: if it is not said what is asked
    :raises NoEntry: if there is no such kind today
    :raises MoveNotAllowed: if it is not in verification
    """
    found, _, authority = verified(enrolment, Move.ASK_EVIDENCE, by)
    if not wanted or not words.strip():
        raise ReasonMissing
    kinds = [entry("evidence_kind", each, legal_day(authority.at)) for each in wanted]
    asked = [{"code": each.code, "fr": each.label_fr, "en": each.label_en} for each in kinds]
    found.make(Move.ASK_EVIDENCE, at=authority.at, under=authority, reason=words.strip(), said={"wanted": asked})
    publish(EnrolmentEvidenceAsked(enrolment=str(found.public_id), asked_by=str(by.person.public_id)))
    return found


@in_one_transaction
def resume(*, enrolment: UUID, by: Actor, reason: str) -> Enrolment:
    """
    Go on without what was asked for, and say why.

    :raises AccessDenied: if `by` is no verification officer
    :raises VerifiedByTheSamePerson: if `by` is related to it
    :raises ReasonMissing: if no reason is given
    :raises MoveNotAllowed: if nothing is asked
    """
    found = _with_a_reason(enrolment, Move.RESUME, by, reason)
    publish(EnrolmentResumed(enrolment=str(found.public_id), resumed_by=str(by.person.public_id)))
    return found


@in_one_transaction
def propose(*, enrolment: UUID, by: Actor, reason: str = "") -> Enrolment:
    """
    Propose an approval that asks for a second officer or for a wait; everyone concerned is told, and may object.

    :raises AccessDenied: if `by` is no verification officer
    :raises VerifiedByTheSamePerson: if `by` is related to it
    :raises NothingToPropose: if its risk asks for neither: it is approved at once
    :raises NEQTaken: if an account has the number already
    :raises SourceSilent: if a source is silent and it is not said how one made sure
    :raises MoveNotAllowed: if it is not in verification
    """
    found, _, authority = verified(enrolment, Move.PROPOSE, by)
    today = legal_day(authority.at)
    asked = asked_of_approval(found, today)
    if not asked.is_proposed_first:
        raise NothingToPropose
    refuse_a_number_taken(found)
    refuse_a_silent_source(found, reason)
    if asked.hold_days:
        found.hold_until = end_of(today + timedelta(days=asked.hold_days))
    said = {"risk": found.risk, "reasons": found.risk_reasons, "of_two": asked.is_of_two}
    found.make(Move.PROPOSE, at=authority.at, under=authority, reason=reason.strip(), said=said)
    publish(EnrolmentProposed(enrolment=str(found.public_id), proposed_by=str(by.person.public_id)))
    return found


@in_one_transaction
def reconsider(*, enrolment: UUID, by: Actor, reason: str) -> Enrolment:
    """
    Take a proposed approval back to verification: somebody objected, or the second officer does not agree.

    :raises AccessDenied: if `by` is no verification officer
    :raises VerifiedByTheSamePerson: if `by` is related to it
    :raises ReasonMissing: if no reason is given
    :raises MoveNotAllowed: if no approval is proposed
    """
    found = _with_a_reason(enrolment, Move.RECONSIDER, by, reason)
    publish(EnrolmentReconsidered(enrolment=str(found.public_id), reconsidered_by=str(by.person.public_id)))
    return found


def _with_a_reason(enrolment: UUID, move: Move, by: Actor, reason: str) -> Enrolment:
    found, _, authority = verified(enrolment, move, by)
    if not reason.strip():
        raise ReasonMissing
    found.make(move, at=authority.at, under=authority, reason=reason.strip())
    return found


@in_one_transaction
def step_aside(*, enrolment: UUID, words: str, by: Actor) -> Recusal:
    """
    Declare that one knows those whom an enrolment names: from then on, one does nothing to it. Twice is harmless.

    :raises AccessDenied: if `by` is no verification officer
    :raises ReasonMissing: if it is not said how
    """
    found = locked(enrolment)
    authority = require(by, Right.VERIFY)
    if not words.strip():
        raise ReasonMissing
    said = {"words": words.strip(), "at": authority.at, "authority": authority.as_record()}
    recusal, is_new = Recusal.objects.get_or_create(enrolment=found, person=by.person, defaults=said)
    if is_new:
        publish(OfficerSteppedAside(enrolment=str(found.public_id), person=str(by.person.public_id)))
    return recusal


@in_one_transaction
def look_again(*, enrolment: UUID, outcome: Look, words: str, by: Actor) -> SecondLook:
    """
    Say what a second look at an approval found.

    :raises AccessDenied: if `by` is no verification officer
    :raises VerifiedByTheSamePerson: if `by` approved it, proposed it, or is related to it
    :raises ReasonMissing: if a doubt is not explained
    :raises AnsweredBefore: if it was looked at already
    """
    found = locked(enrolment)
    authority = require(by, Right.VERIFY)
    look = SecondLook.objects.select_for_update(of=("self",)).get(enrolment=found)
    submission = last_submission(found)
    answers: Mapping[str, str] = submission.said["answers"] if submission else {}
    theirs = {Move.APPROVE, Move.PROPOSE, Move.TAKE_UP}
    if found.history.filter(move__in=theirs, by=by.person).exists() or relation_of(by, found, answers):
        raise VerifiedByTheSamePerson
    if look.looked_at is not None:
        raise AnsweredBefore
    if outcome == Look.DOUBTFUL and not words.strip():
        raise ReasonMissing
    look.outcome, look.words, look.looked_at = outcome, words.strip(), authority.at
    look.looked_by, look.authority = by.person, authority.as_record()
    look.save()
    publish(SecondLookDone(enrolment=str(found.public_id), looked_by=str(by.person.public_id)))
    return look


@in_one_transaction
def answer_call(*, call_request: UUID, answer: str, by: Actor) -> CallRequest:
    """
    Note what was said to an applicant who asked for a person; they are written it.

    :raises AccessDenied: if `by` is no verification officer
    :raises ReasonMissing: if nothing is noted
    :raises AnsweredBefore: if it was answered already
    """
    request = (
        CallRequest.objects.select_for_update(of=("self",)).select_related("enrolment").get(public_id=call_request)
    )
    authority = require(by, Right.VERIFY)
    if not answer.strip():
        raise ReasonMissing
    if request.answered_at is not None:
        raise AnsweredBefore
    request.answer, request.answered_at = answer.strip(), authority.at
    request.answered_by, request.authority = by.person, authority.as_record()
    request.save()
    ids = {"call_request": str(request.public_id), "answered_by": str(by.person.public_id)}
    publish(CallAnswered(enrolment=str(request.enrolment.public_id), **ids))
    return request
