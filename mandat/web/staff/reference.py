"""The reference data as they stand: of which day, from which source, verified or not. Files change them, not pages."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from mandat.platform.text import fold
from mandat.reference import queries
from mandat.reference.models import Entry
from mandat.web.as_of import DayForm, asked_of
from mandat.web.paging import paged

EMPTY = {"standing": 0, "unverified": 0}


class EntriesForm(DayForm):
    """The day to look at, words to look for, and whether to show every period."""

    words = forms.CharField(label=gettext_lazy("Code ou nom"), required=False, max_length=100)
    period = forms.ChoiceField(
        label=gettext_lazy("Période"),
        choices=[("", gettext_lazy("Ce jour-là")), ("all", gettext_lazy("Toutes les dates"))],
        required=False,
    )


@dataclass(frozen=True)
class Row:
    """An entry, and its values as a page shows them."""

    entry: Entry
    values: Sequence[tuple[str, str]]


@require_safe
def lists(request: HttpRequest) -> HttpResponse:
    """Show every list, and how much of it is unverified."""
    form, day = asked_of(DayForm, request)
    sizes = queries.sizes(day)
    found = [(each, each.value("note"), sizes.get(each.code, EMPTY)) for each in queries.lists(day)]
    context = {"form": form, "day": day, "lists": found}
    return render(request, "mandat/web/staff/reference.html", context, status=200 if form.is_valid() else 422)


@require_safe
def entries(request: HttpRequest, kind: str) -> HttpResponse:
    """Show one list, as of a day."""
    form, day = asked_of(EntriesForm, request)
    asked = form.cleaned_data
    known = queries.history(kind).prefetch_related("corrections")
    its_list = next((each for each in known if each.kind == "list" and each.code == kind), None)
    if its_list is None:
        raise Http404
    standing = [each for each in known if each.kind == kind and (asked.get("period") or day in each.during)]
    shown = page_of(matching(standing, asked.get("words", "")), request)
    context = {"form": form, "day": day, "list": its_list, "note": its_list.value("note")} | shown
    return render(request, "mandat/web/staff/reference_list.html", context, status=200 if form.is_valid() else 422)


def matching(found: Iterable[Entry], words: str) -> list[Entry]:
    """Return the entries whose code or names hold the words, accents and capitals apart."""
    return [each for each in found if fold(words) in fold(f"{each.code} {each.label_fr} {each.label_en}")]


def page_of(found: Sequence[Entry], request: HttpRequest) -> dict[str, Any]:
    """Return one page of entries as template context."""
    page, kept = paged(found, request)
    return {"page": page, "kept": kept, "rows": [Row(each, list(values_of(each))) for each in page.object_list]}


def values_of(entry: Entry) -> Iterable[tuple[str, str]]:
    """Yield the values of an entry as a page shows them: only the half in its language, where there are two."""
    other = "_fr" if get_language() == "en" else "_en"
    for name, value in entry.values.items():
        if not name.endswith(other):
            yield name.removesuffix("_fr").removesuffix("_en"), said(value)


def said(value: Any) -> str:
    """Return a value in words."""
    if isinstance(value, bool):
        return _("Oui") if value else _("Non")
    if isinstance(value, list):
        return ", ".join(str(each) for each in value) or _("aucun")
    return str(value)
