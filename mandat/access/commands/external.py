"""External proxies: an enterprise proposes one to a mandatary, whose own RSE accepts it; both can end it."""

from collections.abc import Collection, Mapping
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.db.models import QuerySet

from mandat.access.commands.carrying import carry_over
from mandat.access.commands.changes import SamePerson
from mandat.access.commands.grants import AlreadyGranted, DatesImpossible, refuse_a_second_revocation
from mandat.access.commands.proxies import (
    BlockNotAccepted,
    ProxyTooLong,
    RightsImpossible,
    answer_by,
    last_day_of_a_proxy,
    refuse_beyond_assurance,
    takes_a_second_person,
    to_change,
)
from mandat.access.decision import Authority, holds_under_lock, require
from mandat.access.mandataries import ExternalProposal
from mandat.access.mandatary_events import ExternalAccepted, ExternalDropped, ExternalGivenUp, ExternalProposed
from mandat.access.models import Proxy
from mandat.access.retries import in_one_transaction, refusing
from mandat.access.rights import RIGHTS_OF_A_PROXY, Right
from mandat.access.workflow import ProposalMove, ProposalState
from mandat.enterprises.models import Enterprise, ServiceRegistration
from mandat.identity.actor import Actor
from mandat.platform.clock import end_of, legal_day, now
from mandat.platform.events import publish
from mandat.platform.idempotency import claim
from mandat.reference.queries import policy

#: Under whose authority a proposal that nobody answers falls: nobody's.
FALLING = {"rule": "what a mandatary does not answer in time falls"}


class OneselfAsMandatary(Exception):
    """An enterprise does not act for itself by a proxy."""


class MandataryCannotAct(Exception):
    """The account of the mandatary lets nobody act."""


class AlreadyProposed(Exception):
    """A proposal to this mandatary waits already for its answer."""


class AlreadyAnswered(Exception):
    """The proposal waits no more: answered, withdrawn, or fallen."""


class NoLongerBacked(Exception):
    """Whoever proposed it could not give it today."""


@in_one_transaction
def propose_external(
    *, key: UUID, registration: ServiceRegistration, mandatary: Enterprise, rights: Mapping[str, Collection[Right]],
    until: date, by: Actor,
) -> ExternalProposal:  # fmt: skip
    """
    Propose that another organisation act for an enterprise in these blocks, until a day, included.

    It gives nothing until one of the mandatary's own RSEs accepts.

    :raises AccessDenied: if `by` is no RSE, or lacks a right to be given
    :raises OneselfAsMandatary: if it is proposed to the enterprise itself
    :raises RightsImpossible: if a proxy cannot give these rights, or gives none
    :raises AssuranceTooLow: if `by` is not known surely enough to give these rights
    :raises BlockNotAccepted: if a block is accepted with another provider
    :raises MandataryCannotAct: if the account of the mandatary is suspended or closed
    :raises DatesImpossible: if it would end before it begins
    :raises ProxyTooLong: if it would last longer than a proxy may
    :raises AlreadyProposed: if a proposal to this mandatary waits
    """
    request = claim(key, "propose_external", asked_by=by.person.public_id)
    if request.result:
        return ExternalProposal.objects.get(public_id=request.result)
    enterprise = registration.enterprise
    if mandatary == enterprise:
        raise OneselfAsMandatary
    given = {block: sorted({Right(each) for each in asked}) for block, asked in rights.items()}
    if not given or not all(asked and RIGHTS_OF_A_PROXY.issuperset(asked) for asked in given.values()):
        raise RightsImpossible
    for block in sorted(given):
        authority = require(by, Right.ADMINISTER, *given[block], enterprise=enterprise, block=block)
        if registration.public_id not in {link.public_id for link in authority.chain}:
            raise BlockNotAccepted
    at, today = authority.at, legal_day(authority.at)
    refuse_beyond_assurance(by, {each for asked in given.values() for each in asked}, today)
    if until < today:
        raise DatesImpossible
    if until > last_day_of_a_proxy(today):
        raise ProxyTooLong
    if Enterprise.objects.get(pk=mandatary.pk).state in (Enterprise.State.SUSPENDED, Enterprise.State.CLOSED):
        raise MandataryCannotAct
    lapse_proposals(at, ExternalProposal.objects.filter(enterprise=enterprise, mandatary=mandatary))
    with refusing("one_external_proposal_open_at_once", AlreadyProposed):
        proposal = ExternalProposal.objects.create(
            enterprise=enterprise, provider=registration.provider, mandatary=mandatary, ends=end_of(until),
            rights={block: [str(each) for each in asked] for block, asked in given.items()},
            asked_by=by.person, asked_at=at, asked_under=authority.as_record(),
            answer_by=end_of(today + timedelta(days=policy("external-proposal-days", today))),
        )  # fmt: skip
    request.keep(result=proposal.public_id)
    publish(ExternalProposed(**_ids(proposal)))
    return proposal


@in_one_transaction
def accept_external(*, proposal_id: UUID, by: Actor) -> list[Proxy]:
    """
    Accept, for the mandatary, to act for an enterprise: one proxy for each block stands from now on.

    One that the mandatary had in such a block already is replaced, and whom it had named stays, never wider.

    :raises AccessDenied: if `by` is no RSE of the mandatary
    :raises SamePerson: if `by` proposed it, by whatever login
    :raises AlreadyAnswered: if it waits no more
    :raises NoLongerBacked: if whoever proposed it could not give it today
    """
    known = ExternalProposal.objects.select_related("enterprise", "mandatary", "asked_by").get(public_id=proposal_id)
    for block, rights in sorted(known.rights.items()):
        for right in (Right.ADMINISTER, *map(Right, rights)):
            where = None if right == Right.ADMINISTER else block
            if not holds_under_lock(known.asked_by, right, enterprise=known.enterprise, block=where):
                raise NoLongerBacked
    proposal, authority = _locked(known, known.mandatary, by)
    if by.person == proposal.asked_by:
        raise SamePerson
    at = authority.at
    if proposal.ends <= at:
        raise AlreadyAnswered
    proposal.make(ProposalMove.ACCEPT, at=at, under=authority.as_record())
    given = [_given(proposal, block, at, authority) for block in sorted(proposal.rights)]
    proxies = [str(each.public_id) for each in given]
    publish(ExternalAccepted(**_ids(proposal), proxies=proxies))
    return given


def _given(proposal: ExternalProposal, block: str, at: datetime, authority: Authority) -> Proxy:
    """Return the proxy that a proposal gives in a block, under the word of both."""
    rights = sorted(Right(each) for each in proposal.rights[block])
    needs_second = takes_a_second_person(proposal.enterprise, rights, at)
    under = proposal.asked_under | {"accepted": authority.as_record()}
    held = Proxy.objects.select_for_update(of=["self"], no_key=True).filter(
        enterprise=proposal.enterprise, provider=proposal.provider, mandatary=proposal.mandatary, block=block,
        subject=None, revoked_at=None, during__endswith__gt=at,
    ).order_by("id")  # fmt: skip
    before = next(iter(held), None)
    fields = {
        "enterprise": proposal.enterprise, "provider": proposal.provider, "mandatary": proposal.mandatary,
        "block": block, "rights": rights, "during": DateTimeTZRange(at, proposal.ends), "granted_under": under,
        "needs_second": needs_second, "answer_by": answer_by(at) if needs_second else None, "replaces": before,
    }  # fmt: skip
    if before:
        before.revoke(at=at, under=authority.as_record(), reason="")
    with refusing("one_unrevoked_proxy_per_block_and_mandatary", AlreadyGranted):
        proxy = Proxy.objects.create(**fields)
    if before:
        carry_over(before, proxy, at=at, under=authority.as_record())
    return proxy


@in_one_transaction
def decline_external(*, proposal_id: UUID, reason: str, by: Actor) -> ExternalProposal:
    """
    Decline, for the mandatary, to act for an enterprise.

    :raises AccessDenied: if `by` is no RSE of the mandatary
    :raises AlreadyAnswered: if it waits no more
    """
    known = ExternalProposal.objects.select_related("enterprise", "mandatary").get(public_id=proposal_id)
    return _dropped(known, known.mandatary, ProposalMove.DECLINE, reason, by)


@in_one_transaction
def withdraw_external(*, proposal_id: UUID, reason: str, by: Actor) -> ExternalProposal:
    """
    Withdraw, for the enterprise, what was proposed to a mandatary.

    :raises AccessDenied: if `by` is no RSE of the enterprise
    :raises AlreadyAnswered: if it waits no more
    """
    known = ExternalProposal.objects.select_related("enterprise", "mandatary").get(public_id=proposal_id)
    return _dropped(known, known.enterprise, ProposalMove.WITHDRAW, reason, by)


def _dropped(
    known: ExternalProposal, side: Enterprise, move: ProposalMove, reason: str, by: Actor
) -> ExternalProposal:  # fmt: skip
    proposal, authority = _locked(known, side, by)
    proposal.make(move, at=authority.at, under=authority.as_record(), reason=reason)
    publish(ExternalDropped(**_ids(proposal), state=proposal.state))
    return proposal


@in_one_transaction
def give_up_external(*, proxy_id: UUID, reason: str, by: Actor) -> Proxy:
    """
    Give up, for the mandatary, a proxy that it received: nobody of its own acts under it any more.

    :raises AccessDenied: if `by` is no RSE of the mandatary
    :raises AlreadyRevoked: if it is over by somebody's act
    """
    known = Proxy.objects.select_related("mandatary").get(public_id=proxy_id, mandatary__isnull=False)
    target = to_change(proxy_id)
    authority = require(by, Right.ADMINISTER, enterprise=known.mandatary, target=target)
    proxy = target[0]
    refuse_a_second_revocation(proxy)
    proxy.revoke(at=authority.at, under=authority.as_record(), reason=reason)
    enterprise, mandatary = proxy.enterprise, known.mandatary
    publish(
        ExternalGivenUp(
            enterprise=str(enterprise.public_id),
            mandatary=str(mandatary.public_id if mandatary else ""),
            proxy=str(proxy.public_id),
        )
    )
    return proxy


def lapse_proposals(at: datetime, among: QuerySet[ExternalProposal]) -> None:
    """Let fall the proposals that nobody answered in time."""
    late = among.filter(state=ProposalState.PROPOSED, answer_by__lte=at).select_related("enterprise", "mandatary")
    for proposal in late.select_for_update(of=("self",), no_key=True).order_by("id"):
        proposal.make(ProposalMove.LAPSE, at=at, under=FALLING)
        publish(ExternalDropped(**_ids(proposal), state=proposal.state))


@in_one_transaction
def lapse_what_nobody_answered() -> None:
    """Let fall every proposal that nobody answered in time."""
    lapse_proposals(now(), ExternalProposal.objects.all())


def _locked(known: ExternalProposal, side: Enterprise, by: Actor) -> tuple[ExternalProposal, Authority]:
    """Return a proposal that waits, locked, and the authority to answer it for one of its sides."""
    target = ExternalProposal.objects.select_for_update(of=["self"], no_key=True)
    target = target.select_related("enterprise", "mandatary", "provider", "asked_by").filter(pk=known.pk).order_by("id")
    authority = require(by, Right.ADMINISTER, enterprise=side, target=target)
    proposal = target[0]
    if proposal.state != ProposalState.PROPOSED or proposal.answer_by <= authority.at:
        raise AlreadyAnswered
    return proposal, authority


def _ids(proposal: ExternalProposal) -> dict[str, str]:
    return {
        "enterprise": str(proposal.enterprise.public_id), "mandatary": str(proposal.mandatary.public_id),
        "proposal": str(proposal.public_id),
    }  # fmt: skip
