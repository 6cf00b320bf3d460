"""
Who may confirm that somebody is who they say, when their second factor is lost: nobody but another, who knows them.

The RSE for a user, the RA for an RSE; the verification desk for an RA, for whoever has nobody above them, and for
whoever acts for several firms: none of these is to decide who enters the others. Staff are confirmed by supervisors.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from mandat.access.models import Proxy
from mandat.access.queries import confirmed_assignments, people_who_can, roles_of
from mandat.access.rights import Right
from mandat.enrolment.models import Reproof
from mandat.enterprises.grants import in_force
from mandat.enterprises.models import Designation, Enterprise, Role, User
from mandat.identity.models import Person


@dataclass(frozen=True)
class Helpers:
    """By which right somebody is helped, in which firm, and by whom; no firm and no names at the desk."""

    right: Right
    enterprise: Enterprise | None = None
    people: tuple[Person, ...] = ()
    #: Whether the person acts for several firms, whose RSEs are told.
    is_in_several: bool = False


def helpers_of(person: Person, at: datetime) -> Helpers:
    """Return who may confirm somebody’s identity now."""
    if confirmed_assignments(at).filter(person=person).exists():
        return Helpers(Right.SUPERVISE)
    firms = firms_of(person, at)
    if len(firms) != 1:
        return Helpers(Right.VERIFY, is_in_several=len(firms) > 1)
    firm = firms[0]
    roles = roles_of(person, at).get(firm.pk, [])
    if Role.RA in roles:
        return Helpers(Right.VERIFY)
    for right in rights_that_confirm(roles):
        if people := tuple(people_who_can(firm, right, None, at).exclude(pk=person.pk)):
            return Helpers(right, firm, people)
    return Helpers(Right.VERIFY)


def rights_that_confirm(roles: Collection[Role]) -> tuple[Right, ...]:
    """Return by which rights a firm confirms somebody who has these roles in it, the nearest first; none for an RA."""
    if Role.RA in roles:
        return ()
    return (Right.DESIGNATE,) if Role.RSE in roles else (Right.ADMINISTER, Right.DESIGNATE)


def helpers_for(reproof: Reproof, at: datetime) -> Helpers:
    """Return who may confirm a reproof: the desk, once its person has asked for it."""
    found = helpers_of(reproof.person, at)
    return Helpers(Right.VERIFY) if reproof.is_for_the_desk and found.enterprise else found


def firms_of(person: Person, at: datetime) -> list[Enterprise]:
    """Return the firms where somebody has, or may be given, something to do: users, RSEs, RAs, holders of proxies."""
    held = {"person": person}
    users = User.objects.filter(in_force(at), **held).values("enterprise")
    designated = Designation.objects.filter(in_force(at), **held).values("enterprise")
    ids: Any = users.union(designated, Proxy.objects.filter(in_force(at), **held).values("enterprise"))
    found = Enterprise.objects.exclude(state=Enterprise.State.CLOSED).filter(pk__in=ids)
    return list(found.order_by("sort_name", "id"))
