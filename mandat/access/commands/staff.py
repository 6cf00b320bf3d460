"""Roles of the regulator's staff: proposed by one supervisor, confirmed by another, ended by any."""

from collections.abc import Collection
from datetime import datetime, timedelta
from uuid import UUID

from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.db.models import QuerySet

from mandat.access.commands.grants import AlreadyGranted, DatesImpossible, from_now_on, refuse_a_second_revocation
from mandat.access.decision import Authority, require
from mandat.access.events import AssignmentConfirmed, AssignmentEnded, AssignmentKept, ProposalDropped, StaffAssigned
from mandat.access.models import StaffAssignment
from mandat.access.queries import people_who_can
from mandat.access.retries import in_one_transaction, refusing
from mandat.access.rights import Right
from mandat.access.workflow import AssignmentMove, AssignmentState
from mandat.identity.actor import Actor
from mandat.identity.models import Person
from mandat.platform.clock import end_of, legal_day, now
from mandat.platform.events import publish
from mandat.platform.idempotency import claim
from mandat.reference.queries import policy

Role = StaffAssignment.Role
#: One to propose, another to confirm.
SUPERVISORS_NEEDED = 2
#: Under whose authority a proposal without an answer falls: nobody's.
LAPSING = {"rule": "a proposed role that no second supervisor confirms in time falls"}


class NotTheFirst(Exception):
    """Two supervisors or more can assign staff: the operator does not."""


class OneSupervisor(Exception):
    """It takes two supervisors, neither of whom is the person assigned."""


class AlreadyConfirmed(Exception):
    """The assignment has its second supervisor."""


class NotConfirmed(Exception):
    """The assignment waits for its second supervisor still: it is withdrawn or refused, neither kept nor ended."""


class TooLate(Exception):
    """The proposal fell, for want of an answer in time, or the role is at its end."""


class LastSupervisors(Exception):
    """Fewer than two supervisors would be left, who could assign nobody."""


class RoleTooLong(DatesImpossible):
    """It would last longer than the policy of the day lets a role last."""


@in_one_transaction
def first_assignments(*, supervisors: tuple[Person, Person]) -> list[StaffAssignment]:
    """
    Make two persons supervisors by the word of the operator, when there are fewer than two: nobody else could.

    That is so on an empty database, and again if roles ran out, or accesses were suspended, until fewer than two were
    left. The one who is left, if any, is one of the two, and stays as they are.

    :raises NotTheFirst: if two supervisors or more can act, or the one who can is not one of the two
    :raises OneSupervisor: if the two are the same person
    """
    if len(set(supervisors)) < SUPERVISORS_NEEDED:
        raise OneSupervisor
    lock_supervisors()
    at = now()
    left = set(_supervisors(at))
    if len(left) >= SUPERVISORS_NEEDED or not left <= set(supervisors):
        raise NotTheFirst
    record = {"operator": True, "at": at.isoformat()}
    made = []
    for person in supervisors:
        if person in left:
            continue
        for stale in StaffAssignment.objects.filter(person=person, role=Role.SUPERVISOR, queue="", revoked_at=None):
            stale.revoke(at=at, under=record, reason="")
        with refusing("the_first_assignments_are_made_once", NotTheFirst):
            assignment = StaffAssignment.objects.create(
                person=person, role=Role.SUPERVISOR, first=_free_place(left, at, record),
                during=DateTimeTZRange(at, None), granted_under=record,
            )  # fmt: skip
        made.append(assignment)
    for assignment in made:
        publish(StaffAssigned(**_ids(assignment)))
    return made


def _free_place(left: Collection[Person], at: datetime, record: dict[str, object]) -> int:
    """Return a place among the first two, taken back from whoever holds it and can no more act as supervisor."""
    held = {each.first: each for each in StaffAssignment.objects.filter(first__isnull=False, revoked_at=None)}
    for place in (1, 2):
        if place not in held:
            return place
    stale = next(each for each in held.values() if each.person not in left and each.during.lower < at)
    stale.revoke(at=at, under=record, reason="")
    assert stale.first is not None  # noqa: S101 - for the reader of types
    return stale.first


@in_one_transaction
def assign_staff(
    *, key: UUID, person: Person, role: StaffAssignment.Role, queue: str, during: DateTimeTZRange, by: Actor
) -> StaffAssignment:  # fmt: skip
    """
    Propose a role for a person; it carries nothing until another supervisor confirms it.

    :raises AccessDenied: if `by` is no supervisor
    :raises OneSupervisor: if it is proposed for oneself
    :raises DatesImpossible: if it would end before it begins, or never
    :raises RoleTooLong: if it would last longer than a role may
    :raises AlreadyGranted: if the person has the role in the queue during some of these dates
    """
    request = claim(key, "assign_staff", asked_by=by.person.public_id)
    if request.result:
        return StaffAssignment.objects.get(public_id=request.result)
    authority = require(by, Right.SUPERVISE)
    if person == by.person:
        raise OneSupervisor
    at, today = authority.at, legal_day(authority.at)
    dates = from_now_on(during, at)
    if dates.upper is None:
        raise DatesImpossible
    if dates.upper > end_of(legal_day(dates.lower) + timedelta(days=policy("staff-role-maximum-days", today))):
        raise RoleTooLong
    lapse_proposals(at, person=person)
    with refusing("one_unrevoked_assignment_per_role_and_queue", AlreadyGranted):
        assignment = StaffAssignment.objects.create(
            person=person, role=role, queue=queue, during=dates,
            granted_by=by.person, granted_under=authority.as_record(),
            answer_by=end_of(today + timedelta(days=policy("staff-proposal-days", today))),
        )  # fmt: skip
    request.keep(result=assignment.public_id)
    publish(StaffAssigned(**_ids(assignment)))
    return assignment


@in_one_transaction
def confirm_assignment(*, assignment_id: UUID, by: Actor) -> StaffAssignment:
    """
    Confirm, as the second supervisor, what a first has proposed: from now on it carries its rights.

    :raises AccessDenied: if `by` is no supervisor
    :raises OneSupervisor: if `by` proposed it, or is the person assigned
    :raises AlreadyConfirmed: if it was confirmed before
    :raises AlreadyRevoked: if it was ended before
    :raises TooLate: if it fell, for want of an answer in time
    """
    assignment, authority = _locked(assignment_id, by)
    if by.person in (assignment.granted_by, assignment.person):
        raise OneSupervisor
    if assignment.is_confirmed:
        raise AlreadyConfirmed
    refuse_what_is_over(assignment, authority.at)
    assignment.confirm(by=by.person, at=authority.at, under=authority.as_record())
    publish(AssignmentConfirmed(**_ids(assignment)))
    return assignment


@in_one_transaction
def drop_proposal(*, assignment_id: UUID, reason: str, by: Actor) -> StaffAssignment:
    """
    Withdraw what one has proposed, or refuse what another has: nothing came of it.

    :raises AccessDenied: if `by` is no supervisor
    :raises AlreadyConfirmed: if it was confirmed before: then it is ended
    :raises AlreadyRevoked: if it was dropped before
    :raises TooLate: if it fell, for want of an answer in time
    """
    assignment, authority = _locked(assignment_id, by)
    if assignment.is_confirmed:
        raise AlreadyConfirmed
    refuse_what_is_over(assignment, authority.at)
    move = AssignmentMove.WITHDRAW if by.person == assignment.granted_by else AssignmentMove.REFUSE
    assignment.make(move, at=authority.at, under=authority.as_record(), reason=reason)
    publish(ProposalDropped(**_ids(assignment), move=move))
    return assignment


@in_one_transaction
def keep_assignment(*, assignment_id: UUID, note: str, by: Actor) -> StaffAssignment:
    """
    Say, at a review, that a person still needs their role: the next review is counted from now on.

    :raises AccessDenied: if `by` is no supervisor
    :raises OneSupervisor: if it is one's own
    :raises NotConfirmed: if it was never confirmed
    :raises AlreadyRevoked: if it was ended before
    :raises TooLate: if it is at its end
    """
    assignment, authority = _locked(assignment_id, by)
    if by.person == assignment.person:
        raise OneSupervisor
    _refuse_what_is_not_held(assignment, authority.at)
    assignment.make(AssignmentMove.KEEP, at=authority.at, under=authority.as_record(), reason=note)
    publish(AssignmentKept(**_ids(assignment)))
    return assignment


@in_one_transaction
def end_assignment(*, assignment_id: UUID, reason: str, by: Actor) -> StaffAssignment:
    """
    End a role, at once.

    :raises AccessDenied: if `by` is no supervisor
    :raises NotConfirmed: if it was never confirmed: then it is withdrawn or refused
    :raises AlreadyRevoked: if it was ended before
    :raises TooLate: if it is at its end
    :raises LastSupervisors: if fewer than two supervisors would be left
    """
    lock_supervisors()
    assignment, authority = _locked(assignment_id, by)
    _refuse_what_is_not_held(assignment, authority.at)
    if leaves_too_few(assignment, authority.at):
        raise LastSupervisors
    assignment.make(AssignmentMove.END, at=authority.at, under=authority.as_record(), reason=reason)
    publish(AssignmentEnded(**_ids(assignment)))
    return assignment


def lock_supervisors() -> None:
    """Lock the roles of all supervisors, in one order: two acts that end some follow one another."""
    list(StaffAssignment.objects.select_for_update(no_key=True).filter(role=Role.SUPERVISOR).order_by("id"))


def leaves_too_few(ended: StaffAssignment, at: datetime) -> bool:
    """Tell whether, by the end of a role, fewer than two supervisors would be left, who could assign nobody."""
    if ended.role != Role.SUPERVISOR or ended.person not in (able := _supervisors(at)):
        return False
    return able.exclude(pk=ended.person_id).count() < SUPERVISORS_NEEDED


def lapse_proposals(at: datetime, *, person: Person | None = None) -> list[StaffAssignment]:
    """Let fall the proposals that nobody answered in time, of one person or of all: their dates are free again."""
    waiting = StaffAssignment.objects.filter(confirmed_at=None, first=None, revoked_at=None, answer_by__lte=at)
    mine = waiting.filter(person=person) if person else waiting
    fallen = list(mine.select_for_update(of=("self",), no_key=True).select_related("person").order_by("id"))
    for each in fallen:
        each.make(AssignmentMove.LAPSE, at=at, under=LAPSING)
        publish(ProposalDropped(**_ids(each), move=AssignmentMove.LAPSE))
    return fallen


def refuse_what_is_over(assignment: StaffAssignment, at: datetime) -> None:
    """
    Let pass what is not over.

    :raises AlreadyRevoked: if somebody ended it
    :raises TooLate: if time did
    """
    refuse_a_second_revocation(assignment)
    if assignment.state_at(at) == AssignmentState.OVER:
        raise TooLate


def _refuse_what_is_not_held(assignment: StaffAssignment, at: datetime) -> None:
    refuse_what_is_over(assignment, at)
    if not assignment.is_confirmed:
        raise NotConfirmed


def _supervisors(at: datetime) -> QuerySet[Person]:
    return people_who_can(None, Right.SUPERVISE, None, at)


def _locked(assignment_id: UUID, by: Actor) -> tuple[StaffAssignment, Authority]:
    """Return an assignment locked, that nobody has ended, and the authority of a supervisor to change it."""
    target = StaffAssignment.objects.select_for_update(of=["self"], no_key=True)
    target = target.select_related("person", "granted_by").filter(public_id=assignment_id).order_by("id")
    authority = require(by, Right.SUPERVISE, target=target)
    refuse_a_second_revocation(target[0])
    return target[0], authority


def _ids(assignment: StaffAssignment) -> dict[str, str]:
    return {"person": str(assignment.person.public_id), "assignment": str(assignment.public_id)}
