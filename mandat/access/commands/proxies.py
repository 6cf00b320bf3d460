"""Proxies: given and taken back by the persons in charge of an enterprise's electronic services."""

from collections.abc import Collection, Mapping
from datetime import date, datetime, timedelta
from uuid import UUID, uuid5

from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.db.models import QuerySet

from mandat.access.commands.grants import AlreadyGranted, DatesImpossible, from_now_on, refuse_a_second_revocation
from mandat.access.decision import require
from mandat.access.events import ProxiesGranted, ProxyGranted, ProxyRevoked
from mandat.access.models import Proxy
from mandat.access.retries import in_one_transaction, refusing
from mandat.access.rights import RIGHTS_OF_A_PROXY, Right
from mandat.enterprises.grants import in_force
from mandat.enterprises.models import Enterprise, ServiceRegistration, User
from mandat.identity.actor import Actor, Assurance
from mandat.identity.models import Person
from mandat.platform.clock import end_of, legal_day
from mandat.platform.events import publish
from mandat.platform.idempotency import claim
from mandat.reference.queries import entry, policy


class SelfGrant(Exception):
    """Nobody gives a proxy to themselves: it would outlive what they hold."""


class RightsImpossible(Exception):
    """A proxy gives one or more of the rights that lie inside a block, and no other."""


class NotAUser(Exception):
    """The person is no user of the enterprise."""


class BlockNotAccepted(Exception):
    """The block is accepted with another provider than the one of this registration."""


class ProxyTooLong(DatesImpossible):
    """It would last longer than the policy of the day lets a proxy last."""


class AssuranceTooLow(Exception):
    """Nobody gives a right for which they are themselves not known surely enough."""


@in_one_transaction
def grant_proxy(
    *, key: UUID, registration: ServiceRegistration, person: Person, block: str,
    rights: Collection[Right], during: DateTimeTZRange, by: Actor, subject: UUID | None = None,
) -> Proxy:  # fmt: skip
    """
    Let a user act for an enterprise within one functional block, or on one thing in it.

    :raises AccessDenied: if `by` is no RSE, or lacks a right to be given
    :raises SelfGrant: if it is given to oneself
    :raises RightsImpossible: if a proxy cannot give these rights, or gives none
    :raises AssuranceTooLow: if `by` is not known surely enough to give these rights
    :raises NotAUser: if the person is no user of the enterprise
    :raises BlockNotAccepted: if the block is accepted with another provider
    :raises DatesImpossible: if it would not end, or end before it begins
    :raises ProxyTooLong: if it would last longer than a proxy may
    :raises AlreadyGranted: if the person has a proxy in the block during some of these dates
    """
    request = claim(key, "grant_proxy", asked_by=by.person.public_id)
    if request.result:
        return Proxy.objects.get(public_id=request.result)
    if person == by.person:
        raise SelfGrant
    enterprise, given = registration.enterprise, sorted({Right(right) for right in rights})
    if not given or not RIGHTS_OF_A_PROXY.issuperset(given):
        raise RightsImpossible
    authority = require(by, Right.ADMINISTER, *given, enterprise=enterprise, block=block)
    if registration.public_id not in {link.public_id for link in authority.chain}:
        raise BlockNotAccepted
    if not User.objects.filter(in_force(authority.at), enterprise=enterprise, person=person).exists():
        raise NotAUser
    dates = _dates(during, authority.at)
    refuse_beyond_assurance(by, given, legal_day(authority.at))
    needs_second = takes_a_second_person(enterprise, given, authority.at)
    with refusing("one_unrevoked_proxy_per_block_and_person", AlreadyGranted):
        proxy = Proxy.objects.create(
            enterprise=enterprise, provider=registration.provider, person=person, block=block, rights=given,
            during=dates, granted_under=authority.as_record(), subject=subject,
            needs_second=needs_second, answer_by=answer_by(authority.at) if needs_second else None,
        )  # fmt: skip
    request.keep(result=proxy.public_id)
    publish(ProxyGranted(**ids_of(proxy)))
    return proxy


def _dates(during: DateTimeTZRange, at: datetime) -> DateTimeTZRange:
    """
    Return the dates of a proxy given now.

    :raises DatesImpossible: if it would not end, or end before it begins
    :raises ProxyTooLong: if it would last longer than a proxy may
    """
    dates = from_now_on(during, at)
    if dates.upper is None:
        raise DatesImpossible
    if dates.upper > end_of(last_day_of_a_proxy(legal_day(at))):
        raise ProxyTooLong
    return dates


def refuse_beyond_assurance(by: Actor, rights: Collection[str], today: date) -> None:
    """
    Let pass rights that somebody is known surely enough to give.

    :raises AssuranceTooLow: if one of them asks for more
    """
    asked = entry("policy", "right-assurance", today).values
    order = list(Assurance)
    if any(order.index(Assurance(by.assurance)) < order.index(Assurance(asked[each])) for each in rights):
        raise AssuranceTooLow


def takes_a_second_person(enterprise: Enterprise, rights: Collection[str], at: datetime) -> bool:
    """
    Tell whether the rule of the day, or the enterprise, lets nobody give one of these rights alone.

    What the enterprise says is read anew, under the lock of the act: a grant that was begun before a second person was
    asked for, and waited, sees it.
    """
    by_rule = policy("proxy-second-person-rights", legal_day(at))
    by_choice = Enterprise.objects.values_list("second_person_for", flat=True).get(pk=enterprise.pk)
    return not set(rights).isdisjoint({*by_rule, *by_choice})


def answer_by(at: datetime) -> datetime:
    """Return until when what one person does now waits for a second."""
    return end_of(legal_day(at) + timedelta(days=policy("second-person-days", legal_day(at))))


@in_one_transaction
def grant_proxies(
    *, key: UUID, registration: ServiceRegistration, person: Person, rights: Mapping[str, Collection[Right]],
    until: date, by: Actor,
) -> None:  # fmt: skip
    """
    Let a user act in several blocks until a day, included, by one gesture: all of it is given, or nothing.

    Asked twice, it is done once.

    :raises RightsImpossible: if no block is named
    :raises Exception: whatever `grant_proxy` raises of one of them
    """
    request = claim(key, "grant_proxies", asked_by=by.person.public_id)
    if request.result:
        return
    if not rights:
        raise RightsImpossible
    during = DateTimeTZRange(None, end_of(until))
    given = [
        grant_proxy(
            key=uuid5(key, block), registration=registration, person=person, block=block, rights=rights[block],
            during=during, by=by,
        )
        for block in sorted(rights)
    ]  # fmt: skip
    request.keep(result=person.public_id)
    enterprise = str(registration.enterprise.public_id)
    ids = [str(proxy.public_id) for proxy in given]
    publish(ProxiesGranted(enterprise=enterprise, holder=str(person.public_id), proxies=ids))


@in_one_transaction
def grant_on_one(
    *, key: UUID, registration: ServiceRegistration, person: Person, block: str, rights: Collection[Right],
    until: date, subject: UUID, by: Actor,
) -> Proxy:  # fmt: skip
    """
    Let a user act on one thing of a block, until a day, included; the person is told. Asked twice, it is done once.

    :raises Exception: whatever `grant_proxy` raises
    """
    request = claim(key, "grant_on_one", asked_by=by.person.public_id)
    if request.result:
        return Proxy.objects.get(public_id=request.result)
    proxy = grant_proxy(
        key=uuid5(key, block), registration=registration, person=person, block=block, rights=rights,
        during=DateTimeTZRange(None, end_of(until)), by=by, subject=subject,
    )  # fmt: skip
    request.keep(result=proxy.public_id)
    enterprise = str(registration.enterprise.public_id)
    publish(ProxiesGranted(enterprise=enterprise, holder=str(person.public_id), proxies=[str(proxy.public_id)]))
    return proxy


def last_day_of_a_proxy(today: date) -> date:
    """Return the last day until which a proxy may be given today."""
    return today + timedelta(days=policy("proxy-maximum-days", today))


@in_one_transaction
def revoke_proxy(*, proxy_id: UUID, reason: str, by: Actor) -> Proxy:
    """
    Take a proxy back, at once.

    :raises AccessDenied: if `by` is no RSE of the enterprise
    :raises AlreadyRevoked: if it was taken back before
    """
    enterprise = Proxy.objects.select_related("enterprise").get(public_id=proxy_id).enterprise
    target = to_change(proxy_id)
    authority = require(by, Right.ADMINISTER, enterprise=enterprise, target=target)
    proxy = target[0]
    refuse_a_second_revocation(proxy)
    proxy.revoke(at=authority.at, under=authority.as_record(), reason=reason)
    publish(ProxyRevoked(**ids_of(proxy)))
    return proxy


def to_change(proxy_id: UUID) -> QuerySet[Proxy]:
    """Return a proxy to be locked after all that the act depends on."""
    target = Proxy.objects.select_for_update(of=["self"], no_key=True)
    return (
        target.select_related("person", "enterprise", "mandatary", "provider").filter(public_id=proxy_id).order_by("id")
    )


def ids_of(proxy: Proxy) -> dict[str, str]:
    """Return what an event says of a proxy."""
    holder = proxy.person or proxy.mandatary
    return {
        "enterprise": str(proxy.enterprise.public_id),
        "proxy": str(proxy.public_id),
        "holder": str(holder.public_id) if holder else "",
    }
