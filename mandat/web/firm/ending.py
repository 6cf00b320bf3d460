"""Ending the place of a person in charge: what rests on them is told first, and nobody effective is left without."""

from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from mandat.access.commands import AlreadyRevoked, LastRSE, revoke_designation
from mandat.access.queries import designations_of
from mandat.enterprises.models import Designation, Role
from mandat.web.asking import Request
from mandat.web.firm.access_forms import ReasonForm
from mandat.web.firm.depending import what_rests_on
from mandat.web.firm.guards import guard_of

PAGE = "mandat/web/firm/end_designation.html"
UNPROCESSABLE, CONFLICT = 422, 409
#: Why the place of somebody in charge ends, as the firm's record and its messages say it.
CAUSES = [
    ("leaves", gettext_lazy("Quitte la firme")),
    ("moves", gettext_lazy("Change de fonctions")),
    ("dismissed", gettext_lazy("Est congédiée, ou n’a plus notre confiance")),
    ("dies", gettext_lazy("Est décédée")),
    ("other", gettext_lazy("Autre raison")),
]


def in_words(cause: str, words: str) -> str:
    """Return why, as it is kept: the cause, then what was added."""
    said = str(dict(CAUSES).get(cause, ""))
    return _("%(cause)s : %(words)s") % {"cause": said, "words": words} if said and words else said or words


class EndForm(ReasonForm):
    """Why the place of somebody in charge ends."""

    cause = forms.ChoiceField(
        label=gettext_lazy("Pourquoi?"), choices=CAUSES, widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Dites pourquoi cette personne n’est plus responsable.")},
    )  # fmt: skip
    field_order = ["cause", "reason"]


@require_http_methods(["GET", "HEAD", "POST"])
def end_designation(request: Request, firm: UUID, person: UUID) -> HttpResponse:
    """Say what rests on a person in charge, then end their place."""
    held = designations_of(request.firm, request.at).filter(role=Role.RSE, person__public_id=person)
    found = get_object_or_404(held)
    if found.person == request.actor.person:
        raise Http404  # one leaves a firm on a page of one's own
    form = EndForm(request.POST if request.method == "POST" else None)
    if not (form.is_bound and form.is_valid()):
        return _asked(request, found, form, status=UNPROCESSABLE if form.errors else 200)
    try:
        reason = in_words(form.cleaned_data["cause"], form.cleaned_data["reason"])
        revoke_designation(designation_id=found.public_id, reason=reason[:300], by=request.actor)
    except AlreadyRevoked:
        messages.info(request, _("Quelqu’un l’a fait avant vous."))
    except LastRSE:
        return _asked(request, found, form, status=CONFLICT)
    else:
        said = _("C’est fait : %(person)s n’est plus responsable, dès maintenant. Un courriel l’en avise.")
        messages.success(request, said % {"person": found.person})
    return redirect("firm:accesses", firm)


def _asked(request: Request, found: Designation, form: EndForm, *, status: int) -> HttpResponse:
    resting = what_rests_on(found.person, request.firm, request.at)
    context = {"form": form, "someone": found.person, "resting": resting}
    context["is_allowed"] = len(resting.others) >= guard_of(request.firm, request.at).required
    return render(request, PAGE, context, status=status)
