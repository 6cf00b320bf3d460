"""Questions about who may act. The same rules as `decide`, in the form of sets; a test holds the two together."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import BooleanField, Exists, F, Func, OuterRef, Q, QuerySet, Value

from mandat.access.decision import Decision, paths_of
from mandat.access.links import Kind
from mandat.access.mandataries import Naming
from mandat.access.models import Proxy, StaffAssignment
from mandat.access.rights import RIGHTS_OF_A_PROXY, RIGHTS_OF_STAFF, Right
from mandat.access.standing import carriers_of
from mandat.access.words import Helper, helpers_for
from mandat.enterprises.grants import in_force
from mandat.enterprises.models import Designation, Enterprise, Role, User
from mandat.identity.models import Person


def may(  # noqa: PLR0913 - each is named at the call
    person: Person, right: Right, *, enterprise: str, block: str | None = None, subject: str | None = None, at: datetime
) -> Q:  # fmt: skip
    """
    Return the set form of `decide`: the rows of a list for which a person holds a right.

    `enterprise`, `block` and `subject` name columns of that list. The firms where the person has
    anything are found first.

    :raises RightWithoutRule: if the right has no rule
    """
    paths_of(right)
    if right in RIGHTS_OF_STAFF:
        return Q(Exists(_assignments(right, block and OuterRef(block), at).filter(person=person)))
    lies = {"block": block and OuterRef(block), "subject": subject and OuterRef(subject)}
    general, limited = _holdings(right, at, {"person": person}, **lies)
    somewhere = Designation.objects.filter(person=person).values("enterprise")
    somewhere = somewhere.union(
        Proxy.objects.filter(person=person).values("enterprise"),
        Naming.objects.filter(person=person).values("proxy__enterprise"),
    )
    firm = OuterRef(enterprise)
    held = Q(Exists(general.filter(enterprise=firm)) | Exists(limited.filter(enterprise=firm)))
    if right in RIGHTS_OF_A_PROXY:
        named = _named_to(right, at, **lies).filter(person=person, proxy__enterprise=firm)
        held |= Q(Exists(named))
    return Q(**{f"{enterprise}__in": somewhere}) & held


def people_who_can(
    enterprise: Enterprise | None, right: Right, block: str | None, at: datetime, *, subject: UUID | None = None
) -> QuerySet[Person]:  # fmt: skip
    """
    Return the persons who hold a right for an enterprise, over one thing if it is named, or on the regulator's side.

    :raises RightWithoutRule: if the right has no rule
    """
    paths_of(right)
    if right in RIGHTS_OF_STAFF:
        return Person.objects.filter(pk__in=_assignments(right, block, at).values("person"))
    general, limited = _holdings(right, at, {"enterprise": enterprise}, block=block, subject=subject)
    holders: list[QuerySet[Any, Any]] = [limited.values("person")]
    if right in RIGHTS_OF_A_PROXY:
        named = _named_to(right, at, block=block, subject=subject).filter(proxy__enterprise=enterprise)
        holders.append(named.values("person"))
    return Person.objects.filter(pk__in=general.values("person").union(*holders))


def _holdings(
    right: Right, at: datetime, where: dict[str, Any], *, block: Any, subject: Any = None
) -> tuple[QuerySet[Designation], QuerySet[Proxy]]:  # fmt: skip
    """Return the designations, and the proxies, that carry a right through to where it lies."""
    through = where | {
        "enterprise__state__in": carriers_of(Kind.ENTERPRISE, right),
        "person__state__in": carriers_of(Kind.PERSON, right),
    }
    roles = [*carriers_of(Kind.RA, right), *carriers_of(Kind.RSE, right)]
    designations = Designation.objects.filter(in_force(at), role__in=roles, **through)
    if right not in RIGHTS_OF_A_PROXY:
        return designations, Proxy.objects.none()
    states = carriers_of(Kind.REGISTRATION, right)
    served = {"enterprise__registrations__state__in": states}
    served |= {"enterprise__registrations__accepted_blocks__contains": [block]}
    on_all_or_this = Q(subject=None) | Q(subject=subject) if subject is not None else Q(subject=None)
    limited = _proxies_that_count(at, states).filter(on_all_or_this, block=block, rights__contains=[right], **through)
    return designations.filter(**served), limited


def _named_to(right: Right, at: datetime, *, block: Any, subject: Any = None) -> QuerySet[Naming]:
    """Return the namings by mandataries that carry a right through, from the enterprise to the person."""
    received = _received_that_count(right, at).filter(enterprise__state__in=carriers_of(Kind.ENTERPRISE, right))
    on_all_or_this = Q(proxy__subject=None)
    if subject is not None:
        on_all_or_this |= Q(proxy__subject=subject)
    return _namings_that_count(at, received).filter(
        on_all_or_this, proxy__block=block, proxy__rights__contains=[right], rights__contains=[right],
        person__state__in=carriers_of(Kind.PERSON, right),
    )  # fmt: skip


def _received_that_count(right: Right, at: datetime) -> QuerySet[Proxy]:
    """Return the external proxies that count, where the state of the mandatary carries a right."""
    counting = _proxies_that_count(at, carriers_of(Kind.REGISTRATION, right))
    return counting.filter(mandatary__state__in=carriers_of(Kind.MANDATARY, right))


def _namings_that_count(at: datetime, received: QuerySet[Proxy]) -> QuerySet[Naming]:
    """Return the namings in force, under these proxies, of persons who still are users or RSEs of the mandatary."""
    there = in_force(at) & Q(enterprise=OuterRef("proxy__mandatary"), person=OuterRef("person"))
    stays = Exists(User.objects.filter(there)) | Exists(Designation.objects.filter(there, role=Role.RSE))
    return Naming.objects.filter(in_force(at), stays, proxy__in=received)


def namings_received(person: Person, at: datetime) -> QuerySet[Naming]:
    """Return the namings of a person that open an enterprise to them, whatever the state of its account."""
    return _namings_that_count(at, _received_that_count(Right.VIEW, at)).filter(
        person=person, person__state=Person.State.ACTIVE
    )


class _IsSuspended(Func):
    """Tell in a statement whether a proxy is set aside at an instant."""

    template = "(%(expressions)s))"
    arg_joiner = " <@ ANY ("
    output_field = BooleanField()


def _proxies_that_count(at: datetime, states: list[str]) -> QuerySet[Proxy]:
    """Return the proxies in force, in a block accepted by a registration with their own provider."""
    return Proxy.objects.filter(
        in_force(at),
        ~Q(_IsSuspended(Value(at), F("suspensions"))),
        Q(needs_second=False) | Q(confirmed_at__lte=at),
        provider__registrations__enterprise=F("enterprise"),
        provider__registrations__accepted_blocks__contains=[F("block")],
        provider__registrations__state__in=states,
    )


def _assignments(right: Right, queue: Any, at: datetime) -> QuerySet[StaffAssignment]:
    """Return the confirmed assignments in force whose role carries a right, in a queue or in all of them."""
    return confirmed_assignments(at).filter(
        queue__in=["", queue or ""],
        role__in=carriers_of(Kind.ASSIGNMENT, right),
        person__state__in=carriers_of(Kind.PERSON, right),
    )


def confirmed_assignments(at: datetime) -> QuerySet[StaffAssignment]:
    """Return the roles of the staff in force that have the word that they need, whatever the state of the person."""
    return StaffAssignment.objects.filter(in_force(at), Q(first__isnull=False) | Q(confirmed_at__lte=at))


def effective_rses(enterprise: Enterprise, at: datetime) -> QuerySet[Person]:
    """Return who is effectively in charge of an enterprise's electronic services, whatever the state of its account."""
    rses = Designation.objects.filter(in_force(at), enterprise=enterprise, role=Role.RSE)
    return Person.objects.filter(pk__in=rses.values("person"), state=Person.State.ACTIVE)


def firms_led_by(person_id: UUID, at: datetime) -> QuerySet[Enterprise]:
    """Return the firms of which a person is an RSE, in the order in which they are locked."""
    held = Designation.objects.filter(in_force(at), person__public_id=person_id, role=Role.RSE)
    return Enterprise.objects.filter(pk__in=held.values("enterprise")).order_by("id")


def firms_left_alone(person: Person, at: datetime) -> list[Enterprise]:
    """Return the firms that nobody else is effectively in charge of: in recovery if this person is kept out."""
    led = firms_led_by(person.public_id, at).filter(state=Enterprise.State.ACTIVE)
    return [each for each in led if not effective_rses(each, at).exclude(pk=person.pk).exists()]


def enterprises_of(person: Person, at: datetime) -> QuerySet[Enterprise]:
    """Return the firms that a person may open: those where a designation or a proxy of theirs is in force."""
    active = {"person": person, "person__state": Person.State.ACTIVE}
    designations = Designation.objects.filter(in_force(at), **active)
    proxies = _proxies_that_count(at, carriers_of(Kind.REGISTRATION, Right.VIEW)).filter(**active)
    open_ones = Enterprise.objects.exclude(state=Enterprise.State.CLOSED)
    named = namings_received(person, at).values("proxy__enterprise")
    return open_ones.filter(pk__in=designations.values("enterprise").union(proxies.values("enterprise"), named))


def roles_of(person: Person, at: datetime) -> dict[int, list[Role]]:
    """Return the roles that a person holds, by the key of the firm where they hold them: one statement for a list."""
    roles: dict[int, list[Role]] = {}
    for each in Designation.objects.filter(in_force(at), person=person).order_by("enterprise_id", "role"):
        roles.setdefault(each.enterprise_id, []).append(Role(each.role))
    return roles


def proxies_given(enterprise: Enterprise, at: datetime) -> QuerySet[Proxy]:
    """Return the proxies that an enterprise has given and that count at an instant."""
    counting = _proxies_that_count(at, carriers_of(Kind.REGISTRATION, Right.VIEW)).filter(enterprise=enterprise)
    return counting.select_related("person", "mandatary", "provider").order_by("block", "id")


def proxies_received(person: Person, at: datetime) -> QuerySet[Proxy]:
    """Return the proxies that a person holds, across firms, and that count at an instant."""
    counting = _proxies_that_count(at, carriers_of(Kind.REGISTRATION, Right.VIEW)).filter(person=person)
    return counting.select_related("enterprise", "provider").order_by("enterprise__sort_name", "block", "id")


def people_of(enterprise: Enterprise) -> QuerySet[Person]:
    """Return whoever has, or ever had, a place in an enterprise: what a page about one of them may be asked of."""
    here = Q(enterprise=enterprise, person=OuterRef("pk"))
    return Person.objects.filter(
        Exists(User.objects.filter(here))
        | Exists(Designation.objects.filter(here))
        | Exists(Proxy.objects.filter(here))
        | Exists(Naming.objects.filter(proxy__enterprise=enterprise, person=OuterRef("pk")))
    )


def designations_of(enterprise: Enterprise, at: datetime) -> QuerySet[Designation]:
    """Return the designations in force in an enterprise: RSEs and RAs, in the order of names."""
    held = Designation.objects.filter(in_force(at), enterprise=enterprise)
    return held.select_related("person").order_by("person__sort_name", "person_id", "-role")


def users_of(enterprise: Enterprise, at: datetime) -> QuerySet[User]:
    """Return the users of an enterprise, in the order of names."""
    held = User.objects.filter(in_force(at), enterprise=enterprise)
    return held.select_related("person").order_by("person__sort_name", "id")


def proxies_in_force(enterprise: Enterprise, at: datetime) -> QuerySet[Proxy]:
    """Return the proxies of an enterprise that served at an instant, past or not, in the order of names."""
    served = Proxy.objects.filter(
        in_force(at), ~Q(_IsSuspended(Value(at), F("suspensions"))), Q(needs_second=False) | Q(confirmed_at__lte=at),
        enterprise=enterprise,
    )  # fmt: skip
    return served.select_related("person", "mandatary").order_by("person__sort_name", "person_id", "block", "id")


def standing_proxies(enterprise: Enterprise, at: datetime) -> QuerySet[Proxy]:
    """Return the proxies that an enterprise may still revoke: in force or to come, whatever a registration says."""
    return Proxy.objects.filter(enterprise=enterprise, revoked_at=None, during__endswith__gt=at).order_by("block", "id")


def past_proxies(enterprise: Enterprise, at: datetime) -> QuerySet[Proxy]:
    """Return the proxies of an enterprise that ended or were revoked, the last given first."""
    over = Q(revoked_at__isnull=False) | Q(during__endswith__lte=at)
    return Proxy.objects.filter(over, enterprise=enterprise).select_related("person", "mandatary").order_by("-id")


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
        if helper == Helper.MANDATARY:
            if people := _rses_of_mandatary(decision, at):
                return Help(helper, people)
            continue
        if helper == Helper.REGULATOR:  # a firm is told of the desk, not of the persons who sit at it
            return Help(helper)
        people = tuple(people_who_can(enterprise, _RIGHT_TO_HELP[helper], None, at))
        if people:
            return Help(helper, people)
    return None


def _rses_of_mandatary(decision: Decision, at: datetime) -> tuple[Person, ...]:
    """Return who is in charge of the organisation that a refusal came to on its way."""
    on_the_way = [link.mandatary for link in decision.chain if link.kind == Kind.MANDATARY and link.mandatary]
    led = Enterprise.objects.filter(pk__in=on_the_way).order_by("id").first()
    return tuple(people_who_can(led, Right.ADMINISTER, None, at).order_by("sort_name", "id")) if led else ()
