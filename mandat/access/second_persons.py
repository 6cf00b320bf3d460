"""What follows from acts that wait for a second person: those who may confirm are told, then those who asked."""

from datetime import datetime
from typing import Any

from mandat.access.events import (
    ProxiesGranted,
    ProxyFell,
    ProxyRenewed,
    SecondPersonAsked,
    SecondPersonChanged,
    SecondPersonKept,
)
from mandat.access.models import Proxy, SecondPersonChange
from mandat.access.queries import effective_rses
from mandat.access.rights import Right
from mandat.access.telling import tell_each
from mandat.access.workflow import ChangeState
from mandat.enterprises.models import Enterprise
from mandat.identity.models import Person
from mandat.platform.clock import last_day, now, start_of

_PROXIES = Proxy.objects.select_related("person", "enterprise")


def ask_for_second_person(event: ProxiesGranted | ProxyRenewed) -> None:
    """Write to the RSEs who may confirm proxies that another gave: to nobody if none of them takes two persons."""
    ids = event.proxies if isinstance(event, ProxiesGranted) else [event.proxy]
    waiting = [each for each in _PROXIES.filter(public_id__in=ids).order_by("block") if each.awaits]
    first = waiting[0] if waiting else None
    holder = first.person if first else None
    if first is None or holder is None:
        return
    giver = _giver(first)
    readers = _others(first.enterprise, besides=[giver, holder])
    path = f"/d/{first.enterprise.public_id}/acces/{holder.public_id}/"
    context = {"enterprise": first.enterprise, "giver": giver, "holder": holder, "answer_by": _last(first)}
    tell_each("proxy_to_confirm", readers, key=event.event_id, path=path, context=context)


def tell_of_fall(event: ProxyFell) -> None:
    """Write to whoever gave a proxy that nobody confirmed it in time."""
    proxy = _PROXIES.get(public_id=event.proxy)
    giver = _giver(proxy)
    if giver is None or proxy.person is None:
        return
    path = f"/d/{proxy.enterprise.public_id}/acces/{proxy.person.public_id}/"
    context = {"enterprise": proxy.enterprise, "holder": proxy.person}
    tell_each("proxy_fell", [giver], key=event.event_id, path=path, context=context)


def tell_of_asking(event: SecondPersonAsked) -> None:
    """Write to the other RSEs that one asks that fewer acts take two persons."""
    change = _change(event.change)
    readers = _others(change.enterprise, besides=[change.asked_by])
    tell_each("second_person_asked", readers, key=event.event_id, path=_page(change), context=_told_of(change))


def tell_of_change(event: SecondPersonChanged) -> None:
    """Write to every RSE what takes two persons from now on, and who wanted it so."""
    change = _change(event.change)
    readers = _others(change.enterprise, besides=[])
    tell_each("second_person_changed", readers, key=event.event_id, path=_page(change), context=_told_of(change))


def tell_of_no_change(event: SecondPersonKept) -> None:
    """Write to whoever asked for a change that it is not made: refused, or fallen for want of an answer."""
    change = _change(event.change)
    if event.state == ChangeState.WITHDRAWN:
        return
    last = change.history.order_by("-id")[0]
    context = _told_of(change) | {"reason": last.reason, "fell": event.state == ChangeState.FALLEN}
    tell_each("second_person_kept", [change.asked_by], key=event.event_id, path=_page(change), context=context)


def _change(public_id: str) -> SecondPersonChange:
    return SecondPersonChange.objects.select_related("enterprise", "asked_by").get(public_id=public_id)


def _page(change: SecondPersonChange) -> str:
    return f"/d/{change.enterprise.public_id}/acces/deux-personnes/"


def _told_of(change: SecondPersonChange) -> dict[str, Any]:
    return {
        "enterprise": change.enterprise,
        "by": change.asked_by,
        "added": [right for right in Right if right in change.added],
        "dropped": [right for right in Right if right in change.dropped],
        "answer_by": start_of(last_day(change.answer_by)) if change.answer_by else "",
    }


def _last(proxy: Proxy) -> datetime | str:
    return start_of(last_day(proxy.answer_by)) if proxy.answer_by else ""


def _giver(proxy: Proxy) -> Person | None:
    under: dict[str, Any] = proxy.granted_under
    return Person.objects.filter(public_id=under["person"]).first() if "person" in under else None


def _others(enterprise: Enterprise, *, besides: list[Person | None]) -> list[Person]:
    rses = effective_rses(enterprise, now()).exclude(pk__in=[each.pk for each in besides if each])
    return list(rses.order_by("sort_name", "id"))
