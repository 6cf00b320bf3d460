"""What users of the firm ask for: seen by its RSEs, granted, narrowed, refused; by nobody for themselves."""

from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid4

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from mandat.access import commands
from mandat.access.commands.requests import (
    AlreadyAnswered,
    grant_request,
    proxies_in_the_way,
    refuse_request,
)
from mandat.access.models import Proxy
from mandat.access.requests import RightsRequest
from mandat.access.rights import RIGHTS_OF_A_PROXY, Right
from mandat.access.simulation import if_granted, simulate
from mandat.access.workflow import RequestState
from mandat.enterprises.models import Enterprise
from mandat.identity.models import Person
from mandat.platform.clock import end_of, last_day, legal_day
from mandat.platform.idempotency import IdempotencyConflict
from mandat.web.asking import Request
from mandat.web.firm.access_forms import last_day_field, refuse_a_day_out_of_reach
from mandat.web.keys import key_of
from mandat.web.paging import paged
from mandat.web.request_words import told_of
from mandat.web.simulating import Simulated

LIST, ONE, REFUSE = (f"mandat/web/firm/{page}.html" for page in ("requests", "request", "request_refuse"))
UNPROCESSABLE = 422
_WITH = ("enterprise", "person", "answered_by", "proxy")


class AnswerForm(forms.Form):
    """What is granted of a request: all of it, or less."""

    rights = forms.MultipleChoiceField(
        label=gettext_lazy("Droits accordés"), widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("Décochez ce que vous n’accordez pas. Consulter est toujours compris."),
        error_messages={"required": gettext_lazy("Cochez au moins un droit. Pour ne rien accorder, refusez.")},
    )  # fmt: skip
    reason = forms.CharField(
        label=gettext_lazy("Un mot à la personne"), required=False, max_length=300,
        help_text=gettext_lazy("La personne le lit dans son courriel; il reste au dossier, avec votre nom."),
        widget=forms.Textarea(attrs={"rows": 2}),
    )  # fmt: skip

    def __init__(self, *args: Any, asked: RightsRequest, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.asked, self.today = asked, today
        chosen = self.fields["rights"]
        assert isinstance(chosen, forms.MultipleChoiceField)  # noqa: S101 - for the reader of types
        chosen.choices = [(each.value, each.label) for each in Right if each in asked.rights]
        chosen.initial = asked.rights
        last = last_day_field(today, asked.until)
        last.initial = asked.until.isoformat()
        self.fields["until"] = last
        self.order_fields(("rights", "until", "reason"))

    def clean_until(self) -> date:
        """
        Return the last day.

        :raises ValidationError: if it is past, or later than was asked
        """
        until: date = self.cleaned_data["until"]
        refuse_a_day_out_of_reach(until, today=self.today, longest=self.asked.until)
        return until

    def given(self) -> list[Right]:
        """Return what is granted: one views what one prepares, signs or pays."""
        return sorted({Right.VIEW, *(Right(each) for each in self.cleaned_data["rights"])} & RIGHTS_OF_A_PROXY)


class RefusalForm(forms.Form):
    """Why a request is refused."""

    reason = forms.CharField(
        label=gettext_lazy("Raison"), max_length=300, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("La personne la lit. Dites ce qu’elle peut faire d’autre."),
        error_messages={"required": gettext_lazy("Dites pourquoi : la personne reçoit cette raison.")},
    )  # fmt: skip


def waiting_requests(firm: Enterprise, reader: Person, at: datetime) -> int:
    """Return how many requests for rights wait for an answer that the reader may give."""
    waiting = firm.rights_requests.filter(state=RequestState.ASKED, answer_by__gt=at)
    return waiting.exclude(person=reader).count()


@require_safe
def requests(request: Request, firm: UUID) -> HttpResponse:
    """Show what users of the firm ask for, and what became of what they asked."""
    of_the_firm = request.firm.rights_requests.select_related(*_WITH)
    waiting = of_the_firm.filter(state=RequestState.ASKED, answer_by__gt=request.at).order_by("answer_by", "id")
    page, kept = paged(of_the_firm.exclude(pk__in=waiting.values("pk")).order_by("-id"), request)
    told = told_of([*waiting, *page.object_list], request.at)
    context = {
        "waiting": [each for each in told if each.waits],
        "over": [each for each in told if not each.waits],
        "page": page,
        "kept": kept,
        "may_administer": bool(request.place.decide(Right.ADMINISTER)),
    }
    return render(request, LIST, context)


@require_http_methods(["GET", "HEAD", "POST"])
def one(request: Request, firm: UUID, asked: UUID) -> HttpResponse:
    """Show what somebody asks for, and let an RSE grant it, or less of it."""
    found = _found(request, asked)
    told = told_of([found], request.at)[0]
    is_own = found.person == request.actor.person
    form = None
    if told.waits and not is_own:
        form = AnswerForm(_sent(request), asked=found, today=legal_day(request.at))
        is_sent = request.method == "POST" and form.is_valid() and "preview" not in request.POST
        if is_sent and (done := _granted(request, found, form)):
            return done
    held = proxies_in_the_way(found, request.at).first()
    context = {
        "told": told,
        "someone": found.person,
        "form": form,
        "is_own": is_own,
        "key": request.POST.get("key") or uuid4(),
        "held": held,
        "simulated": _simulated(request, found, form, held) if form else None,
        "is_in_the_way": held is not None and _is_in_the_way(held, request.at),
        "ends_sooner": held is not None and last_day(held.during.upper) > found.until,
    }
    return render(request, ONE, context, status=UNPROCESSABLE if form and form.errors else 200)


def _simulated(request: Request, asked: RightsRequest, form: AnswerForm, held: Proxy | None) -> Simulated | None:
    """Return what the answer that is typed would change; before anything is typed, the whole of what is asked."""
    if held is not None and _is_in_the_way(held, request.at):
        return None
    using = request.firm.registrations.filter(state="active", accepted_blocks__contains=[asked.block])
    registration = using.select_related("enterprise").order_by("id").first()
    if registration is None or (form.is_bound and form.errors):
        return None
    rights, until = (form.given(), form.cleaned_data["until"]) if form.is_bound else (asked.rights, asked.until)
    supposed = if_granted(
        registration, [Right(each) for each in rights], block=asked.block, end=end_of(until), at=request.at,
        replacing=held,
    )  # fmt: skip
    return Simulated(simulate(asked.person, request.firm, [supposed], request.at), request.at)


def _sent(request: Request) -> Any:
    return request.POST if request.method == "POST" else None


def _is_in_the_way(held: Proxy, at: datetime) -> bool:
    return held.awaits or held.is_suspended(at) or held.during.lower > at


def _found(request: Request, asked: UUID) -> RightsRequest:
    return get_object_or_404(request.firm.rights_requests.select_related(*_WITH), public_id=asked)


def _granted(request: Request, asked: RightsRequest, form: AnswerForm) -> HttpResponse | None:
    refusals: dict[type[Exception], str] = {
        commands.AlreadyGranted: _(
            "Une procuration de cette personne dans ce bloc attend, est suspendue ou n’a pas commencé. "
            "Réglez-la d’abord."
        ),
        commands.AssuranceTooLow: _("Entrez avec un second facteur pour donner ces droits."),
        commands.NotAUser: _("Cette personne n’est plus parmi les utilisateurs de la firme."),
    }
    try:
        answered = grant_request(
            key=key_of(request), request_id=asked.public_id, rights=form.given(), until=form.cleaned_data["until"],
            reason=form.cleaned_data["reason"], by=request.actor,
        )  # fmt: skip
    except tuple(refusals) as refused:
        form.add_error(None, refusals[type(refused)])
        return None
    except (AlreadyAnswered, IdempotencyConflict):
        messages.info(request, _("Cette demande a déjà sa réponse."))
    else:
        _say(request, answered)
    return redirect("firm:rights_request", request.firm.public_id, asked.public_id)


def _say(request: Request, answered: RightsRequest) -> None:
    if answered.proxy and answered.proxy.awaits:
        messages.info(
            request, _("C’est noté. Ces droits demandent une seconde personne : un autre responsable doit confirmer.")
        )
        return
    said = _("C’est fait. Un courriel part à %(person)s.")
    messages.success(request, said % {"person": answered.person})


@require_http_methods(["GET", "HEAD", "POST"])
def refuse(request: Request, firm: UUID, asked: UUID) -> HttpResponse:
    """Ask why, then refuse what somebody asks for."""
    found = _found(request, asked)
    told = told_of([found], request.at)[0]
    if not told.waits or found.person == request.actor.person:
        return redirect("firm:rights_request", firm, asked)
    form = RefusalForm(_sent(request))
    if not (form.is_bound and form.is_valid()):
        context = {"told": told, "someone": found.person, "form": form}
        return render(request, REFUSE, context, status=UNPROCESSABLE if form.errors else 200)
    try:
        refuse_request(request_id=asked, reason=form.cleaned_data["reason"], by=request.actor)
    except AlreadyAnswered:
        messages.info(request, _("Cette demande a déjà sa réponse."))
    else:
        messages.success(
            request, _("La demande est refusée. Un courriel part à %(person)s.") % {"person": found.person}
        )
    return redirect("firm:rights_requests", firm)
