"""What follows between an enterprise and the organisations that act for it: each side is told what the other did."""

from typing import Any

from mandat.access.events import ProxyConfirmed, ProxyNarrowed, ProxyRestored, ProxyRevoked, ProxySuspended
from mandat.access.mandataries import ExternalProposal, Naming
from mandat.access.mandatary_events import (
    ExternalAccepted,
    ExternalDropped,
    ExternalGivenUp,
    ExternalProposed,
    NamingNarrowed,
    NamingRevoked,
    PersonNamed,
)
from mandat.access.models import Proxy
from mandat.access.queries import effective_rses
from mandat.access.rights import Right
from mandat.access.stopped import standings_of
from mandat.access.stopping import Causes
from mandat.access.telling import tell_each
from mandat.access.workflow import ProposalState
from mandat.enterprises.events import EnterpriseResumed, EnterpriseStopped
from mandat.enterprises.grants import in_force
from mandat.enterprises.models import Enterprise, ReportSource
from mandat.identity.models import Person
from mandat.platform.clock import last_day, now, start_of

_PROPOSALS = ExternalProposal.objects.select_related("enterprise", "mandatary", "asked_by")
_NAMINGS = Naming.objects.select_related("proxy__enterprise", "proxy__mandatary", "person")


def tell_of_proposal(event: ExternalProposed) -> None:
    """Write to those in charge of a mandatary that an enterprise proposes that it act for it."""
    proposal = _PROPOSALS.get(public_id=event.proposal)
    context = _sides(proposal) | {"answer_by": start_of(last_day(proposal.answer_by))}
    _tell("external_proposed", proposal.mandatary, key=event.event_id, context=context, path=_at_mandatary(proposal))


def tell_of_acceptance(event: ExternalAccepted) -> None:
    """Write to those in charge of an enterprise that the mandatary accepts, and whether a second person is awaited."""
    proposal = _PROPOSALS.get(public_id=event.proposal)
    awaits = any(each.awaits for each in Proxy.objects.filter(public_id__in=event.proxies))
    context = _sides(proposal) | {"awaits": awaits}
    _tell("external_accepted", proposal.enterprise, key=event.event_id, context=context, path=_at_client(proposal))


def tell_of_dropping(event: ExternalDropped) -> None:
    """Write to the other side that a proposal was declined or withdrawn; to both that it fell without an answer."""
    proposal = _PROPOSALS.get(public_id=event.proposal)
    last = proposal.history.order_by("-id")[0]
    context = _sides(proposal) | {"state": event.state, "reason": last.reason}
    if event.state != ProposalState.WITHDRAWN:
        _tell("external_dropped", proposal.enterprise, key=event.event_id, context=context, path=_at_client(proposal))
    if event.state != ProposalState.DECLINED:
        path = _at_mandatary(proposal)
        _tell("external_dropped", proposal.mandatary, key=event.event_id, context=context, path=path)


def tell_of_giving_up(event: ExternalGivenUp) -> None:
    """Write to those in charge of an enterprise that a mandatary gives up acting for it in a block."""
    proxy = Proxy.objects.select_related("enterprise", "mandatary").get(public_id=event.proxy)
    context = _sides(proxy) | {"block": proxy.block, "reason": proxy.revocation_reason}
    _tell("external_given_up", proxy.enterprise, key=event.event_id, context=context, path=_at_client(proxy))


def tell_of_end(event: ProxyRevoked) -> None:
    """Write to those in charge of a mandatary that a client took a proxy back."""
    proxy = Proxy.objects.select_related("enterprise", "mandatary").get(public_id=event.proxy)
    if proxy.mandatary:
        context = _sides(proxy) | {"block": proxy.block, "reason": proxy.revocation_reason}
        _tell("external_revoked", proxy.mandatary, key=event.event_id, context=context, path=_at_mandatary(proxy))


def tell_of_change(event: ProxyNarrowed | ProxySuspended | ProxyRestored | ProxyConfirmed) -> None:
    """Write to those in charge of a mandatary that what they received from a client is no longer as it was."""
    proxy = Proxy.objects.select_related("enterprise", "mandatary").get(public_id=event.proxy)
    if proxy.mandatary:
        context = _sides(proxy) | {"block": proxy.block}
        _tell("external_changed", proxy.mandatary, key=event.event_id, context=context, path=_at_mandatary(proxy))


def tell_of_naming(event: PersonNamed) -> None:
    """Write to somebody for which client their organisation lets them act, and to the client who it is."""
    naming = _NAMINGS.get(public_id=event.naming)
    _tell_of("named", naming, key=event.event_id)
    proxy = naming.proxy
    context = _told(naming)
    _tell("named_for_you", proxy.enterprise, key=event.event_id, context=context, path=_at_client(proxy))


def tell_of_narrowing(event: NamingNarrowed) -> None:
    """Write to somebody what is left of what they may do for a client of their organisation."""
    _tell_of("naming_narrowed", _NAMINGS.get(public_id=event.naming), key=event.event_id)


def tell_of_revocation(event: NamingRevoked) -> None:
    """Write to somebody that they act no more for a client of their organisation."""
    _tell_of("naming_revoked", _NAMINGS.get(public_id=event.naming), key=event.event_id)


def tell_clients(event: EnterpriseStopped | EnterpriseResumed) -> None:
    """Write to those in charge of each enterprise that a mandatary acts for that its account is stopped, or is back."""
    if not event.of_account:
        return
    mandatary, at = Enterprise.objects.get(public_id=event.enterprise), now()
    is_stopped = isinstance(event, EnterpriseStopped)
    said = [each for each in standings_of(mandatary, at) if each.stops(at)] if is_stopped else []
    given = Proxy.objects.filter(in_force(at), mandatary=mandatary).values("enterprise")
    for client in Enterprise.objects.filter(pk__in=given).order_by("id"):
        context = {
            "enterprise": client, "mandatary": mandatary, "is_stopped": is_stopped,
            "causes": Causes([each for each in said if each.source == ReportSource.BUSINESS_REGISTER], at),
        }  # fmt: skip
        path = f"/d/{client.public_id}/acces/mandataires/"
        _tell("mandatary_stopped", client, key=event.event_id, path=path, context=context)


def _tell_of(template: str, naming: Naming, *, key: str) -> None:
    tell_each(template, [naming.person], key=key, path="/compte/droits", context=_told(naming))


def _told(naming: Naming) -> dict[str, Any]:
    rights = [right for right in Right if right in naming.rights]
    until = start_of(last_day(naming.during.upper))
    told = {"someone": naming.person, "block": naming.proxy.block, "rights": rights, "until": until}
    return _sides(naming.proxy) | told | {"reason": naming.revocation_reason}


def _tell(template: str, side: Enterprise, *, key: str, path: str, context: dict[str, Any]) -> None:
    readers: list[Person] = list(effective_rses(side, now()).order_by("sort_name", "id"))
    tell_each(template, readers, key=f"{key} {side.public_id}", path=path, context=context)


def _sides(between: ExternalProposal | Proxy) -> dict[str, Any]:
    return {"enterprise": between.enterprise, "mandatary": between.mandatary}


def _at_client(between: ExternalProposal | Proxy) -> str:
    return f"/d/{between.enterprise.public_id}/acces/mandataires/"


def _at_mandatary(between: ExternalProposal | Proxy) -> str:
    firm = between.mandatary.public_id if between.mandatary else ""
    return f"/d/{firm}/acces/clients/"
