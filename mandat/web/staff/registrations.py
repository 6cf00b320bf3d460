"""What an officer sees of a registration with the regulator, and answers."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from mandat.access.commands import ClientNumberTaken
from mandat.enrolment.commands import accept_registration, refuse_registration
from mandat.enrolment.errors import NoFile, VerifiedByTheSamePerson
from mandat.enrolment.queries import REGULATOR, neq_of
from mandat.enterprises.models import ServiceRegistration
from mandat.platform.workflow import MoveNotAllowed
from mandat.register.agreement import Known, disagreements
from mandat.register.commands import AlreadyLinked
from mandat.register.queries import registrant_by_client_number
from mandat.web.asking import Request

PAGE, ANSWER = "mandat/web/staff/registration.html", "mandat/web/staff/answer_registration.html"
UNPROCESSABLE = 422
#: What is compared, by the field's name.
COMPARED = {
    "client_number": gettext_lazy("Numéro de client"),
    "neq": gettext_lazy("NEQ"),
    "name": gettext_lazy("Nom"),
}
#: Why an acceptance may be impossible, and what to do.
OBSTACLES = {
    NoFile: gettext_lazy("Aucun dossier ne porte ce numéro de client. Refusez, en demandant de vérifier le numéro."),
    ClientNumberTaken: gettext_lazy("Une autre entreprise est déjà inscrite sous ce numéro de client."),
    AlreadyLinked: gettext_lazy("Une autre entreprise représente déjà ce dossier."),
    VerifiedByTheSamePerson: gettext_lazy("Vous avez demandé cette inscription : une autre personne doit y répondre."),
}


class AnswerForm(forms.Form):
    """The reason of an answer."""

    reason = forms.CharField(
        label=gettext_lazy("Raison"), max_length=300,
        help_text=gettext_lazy("La firme la lira telle quelle."),
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": gettext_lazy("Donnez la raison : la firme la lira.")},
    )  # fmt: skip


@require_safe
def registration(request: Request, registration: UUID) -> HttpResponse:
    """Show what the enterprise says beside what the file says."""
    return render(request, PAGE, _compared(_found(registration)))


def _found(registration: UUID) -> ServiceRegistration:
    ours = ServiceRegistration.objects.select_related("enterprise", "provider", "request__requested_by")
    return get_object_or_404(ours.filter(provider__code=REGULATOR), public_id=registration)


def _compared(found: ServiceRegistration) -> dict[str, Any]:
    said = Known(found.client_number, neq_of(found.enterprise), found.enterprise.name)
    registrant = registrant_by_client_number(found.client_number)
    on_file = Known(registrant.client_number, registrant.neq, registrant.name) if registrant else Known("", "", "")
    differing = disagreements(said, on_file)
    rows = [(label, getattr(said, name), getattr(on_file, name), name in differing) for name, label in COMPARED.items()]
    return {
        "registration": found,
        "asked": getattr(found, "request", None),
        "registrant": registrant,
        "rows": rows,
        "differing": differing,
        "history": found.history.all(),
        "is_open": found.state == ServiceRegistration.State.IN_PROCESS,
    }


@require_http_methods(["GET", "HEAD", "POST"])
def accept(request: Request, registration: UUID) -> HttpResponse:
    """Say what an acceptance does, ask for its reason, then accept."""
    return _answered(request, registration, accept_registration, is_acceptance=True)


@require_http_methods(["GET", "HEAD", "POST"])
def refuse(request: Request, registration: UUID) -> HttpResponse:
    """Say what a refusal does, ask for its reason, then refuse."""
    return _answered(request, registration, refuse_registration, is_acceptance=False)


def _answered(
    request: Request, registration: UUID, command: Callable[..., ServiceRegistration], *, is_acceptance: bool
) -> HttpResponse:  # fmt: skip
    found, form = _found(registration), AnswerForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        try:
            command(registration_id=registration, reason=form.cleaned_data["reason"], by=request.actor)
        except MoveNotAllowed:
            messages.info(request, _("Quelqu’un a répondu avant vous. Voici la réponse."))
            return redirect("staff:registration", registration)
        except tuple(OBSTACLES) as obstacle:
            form.add_error(None, OBSTACLES[type(obstacle)])
        else:
            messages.success(request, _("C’est fait. La personne qui a demandé l’inscription en est avisée."))
            return redirect("staff:registration", registration)
    elif found.state != ServiceRegistration.State.IN_PROCESS:
        return redirect("staff:registration", registration)
    context = _compared(found) | {"form": form, "is_acceptance": is_acceptance}
    return render(request, ANSWER, context, status=UNPROCESSABLE if form.errors else 200)
