"""The table of accesses: who may do what in which block, as of a day, on a page and in a file for spreadsheets."""

import csv
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django import forms
from django.db.models import Exists, OuterRef, Q, QuerySet, TextChoices
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from mandat.access.last_use import last_uses
from mandat.access.models import LastUse, Proxy
from mandat.access.queries import designations_of, proxies_in_force
from mandat.access.rights import RIGHTS_OF_A_PROXY, Right
from mandat.enterprises.models import Designation, Role, User
from mandat.platform.clock import end_of, last_day, legal_day
from mandat.platform.text import fold
from mandat.reference.models import Entry
from mandat.reference.queries import entries
from mandat.web.as_of import DayForm, asked_of
from mandat.web.asking import Request
from mandat.web.paging import paged

PAGE = "mandat/web/firm/access_table.html"
RIGHTS = [right for right in Right if right in RIGHTS_OF_A_PROXY]
#: How near an end is for “ending soon”, in days.
SOON = 60
#: What a spreadsheet would take for a formula.
FORMULA = ("=", "+", "-", "@", "\t", "\r")


class Title(TextChoices):
    """By what somebody may act."""

    RSE = "rse", gettext_lazy("Procuration générale")
    INSIDE = "inside", gettext_lazy("Utilisateurs de la firme")
    OUTSIDE = "outside", gettext_lazy("Utilisateurs de l’extérieur")
    FILING = "filing", gettext_lazy("Une seule demande")


class TableForm(DayForm):
    """What to show: a day, a name, a block, a right, a title, only what ends soon or never served."""

    name = forms.CharField(label=gettext_lazy("Nom"), required=False, max_length=100)
    block = forms.ChoiceField(label=gettext_lazy("Bloc"), required=False)
    right = forms.ChoiceField(
        label=gettext_lazy("Droit"), required=False,
        choices=[("", gettext_lazy("Tous les droits")), *((right.value, right.label) for right in RIGHTS)],
    )  # fmt: skip
    title = forms.ChoiceField(
        label=gettext_lazy("Titre"), required=False, choices=[("", gettext_lazy("Tous les titres")), *Title.choices]
    )  # fmt: skip
    soon = forms.BooleanField(label=gettext_lazy("Seulement ce qui finit dans les 60 jours"), required=False)
    unused = forms.BooleanField(label=gettext_lazy("Seulement ce qui n’a pas servi"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.catalogue: list[Entry] = list(entries("block", legal_day_of(self.data.get("on"))))
        named = [(each.code, each.label) for each in self.catalogue]
        block = self.fields["block"]
        if isinstance(block, forms.ChoiceField):
            block.choices = [("", _("Tous les blocs")), *named]


def legal_day_of(written: Any) -> date:
    """Return a day as it was written, or the last there is: the newest names."""
    try:
        return date.fromisoformat(str(written))
    except ValueError:
        return date.max


@dataclass(frozen=True)
class Cell:
    """What one person may do in one block."""

    proxy: Proxy
    block: str
    held: list[tuple[Right, bool]]
    until: date
    last_use: date | None = None


@dataclass(frozen=True)
class Asked:
    """What the page was asked, and what it found."""

    form: DayForm
    at: datetime
    proxies: QuerySet[Proxy]
    in_charge: list[Designation]
    names: dict[str, str]
    is_today: bool  # when rights were last used is known as of now only


def _asked(request: Request) -> Asked:
    form, day = asked_of(TableForm, request)
    at = request.at if day == legal_day(request.at) else end_of(day) - timedelta(microseconds=1)
    said = getattr(form, "cleaned_data", {})
    names = {each.code: each.label for each in getattr(form, "catalogue", [])}
    found, in_charge = _proxies(request, said, at), _in_charge(request, said, at)
    return Asked(form, at, found, in_charge, names, is_today=at == request.at)


def _proxies(request: Request, said: Mapping[str, Any], at: datetime) -> QuerySet[Proxy]:
    found = proxies_in_force(request.firm, at)
    if words := fold(said.get("name") or ""):
        found = found.filter(person__sort_name__contains=words)
    if block := said.get("block"):
        found = found.filter(block=block)
    if right := said.get("right"):
        found = found.filter(rights__contains=[right])
    if title := said.get("title"):
        found = found.filter(_of_title(Title(title)))
    if said.get("soon"):
        found = found.filter(during__endswith__lte=at + timedelta(days=SOON))
    if said.get("unused"):
        used = LastUse.objects.filter(
            enterprise=OuterRef("enterprise"), person=OuterRef("person"), block=OuterRef("block")
        )
        found = found.exclude(Exists(used))
    return found


def _of_title(title: Title) -> Q:
    member = User.objects.filter(enterprise=OuterRef("enterprise"), person=OuterRef("person"), revoked_at=None)
    outside = Exists(member.filter(is_external=True))
    return {
        Title.RSE: Q(pk=None),
        Title.INSIDE: ~Q(outside) & Q(person__isnull=False),
        Title.OUTSIDE: Q(outside) | Q(person=None),
        Title.FILING: Q(subject__isnull=False),
    }[title]


def _in_charge(request: Request, said: Mapping[str, Any], at: datetime) -> list[Designation]:
    """Return those who hold the general proxy, where what is asked does not leave them out."""
    if said.get("soon") or said.get("unused") or said.get("title") not in ("", None, Title.RSE):
        return []
    held = designations_of(request.firm, at).filter(role=Role.RSE)
    return list(held.filter(person__sort_name__contains=fold(said.get("name") or "")))


def _cells(request: Request, asked: Asked, proxies: Iterable[Proxy]) -> list[Cell]:
    shown = list(proxies)
    people = [each.person_id for each in shown if each.person_id]
    used = last_uses(request.firm, people) if asked.is_today else {}
    return [
        Cell(
            each, asked.names.get(each.block, each.block), [(right, right.value in each.rights) for right in RIGHTS],
            last_day(each.during.upper), used.get((each.person_id or 0, each.block)),
        )
        for each in shown
    ]  # fmt: skip


def _heads(request: Request, asked: Asked) -> list[tuple[Designation, date | None]]:
    """Return those in charge, each with the last day on which they used any right of the firm's blocks."""
    used = last_uses(request.firm, [each.person_id for each in asked.in_charge]) if asked.is_today else {}
    latest: dict[int, date] = {}
    for (person, _block), day in used.items():
        latest[person] = max(day, latest.get(person, day))
    return [(each, latest.get(each.person_id)) for each in asked.in_charge]


@require_safe
def table(request: Request, firm: UUID) -> HttpResponse:
    """Show who may do what in which block, as of a day."""
    asked = _asked(request)
    page, kept = paged(asked.proxies, request)
    context = {
        "form": asked.form, "page": page, "kept": kept, "rows": _cells(request, asked, page.object_list),
        "in_charge": _heads(request, asked), "is_today": asked.is_today, "rights_shown": RIGHTS,
        "day": legal_day(asked.at),
        "asked": request.GET.urlencode(),
    }  # fmt: skip
    return render(request, PAGE, context, status=422 if asked.form.errors else 200)


@require_safe
def table_file(request: Request, firm: UUID) -> HttpResponse:
    """Return the same as a file for spreadsheets, whole."""
    asked = _asked(request)
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="acces-{legal_day(asked.at).isoformat()}.csv"'
    response.write("\ufeff")
    sheet = csv.writer(response)
    head = [_("Personne"), _("Titre"), _("Bloc"), *(str(right.label) for right in RIGHTS), _("Depuis"), _("Jusqu’au")]
    head.append(_("Dernier usage"))
    sheet.writerow(head)
    for designation, last in _heads(request, asked):
        since = legal_day(designation.during.lower).isoformat()
        yes = [_("oui")] * len(RIGHTS)
        sheet.writerow(
            _safe(
                [str(designation.person), _("Procuration générale"), _("Tous les blocs"), *yes, since, "", _iso(last)]
            )
        )
    for cell in _cells(request, asked, asked.proxies):
        marks = [_("oui") if held else "" for _right, held in cell.held]
        since = legal_day(cell.proxy.during.lower).isoformat()
        title = _("Procuration pour une seule demande") if cell.proxy.subject else _("Procuration")
        line = [str(cell.proxy.person or cell.proxy.mandatary), title, cell.block, *marks, since]
        sheet.writerow(_safe([*line, cell.until.isoformat(), _iso(cell.last_use)]))
    return response


def _iso(day: date | None) -> str:
    return day.isoformat() if day else ""


def _safe(line: Iterable[str]) -> list[str]:
    """Return a line whose cells no spreadsheet takes for formulas."""
    return [f"'{cell}" if cell.startswith(FORMULA) else cell for cell in line]
