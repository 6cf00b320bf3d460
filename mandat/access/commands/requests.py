"""
Requests for rights: asked by a user, answered by an RSE who is somebody else, or withdrawn, or fallen.

A request gives nothing. What answers it is `grant_proxy` itself, so that nobody gives more than they hold, and what
takes two persons takes two. Where the asker has a proxy in the block already, the new one replaces it and holds both.
"""

from collections.abc import Collection
from datetime import date, datetime, timedelta
from uuid import UUID, uuid5

from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.db.models import QuerySet

from mandat.access.commands.grants import AlreadyGranted, DatesImpossible
from mandat.access.commands.proxies import (
    NotAUser,
    ProxyTooLong,
    RightsImpossible,
    SelfGrant,
    grant_proxy,
    last_day_of_a_proxy,
    to_change,
)
from mandat.access.decision import Authority, decide_each, require
from mandat.access.events import ProxiesGranted, RightsRequestClosed, RightsRequested
from mandat.access.links import Kind
from mandat.access.models import Proxy
from mandat.access.requests import RightsRequest
from mandat.access.retries import in_one_transaction, refusing
from mandat.access.rights import RIGHTS_OF_A_PROXY, Right
from mandat.access.workflow import RequestMove, RequestState
from mandat.enterprises.grants import in_force
from mandat.enterprises.models import Enterprise, ServiceRegistration, User
from mandat.identity.actor import Actor
from mandat.platform.clock import end_of, legal_day, now
from mandat.platform.events import publish
from mandat.platform.idempotency import claim
from mandat.reference.queries import policy

#: Under whose authority what nobody answered falls: nobody's.
FALLING = {"rule": "a request that nobody answers in time, or whose asker has left, falls"}


class NothingMissing(Exception):
    """The asker holds what they ask for, for as long."""


class BlockNotUsed(Exception):
    """The enterprise does not use the block: nobody could give a right in it."""


class AskedOtherwise(Exception):
    """A request of the same person in the block waits already, and asks for something else."""


class AlreadyAnswered(Exception):
    """It has its answer, or is withdrawn, or its time is over."""


class BeyondRequest(Exception):
    """An answer gives what was asked, or less; more is given by a proxy of its own."""


class ReasonMissing(Exception):
    """It says why."""


class NotTheAsker(Exception):
    """Only whoever asks withdraws."""


@in_one_transaction
def ask_for_rights(
    *, enterprise: Enterprise, block: str, rights: Collection[Right], until: date, reason: str, by: Actor
) -> RightsRequest:  # fmt: skip
    """
    Ask the RSEs of an enterprise for rights in a block. Asked twice, it is asked once.

    :raises NotAUser: if `by` is no user of the enterprise
    :raises RightsImpossible: if a proxy cannot give these rights, or gives none
    :raises BlockNotUsed: if the enterprise does not use the block
    :raises DatesImpossible: if the day is past
    :raises ProxyTooLong: if a proxy may not last so long
    :raises ReasonMissing: if it says nothing of why
    :raises NothingMissing: if all of it is held, for as long
    :raises AskedOtherwise: if another request of theirs in the block waits
    """
    own = User.objects.select_for_update(of=("self",), no_key=True).filter(enterprise=enterprise, person=by.person)
    list(own.order_by("id"))  # two clicks of one person take turns here
    at, wanted = now(), sorted({Right(each) for each in rights} | {Right.VIEW})
    _refuse_the_impossible(enterprise, block, rights, until, reason, by=by, at=at)
    decisions = decide_each(by.person, wanted, enterprise, block, at)
    ends = [link.end for decision in decisions.values() for link in decision.chain if link.end is not None]
    if all(decisions.values()) and all(end >= end_of(until) for end in ends):
        raise NothingMissing
    _lapse(RightsRequest.objects.filter(enterprise=enterprise, answer_by__lte=at), at)
    if (waiting := _waiting(enterprise, by, block)) is not None:
        if (waiting.rights, waiting.until) != (wanted, until):
            raise AskedOtherwise
        return waiting
    with refusing("one_request_asked_at_once_per_block", AskedOtherwise):
        asked = RightsRequest.objects.create(
            enterprise=enterprise, person=by.person, block=block, rights=wanted, until=until, reason=reason.strip(),
            asked_at=at, asked_under=Authority(by, on_behalf_of=enterprise, chain=(), at=at).as_record(),
            answer_by=end_of(legal_day(at) + timedelta(days=policy("rights-request-days", legal_day(at)))),
        )  # fmt: skip
    publish(RightsRequested(**_ids(asked)))
    return asked


def _refuse_the_impossible(
    enterprise: Enterprise, block: str, rights: Collection[Right], until: date, reason: str, *, by: Actor, at: datetime
) -> None:
    today = legal_day(at)
    if not User.objects.filter(in_force(at), enterprise=enterprise, person=by.person).exists():
        raise NotAUser
    if not rights or not RIGHTS_OF_A_PROXY.issuperset(rights):
        raise RightsImpossible
    if not enterprise.registrations.filter(state="active", accepted_blocks__contains=[block]).exists():
        raise BlockNotUsed
    if until < today:
        raise DatesImpossible
    if until > last_day_of_a_proxy(today):
        raise ProxyTooLong
    if not reason.strip():
        raise ReasonMissing


def _waiting(enterprise: Enterprise, by: Actor, block: str) -> RightsRequest | None:
    same = RightsRequest.objects.filter(enterprise=enterprise, person=by.person, block=block, state=RequestState.ASKED)
    return same.first()


@in_one_transaction
def grant_request(
    *, key: UUID, request_id: UUID, rights: Collection[Right], until: date, reason: str = "", by: Actor,
) -> RightsRequest:  # fmt: skip
    """
    Give what a request asks for, or less of it.

    :raises SelfGrant: if it is one's own, by whatever login
    :raises BeyondRequest: if it gives more, or for longer, than was asked
    :raises RightsImpossible: if it gives nothing
    :raises AlreadyAnswered: if it was answered before, or its time is over
    :raises AlreadyGranted: if a proxy of theirs in the block is suspended, waits for a second person, or is to come
    :raises Exception: whatever `grant_proxy` raises
    """
    claimed = claim(key, "grant_request", asked_by=by.person.public_id)
    if claimed.result:
        return RightsRequest.objects.get(public_id=claimed.result)
    known = RightsRequest.objects.select_related("enterprise").get(public_id=request_id)
    given = _less_than(known, rights, until)
    asked, authority = _locked(request_id, by, Right.ADMINISTER, *given)
    registration = _registration_in(authority)
    held = _standing(asked, authority.at)
    if held is not None:
        held.revoke(at=authority.at, under=authority.as_record(), reason="")
    proxy = grant_proxy(
        key=uuid5(key, "proxy"), registration=registration, person=asked.person, block=asked.block,
        rights={*given, *(Right(each) for each in (held.rights if held else ()))},
        during=DateTimeTZRange(None, end_of(until)), by=by,
    )  # fmt: skip
    if held is not None:
        held.revoked_at = proxy.during.lower  # one instant: nothing lies between the two
        held.save(update_fields=["revoked_at"])
        proxy.replaces = held
        proxy.save(update_fields=["replaces"])
    asked.answered_by, asked.proxy = by.person, proxy
    is_all = set(given) == set(asked.rights) and until == asked.until
    _close(asked, RequestMove.GRANT if is_all else RequestMove.NARROW, authority, reason)
    if proxy.needs_second:
        ids = {"enterprise": str(asked.enterprise.public_id), "holder": str(asked.person.public_id)}
        publish(ProxiesGranted(**ids, proxies=[str(proxy.public_id)]))
    claimed.keep(result=asked.public_id)
    return asked


def _less_than(asked: RightsRequest, rights: Collection[Right], until: date) -> list[Right]:
    if not rights:
        raise RightsImpossible
    given = sorted({Right(each) for each in rights} | {Right.VIEW})
    if not set(given) <= set(asked.rights) or until > asked.until:
        raise BeyondRequest
    return given


def _registration_in(authority: Authority) -> ServiceRegistration:
    found = next(link.public_id for link in authority.chain if link.kind == Kind.REGISTRATION)
    return ServiceRegistration.objects.select_related("enterprise", "provider").get(public_id=found)


def _standing(asked: RightsRequest, at: datetime) -> Proxy | None:
    """
    Return, locked, the proxy that the asker has in the block already: what is given will hold it too.

    :raises AlreadyGranted: if it does not serve now: that is settled first, on its own page
    """
    found = proxies_in_the_way(asked, at).values_list("public_id", flat=True)
    proxies = [each for public_id in found for each in to_change(public_id) if each.revoked_at is None]
    if any(each.awaits or each.is_suspended(at) or each.during.lower > at for each in proxies):
        raise AlreadyGranted
    return proxies[0] if proxies else None


def proxies_in_the_way(asked: RightsRequest, at: datetime) -> QuerySet[Proxy]:
    """Return the proxy over the whole block that the asker has, or will have."""
    held = Proxy.objects.filter(enterprise=asked.enterprise, person=asked.person, block=asked.block)
    return held.filter(subject=None, revoked_at=None, during__endswith__gt=at).order_by("id")


@in_one_transaction
def refuse_request(*, request_id: UUID, reason: str, by: Actor) -> RightsRequest:
    """
    Refuse what a request asks for, and say why.

    :raises ReasonMissing: if it says nothing of why
    :raises SelfGrant: if it is one's own, by whatever login
    :raises AccessDenied: if `by` is no RSE
    :raises AlreadyAnswered: if it was answered before, or its time is over
    """
    if not reason.strip():
        raise ReasonMissing
    asked, authority = _locked(request_id, by, Right.ADMINISTER)
    asked.answered_by = by.person
    _close(asked, RequestMove.REFUSE, authority, reason.strip())
    return asked


@in_one_transaction
def withdraw_request(*, request_id: UUID, by: Actor) -> RightsRequest:
    """
    Withdraw what one has asked. It asks for no right: nobody is kept asking.

    :raises NotTheAsker: if another asked
    :raises AlreadyAnswered: if it was answered before, or its time is over
    """
    asked, at = _to_answer(request_id)[0], now()
    if asked.person != by.person:
        raise NotTheAsker
    if not asked.waits(at):
        raise AlreadyAnswered
    _close(asked, RequestMove.WITHDRAW, Authority(by, on_behalf_of=asked.enterprise, chain=(), at=at), "")
    return asked


def _locked(request_id: UUID, by: Actor, *rights: Right) -> tuple[RightsRequest, Authority]:
    """Return a request that waits, locked, and the authority to answer it."""
    known = RightsRequest.objects.select_related("enterprise").get(public_id=request_id)
    if known.person_id == by.person.pk:
        raise SelfGrant
    target = _to_answer(request_id)
    block = known.block if RIGHTS_OF_A_PROXY.intersection(rights) else None
    authority = require(by, *rights, enterprise=known.enterprise, block=block, target=target)
    asked = target[0]
    if not asked.waits(authority.at):
        raise AlreadyAnswered
    return asked, authority


def _to_answer(request_id: UUID) -> QuerySet[RightsRequest]:
    target = RightsRequest.objects.select_for_update(of=["self"], no_key=True)
    return target.select_related("enterprise", "person").filter(public_id=request_id).order_by("id")


def _close(asked: RightsRequest, move: RequestMove, authority: Authority, reason: str) -> None:
    asked.make(move, at=authority.at, under=authority.as_record(), reason=reason)
    publish(RightsRequestClosed(**_ids(asked), state=asked.state))


@in_one_transaction
def lapse_requests() -> None:
    """Let fall the requests that nobody answered in time, and those of persons who are no users any more."""
    at = now()
    _lapse(RightsRequest.objects.filter(answer_by__lte=at), at)
    staying = User.objects.filter(in_force(at))
    here = RightsRequest.objects.filter(state=RequestState.ASKED).values_list("id", "enterprise", "person")
    gone = [pk for pk, firm, person in here if not staying.filter(enterprise=firm, person=person).exists()]
    _lapse(RightsRequest.objects.filter(pk__in=gone), at)


def _lapse(over: QuerySet[RightsRequest], at: datetime) -> None:
    waiting = over.filter(state=RequestState.ASKED).select_related("enterprise")
    for asked in waiting.select_for_update(of=("self",), no_key=True).order_by("id"):
        asked.make(RequestMove.LAPSE, at=at, under=FALLING)
        publish(RightsRequestClosed(**_ids(asked), state=asked.state))


def _ids(asked: RightsRequest) -> dict[str, str]:
    return {"enterprise": str(asked.enterprise.public_id), "request": str(asked.public_id)}
