"""
What may be done to cases.

A case follows its subject: `open_case`, `give_case` and `close_case` are called by whoever watches that subject, as
often as they like. Only `assign_case` is asked by a person, and asks for a right.
"""

from datetime import date
from uuid import UUID

from mandat.access.decision import AccessDenied, Right, decide, require
from mandat.access.retries import in_one_transaction
from mandat.casework.events import UnscannedFileOpened
from mandat.casework.models import Case
from mandat.casework.workflow import CaseMove, CaseState
from mandat.identity.actor import Actor
from mandat.identity.models import Person
from mandat.platform.clock import now
from mandat.platform.events import publish, ring
from mandat.platform.models import StoredFile

#: What the doorbell is rung for when a queue moves.
QUEUES = "queues"


class CaseClosed(Exception):
    """Nothing is left to do in this case."""


@in_one_transaction
def open_case(
    *, subject_kind: str, subject: UUID, queue: str, right: Right, due: date | None = None, weight: int = 0
) -> Case:  # fmt: skip
    """Open the case of a subject, or open it again; one that is open keeps all but its weight."""
    at = now()
    opened = Case(
        subject_kind=subject_kind, subject_id=subject, queue=queue, right=right, due=due, opened_at=at, weight=weight
    )  # fmt: skip
    Case.objects.bulk_create([opened], ignore_conflicts=True)  # the twin of an open case changes nothing
    case = _case_of(subject_kind, subject)
    if case.state == CaseState.CLOSED:
        case.due = due
        case.save(update_fields=["due"])
        case.make(CaseMove.REOPEN, at=at)
    if case.weight != weight:
        case.weight = weight
        case.save(update_fields=["weight"])
    ring(QUEUES)
    return case


@in_one_transaction
def give_case(*, subject_kind: str, subject: UUID, to: Person) -> Case:
    """Say who works on a subject, once its own commands have decided it."""
    case = _case_of(subject_kind, subject)
    if case.assigned_to_id != to.pk:
        _given(case, to)
    return case


@in_one_transaction
def assign_case(*, case_id: UUID, to: Person, by: Actor) -> Case:
    """
    Give a case to somebody who may work on it: oneself, or another.

    :raises AccessDenied: if `by` or `to` may not work on it
    :raises CaseClosed: if it is closed
    """
    case = Case.objects.select_for_update(of=("self",)).get(public_id=case_id)
    authority = require(by, Right(case.right), block=case.queue)
    if case.state != CaseState.OPEN:
        raise CaseClosed(case.public_id)
    if not (theirs := decide(to, Right(case.right), None, case.queue, authority.at)):
        raise AccessDenied(theirs)
    _given(case, to)
    return case


@in_one_transaction
def close_case(*, subject_kind: str, subject: UUID) -> None:
    """Close the case of a subject; one that is closed, or was never opened, is left as it is."""
    case = Case.objects.select_for_update().filter(subject_kind=subject_kind, subject_id=subject).order_by("id").first()
    if case and case.state == CaseState.OPEN:
        case.make(CaseMove.CLOSE, at=now())
        ring(QUEUES)


@in_one_transaction
def note_unscanned_opening(*, file: StoredFile, by: Actor) -> None:
    """Keep on record that `by` opened a file that no scanner had searched."""
    publish(UnscannedFileOpened(file=str(file.public_id), opened_by=str(by.person.public_id)))


def _case_of(subject_kind: str, subject: UUID) -> Case:
    return Case.objects.select_for_update(of=("self",)).get(subject_kind=subject_kind, subject_id=subject)


def _given(case: Case, to: Person) -> None:
    case.assigned_to = to
    case.save(update_fields=["assigned_to"])
    ring(QUEUES)
