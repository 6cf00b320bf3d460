"""Questions about who may act. The same rules as `decide`, in the form of sets; a test holds the two together."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from mandat.access.decision import Decision, paths_of
from mandat.access.links import Kind
from mandat.access.models import Proxy, StaffAssignment
from mandat.access.rights import RIGHTS_OF_A_PROXY, RIGHTS_OF_STAFF, Right
from mandat.access.standing import carriers_of
from mandat.access.words import Helper, helpers_for
from mandat.enterprises.grants import in_force
from mandat.enterprises.models import Designation, Enterprise, Role, ServiceRegistration
from mandat.identity.models import Person


def may(person: Person, right: Right, *, enterprise: str, block: str | None = None, at: datetime) -> Q:
    """
    Return the set form of `decide`: the rows of a list for which a person holds a right.

    `enterprise` and `block` name columns of that list.

    :raises RightWithoutRule: if the right has no rule
    """
    return _held(right, by=person, enterprise=OuterRef(enterprise), block=block and OuterRef(block), at=at)


def people_who_can(enterprise: Enterprise | None, right: Right, block: str | None, at: datetime) -> QuerySet[Person]:
    """
    Return the persons who hold a right for an enterprise, or on the regulator's side.

    :raises RightWithoutRule: if the right has no rule
    """
    return Person.objects.filter(_held(right, by=OuterRef("pk"), enterprise=enterprise, block=block, at=at))


def _held(right: Right, *, by: Any, enterprise: Any, block: Any, at: datetime) -> Q:
    """Return the paths of a right as conditions; what they start from is a row, or a column of the list asked about."""
    paths_of(right)
    if right in RIGHTS_OF_STAFF:
        return Q(Exists(_assignments(right, at).filter(person=by, queue__in=["", block or ""])))
    where = {"enterprise": enterprise, "person": by} | {
        "enterprise__state__in": carriers_of(Kind.ENTERPRISE, right),
        "person__state__in": carriers_of(Kind.PERSON, right),
    }
    roles = [*carriers_of(Kind.RA, right), *carriers_of(Kind.RSE, right)]
    designations = Designation.objects.filter(in_force(at), role__in=roles, **where)
    if right not in RIGHTS_OF_A_PROXY:
        return Q(Exists(designations))
    general = designations.filter(
        enterprise__registrations__state__in=carriers_of(Kind.REGISTRATION, right),
        enterprise__registrations__accepted_blocks__contains=[block],
    )
    limited = _proxies_that_count(at, carriers_of(Kind.REGISTRATION, right))
    return Q(Exists(general)) | Q(Exists(limited.filter(block=block, rights__contains=[right], **where)))


def _proxies_that_count(at: datetime, states: list[str]) -> QuerySet[Proxy]:
    """Return the proxies in force, in a block accepted by a registration with their own provider."""
    return Proxy.objects.filter(
        in_force(at),
        provider__registrations__enterprise=F("enterprise"),
        provider__registrations__accepted_blocks__contains=[F("block")],
        provider__registrations__state__in=states,
    )


def _assignments(right: Right, at: datetime) -> QuerySet[StaffAssignment]:
    """Return the confirmed assignments in force whose role carries a right."""
    return StaffAssignment.objects.filter(
        in_force(at),
        Q(first__isnull=False) | Q(confirmed_at__lte=at),
        role__in=carriers_of(Kind.ASSIGNMENT, right),
        person__state__in=carriers_of(Kind.PERSON, right),
    )


def effective_rses(enterprise: Enterprise, at: datetime) -> QuerySet[Person]:
    """Return who is effectively in charge of an enterprise's electronic services, whatever the state of its account."""
    rses = Designation.objects.filter(in_force(at), enterprise=enterprise, role=Role.RSE)
    return Person.objects.filter(Exists(rses.filter(person=OuterRef("pk"))), state=Person.State.ACTIVE)


def enterprises_of(person: Person, at: datetime) -> QuerySet[Enterprise]:
    """Return the firms that a person may open: those where a designation or a proxy of theirs is in force."""
    active = {"enterprise": OuterRef("pk"), "person": person, "person__state": Person.State.ACTIVE}
    designations = Designation.objects.filter(in_force(at), **active)
    proxies = _proxies_that_count(at, carriers_of(Kind.REGISTRATION, Right.VIEW)).filter(**active)
    open_ones = Enterprise.objects.exclude(state=Enterprise.State.CLOSED)
    return open_ones.filter(Exists(designations) | Exists(proxies))


@dataclass(frozen=True)
class Place:
    """In what capacity a person acts for a firm: roles, proxies, and every block that one or the other covers."""

    roles: tuple[Role, ...]
    proxies: tuple[Proxy, ...]
    blocks: tuple[str, ...]


def place_of(person: Person, enterprise: Enterprise, at: datetime) -> Place:
    """Return in what capacity a person may act for an enterprise, as its home page says it."""
    designations = Designation.objects.filter(in_force(at), enterprise=enterprise, person=person).order_by("role")
    roles = tuple(Role(role) for role in designations.values_list("role", flat=True))
    proxies = tuple(proxies_given(enterprise, at).filter(person=person))
    blocks = {proxy.block for proxy in proxies}
    if Role.RSE in roles:
        accepting = ServiceRegistration.objects.filter(
            enterprise=enterprise, state__in=carriers_of(Kind.REGISTRATION, Right.VIEW)
        ).order_by("id")
        blocks.update(*accepting.values_list("accepted_blocks", flat=True))
    return Place(roles, proxies, tuple(sorted(blocks)))


def proxies_given(enterprise: Enterprise, at: datetime) -> QuerySet[Proxy]:
    """Return the proxies that an enterprise has given and that count at an instant."""
    counting = _proxies_that_count(at, carriers_of(Kind.REGISTRATION, Right.VIEW)).filter(enterprise=enterprise)
    return counting.select_related("person", "mandatary", "provider").order_by("block", "id")


def proxies_received(person: Person, at: datetime) -> QuerySet[Proxy]:
    """Return the proxies that a person holds, across firms, and that count at an instant."""
    counting = _proxies_that_count(at, carriers_of(Kind.REGISTRATION, Right.VIEW)).filter(person=person)
    return counting.select_related("enterprise", "provider").order_by("enterprise__sort_name", "block", "id")


@dataclass(frozen=True)
class Help:
    """Who can supply a missing link, and, inside the firm or among supervisors, their names."""

    helper: Helper
    people: tuple[Person, ...] = ()


_RIGHT_TO_HELP = {
    Helper.RSE: Right.ADMINISTER,
    Helper.RA: Right.DESIGNATE,
    Helper.SUPERVISORS: Right.SUPERVISE,
}


def who_can_supply(decision: Decision, enterprise: Enterprise | None, at: datetime) -> Help | None:
    """Return who can supply what a refusal misses: the nearest helper who is really there, or None for a permit."""
    for helper in helpers_for(decision):
        if helper == Helper.REGULATOR:  # a firm is told of the desk, not of the persons who sit at it
            return Help(helper)
        people = tuple(people_who_can(enterprise, _RIGHT_TO_HELP[helper], None, at))
        if people:
            return Help(helper, people)
    return None
