"""The firms that somebody acts for, at once: what each awaits of them, and what ends soon. Each line opens its firm."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.db.models import Count
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from mandat.access.models import Proxy
from mandat.access.queries import enterprises_of, may, namings_received
from mandat.access.rights import Right
from mandat.enterprises.grants import in_force
from mandat.enterprises.models import Enterprise
from mandat.filings.models import Filing
from mandat.filings.queries import filings_visible_to
from mandat.filings.workflow import OPEN_TO_CHANGE, State
from mandat.identity.models import Person
from mandat.platform.clock import legal_day
from mandat.platform.text import fold
from mandat.reference.queries import policy
from mandat.web.asking import Request
from mandat.web.paging import paged

PAGE = "mandat/web/person/clients.html"
_FIRM = "registrant__service_registration__enterprise"
SIGN, ANSWER, ENDING = "sign", "answer", "ending"


class FilterForm(forms.Form):
    """Words of a firm's name, and what it is to await."""

    name = forms.CharField(label=_("Nom de la firme"), required=False, max_length=100)
    what = forms.ChoiceField(
        label=_("Seulement"), required=False,
        choices=[
            ("", _("Toutes les firmes")), (SIGN, _("À signer")), (ANSWER, _("À répondre")),
            (ENDING, _("Droits qui finissent bientôt")),
        ],
    )  # fmt: skip


@dataclass(frozen=True)
class Line:
    """A firm, what awaits somebody there, and when the first of their rights there ends, if that is soon."""

    firm: Enterprise
    to_sign: int = 0
    to_answer: int = 0
    ends: datetime | None = None

    def awaits(self, what: str) -> bool:
        """Tell whether it is among what a reader asks for."""
        wanted = {SIGN: bool(self.to_sign), ANSWER: bool(self.to_answer), ENDING: self.ends is not None}
        return wanted.get(what, True)


@require_safe
def clients(request: Request) -> HttpResponse:
    """Show somebody every firm that they act for, and what awaits them there."""
    form = FilterForm(request.GET)
    form.full_clean()
    every = lines_of(request.actor.person, request.at)
    words, what = fold(form.cleaned_data.get("name", "")), form.cleaned_data.get("what", "")
    shown = [each for each in every if words in fold(each.firm.name) and each.awaits(what)]
    page, kept = paged(shown, request)
    totals = {
        "sign": sum(each.to_sign for each in every), "answer": sum(each.to_answer for each in every),
        "ending": sum(1 for each in every if each.ends),
    }  # fmt: skip
    context = {"form": form, "page": page, "kept": kept, "totals": totals, "number": len(every)}
    return render(request, PAGE, context)


def lines_of(person: Person, at: datetime) -> list[Line]:
    """Return a line for each firm that somebody may open: five statements, however many firms there are."""
    firms = enterprises_of(person, at).order_by("sort_name", "id")
    signable = may(person, Right.SIGN, enterprise=_FIRM, block="block", subject="public_id", at=at)
    to_sign = _counted(Filing.objects.filter(signable, state__in=OPEN_TO_CHANGE))
    to_answer = _counted(filings_visible_to(person, at).filter(state=State.RETURNED))
    ends = _ends_soon(person, at)
    return [Line(each, to_sign[each.pk], to_answer[each.pk], ends.get(each.pk)) for each in firms]


def _counted(filings: Any) -> Counter[int]:
    return Counter(dict(filings.order_by().values_list(_FIRM).annotate(number=Count("pk"))))


def _ends_soon(person: Person, at: datetime) -> dict[int, datetime]:
    """Return when the first right of somebody ends in a firm, where that comes within the days of the policy."""
    soon = at + timedelta(days=policy("ending-soon-days", legal_day(at)))
    own = Proxy.objects.filter(in_force(at), person=person).values_list("enterprise", "during__endswith")
    named = namings_received(person, at).values_list("proxy__enterprise", "during__endswith")
    first: dict[int, datetime] = {}
    for firm, end in [*own.order_by("id"), *named.order_by("id")]:
        if end <= soon:
            first[firm] = min(first.get(firm, end), end)
    return first
