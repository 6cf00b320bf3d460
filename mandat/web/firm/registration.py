"""The firm's registration with the regulator: where it stands, how it is asked for, which blocks the firm uses."""

from collections.abc import Collection
from typing import Any
from uuid import UUID, uuid4

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from mandat.access.catalogue import news_for
from mandat.access.commands import AlreadyRegistered, accept_blocks
from mandat.access.queries import standing_proxies
from mandat.access.rights import Right
from mandat.enrolment import consent
from mandat.enrolment.commands import register_with_regulator
from mandat.enrolment.commands.registering import CATALOGUE
from mandat.enrolment.queries import neq_of, registrations_with_regulator
from mandat.enterprises.identifiers import NotANumber, client_number
from mandat.enterprises.models import ServiceRegistration
from mandat.filings.models import Filing
from mandat.filings.workflow import OPEN_TO_CHANGE
from mandat.platform.clock import legal_day
from mandat.platform.idempotency import IdempotencyConflict
from mandat.reference.models import Entry
from mandat.reference.queries import entries
from mandat.web.asking import Request
from mandat.web.firm.accesses import in_blocks
from mandat.web.keys import key_of
from mandat.web.live import live

PAGE, REGISTER, BLOCKS, FEWER = (
    f"mandat/web/firm/{page}.html" for page in ("services", "register", "choose_blocks", "fewer_blocks")
)
UNPROCESSABLE = 422
#: How many of the proxies that stop are named.
SHOWN = 50
State = ServiceRegistration.State
#: Where a registration is alive, and where the firm may choose what it uses.
ALIVE, ACTIVE = (State.IN_PROCESS, State.ACTIVE, State.SUSPENDED), (State.ACTIVE,)


class RegisterForm(forms.Form):
    """The client number, and the consent."""

    client_number = forms.CharField(
        label=gettext_lazy("Numéro de client"), max_length=30,
        help_text=gettext_lazy("10 chiffres. Il figure sur les factures et les lettres de l’Autorité."),
        widget=forms.TextInput(attrs={"class": "short", "inputmode": "numeric", "autocomplete": "off"}),
        error_messages={"required": gettext_lazy("Indiquez le numéro de client de la firme.")},
    )  # fmt: skip
    accepted = forms.BooleanField(
        label=gettext_lazy("Au nom de la firme, j’accepte ce texte"),
        error_messages={"required": gettext_lazy("Sans cet accord, la firme ne peut pas être inscrite.")},
    )

    def clean_client_number(self) -> str:
        """
        Return the number without its spaces.

        :raises ValidationError: if it has another form
        """
        try:
            return client_number(self.cleaned_data["client_number"]).value
        except NotANumber as malformed:
            raise ValidationError(_("Un numéro de client compte 10 chiffres. Vérifiez celui-ci.")) from malformed


@require_safe
def services(request: Request, firm: UUID) -> HttpResponse:
    """Show where the registration with the regulator stands, and which blocks the firm uses."""
    return render(request, PAGE, _shown(request))


@require_safe
def services_now(request: Request, firm: UUID) -> HttpResponse:
    """Show the moving part of the same page."""
    return render(request, f"{PAGE}#now", _shown(request))


def _shown(request: Request) -> dict[str, Any]:
    registrations = list(registrations_with_regulator(request.firm).prefetch_related("history"))
    last = registrations[0] if registrations else None
    used = last.accepted_blocks if last and last.state in (State.ACTIVE, State.SUSPENDED) else []
    return {
        "registration": last,
        "asked": getattr(last, "request", None),  # none where it was registered before requests were kept
        "history": last.history.all() if last else [],
        "blocks": entries("block", legal_day(request.at)).filter(code__in=used),
        "news": news_for(last, legal_day(request.at)) if used and last else [],
        "may_administer": bool(request.place.decide(Right.ADMINISTER)),
        "may_ask": last is None or last.state not in ALIVE,
        "live": live(
            request, "firm:services_now", request.firm.public_id, topics=[f"enterprise:{request.firm.public_id}"]
        ),
    }  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
def register(request: Request, firm: UUID) -> HttpResponse:
    """Ask for the client number and the consent, then register the firm."""
    form = RegisterForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        return _registered(request, form.cleaned_data["client_number"])
    if registrations_with_regulator(request.firm).filter(state__in=ALIVE).exists():
        return redirect("firm:services", firm)
    context = {"form": form, "key": request.POST.get("key") or uuid4(), "neq": neq_of(request.firm)}
    return render(request, REGISTER, context, status=UNPROCESSABLE if form.errors else 200)


def _registered(request: Request, number: str) -> HttpResponse:
    firm = request.firm.public_id
    try:
        registration = register_with_regulator(
            key=key_of(request), enterprise=request.firm, client_number=number, accepted=consent.WITH_THE_REGULATOR,
            by=request.actor,
        )  # fmt: skip
    except (AlreadyRegistered, IdempotencyConflict):
        messages.info(request, _("L’inscription a déjà été demandée. Voici où elle en est."))
        return redirect("firm:services", firm)
    if registration.state != State.ACTIVE:
        messages.success(request, _("L’inscription est demandée."))
        return redirect("firm:services", firm)
    messages.success(request, _("L’inscription est active. Choisissez maintenant les blocs dont la firme se servira."))
    return redirect("firm:choose_blocks", firm)


@require_http_methods(["GET", "HEAD", "POST"])
def choose_blocks(request: Request, firm: UUID) -> HttpResponse:
    """Ask which blocks the firm uses; show what stops with a block that is left, then change the choice."""
    registration = registrations_with_regulator(request.firm).filter(state__in=ACTIVE).first()
    if registration is None:
        return redirect("firm:services", firm)
    catalogue = list(entries("block", legal_day(request.at)))
    if request.method != "POST":
        return render(request, BLOCKS, _choice(catalogue, registration, registration.accepted_blocks))
    chosen = {block.code for block in catalogue} & set(request.POST.getlist("blocks"))
    if chosen and chosen == set(registration.accepted_blocks):  # nothing to change, or the second of two clicks
        return redirect("firm:services", firm)
    if request.POST.get("was") != _as_one_word(registration):
        context = _choice(catalogue, registration, chosen) | {"is_stale": True}
        return render(request, BLOCKS, context, status=UNPROCESSABLE)
    return _chosen(request, registration, chosen)


def _chosen(request: Request, registration: ServiceRegistration, chosen: set[str]) -> HttpResponse:
    """Change the choice; first show what stops with a block that is left: proxies, filings being written."""
    left = set(registration.accepted_blocks) - chosen
    stopping = standing_proxies(request.firm, request.at).filter(block__in=left).select_related("person", "mandatary")
    started = Filing.objects.filter(
        registrant__service_registration=registration, block__in=left, state__in=OPEN_TO_CHANGE
    ).order_by("id")
    count, waiting = stopping.count(), started.count()
    if "confirmed" not in request.POST and (count or waiting):
        context = {"stopping": in_blocks(request, stopping[:SHOWN]), "count": count, "chosen": sorted(chosen)}
        context |= {"started": started.select_related("registrant")[:SHOWN], "waiting": waiting}
        return render(request, FEWER, context | {"was": _as_one_word(registration)})
    accept_blocks(registration_id=registration.public_id, blocks=chosen, catalogue_version=CATALOGUE, by=request.actor)
    messages.success(request, _("Le choix des blocs est fait."))
    return redirect("firm:services", request.firm.public_id)


def _choice(catalogue: list[Entry], registration: ServiceRegistration, ticked: Collection[str]) -> dict[str, Any]:
    return {
        "choices": [(block, block.code in ticked) for block in catalogue],
        "used": [block for block in catalogue if block.code in registration.accepted_blocks],
        "was": _as_one_word(registration),
    }


def _as_one_word(registration: ServiceRegistration) -> str:
    """Return the choice that a page was drawn from: another made meanwhile is not overwritten unseen."""
    return " ".join(registration.accepted_blocks)
