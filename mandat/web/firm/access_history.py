"""All that happened to rights in the firm, in words, the last thing first: given, changed, ended, by whom and why."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import reduce
from typing import Any
from uuid import UUID

from django import forms
from django.db.models import CharField, DateTimeField, F, Func, Model, Q, QuerySet, Value
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from mandat.access.models import Proxy, ProxyHistory
from mandat.enterprises.models import (
    BlockAcceptance,
    Designation,
    EnterpriseHistory,
    NameChange,
    RegistrationHistory,
    ReportHistory,
    User,
)
from mandat.identity.models import Person
from mandat.platform.clock import last_day, legal_day
from mandat.platform.text import day_in_words, fold
from mandat.reference.queries import entries
from mandat.web.asking import Request
from mandat.web.firm.account_history import (
    OF_THE_FIRM,
    in_its_words,
    is_of_the_desk,
    is_of_the_firm,
    of_the_account,
    told_reason,
)
from mandat.web.firm.proxy_history import moved_in_words
from mandat.web.paging import paged
from mandat.web.templatetags.words import rights

PAGE = "mandat/web/firm/access_history.html"
Row = tuple[datetime, str, int]


class NameForm(forms.Form):
    """Words of the name of whom to tell of."""

    name = forms.CharField(label=gettext_lazy("Nom"), required=False, max_length=100)


@dataclass(frozen=True)
class Told:
    """One thing that happened to somebody's rights."""

    at: datetime
    what: str
    node: str
    whom: str
    by: str = ""
    reason: str = ""
    href: str = ""


@require_safe
def history(request: Request, firm: UUID) -> HttpResponse:
    """Show all that happened to rights in the firm."""
    form = NameForm(request.GET)
    form.full_clean()
    page, kept = paged(happened(request, fold(form.cleaned_data.get("name") or "")), request)
    context = {"page": page, "kept": kept, "search": form, "told": _told(request, list(page.object_list))}
    return render(request, PAGE, context)


def happened(request: Request, words: str) -> Any:
    """Return when each thing happened, what kind of thing it is and its row: one statement, the last first."""
    whose = Q(person__sort_name__contains=words) if words else Q()
    given = Proxy.objects.filter(whose, enterprise=request.firm)
    named = Designation.objects.filter(whose, enterprise=request.firm)
    added = User.objects.filter(whose, enterprise=request.firm)
    moves = ProxyHistory.objects.filter(proxy__in=given)
    over = given.filter(revoked_at=None, during__endswith__lte=request.at)
    parts = [
        _rows(given, "proxy", _bound("lower")), _rows(over, "over", _bound("upper")), _rows(moves, "move", F("at")),
        _rows(given.filter(revoked_at__isnull=False, replaced_by=None), "revoked", F("revoked_at")),
        *(_rows(rows, kind, _bound("lower")) for kind, rows in (("role", named), ("user", added))),
        _rows(named.filter(revoked_at__isnull=False), "role_ended", F("revoked_at")),
        _rows(added.filter(revoked_at__isnull=False), "user_ended", F("revoked_at")),
    ]  # fmt: skip
    if not words:
        here = {"registration__enterprise": request.firm}
        parts.append(_rows(BlockAcceptance.objects.filter(**here), "blocks", F("at")))
        parts.append(_rows(RegistrationHistory.objects.filter(**here), "services", F("at")))
        parts += [_rows(rows, kind, F("at")) for kind, rows in of_the_account(request.firm)]
    return reduce(lambda all_, more: all_.union(more, all=True), parts).order_by("-happened", "-row")


def _bound(which: str) -> Func:
    return Func(F("during"), function=which, output_field=DateTimeField())


def _rows(rows: QuerySet[Any], kind: str, at: Any) -> QuerySet[Any]:
    said = Value(kind, output_field=CharField())
    return rows.order_by().annotate(happened=at, kind=said, row=F("pk")).values_list("happened", "kind", "row")


def _told(request: Request, rows: list[Row]) -> list[Told]:
    """Return each thing in words: one statement for each kind of row, and one for the names of those who did it."""
    wanted: dict[type[Model], set[int]] = {}
    for _at, kind, row in rows:
        wanted.setdefault(KINDS[kind], set()).add(row)
    found = {(kind, each.pk): each for kind, keys in wanted.items() for each in _read(kind, keys)}
    names = _names(found.values())
    blocks = {each.code: each.label for each in entries("block", legal_day(request.at))}
    return [_in_words(request, at, kind, found[KINDS[kind], row], names, blocks) for at, kind, row in rows]


KINDS: dict[str, type[Model]] = {
    "proxy": Proxy, "over": Proxy, "revoked": Proxy, "move": ProxyHistory, "role": Designation,
    "role_ended": Designation, "user": User, "user_ended": User, "blocks": BlockAcceptance,
    "services": RegistrationHistory, "account": EnterpriseHistory, "heard": ReportHistory, "name": NameChange,
}  # fmt: skip
_WITH: dict[type[Model], tuple[str, ...]] = {
    Proxy: ("person", "mandatary", "replaces"), ProxyHistory: ("proxy__person", "proxy__mandatary"),
    Designation: ("person",), User: ("person",), BlockAcceptance: (), RegistrationHistory: ("registration__provider",),
    EnterpriseHistory: (), ReportHistory: (), NameChange: (),
}  # fmt: skip


def _read(kind: type[Model], keys: set[int]) -> Iterable[Any]:
    rows: QuerySet[Any] = kind._default_manager.filter(pk__in=keys).order_by("pk")  # noqa: SLF001
    return rows.select_related(*_WITH[kind]) if _WITH[kind] else rows


def _names(rows: Iterable[Any]) -> dict[str, str]:
    under = [
        authority
        for each in rows
        for authority in (getattr(each, name, None) for name in ("granted_under", "revoked_under", "authority"))
    ]
    ids = {each["person"] for each in under if each and "person" in each}
    return {str(each.public_id): str(each) for each in Person.objects.filter(public_id__in=ids)}


def _in_words(  # noqa: PLR0913, PLR0917 - each is what one line of the page needs
    request: Request, at: datetime, kind: str, row: Any, names: dict[str, str], blocks: dict[str, str]
) -> Told:
    ended = kind in ("revoked", "role_ended", "user_ended")
    under = (row.revoked_under if ended else getattr(row, "granted_under", None) or getattr(row, "authority", {})) or {}
    reason = row.revocation_reason if ended else getattr(row, "reason", "")
    proxy = row.proxy if kind == "move" else row if isinstance(row, Proxy) else None
    if proxy is not None:
        what, node = _of_a_proxy(kind, row, blocks.get(proxy.block, proxy.block))
        reason = proxy.replaces.revocation_reason if kind == "proxy" and proxy.replaces else reason
        href = reverse("firm:proxy", args=[request.firm.public_id, proxy.public_id]) if proxy.person else ""
        by = "" if kind == "over" else names.get(under.get("person", ""), "")
        return Told(at, what, node, str(proxy.person or proxy.mandatary), by, reason, href)
    by = _("Le bureau de vérification") if is_of_the_desk(under) else names.get(under.get("person", ""), "")
    if kind in OF_THE_FIRM:
        what, node = in_its_words(row)
        return Told(at, what, node, request.firm.name, by if is_of_the_firm(under) else "", told_reason(row))
    if isinstance(row, BlockAcceptance):
        chosen = ", ".join(blocks.get(code, code) for code in row.blocks)
        return Told(at, _("Blocs choisis : %(blocks)s") % {"blocks": chosen}, "done", request.firm.name, by)
    title = str(row.get_role_display()) if isinstance(row, Designation) else _("Utilisateur de la firme")
    said = _("Fin : %(title)s") if ended else _("Place donnée : %(title)s")
    href = reverse("firm:person", args=[request.firm.public_id, row.person.public_id])
    return Told(at, said % {"title": title}, "no" if ended else "done", str(row.person), by, reason, href)


def _of_a_proxy(kind: str, row: Any, block: str) -> tuple[str, str]:
    if kind == "move":
        what, node = moved_in_words(row)
        return f"{block}, {what.lower()}", node
    if kind == "over":
        return _("%(block)s, arrivée à son terme") % {"block": block}, "no"
    if kind == "revoked":
        return _("%(block)s, procuration révoquée") % {"block": block}, "no"
    held = {"block": block, "rights": rights(row.rights).lower(), "day": day_in_words(last_day(row.during.upper))}
    if row.replaces is None:
        return _("%(block)s, procuration accordée : %(rights)s, jusqu’au %(day)s") % held, "done"
    return _replacing(row) % held, "done"


def _replacing(row: Proxy) -> str:
    """Return what a proxy that replaces another did to it."""
    before: Any = row.replaces
    if not set(row.rights) <= set(before.rights):
        return _("%(block)s, élargie : %(rights)s, jusqu’au %(day)s")
    if row.during.upper > before.during.upper:
        return _("%(block)s, prolongée : %(rights)s, jusqu’au %(day)s")
    return _("%(block)s, réduite : %(rights)s, jusqu’au %(day)s")
