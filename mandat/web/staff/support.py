"""The support desk: find a firm, say why, look at its account for a while, change nothing; the firm sees each look."""

from typing import Any, cast
from uuid import UUID

from django import forms
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from mandat.access.models import Proxy
from mandat.access.queries import designations_of, standing_proxies, users_of
from mandat.casework.models import SupportVisit, VisitReason
from mandat.casework.queries import visits_by
from mandat.casework.visits import OwnFirm, VisitOver, close_visit, look, open_visit
from mandat.enrolment.queries import has_pending_invitation, pending_invitations
from mandat.enterprises.models import Enterprise, User
from mandat.enterprises.queries import enterprises_found
from mandat.filings.models import Filing
from mandat.identity.models import Person
from mandat.platform.clock import legal_day
from mandat.reference.queries import entries
from mandat.web.asking import Request
from mandat.web.paging import paged

SEARCH, OPEN, VISIT, OVER = (
    f"mandat/web/staff/{page}.html" for page in ("support", "support_open", "support_visit", "support_over")
)
UNPROCESSABLE, GONE = 422, 410
#: How many of its own past visits the desk recalls, and how many filings a visit shows.
RECALLED, SHOWN = 10, 20


class SearchForm(forms.Form):
    """Which firm."""

    words = forms.CharField(
        label=gettext_lazy("Nom de la firme, ou NEQ"),
        required=False,
        max_length=100,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )


class VisitForm(forms.Form):
    """Why, and under which number."""

    reason = forms.ChoiceField(
        label=gettext_lazy("Raison de la consultation"),
        choices=VisitReason.choices,
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Dites pourquoi vous consultez ce compte.")},
    )
    ticket = forms.CharField(
        label=gettext_lazy("Numéro de l’appel ou du dossier"),
        help_text=gettext_lazy("La firme le verra : elle le donnera si elle rappelle."),
        max_length=40,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"required": gettext_lazy("Inscrivez le numéro sous lequel la demande est notée.")},
    )


@require_safe
def support(request: Request) -> HttpResponse:
    """Find a firm; without words, recall the reader's own last visits."""
    form = SearchForm(request.GET)
    words = form.cleaned_data["words"].strip() if form.is_valid() else ""
    page, kept = paged(enterprises_found(words) if words else Enterprise.objects.none(), request)
    recent = [(each, each.is_open(request.at)) for each in visits_by(request.actor.person)[:RECALLED]]
    context = {"form": form, "words": words, "page": page, "kept": kept, "recent": recent}
    return render(request, SEARCH, context, status=200 if form.is_valid() else UNPROCESSABLE)


@require_http_methods(["GET", "HEAD", "POST"])
def open_(request: Request, enterprise: UUID) -> HttpResponse:
    """Ask why, then open a visit."""
    found = get_object_or_404(Enterprise, public_id=enterprise)
    form = VisitForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        said = form.cleaned_data
        try:
            visit = open_visit(
                enterprise=found, reason=VisitReason(said["reason"]), ticket=said["ticket"], by=request.actor
            )  # fmt: skip
        except OwnFirm:
            form.add_error(None, _("Vous avez, ou avez eu, une place dans cette firme : demandez à un collègue."))
        else:
            return redirect("staff:visit", visit.public_id)
    return render(request, OPEN, {"firm": found, "form": form}, status=UNPROCESSABLE if form.errors else 200)


@require_safe
def visit(request: Request, visit: UUID) -> HttpResponse:
    """Show a firm's account, and keep that it was shown; once the time has passed, say so and show nothing."""
    try:
        found = look(visit=visit, by=request.actor)
    except SupportVisit.DoesNotExist as none:
        raise Http404 from none
    except VisitOver:
        over = SupportVisit.objects.select_related("enterprise").get(public_id=visit)
        return render(request, OVER, {"visit": over}, status=GONE)
    return render(request, VISIT, {"visit": found, "firm": found.enterprise, **_account_of(request, found.enterprise)})


@require_POST
def close(request: Request, visit: UUID) -> HttpResponse:
    """Close a visit before its time."""
    try:
        close_visit(visit=visit, by=request.actor)
    except SupportVisit.DoesNotExist as none:
        raise Http404 from none
    return redirect("staff:support")


def _account_of(request: Request, firm: Enterprise) -> dict[str, Any]:
    """Return what a visit shows: states, people and rights; never a secret, an answer or a document."""
    filings = Filing.objects.filter(registrant__service_registration__enterprise=firm)
    return {
        "identifiers": firm.identifiers.filter(during__contains=request.at).order_by("id"),
        "registrations": firm.registrations.select_related("provider"),
        "in_charge": designations_of(firm, request.at),
        "waiting": [
            (each, each.is_usable(request.at)) for each in pending_invitations(firm.pk).order_by("id")
        ],
        "held": _held(request, firm),
        "filings": filings.order_by("-id")[:SHOWN],
        "enrolment": getattr(firm, "enrolment", None),
    }  # fmt: skip


def _held(request: Request, firm: Enterprise) -> list[tuple[Person, User | None, list[tuple[Proxy, str, bool]]]]:
    """Return whoever is a user or holds a proxy, by name: with the blocks, and whether each is suspended."""
    named = {each.code: each.label for each in entries("block", legal_day(request.at))}
    users = {
        each.person: each for each in users_of(firm, request.at).annotate(is_pending=has_pending_invitation("person"))
    }
    held: dict[Person, list[tuple[Proxy, str, bool]]] = {each: [] for each in users}
    for each in standing_proxies(firm, request.at).exclude(person=None).select_related("person"):
        shown = (each, named.get(each.block, each.block), each.is_suspended(request.at))
        held.setdefault(cast("Person", each.person), []).append(shown)
    return [(each, users.get(each), held[each]) for each in sorted(held, key=lambda person: person.sort_name)]
