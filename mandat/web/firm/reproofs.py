"""Somebody of the firm has lost their second factor: an RSE, or the RA, says whether it is really them."""

from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from mandat.access.queries import people_of
from mandat.access.rights import Right
from mandat.enrolment.backing import is_backed
from mandat.enrolment.commands import code_to_hand_over, refuse_reproof, start_reproof
from mandat.enrolment.errors import NobodyHelpsThemselves
from mandat.enrolment.helping import helpers_for
from mandat.enrolment.models import Reproof
from mandat.enrolment.queries import open_reproof_of
from mandat.enrolment.workflow import ReproofState
from mandat.identity.models import Person
from mandat.platform.workflow import MoveNotAllowed
from mandat.web.account.session import proven_lately
from mandat.web.asking import Request
from mandat.web.proof import with_next

PAGE = "mandat/web/firm/confirm_identity.html"
UNPROCESSABLE = 422


class WordsForm(forms.Form):
    """How one made sure of who it is."""

    words = forms.CharField(
        label=gettext_lazy("Comment vous êtes-vous assuré que c’est cette personne?"),
        help_text=gettext_lazy("Par exemple : vue en personne au bureau, le 3 mars. Ces mots sont conservés."),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": gettext_lazy("Dites comment vous vous en êtes assuré.")},
    )


def reproof_seen_by(request: Request, someone: Person) -> tuple[Reproof | None, bool]:
    """Return the lost factor of somebody of the firm that its reader may answer, and whether only to object to it."""
    reproof = open_reproof_of(someone, request.at)
    if reproof is None or someone == request.actor.person:
        return None, False
    helpers = helpers_for(reproof, request.at)
    if helpers.enterprise == request.firm and request.actor.person in helpers.people:
        return reproof, False
    objects = helpers.is_in_several and bool(request.place.decide(Right.ADMINISTER))
    return (reproof, True) if objects else (None, False)


def _found(request: Request, person: UUID) -> tuple[Reproof, bool]:
    reproof, only_objects = reproof_seen_by(request, get_object_or_404(people_of(request.firm), public_id=person))
    if reproof is None:
        raise Http404
    return reproof, only_objects


@require_http_methods(["GET", "HEAD", "POST"])
def confirm(request: Request, firm: UUID, person: UUID) -> HttpResponse:
    """Ask how one made sure of who it is, then start the new proof, and show the code to hand over."""
    reproof, only_objects = _found(request, person)
    if not proven_lately(request, request.at):
        return redirect(with_next("mfa_reauthenticate", request.get_full_path()))
    form = WordsForm(request.POST if request.method == "POST" else None)
    if form.is_valid() and not only_objects:
        try:
            start_reproof(reproof_id=reproof.public_id, words=form.cleaned_data["words"], by=request.actor)
        except MoveNotAllowed:
            messages.info(request, _("Cette demande vient de prendre fin."))
            return redirect("firm:person", firm, person)
        except NobodyHelpsThemselves as oneself:
            raise Http404 from oneself
        messages.success(request, _("C’est fait. Un lien part à cette personne. Remettez-lui maintenant le code."))
        return redirect("firm:confirm_identity", firm, person)
    has_started = reproof.state == ReproofState.STARTED and not only_objects and is_backed(reproof, request.at)
    context = {
        "form": form, "reproof": reproof, "someone": reproof.person, "only_objects": only_objects,
        "code": code_to_hand_over(reproof) if has_started and reproof.enterprise == request.firm else "",
    }  # fmt: skip
    return render(request, PAGE, context, status=UNPROCESSABLE if form.errors else 200)


@require_POST
def refuse(request: Request, firm: UUID, person: UUID) -> HttpResponse:
    """Say that it is not them: nothing opens any more."""
    reproof, _only_objects = _found(request, person)
    words = _("Non reconnue par la firme")
    try:
        refuse_reproof(reproof_id=reproof.public_id, words=words, by=request.actor, enterprise=request.firm)
    except MoveNotAllowed:
        messages.info(request, _("Cette demande vient de prendre fin."))
    else:
        messages.success(request, _("C’est arrêté. Son second facteur reste le même."))
    return redirect("firm:person", firm, person)
