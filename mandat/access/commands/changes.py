"""What becomes of a proxy between its grant and its end: narrowed, renewed, suspended, restored, confirmed."""

from collections.abc import Collection, Mapping
from datetime import date
from typing import Any
from uuid import UUID

from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

from mandat.access.commands.carrying import carry_over
from mandat.access.commands.grants import AlreadyGranted, DatesImpossible, refuse_a_second_revocation
from mandat.access.commands.proxies import (
    NotAUser,
    ProxyTooLong,
    RightsImpossible,
    SelfGrant,
    answer_by,
    ids_of,
    last_day_of_a_proxy,
    refuse_beyond_assurance,
    takes_a_second_person,
    to_change,
)
from mandat.access.decision import Authority, require
from mandat.access.events import ProxyConfirmed, ProxyNarrowed, ProxyRenewed, ProxyRestored, ProxySuspended
from mandat.access.models import Proxy
from mandat.access.retries import in_one_transaction, refusing
from mandat.access.rights import Right
from mandat.enterprises.grants import in_force
from mandat.enterprises.models import User
from mandat.identity.actor import Actor
from mandat.platform.clock import end_of, legal_day
from mandat.platform.events import publish
from mandat.platform.idempotency import claim


class NotNarrower(Exception):
    """It would give something more than before, or nothing less."""


class NotLonger(DatesImpossible):
    """It would end no later than before."""


class AlreadyOver(Exception):
    """The proxy is at its end: another one is given, this one is not changed."""


class AlreadySuspended(Exception):
    """The proxy is suspended."""


class NotSuspended(Exception):
    """The proxy is not suspended."""


class NothingToConfirm(Exception):
    """The proxy asks for nobody's confirmation, or has it."""


class ConfirmedTooLate(Exception):
    """The time for a second person to answer is over."""


class SamePerson(Exception):
    """It takes two persons, neither of whom holds the proxy; two logins of one person are one."""


@in_one_transaction
def narrow_proxy(
    *, key: UUID, proxy_id: UUID, rights: Collection[Right], until: date, reason: str, by: Actor
) -> Proxy:  # fmt: skip
    """
    Leave a proxy with fewer rights, or until an earlier day, from now on.

    :raises AccessDenied: if `by` is no RSE of the enterprise
    :raises AlreadyRevoked: if it was taken back before
    :raises AlreadyOver: if it is at its end
    :raises RightsImpossible: if no right is left: that is a revocation
    :raises NotNarrower: if it would give something more, or nothing less
    :raises DatesImpossible: if it would be at its end
    """
    request = claim(key, "narrow_proxy", asked_by=by.person.public_id)
    if request.result:
        return Proxy.objects.get(public_id=request.result)
    proxy, authority = _locked(proxy_id, by)
    left, end = sorted({Right(each) for each in rights}), end_of(until)
    if not left:
        raise RightsImpossible
    if end <= authority.at:
        raise DatesImpossible
    is_less = set(left) < set(proxy.rights) or end < proxy.during.upper
    if not is_less or not set(left) <= set(proxy.rights) or end > proxy.during.upper:
        raise NotNarrower
    narrower = _replaced(proxy, {"rights": left, "end": end, "reason": reason, "is_same": True}, authority)
    request.keep(result=narrower.public_id)
    publish(ProxyNarrowed(**ids_of(narrower), replaces=str(proxy.public_id)))
    return narrower


@in_one_transaction
def renew_proxy(*, key: UUID, proxy_id: UUID, until: date, by: Actor) -> Proxy:
    """
    Let a proxy last longer, with the same rights, as far as a proxy may go.

    :raises AccessDenied: if `by` is no RSE, or lacks a right that it gives
    :raises SelfGrant: if it is one's own
    :raises AlreadyRevoked: if it was taken back before
    :raises AlreadyOver: if it is at its end
    :raises AssuranceTooLow: if `by` is not known surely enough to give these rights
    :raises NotAUser: if its holder is no user of the enterprise any more
    :raises NotLonger: if it would end no later
    :raises ProxyTooLong: if it would last longer than a proxy may
    """
    request = claim(key, "renew_proxy", asked_by=by.person.public_id)
    if request.result:
        return Proxy.objects.get(public_id=request.result)
    known = Proxy.objects.get(public_id=proxy_id)
    if known.person_id == by.person.pk:
        raise SelfGrant
    proxy, authority = _locked(proxy_id, by, *(Right(each) for each in known.rights))
    today, end = legal_day(authority.at), end_of(until)
    refuse_beyond_assurance(by, proxy.rights, today)
    if not User.objects.filter(in_force(authority.at), enterprise=proxy.enterprise, person=proxy.person).exists():
        raise NotAUser
    if end <= proxy.during.upper:
        raise NotLonger
    if until > last_day_of_a_proxy(today):
        raise ProxyTooLong
    longer = _replaced(proxy, {"rights": proxy.rights, "end": end, "reason": "", "is_same": False}, authority)
    request.keep(result=longer.public_id)
    publish(ProxyRenewed(**ids_of(longer), replaces=str(proxy.public_id)))
    return longer


def _replaced(proxy: Proxy, change: Mapping[str, Any], authority: Authority) -> Proxy:
    """Revoke a proxy and put another in its place, at the same instant: what it gave before stays as it was."""
    at, under = authority.at, authority.as_record()
    start = max(proxy.during.lower, at)
    if change["end"] <= start:
        raise DatesImpossible
    proxy.revoke(at=at, under=under, reason=change["reason"])
    is_confirmed = change["is_same"] and proxy.confirmed_at
    needs_second = (
        proxy.needs_second if change["is_same"] else takes_a_second_person(proxy.enterprise, proxy.rights, at)
    )
    kept = ("confirmed_by", "confirmed_at", "confirmed_under") if is_confirmed else ()
    deadline = proxy.answer_by if change["is_same"] else answer_by(at) if needs_second else None
    with refusing("one_unrevoked_proxy_per_block_and_person", AlreadyGranted):
        made = Proxy.objects.create(
            enterprise=proxy.enterprise, provider=proxy.provider, person=proxy.person, mandatary=proxy.mandatary,
            block=proxy.block, subject=proxy.subject, rights=change["rights"], replaces=proxy, granted_under=under,
            during=DateTimeTZRange(start, change["end"]), needs_second=needs_second, answer_by=deadline,
            suspensions=[DateTimeTZRange(at, None)] if proxy.is_suspended(at) else [],
            **{name: getattr(proxy, name) for name in kept},
        )  # fmt: skip
    carry_over(proxy, made, at=at, under=under)
    return made


@in_one_transaction
def suspend_proxy(*, proxy_id: UUID, reason: str, by: Actor) -> Proxy:
    """
    Set a proxy aside, at once, until it is restored; its end does not move.

    :raises AccessDenied: if `by` is no RSE of the enterprise
    :raises AlreadyRevoked: if it was taken back before
    :raises AlreadyOver: if it is at its end
    :raises AlreadySuspended: if it is suspended
    """
    proxy, authority = _locked(proxy_id, by)
    if proxy.is_suspended(authority.at):
        raise AlreadySuspended
    proxy.suspensions = [*proxy.suspensions, DateTimeTZRange(authority.at, None)]
    _keep(proxy, "suspensions", move="suspend", authority=authority, reason=reason)
    publish(ProxySuspended(**ids_of(proxy)))
    return proxy


@in_one_transaction
def restore_proxy(*, proxy_id: UUID, by: Actor) -> Proxy:
    """
    Let a suspended proxy serve again.

    :raises AccessDenied: if `by` is no RSE, or lacks a right that it gives
    :raises SelfGrant: if it is one's own
    :raises AlreadyRevoked: if it was taken back before
    :raises AlreadyOver: if it is at its end
    :raises NotSuspended: if it is not suspended
    """
    known = Proxy.objects.get(public_id=proxy_id)
    if known.person_id == by.person.pk:
        raise SelfGrant
    proxy, authority = _locked(proxy_id, by, *(Right(each) for each in known.rights))
    if not proxy.is_suspended(authority.at):
        raise NotSuspended
    *before, last = proxy.suspensions
    lasted = [DateTimeTZRange(last.lower, authority.at)] if last.lower < authority.at else []  # PostgreSQL: or empty
    proxy.suspensions = [*before, *lasted]
    _keep(proxy, "suspensions", move="restore", authority=authority)
    publish(ProxyRestored(**ids_of(proxy)))
    return proxy


@in_one_transaction
def confirm_proxy(*, proxy_id: UUID, by: Actor) -> Proxy:
    """
    Confirm, as the second person, a proxy that another gave: from now on it carries its rights.

    :raises AccessDenied: if `by` is no RSE, or lacks a right that it gives
    :raises SamePerson: if `by` gave it, holds it, accepted it for a mandatary, or was named by it
    :raises AlreadyRevoked: if it was taken back before
    :raises AlreadyOver: if it is at its end
    :raises AssuranceTooLow: if `by` is not known surely enough to give these rights
    :raises NothingToConfirm: if it asks for no confirmation, or has it
    :raises ConfirmedTooLate: if the time to confirm it is over
    """
    known = Proxy.objects.get(public_id=proxy_id)
    proxy, authority = _locked(proxy_id, by, *(Right(each) for each in known.rights))
    if str(by.person.public_id) in _who_agreed(proxy) or proxy.person_id == by.person.pk:
        raise SamePerson
    if proxy.namings.filter(person=by.person, revoked_at=None).exists():
        raise SamePerson
    if not proxy.awaits:
        raise NothingToConfirm
    if proxy.has_fallen(authority.at):
        raise ConfirmedTooLate
    refuse_beyond_assurance(by, proxy.rights, legal_day(authority.at))
    proxy.confirm(by=by.person, at=authority.at, under=authority.as_record())
    proxy.history.create(move="confirm", before="", after="", at=authority.at, authority=authority.as_record())
    publish(ProxyConfirmed(**ids_of(proxy)))
    return proxy


def _who_agreed(proxy: Proxy) -> set[str | None]:
    """Return who gave a proxy, and who accepted it if it went to a mandatary."""
    return {proxy.granted_under.get("person"), proxy.granted_under.get("accepted", {}).get("person")}


def _keep(proxy: Proxy, *fields: str, move: str, authority: Authority, reason: str = "") -> None:
    proxy.save(update_fields=fields)
    proxy.history.create(
        move=move, before="", after="", at=authority.at, authority=authority.as_record(), reason=reason
    )  # fmt: skip


def _locked(proxy_id: UUID, by: Actor, *rights: Right) -> tuple[Proxy, Authority]:
    """Return a proxy locked, that is not over, and the authority to change it."""
    known = Proxy.objects.select_related("enterprise").get(public_id=proxy_id)
    target = to_change(proxy_id)
    block = known.block if rights else None
    authority = require(by, Right.ADMINISTER, *rights, enterprise=known.enterprise, block=block, target=target)
    proxy = target[0]
    refuse_a_second_revocation(proxy)
    if proxy.during.upper <= authority.at:
        raise AlreadyOver
    return proxy, authority
