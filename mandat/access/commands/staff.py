"""Roles of the regulator's staff: proposed by one supervisor, confirmed by another, ended by any."""

from uuid import UUID

from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.db.models import QuerySet

from mandat.access.commands.grants import AlreadyGranted, from_now_on, refuse_a_second_revocation
from mandat.access.decision import require
from mandat.access.events import AssignmentConfirmed, AssignmentEnded, StaffAssigned
from mandat.access.models import StaffAssignment
from mandat.access.queries import people_who_can
from mandat.access.retries import in_one_transaction, refusing
from mandat.access.rights import Right
from mandat.identity.actor import Actor
from mandat.identity.models import Person
from mandat.platform.clock import now
from mandat.platform.events import publish
from mandat.platform.idempotency import claim

Role = StaffAssignment.Role
#: One to propose, another to confirm.
SUPERVISORS_NEEDED = 2


class NotTheFirst(Exception):
    """Staff has been assigned before: from then on, two supervisors do it."""


class OneSupervisor(Exception):
    """It takes two supervisors, neither of whom is the person assigned."""


class AlreadyConfirmed(Exception):
    """The assignment has its second supervisor."""


class LastSupervisors(Exception):
    """Fewer than two supervisors would be left, who could assign nobody."""


@in_one_transaction
def first_assignments(*, supervisors: tuple[Person, Person]) -> list[StaffAssignment]:
    """
    Make the first two supervisors, once, by the word of the operator. A lone one could never appoint a second.

    :raises NotTheFirst: if anybody was ever assigned
    :raises OneSupervisor: if the two are the same person
    """
    if len(set(supervisors)) < SUPERVISORS_NEEDED:
        raise OneSupervisor
    if StaffAssignment.objects.exists():
        raise NotTheFirst
    at = now()
    record = {"operator": True, "at": at.isoformat()}
    with refusing("the_first_assignments_are_made_once", NotTheFirst):
        made = [
            StaffAssignment.objects.create(
                person=person, role=Role.SUPERVISOR, first=place, during=DateTimeTZRange(at, None), granted_under=record
            )
            for place, person in enumerate(supervisors, start=1)
        ]
    for assignment in made:
        publish(StaffAssigned(**_ids(assignment)))
    return made


@in_one_transaction
def assign_staff(
    *, key: UUID, person: Person, role: StaffAssignment.Role, queue: str, during: DateTimeTZRange, by: Actor
) -> StaffAssignment:  # fmt: skip
    """
    Propose a role for a person; it carries nothing until another supervisor confirms it.

    :raises AccessDenied: if `by` is no supervisor
    :raises OneSupervisor: if it is proposed for oneself
    :raises DatesImpossible: if it would end before it begins
    :raises AlreadyGranted: if the person has the role in the queue during some of these dates
    """
    request = claim(key, "assign_staff", asked_by=by.person.public_id)
    if request.result:
        return StaffAssignment.objects.get(public_id=request.result)
    authority = require(by, Right.SUPERVISE)
    if person == by.person:
        raise OneSupervisor
    with refusing("one_unrevoked_assignment_per_role_and_queue", AlreadyGranted):
        assignment = StaffAssignment.objects.create(
            person=person, role=role, queue=queue, during=from_now_on(during, authority.at),
            granted_by=by.person, granted_under=authority.as_record(),
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
    """
    target = _to_change(assignment_id)
    authority = require(by, Right.SUPERVISE, target=target)
    assignment = target[0]
    refuse_a_second_revocation(assignment)
    if by.person in (assignment.granted_by, assignment.person):
        raise OneSupervisor
    if assignment.confirmed_at or assignment.first:
        raise AlreadyConfirmed
    assignment.confirm(by=by.person, at=authority.at, under=authority.as_record())
    publish(AssignmentConfirmed(**_ids(assignment)))
    return assignment


@in_one_transaction
def end_assignment(*, assignment_id: UUID, reason: str, by: Actor) -> StaffAssignment:
    """
    End a role, at once.

    :raises AccessDenied: if `by` is no supervisor
    :raises AlreadyRevoked: if it was ended before
    :raises LastSupervisors: if fewer than two supervisors would be left
    """
    # All supervisors first, in one order: two who end each other follow one another.
    list(StaffAssignment.objects.select_for_update(no_key=True).filter(role=Role.SUPERVISOR).order_by("id"))
    target = _to_change(assignment_id)
    authority = require(by, Right.SUPERVISE, target=target)
    assignment = target[0]
    refuse_a_second_revocation(assignment)
    assignment.revoke(at=authority.at, under=authority.as_record(), reason=reason)
    left = people_who_can(None, Right.SUPERVISE, None, authority.at)
    if assignment.role == Role.SUPERVISOR and left.count() < SUPERVISORS_NEEDED:
        raise LastSupervisors
    publish(AssignmentEnded(**_ids(assignment)))
    return assignment


def _to_change(assignment_id: UUID) -> QuerySet[StaffAssignment]:
    target = StaffAssignment.objects.select_for_update(of=["self"], no_key=True)
    return target.select_related("person", "granted_by").filter(public_id=assignment_id).order_by("id")


def _ids(assignment: StaffAssignment) -> dict[str, str]:
    return {"person": str(assignment.person.public_id), "assignment": str(assignment.public_id)}
