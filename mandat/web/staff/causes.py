"""What the registers say that stops a firm, and what supervisors do of it: set it aside, heed it, suspend by hand."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.db.models import Q, QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from mandat.access.causes import Cause, label_of
from mandat.access.commands.causes import (
    AlreadyAside,
    AlreadyHeld,
    CauseNotSaid,
    heed_cause,
    hold_account,
    release_account,
    set_cause_aside,
)
from mandat.access.rights import Right
from mandat.access.stopped import enterprises_with_causes, standings_of, standings_of_each
from mandat.access.stopping import told
from mandat.enterprises.models import Enterprise, Report, ReportSource
from mandat.identity.models import Person
from mandat.platform.clock import legal_day
from mandat.platform.text import day_in_words, fold
from mandat.web.asking import Request
from mandat.web.firm.account_history import in_its_words, of_the_account
from mandat.web.paging import paged
from mandat.web.staff.people import ReasonForm

LIST, ONE, ACT = (f"mandat/web/staff/{name}.html" for name in ("causes", "causes_of_firm", "cause_act"))
UNPROCESSABLE = 422
ANY = ("", gettext_lazy("Toutes"))


class FilterForm(forms.Form):
    """Which firms to show."""

    words = forms.CharField(label=gettext_lazy("Nom ou NEQ"), required=False, max_length=100)
    source = forms.ChoiceField(label=gettext_lazy("Source"), required=False, choices=[ANY, *ReportSource.choices])
    cause = forms.ChoiceField(label=gettext_lazy("Cause"), required=False, choices=[ANY, *Cause.choices])


@require_safe
def causes(request: Request) -> HttpResponse:
    """Show the firms of which a source says a cause; any firm, if its name or its number is typed."""
    form = FilterForm(request.GET)
    asked = form.cleaned_data if form.is_valid() else {}
    page, kept = paged(_found(**asked), request)
    firms = list(page.object_list)
    weighed = standings_of_each(firms, request.at)
    rows = [(each, [told(one, request.at) for one in weighed.get(each.pk, [])]) for each in firms]
    context = {"search": form, "page": page, "kept": kept, "rows": rows}
    return render(request, LIST, context, status=200 if form.is_valid() else UNPROCESSABLE)


def _found(words: str = "", source: str = "", cause: str = "") -> QuerySet[Enterprise]:
    found = enterprises_with_causes()
    typed, digits = fold(words), "".join(words.split())
    if typed:
        by_number = Q(identifiers__kind="neq", identifiers__value=digits)
        found = Enterprise.objects.filter(Q(sort_name__contains=typed) | by_number).distinct()
    if source or cause:
        reports = Report.objects.exclude(facts=[])
        reports = reports.filter(source=source) if source else reports
        reports = reports.filter(facts__contains=[{"cause": cause}]) if cause else reports
        found = found.filter(pk__in=reports.values("enterprise"))
    return found.order_by("sort_name", "id")


@require_safe
def firm(request: Request, enterprise: UUID) -> HttpResponse:
    """Show what each source says of a firm, what follows, what was done of it, and what happened."""
    found = get_object_or_404(Enterprise, public_id=enterprise)
    return render(request, ONE, _of_one(request, found) | {"history": _history(found)})


def _of_one(request: Request, found: Enterprise) -> dict[str, Any]:
    reports = found.reports.order_by("source")
    return {
        "enterprise": found,
        "causes": [told(each, request.at) for each in standings_of(found, request.at)],
        "heard": [
            (label_of(each.source), each, day_in_words(legal_day(each.as_of)))
            for each in reports
            if each.source != ReportSource.STAFF
        ],
        "is_held": reports.filter(source=ReportSource.STAFF).exclude(facts=[]).exists(),
        "may_act": Right.SUPERVISE in request.staff_rights,
    }


def _history(found: Enterprise) -> list[dict[str, Any]]:
    """Return what happened to a firm as a whole, the last thing first, with the names and the reasons of the staff."""
    rows = [(each, *in_its_words(each)) for _kind, some in of_the_account(found) for each in some.order_by("id")]
    told_of = [
        {"at": each.at, "what": what, "node": node, "who": each.authority.get("person"),
         "reason": getattr(each, "reason", "")} for each, what, node in rows
    ]  # fmt: skip
    for each in found.set_aside.order_by("id"):
        said = {"cause": Cause(each.cause).label if each.cause in Cause else each.cause}
        told_of.append({"at": each.during.lower, "what": _("Cause écartée : %(cause)s") % said, "node": "pause",
                        "who": each.authority.get("person"), "reason": each.reason})  # fmt: skip
        if each.ended_under:
            told_of.append({"at": each.during.upper, "what": _("Cause reprise : %(cause)s") % said, "node": "no",
                            "who": each.ended_under.get("person"), "reason": each.end_reason})  # fmt: skip
    ids = {each["who"] for each in told_of if each["who"]}
    people = {str(each.public_id): str(each) for each in Person.objects.filter(public_id__in=ids)}
    return sorted(
        (each | {"who": people.get(each["who"], "")} for each in told_of), key=lambda each: each["at"], reverse=True
    )


@dataclass(frozen=True)
class Act:
    """What a supervisor does of a cause, or of an account: its words, and the command."""

    title: Any
    lead: Any
    button: Any
    is_grave: bool
    command: Callable[..., object]


ASIDE = Act(
    title=gettext_lazy("Écarter cette cause"),
    lead=gettext_lazy(
        "Pour une cause contestée ou dite par erreur. Ce qu’elle arrêtait sert de nouveau tout de suite, pour un "
        "temps; la source reste lue, et un autre fait qu’elle dirait compterait."
    ),
    button=gettext_lazy("Écarter la cause maintenant"),
    is_grave=True,
    command=set_cause_aside,
)
HEED = Act(
    title=gettext_lazy("Reprendre cette cause"),
    lead=gettext_lazy("La parole de la source compte de nouveau : ce qu’elle arrête s’arrête tout de suite."),
    button=gettext_lazy("Reprendre la cause maintenant"),
    is_grave=True,
    command=heed_cause,
)
HOLD = Act(
    title=gettext_lazy("Suspendre le compte à la main"),
    lead=gettext_lazy("Plus personne n’agira pour cette firme. Aucun registre ne lève cette suspension."),
    button=gettext_lazy("Suspendre le compte maintenant"),
    is_grave=True,
    command=hold_account,
)
RELEASE = Act(
    title=gettext_lazy("Lever la suspension faite à la main"),
    lead=gettext_lazy(
        "Les droits qui valent encore servent de nouveau, sauf si un registre dit une cause qui arrête la firme."
    ),
    button=gettext_lazy("Lever la suspension maintenant"),
    is_grave=False,
    command=release_account,
)


@require_http_methods(["GET", "HEAD", "POST"])
def set_aside(request: Request, enterprise: UUID, source: str, cause: str) -> HttpResponse:
    """Ask why, then set a cause aside."""
    return _done(request, enterprise, ASIDE, source=source, cause=cause)


@require_http_methods(["GET", "HEAD", "POST"])
def heed(request: Request, enterprise: UUID, source: str, cause: str) -> HttpResponse:
    """Ask why, then heed again a cause that was set aside."""
    return _done(request, enterprise, HEED, source=source, cause=cause)


@require_http_methods(["GET", "HEAD", "POST"])
def hold(request: Request, enterprise: UUID) -> HttpResponse:
    """Ask why, then suspend an account by hand."""
    return _done(request, enterprise, HOLD)


@require_http_methods(["GET", "HEAD", "POST"])
def release(request: Request, enterprise: UUID) -> HttpResponse:
    """Ask why, then lift such a suspension."""
    return _done(request, enterprise, RELEASE)


def _done(request: Request, enterprise: UUID, act: Act, **named: str) -> HttpResponse:
    found = get_object_or_404(Enterprise, public_id=enterprise)
    if named and (named["source"] not in ReportSource or named["cause"] not in Cause):
        raise Http404
    form = ReasonForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            act.command(enterprise_id=enterprise, reason=form.cleaned_data["reason"], by=request.actor, **named)
        except (AlreadyAside, AlreadyHeld):
            messages.info(request, _("Quelqu’un l’a fait avant vous."))
        except CauseNotSaid:
            messages.info(request, _("Rien n’est changé : la source ne dit plus cela."))
        else:
            messages.success(
                request, _("C’est fait. Les personnes responsables de la firme sont prévenues par courriel.")
            )
        return redirect("staff:firm_causes", enterprise)
    about = [each for each in _of_one(request, found)["causes"] if _is(each, named)] if named else []
    context = {"enterprise": found, "act": act, "form": form, "about": about}
    return render(request, ACT, context, status=UNPROCESSABLE if form.errors else 200)


def _is(cause: dict[str, Any], named: dict[str, str]) -> bool:
    return bool((cause["source_code"], cause["cause"]) == (named["source"], named["cause"]))
