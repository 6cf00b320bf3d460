"""Whom a mandatary names to act for its clients: its own users and RSEs, never wider nor longer than it received."""

from collections.abc import Collection
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.db.models import QuerySet

from mandat.access.commands.changes import AlreadyOver, NotNarrower
from mandat.access.commands.grants import AlreadyGranted, DatesImpossible, refuse_a_second_revocation
from mandat.access.commands.proxies import NotAUser, RightsImpossible, SelfGrant, refuse_beyond_assurance, to_change
from mandat.access.decision import require
from mandat.access.mandataries import Naming
from mandat.access.mandatary_events import NamingNarrowed, NamingRevoked, PersonNamed
from mandat.access.retries import in_one_transaction, refusing
from mandat.access.rights import Right
from mandat.enterprises.grants import in_force
from mandat.enterprises.models import Designation, Enterprise, Role, User
from mandat.identity.actor import Actor
from mandat.identity.models import Person
from mandat.platform.clock import end_of, legal_day
from mandat.platform.events import publish
from mandat.platform.idempotency import claim


class WiderThanReceived(Exception):
    """It would give a right, or last until a day, that the mandatary did not receive."""


@in_one_transaction
def name_person(
    *, key: UUID, proxy_id: UUID, person: Person, rights: Collection[Right], until: date, by: Actor
) -> Naming:  # fmt: skip
    """
    Let a person of the mandatary act for a client, in the block of a proxy that the mandatary received.

    An RSE of the mandatary may name themselves, unless it was they who gave or confirmed the proxy for the client.

    :raises AccessDenied: if `by` is no RSE of the mandatary
    :raises AlreadyRevoked: if the proxy was taken back, or given up
    :raises AlreadyOver: if the proxy is at its end
    :raises RightsImpossible: if no right is given
    :raises WiderThanReceived: if it would give more, or last longer, than the mandatary received
    :raises NotAUser: if the person is neither a user nor an RSE of the mandatary
    :raises SelfGrant: if the person gave the proxy, or confirmed it, on the client's side
    :raises AssuranceTooLow: if `by` is not known surely enough to give these rights
    :raises DatesImpossible: if it would be at its end
    :raises AlreadyGranted: if the person is named already under this proxy
    """
    request = claim(key, "name_person", asked_by=by.person.public_id)
    if request.result:
        return Naming.objects.get(public_id=request.result)
    mandatary = Enterprise.objects.get(proxies_received__public_id=proxy_id)
    target = to_change(proxy_id)
    authority = require(by, Right.ADMINISTER, enterprise=mandatary, target=target)
    proxy, at = target[0], authority.at
    refuse_a_second_revocation(proxy)
    if proxy.during.upper <= at:
        raise AlreadyOver
    given, end = sorted({Right(each) for each in rights}), end_of(until)
    if not given:
        raise RightsImpossible
    if not set(given) <= set(proxy.rights) or end > proxy.during.upper:
        raise WiderThanReceived
    if not belongs_to(mandatary, person, at):
        raise NotAUser
    if str(person.public_id) == proxy.granted_under.get("person") or person.pk == proxy.confirmed_by_id:
        raise SelfGrant
    refuse_beyond_assurance(by, given, legal_day(at))
    if end <= at:
        raise DatesImpossible
    with refusing("one_unrevoked_naming_per_proxy_and_person", AlreadyGranted):
        naming = Naming.objects.create(
            proxy=proxy, person=person, rights=given, granted_under=authority.as_record(),
            during=DateTimeTZRange(max(at, proxy.during.lower), end),
        )  # fmt: skip
    request.keep(result=naming.public_id)
    publish(PersonNamed(**ids_of_naming(naming)))
    return naming


def belongs_to(mandatary: Enterprise, person: Person, at: datetime) -> bool:
    """Tell whether a person is a user or an RSE of an organisation."""
    here: dict[str, Any] = {"enterprise": mandatary, "person": person}
    is_rse = Designation.objects.filter(in_force(at), role=Role.RSE, **here).exists()
    return is_rse or User.objects.filter(in_force(at), **here).exists()


@in_one_transaction
def narrow_naming(
    *, key: UUID, naming_id: UUID, rights: Collection[Right], until: date, reason: str, by: Actor
) -> Naming:  # fmt: skip
    """
    Leave a person who was named with fewer rights, or until an earlier day, from now on.

    :raises AccessDenied: if `by` is no RSE of the mandatary
    :raises AlreadyRevoked: if it was taken back before
    :raises AlreadyOver: if it is at its end
    :raises RightsImpossible: if no right is left: that is a revocation
    :raises NotNarrower: if it would give something more, or nothing less
    :raises DatesImpossible: if it would be at its end
    """
    request = claim(key, "narrow_naming", asked_by=by.person.public_id)
    if request.result:
        return Naming.objects.get(public_id=request.result)
    naming, authority = _locked(naming_id, by)
    left, end, at = sorted({Right(each) for each in rights}), end_of(until), authority.at
    if naming.during.upper <= at:
        raise AlreadyOver
    if not left:
        raise RightsImpossible
    if end <= at:
        raise DatesImpossible
    is_less = set(left) < set(naming.rights) or end < naming.during.upper
    if not is_less or not set(left) <= set(naming.rights) or end > naming.during.upper:
        raise NotNarrower
    under = authority.as_record()
    naming.revoke(at=at, under=under, reason=reason)
    narrower = Naming.objects.create(
        proxy=naming.proxy, person=naming.person, rights=left, granted_under=under, replaces=naming,
        during=DateTimeTZRange(max(at, naming.during.lower), end),
    )  # fmt: skip
    request.keep(result=narrower.public_id)
    publish(NamingNarrowed(**ids_of_naming(narrower), replaces=str(naming.public_id)))
    return narrower


@in_one_transaction
def revoke_naming(*, naming_id: UUID, reason: str, by: Actor) -> Naming:
    """
    Let a person who was named act no more under a proxy of the mandatary, at once.

    :raises AccessDenied: if `by` is no RSE of the mandatary
    :raises AlreadyRevoked: if it was taken back before
    """
    naming, authority = _locked(naming_id, by)
    naming.revoke(at=authority.at, under=authority.as_record(), reason=reason)
    publish(NamingRevoked(**ids_of_naming(naming)))
    return naming


def _locked(naming_id: UUID, by: Actor) -> Any:
    """Return a naming locked, that is not taken back, and the authority to change it."""
    mandatary = Enterprise.objects.get(proxies_received__namings__public_id=naming_id)
    target: QuerySet[Naming] = (
        Naming.objects.select_for_update(of=["self"], no_key=True)
        .select_related("person", "proxy__enterprise", "proxy__mandatary")
        .filter(public_id=naming_id)
        .order_by("id")
    )
    authority = require(by, Right.ADMINISTER, enterprise=mandatary, target=target)
    naming = target[0]
    refuse_a_second_revocation(naming)
    return naming, authority


def ids_of_naming(naming: Naming) -> dict[str, str]:
    """Return what an event says of a naming."""
    mandatary = naming.proxy.mandatary
    return {
        "enterprise": str(naming.proxy.enterprise.public_id),
        "mandatary": str(mandatary.public_id) if mandatary else "",
        "naming": str(naming.public_id),
        "person": str(naming.person.public_id),
    }
