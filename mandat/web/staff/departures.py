"""Departures at the desk: a place that is over is reported with its proof, then ended, by two where it takes two."""

from collections.abc import Callable
from functools import partial
from typing import Any
from uuid import UUID, uuid4

from django import forms
from django.contrib import messages
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from mandat.access.commands import AlreadyRevoked
from mandat.access.queries import designations_of
from mandat.enrolment.commands.departures import confirm_departure, drop_departure, report_departure
from mandat.enrolment.departure_queries import (
    asked_for,
    departures_of,
    departures_verifiable_by,
    is_the_last,
    places_verifiable_by,
)
from mandat.enrolment.errors import (
    DepartureReportedAlready,
    EvidenceMissing,
    HandoverIncomplete,
    SameOfficer,
    VerifiedByTheSamePerson,
)
from mandat.enrolment.models import Departure
from mandat.enrolment.relations import has_or_had_a_place
from mandat.enrolment.workflow import DEPARTURE, DepartureMove, DepartureState
from mandat.enterprises.models import Designation, Role
from mandat.platform.clock import legal_day
from mandat.platform.files import store
from mandat.platform.inspection.findings import Kind
from mandat.platform.models import StoredFile
from mandat.platform.workflow import MoveNotAllowed
from mandat.reference.queries import entries, policy
from mandat.web.asking import Request
from mandat.web.documents import DocumentField, given_to_staff
from mandat.web.firm.depending import what_rests_on
from mandat.web.keys import key_of
from mandat.web.paging import paged

LIST, NEW, PAGE, ACT = (
    f"mandat/web/staff/{name}.html" for name in ("departures", "new_departure", "departure", "departure_act")
)
UNPROCESSABLE, CONFLICT = 422, 409
NODES = {DepartureState.REPORTED: "due", DepartureState.ENDED: "done", DepartureState.DROPPED: "no"}


class ReportForm(forms.Form):
    """Why a place is over, how it is known, and what proves it."""

    cause = forms.ChoiceField(
        label=gettext_lazy("Que s’est-il passé?"), widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Choisissez ce qui s’est passé.")},
    )  # fmt: skip
    words = forms.CharField(
        label=gettext_lazy("Comment vous le savez"), max_length=2000, widget=forms.Textarea(attrs={"rows": 4}),
        help_text=gettext_lazy("Gardé au bureau, avec votre nom : qui l’a dit, quand, ce que vous avez vérifié."),
        error_messages={"required": gettext_lazy("Dites comment vous le savez.")},
    )  # fmt: skip
    document = DocumentField(
        label=gettext_lazy("Pièce"), required=False, kinds=(Kind.PDF, Kind.PNG, Kind.JPEG),
        help_text=gettext_lazy("Acte de décès, résolution, lettre de départ : PDF, PNG ou JPEG."),
    )  # fmt: skip

    def __init__(self, *args: Any, choices: list[tuple[str, str]], largest: int) -> None:
        super().__init__(*args)
        self.fields["cause"].choices = choices  # type: ignore[attr-defined]
        self.fields["document"].largest = largest  # type: ignore[attr-defined]


class DropForm(forms.Form):
    """Why what was reported is set aside."""

    reason = forms.CharField(
        label=gettext_lazy("Motif"), max_length=2000, widget=forms.Textarea(attrs={"rows": 4}),
        help_text=gettext_lazy("Ces mots sont conservés avec votre nom."),
        error_messages={"required": gettext_lazy("Dites pourquoi.")},
    )  # fmt: skip


@require_safe
def departures(request: Request) -> HttpResponse:
    """Show the departures that wait for a second officer, the oldest first; or those that were decided."""
    are_decided = request.GET.get("decided") == "yes"
    found = departures_verifiable_by(request.actor.person, request.at)
    waiting = found.filter(state=DepartureState.REPORTED).order_by("id")
    page, kept = paged(found.exclude(state=DepartureState.REPORTED) if are_decided else waiting, request)
    language = get_language() or "fr"
    rows = [(each, NODES[DepartureState(each.state)], each.cause_in(language)) for each in page.object_list]
    return render(request, LIST, {"page": page, "kept": kept, "rows": rows, "are_decided": are_decided})


@require_http_methods(["GET", "HEAD", "POST"])
def report(request: Request, designation: UUID) -> HttpResponse:
    """Show what rests on a place, ask why it is over and for the proof, then end it, or hand it to a second officer."""
    held = get_object_or_404(places_verifiable_by(request.actor.person, request.at), public_id=designation)
    if known := departures_of(held).first():
        return redirect("staff:departure", known.public_id)
    if not designations_of(held.enterprise, request.at).filter(pk=held.pk).exists():
        raise Http404
    form, key = _asked(request, held), uuid4()
    if request.method == "POST":
        key = key_of(request)
        if form.is_valid() and (answer := _reported(request, held, form, key)):
            return answer
    context = {"form": form, "key": key} | _about(request, held)
    return render(request, NEW, context, status=UNPROCESSABLE if form.errors else 200)


def _asked(request: Request, held: Designation) -> ReportForm:
    today = legal_day(request.at)
    choices = []
    for each in entries("departure_cause", today):
        asked = asked_for(each, held, request.at)
        what = [_("avec une pièce")] if asked.needs_evidence else []
        what += [_("par deux personnes du bureau")] if asked.is_of_two else []
        choices.append((each.code, f"{each.label} ({_(', ').join(what)})" if what else each.label))
    typed = (request.POST, request.FILES) if request.method == "POST" else ()
    return ReportForm(*typed, choices=choices, largest=policy("enrolment-document-megabytes", today))


def _reported(request: Request, held: Designation, form: ReportForm, key: UUID) -> HttpResponse | None:
    """Report a departure, and lead to it; or say at the field what stands in the way."""
    said = form.cleaned_data
    try:
        made = report_departure(
            key=key, designation=held.public_id, cause=said["cause"], words=said["words"],
            file=_kept(said["document"]), by=request.actor,
        )  # fmt: skip
    except EvidenceMissing:
        form.add_error("document", _("Cette cause se prouve : joignez la pièce."))
    except HandoverIncomplete as incomplete:
        form.add_error("words", incomplete.findings[0].message)
    except VerifiedByTheSamePerson:
        form.add_error(None, _("Vous avez, ou avez eu, une place dans cette firme : demandez à un collègue."))
    except DepartureReportedAlready as already:
        messages.info(request, _("Quelqu’un l’a fait avant vous."))
        return redirect("staff:departure", already.departure.public_id)
    except AlreadyRevoked:
        messages.info(request, _("Cette place a déjà pris fin."))
        return redirect("staff:departures")
    else:
        waits = made.state == DepartureState.REPORTED
        messages.success(request, _DONE[waits])
        return redirect("staff:departure", made.public_id)
    return None


_DONE = {
    True: gettext_lazy("C’est signalé. Une autre personne du bureau décide; chacun dans la firme est prévenu."),
    False: gettext_lazy("La place a pris fin, dès maintenant. Les personnes de la firme sont prévenues."),
}


def _kept(document: Any) -> StoredFile | None:
    if document is None:
        return None
    return store(document, name=document.name or "", media_type=document.content_type or "")


def _about(request: Request, held: Designation) -> dict[str, Any]:
    """Return whose place it is, and what follows from its end."""
    return {
        "held": held,
        "firm": held.enterprise,
        "someone": held.person,
        "resting": what_rests_on(held.person, held.enterprise, request.at),
        "leaves_nobody": held.role == Role.RSE and is_the_last(held, request.at),
        "leaves_no_representative": held.role == Role.RA and is_the_last(held, request.at),
        "is_related": has_or_had_a_place(request.actor.person, held.enterprise),
    }


def opened(request: Request, departure: UUID) -> Departure:
    """
    Return a departure that was reported.

    :raises Http404: if there is none
    """
    return get_object_or_404(departures_verifiable_by(request.actor.person, request.at), public_id=departure)


@require_safe
def departure(request: Request, departure: UUID) -> HttpResponse:
    """Show what was reported, what proves it, what its end would do, and what was decided."""
    return render(request, PAGE, _shown(request, opened(request, departure)))


def _shown(request: Request, found: Departure, why: str = "") -> dict[str, Any]:
    return _about(request, found.designation) | {
        "departure": found,
        "state": DepartureState(found.state),
        "node": NODES[DepartureState(found.state)],
        "cause": found.cause_in(get_language() or "fr"),
        "documents": found.documents.select_related("file__scan"),
        "timeline": found.history.select_related("by"),
        "is_mine": found.reported_by_id == request.actor.person.pk,
        "waits": found.state == DepartureState.REPORTED,
        "why": why,
    }


@require_http_methods(["GET", "HEAD", "POST"])
def act(request: Request, departure: UUID, move: str) -> HttpResponse:
    """Say what a move does, ask what it needs, then make it."""
    found = opened(request, departure)
    if move not in DepartureMove.values:
        raise Http404
    made = DepartureMove(move)
    if made not in DEPARTURE.moves_from(DepartureState(found.state)):
        return _blocked(request, found, _("Quelqu’un l’a décidé avant vous. Voici où il en est."))
    form = (DropForm if made == DepartureMove.DROP else forms.Form)(request.POST if request.method == "POST" else None)
    if not form.is_valid():
        context = _shown(request, found) | {"form": form, "move": made}
        return render(request, ACT, context, status=UNPROCESSABLE if form.errors else 200)
    commands: dict[DepartureMove, Callable[..., Departure]] = {
        DepartureMove.END: confirm_departure, DepartureMove.DROP: drop_departure,
    }  # fmt: skip
    command = partial(commands[made], departure=departure, by=request.actor, **form.cleaned_data)
    return _made(request, found, command, made)


def _made(request: Request, found: Departure, command: Callable[[], Departure], move: DepartureMove) -> HttpResponse:
    """Make a move, and lead back to the departure; or say what stood in the way."""
    try:
        command()
    except MoveNotAllowed:
        found.refresh_from_db()
        return _blocked(request, found, _("Quelqu’un l’a décidé avant vous. Voici où il en est."))
    except SameOfficer:
        return _blocked(request, found, _("Vous l’avez signalé : une autre personne du bureau y met fin."))
    except VerifiedByTheSamePerson:
        return _blocked(request, found, _("Vous avez, ou avez eu, une place dans cette firme : un collègue décide."))
    except AlreadyRevoked:
        return _blocked(request, found, _("Cette place a pris fin autrement entre-temps : écartez le signalement."))
    done = _("C’est écarté. La place reste comme elle était.") if move == DepartureMove.DROP else _DONE[False]
    messages.success(request, done)
    return redirect("staff:departure", found.public_id)


def _blocked(request: Request, found: Departure, why: str) -> HttpResponse:
    """Show a departure again, with what stood in the way. Nothing was done."""
    return render(request, PAGE, _shown(request, found, why), status=CONFLICT)


@require_http_methods(["GET", "HEAD", "POST"])
def document(request: Request, departure: UUID, document: UUID) -> HttpResponse | FileResponse:
    """Give out what proves a departure."""
    found = get_object_or_404(opened(request, departure).documents.select_related("file__scan"), public_id=document)
    return given_to_staff(request, found, back=reverse("staff:departure", args=[departure]))
