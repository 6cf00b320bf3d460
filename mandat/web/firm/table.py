"""The table of accesses: who may do what in which block, as of a day, on a page and in a file for spreadsheets."""

import csv
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django import forms
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from mandat.access.models import Proxy
from mandat.access.queries import designations_of, proxies_in_force
from mandat.access.rights import RIGHTS_OF_A_PROXY, Right
from mandat.enterprises.models import Designation, Role
from mandat.platform.clock import end_of, last_day, legal_day
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


class TableForm(DayForm):
    """What to show: a day, a block, a right, only what ends soon."""

    block = forms.ChoiceField(label=gettext_lazy("Bloc"), required=False)
    right = forms.ChoiceField(
        label=gettext_lazy("Droit"), required=False,
        choices=[("", gettext_lazy("Tous les droits")), *((right.value, right.label) for right in RIGHTS)],
    )  # fmt: skip
    soon = forms.BooleanField(label=gettext_lazy("Seulement ce qui finit dans les 60 jours"), required=False)

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


@dataclass(frozen=True)
class Asked:
    """What the page was asked, and what it found."""

    form: DayForm
    at: datetime
    proxies: QuerySet[Proxy]
    in_charge: list[Designation]
    names: dict[str, str]


def _asked(request: Request) -> Asked:
    form, day = asked_of(TableForm, request)
    at = request.at if day == legal_day(request.at) else end_of(day) - timedelta(microseconds=1)
    said = getattr(form, "cleaned_data", {})
    found = proxies_in_force(request.firm, at)
    if block := said.get("block"):
        found = found.filter(block=block)
    if right := said.get("right"):
        found = found.filter(rights__contains=[right])
    if said.get("soon"):
        found = found.filter(during__endswith__lte=at + timedelta(days=SOON))
    in_charge = [] if said.get("soon") else list(designations_of(request.firm, at).filter(role=Role.RSE))
    names = {each.code: each.label for each in getattr(form, "catalogue", [])}
    return Asked(form, at, found, in_charge, names)


def _cells(proxies: Iterable[Proxy], names: dict[str, str]) -> Iterator[Cell]:
    for each in proxies:
        held = [(right, right.value in each.rights) for right in RIGHTS]
        yield Cell(each, names.get(each.block, each.block), held, last_day(each.during.upper))


@require_safe
def table(request: Request, firm: UUID) -> HttpResponse:
    """Show who may do what in which block, as of a day."""
    asked = _asked(request)
    page, kept = paged(asked.proxies, request)
    context = {
        "form": asked.form, "page": page, "kept": kept, "rows": list(_cells(page.object_list, asked.names)),
        "in_charge": asked.in_charge, "rights_shown": RIGHTS, "day": legal_day(asked.at),
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
    sheet.writerow(head)
    for designation in asked.in_charge:
        since = legal_day(designation.during.lower).isoformat()
        yes = [_("oui")] * len(RIGHTS)
        sheet.writerow(
            _safe([str(designation.person), _("Procuration générale"), _("Tous les blocs"), *yes, since, ""])
        )
    for cell in _cells(asked.proxies, asked.names):
        marks = [_("oui") if held else "" for _right, held in cell.held]
        since = legal_day(cell.proxy.during.lower).isoformat()
        title = _("Procuration pour une seule demande") if cell.proxy.subject else _("Procuration")
        line = [str(cell.proxy.person or cell.proxy.mandatary), title, cell.block, *marks, since]
        sheet.writerow(_safe([*line, cell.until.isoformat()]))
    return response


def _safe(line: Iterable[str]) -> list[str]:
    """Return a line whose cells no spreadsheet takes for formulas."""
    return [f"'{cell}" if cell.startswith(FORMULA) else cell for cell in line]
