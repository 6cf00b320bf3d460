"""
Keeping a person out, and letting them in again: a supervisor's act, for a reason that is kept.

A suspension sets rights aside and ends none: they count for nothing until it is lifted, then those that still stand
count again. What ended meanwhile, by its date, by a revocation or by a firm that closed, does not come back.
"""

from uuid import UUID

from django.db.models import QuerySet

from mandat.access.commands.designations import locked
from mandat.access.commands.recovery import keep_recovery
from mandat.access.commands.staff import SUPERVISORS_NEEDED, LastSupervisors
from mandat.access.decision import require
from mandat.access.models import PersonLookup, StaffAssignment
from mandat.access.queries import firms_led_by, people_who_can
from mandat.access.retries import in_one_transaction
from mandat.access.rights import Right
from mandat.identity.actor import Actor
from mandat.identity.commands import restore_person, suspend_person
from mandat.identity.models import Person
from mandat.identity.queries import link_of, login_named
from mandat.platform.clock import now


class NotOneself(Exception):
    """Nobody suspends or restores themselves."""


@in_one_transaction
def look_up_person(*, typed: str, reason: str, by: Actor) -> PersonLookup:
    """
    Find whose an exact user code or address is; that it was asked, by whom and why, is kept either way.

    :raises AccessDenied: if `by` is no supervisor
    """
    authority = require(by, Right.SUPERVISE)
    login = login_named(typed)
    link = link_of(login) if login else None
    return PersonLookup.objects.create(
        person=link.person if link else None, by=by.person, reason=reason, at=authority.at,
        authority=authority.as_record(),
    )  # fmt: skip


@in_one_transaction
def suspend_access(*, person_id: UUID, reason: str, by: Actor) -> Person:
    """
    Keep a person out everywhere, at once. A firm that it leaves with no effective RSE enters recovery with it.

    :raises AccessDenied: if `by` is no supervisor
    :raises NotOneself: if it is themselves
    :raises LastSupervisors: if fewer than two supervisors would be left
    :raises MoveNotAllowed: if the person is suspended already
    """
    # All supervisors first, in one order: two who suspend each other follow one another.
    list(_supervisors().order_by("id"))
    authority = require(by, Right.SUPERVISE)
    firms = [locked(each) for each in firms_led_by(person_id, now())]
    if by.person.public_id == person_id:
        raise NotOneself
    person = suspend_person(person_id=person_id, reason=reason, under=authority.as_record())
    left = people_who_can(None, Right.SUPERVISE, None, now())
    if _supervisors().filter(person=person).exists() and left.count() < SUPERVISORS_NEEDED:
        raise LastSupervisors
    for each in firms:
        keep_recovery(enterprise_id=each.public_id)
    return person


@in_one_transaction
def restore_access(*, person_id: UUID, reason: str, by: Actor) -> Person:
    """
    Let a suspended person in again, with what still stands of what they hold.

    :raises AccessDenied: if `by` is no supervisor
    :raises NotOneself: if it is themselves
    :raises MoveNotAllowed: if the person is not suspended
    """
    authority = require(by, Right.SUPERVISE)
    firms = [locked(each) for each in firms_led_by(person_id, now())]
    if by.person.public_id == person_id:
        raise NotOneself
    person = restore_person(person_id=person_id, reason=reason, under=authority.as_record())
    for each in firms:
        keep_recovery(enterprise_id=each.public_id)
    return person


def _supervisors() -> QuerySet[StaffAssignment]:
    supervisors = StaffAssignment.objects.filter(role=StaffAssignment.Role.SUPERVISOR, revoked_at=None)
    return supervisors.select_for_update(of=("self",), no_key=True)
