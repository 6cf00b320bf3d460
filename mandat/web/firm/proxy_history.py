"""What happened to a proxy, in words: given, confirmed, narrowed, renewed, suspended, restored, revoked, ended."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from mandat.access.models import Proxy, ProxyHistory
from mandat.identity.models import Person


@dataclass(frozen=True)
class Moment:
    """One thing that happened, when, by whom and why."""

    at: datetime
    what: str
    node: str
    person: str = ""  # the public id, until the name is known
    reason: str = ""
    proxy: Proxy | None = None


def life_of(proxy: Proxy) -> list[Moment]:
    """Return what happened to a proxy and to those that it replaced, the first thing first, and who did it."""
    chain = [proxy]
    while chain[0].replaces_id:
        chain.insert(0, Proxy.objects.get(pk=chain[0].replaces_id))
    later = list(Proxy.objects.filter(replaces=proxy))
    moves = ProxyHistory.objects.filter(proxy__in=chain).order_by("id")
    told = [moment for each in chain for moment in _begun(each)]
    told += [_moved(each) for each in moves]
    told += list(_revoked(proxy, is_replaced=bool(later)))
    return _named(sorted(told, key=lambda each: each.at))


def _begun(proxy: Proxy) -> Iterator[Moment]:
    giver = proxy.granted_under.get("person", "")
    if proxy.replaces is None:
        awaits = _("Accordée, à confirmer par une seconde personne") if proxy.needs_second else _("Accordée")
        yield Moment(proxy.during.lower, awaits, "done", giver, proxy=proxy)
        return
    is_longer = proxy.during.upper > proxy.replaces.during.upper
    what = _("Prolongée") if is_longer else _("Réduite")
    at = proxy.replaces.revoked_at or proxy.during.lower
    yield Moment(at, what, "done", giver, proxy.replaces.revocation_reason, proxy=proxy)


def moved_in_words(each: ProxyHistory) -> tuple[str, str]:
    """Return what a move was, and the node that shows it."""
    said: dict[str, tuple[str, str]] = {
        "suspend": (_("Suspendue"), "pause"),
        "restore": (_("Rétablie"), "done"),
        "confirm": (_("Confirmée par une seconde personne"), "done"),
    }
    return said[each.move]


def _moved(each: ProxyHistory) -> Moment:
    what, node = moved_in_words(each)
    return Moment(each.at, what, node, each.authority.get("person", ""), each.reason)


def _revoked(proxy: Proxy, *, is_replaced: bool) -> Iterator[Moment]:
    if proxy.revoked_at:
        what = _("Remplacée") if is_replaced else _("Révoquée")
        under: dict[str, Any] = proxy.revoked_under or {}
        yield Moment(proxy.revoked_at, what, "no", under.get("person", ""), proxy.revocation_reason)


def _named(told: list[Moment]) -> list[Moment]:
    ids = {each.person for each in told if each.person}
    who = {str(each.public_id): str(each) for each in Person.objects.filter(public_id__in=ids)}
    return [replace(each, person=who.get(each.person, "")) for each in told]
