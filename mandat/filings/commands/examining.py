"""What the regulator's officers do. Nobody examines what they wrote or signed themselves."""

from collections.abc import Mapping
from uuid import UUID

from mandat.access.decision import Authority, Right, require
from mandat.access.retries import in_one_transaction
from mandat.filings.errors import FiledByTheSamePerson, ReasonMissing, UnknownStep
from mandat.filings.events import FilingAccepted, FilingRefused, FilingReturned, FilingTakenUp
from mandat.filings.locking import locked
from mandat.filings.models import Filing, Submission
from mandat.filings.queries import as_filed
from mandat.filings.workflow import Move, State
from mandat.identity.actor import Actor
from mandat.platform.events import publish


@in_one_transaction
def take_up(*, filing: UUID, by: Actor) -> Filing:
    """
    Begin to examine a filing.

    :raises AccessDenied: if `by` may not examine in the filing's block
    :raises FiledByTheSamePerson: if `by` wrote or signed it
    :raises MoveNotAllowed: if it is not waiting to be taken up
    """
    found, submission, authority = _examined(filing, Move.TAKE_UP, by)
    found.make(Move.TAKE_UP, under=authority, submission=submission)
    publish(FilingTakenUp(filing=str(found.public_id), taken_up_by=str(by.person.public_id)), found.list_topic)
    return found


@in_one_transaction
def return_for_correction(*, filing: UUID, corrections: Mapping[str, str], by: Actor, reason: str = "") -> Filing:
    """
    Give a filing back to be corrected: which fields, and what is wrong with each.

    :raises AccessDenied: if `by` may not examine in the filing's block
    :raises FiledByTheSamePerson: if `by` wrote or signed it
    :raises UnknownStep: if the type has no such field
    :raises ReasonMissing: if it is not said what to correct
    :raises MoveNotAllowed: if it is not under review
    """
    found, submission, authority = _examined(filing, Move.RETURN, by)
    asked = [{"field": name, "message": message.strip()} for name, message in corrections.items()]
    if not asked or not all(each["message"] for each in asked):
        raise ReasonMissing
    if unknown := [name for name in corrections if found.filing_type.step_of(name) is None]:
        raise UnknownStep(unknown)
    found.make(Move.RETURN, under=authority, submission=submission, reason=reason.strip(), corrections=asked)
    publish(FilingReturned(filing=str(found.public_id), returned_by=str(by.person.public_id)), found.list_topic)
    return found


@in_one_transaction
def accept(*, filing: UUID, by: Actor, reason: str = "") -> Filing:
    """
    Accept a filing, and change the file as its type says, all or nothing.

    :raises AccessDenied: if `by` may not examine in the filing's block
    :raises FiledByTheSamePerson: if `by` wrote or signed it
    :raises EffectImpossible: if the file no longer allows it
    :raises MoveNotAllowed: if it is not under review
    """
    found, submission, authority = _examined(filing, Move.ACCEPT, by)
    found.make(Move.ACCEPT, under=authority, submission=submission, reason=reason.strip())
    found.filing_type.effect(found, as_filed(submission)["answers"], authority)
    publish(
        FilingAccepted(
            filing=str(found.public_id), submission=str(submission.public_id), accepted_by=str(by.person.public_id)
        ),
        found.list_topic,
    )
    return found


@in_one_transaction
def refuse(*, filing: UUID, reason: str, by: Actor) -> Filing:
    """
    Refuse a filing, and say why.

    :raises AccessDenied: if `by` may not examine in the filing's block
    :raises FiledByTheSamePerson: if `by` wrote or signed it
    :raises ReasonMissing: if no reason is given
    :raises MoveNotAllowed: if it is not under review
    """
    found, submission, authority = _examined(filing, Move.REFUSE, by)
    if not reason.strip():
        raise ReasonMissing
    found.make(Move.REFUSE, under=authority, submission=submission, reason=reason.strip())
    publish(FilingRefused(filing=str(found.public_id), refused_by=str(by.person.public_id)), found.list_topic)
    return found


def _examined(filing: UUID, move: Move, by: Actor) -> tuple[Filing, Submission, Authority]:
    """Lock a filing for an officer, with the submission that is under their eyes."""
    found = locked(filing)
    authority = require(by, Right.EXAMINE, block=found.block)
    found.filing_type.workflow.target(move, State(found.state))  # a draft is none of the officer's business
    submissions = list(found.submissions.order_by("ordinal"))
    if by.person.pk in {found.begun_by_id, *(each.signed_by_id for each in submissions)}:
        raise FiledByTheSamePerson
    return found, submissions[-1], authority
