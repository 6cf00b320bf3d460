"""
The staff's one queue: what waits for each of them, whatever it is about.

A case names its subject by kind and id. How a kind of subject is shown is one entry of `SUBJECTS`: a function from ids
to what the list says of each, in one statement however long the page. An id that it leaves out is not shown.
"""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple
from uuid import UUID

from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from mandat.casework.commands import QUEUES
from mandat.casework.models import Case
from mandat.casework.queries import queue_of
from mandat.enrolment.departure_queries import departures_by_id
from mandat.enrolment.handover_queries import handovers_by_id
from mandat.enrolment.models import CallRequest, Enrolment, Risk, SecondLook
from mandat.enrolment.queries import enrolments_by_id, reproofs_by_id
from mandat.enterprises.models import Enterprise, ServiceRegistration
from mandat.filings.models import Filing
from mandat.web.asking import Request
from mandat.web.live import live
from mandat.web.paging import paged

PAGE = "mandat/web/staff/queue.html"
#: Whose cases to show, by its name in the address.
WHOSE = {"": gettext_lazy("Tous"), "mine": gettext_lazy("Les miens"), "nobody": gettext_lazy("À prendre")}


class Subject(NamedTuple):
    """What the queue says of a case: whom it is about, what it is, and where to work on it."""

    title: str
    detail: str
    href: str


@dataclass(frozen=True)
class Row:
    """A case, and what the queue says of it."""

    case: Case
    subject: Subject


def filings(ids: Collection[UUID]) -> Mapping[UUID, Subject]:
    """Return what the queue says of filings."""
    found = Filing.objects.filter(public_id__in=ids).select_related("registrant").order_by("id")
    return {
        each.public_id: Subject(
            title=each.registrant.name,
            detail=" · ".join(filter(None, (str(each.filing_type.title), each.about, each.number))),
            href=reverse("staff:filing", args=[each.public_id]),
        )
        for each in found
    }


def enrolments(ids: Collection[UUID]) -> Mapping[UUID, Subject]:
    """Return what the queue says of enrolments."""
    return {
        key: Subject(
            title=each.name,
            detail=_detail(each),
            href=reverse("staff:enrolment", args=[key]),
        )
        for key, each in enrolments_by_id(ids).items()
    }


def _detail(each: Enrolment) -> str:
    """Return the number of an enrolment, and its risk where it asks for more than one look."""
    said = _("Inscription %(number)s") % {"number": each.number}
    if each.risk in {"", Risk.LOW}:
        return said
    return _("%(enrolment)s, risque %(level)s") % {"enrolment": said, "level": str(Risk(each.risk).label).lower()}


def second_looks(ids: Collection[UUID]) -> Mapping[UUID, Subject]:
    """Return what the queue says of approvals that were drawn to be looked at again."""
    found = SecondLook.objects.filter(public_id__in=ids).select_related("enrolment").order_by("id")
    return {
        each.public_id: Subject(
            title=each.enrolment.name,
            detail=_("Second regard sur l’inscription %(number)s") % {"number": each.enrolment.number},
            href=reverse("staff:enrolment", args=[each.enrolment.public_id]),
        )
        for each in found
    }


def call_requests(ids: Collection[UUID]) -> Mapping[UUID, Subject]:
    """Return what the queue says of applicants who ask for a person."""
    found = CallRequest.objects.filter(public_id__in=ids).select_related("enrolment").order_by("id")
    return {
        each.public_id: Subject(
            title=each.enrolment.name or each.enrolment.number,
            detail=_("Demande à parler à quelqu’un, inscription %(number)s") % {"number": each.enrolment.number},
            href=reverse("staff:call_request", args=[each.public_id]),
        )
        for each in found
    }


def registrations(ids: Collection[UUID]) -> Mapping[UUID, Subject]:
    """Return what the queue says of registrations with the regulator."""
    found = ServiceRegistration.objects.filter(public_id__in=ids).select_related("enterprise").order_by("id")
    return {
        each.public_id: Subject(
            title=each.enterprise.name,
            detail=_("Inscription aux services, client %(number)s") % {"number": each.client_number},
            href=reverse("staff:registration", args=[each.public_id]),
        )
        for each in found
    }


def reproofs(ids: Collection[UUID]) -> Mapping[UUID, Subject]:
    """Return what the queue says of lost second factors."""
    return {
        key: Subject(
            title=str(each.person),
            detail=_("Second facteur perdu, identité à confirmer"),
            href=reverse("staff:reproof", args=[key]),
        )
        for key, each in reproofs_by_id(ids).items()
    }


def recoveries(ids: Collection[UUID]) -> Mapping[UUID, Subject]:
    """Return what the queue says of firms that nobody is in charge of any more."""
    found = Enterprise.objects.filter(public_id__in=ids).order_by("id")
    return {
        each.public_id: Subject(
            title=each.name,
            detail=_("Firme en reprise, plus personne n’est responsable de ses accès"),
            href=reverse("staff:recovery", args=[each.public_id]),
        )
        for each in found
    }


def handovers(ids: Collection[UUID]) -> Mapping[UUID, Subject]:
    """Return what the queue says of handovers."""
    return {
        key: Subject(
            title=str(each.enterprise or each.answers.get("neq")),
            detail=_("Demande de relève %(number)s") % {"number": each.number},
            href=reverse("staff:handover", args=[key]),
        )
        for key, each in handovers_by_id(ids).items()
    }


def departures(ids: Collection[UUID]) -> Mapping[UUID, Subject]:
    """Return what the queue says of departures that a second officer is to decide."""
    return {
        key: Subject(
            title=each.designation.enterprise.name,
            detail=_("Place de %(person)s à terminer, deuxième avis") % {"person": each.designation.person},
            href=reverse("staff:departure", args=[key]),
        )
        for key, each in departures_by_id(ids).items()
    }


#: How each kind of subject is shown. One line for each kind of case that anything opens.
SUBJECTS: dict[str, Callable[[Collection[UUID]], Mapping[UUID, Subject]]] = {
    "filing": filings,
    "enrolment": enrolments,
    "registration": registrations,
    "reproof": reproofs,
    "recovery": recoveries,
    "handover": handovers,
    "departure": departures,
    "second_look": second_looks,
    "call_request": call_requests,
}


@require_safe
def queue(request: Request) -> HttpResponse:
    """Show what waits for the reader."""
    return render(request, PAGE, _shown(request))


@require_safe
def queue_now(request: Request) -> HttpResponse:
    """Show the moving part of the same page."""
    return render(request, f"{PAGE}#now", _shown(request))


def _shown(request: Request) -> dict[str, Any]:
    whose, by_risk = request.GET.get("whose", ""), request.GET.get("by") == "risk"
    cases = _cases(request, whose)
    page, kept = paged(cases.order_by("-weight", "opened_at", "id") if by_risk else cases, request)
    refreshed = live(request, "staff:queue_now", topics=[QUEUES], kept=request.GET.urlencode())
    return {
        "page": page,
        "kept": kept,
        "rows": rows_of(page.object_list),
        "whose": whose,
        "by_risk": by_risk,
        "choices": WHOSE,
        "live": refreshed,
    }


def _cases(request: Request, whose: str) -> QuerySet[Case]:
    cases = queue_of(request.actor.person, request.at)
    if whose == "mine":
        return cases.filter(assigned_to=request.actor.person)
    return cases.filter(assigned_to=None) if whose == "nobody" else cases


def rows_of(cases: Iterable[Case]) -> list[Row]:
    """Return cases with what is said of each: one statement for each kind of subject there is among them."""
    ids: dict[str, list[UUID]] = {}
    for case in (shown := list(cases)):
        ids.setdefault(case.subject_kind, []).append(case.subject_id)
    said = {kind: SUBJECTS[kind](of_kind) for kind, of_kind in ids.items() if kind in SUBJECTS}
    return [Row(case, subject) for case in shown if (subject := said.get(case.subject_kind, {}).get(case.subject_id))]
