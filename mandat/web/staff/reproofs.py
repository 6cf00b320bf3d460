"""The desk, when somebody with nobody above them has lost their second factor: their identity is verified again."""

from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from mandat.access.queries import roles_of
from mandat.enrolment.commands import refuse_reproof, start_reproof
from mandat.enrolment.errors import NobodyHelpsThemselves
from mandat.enrolment.helping import firms_of, helpers_for
from mandat.enrolment.models import Reproof
from mandat.platform.workflow import MoveNotAllowed
from mandat.web.account.session import proven_lately
from mandat.web.asking import Request
from mandat.web.firm.reproofs import WordsForm
from mandat.web.proof import with_next

PAGE = "mandat/web/staff/reproof.html"
UNPROCESSABLE = 422


class PostForm(WordsForm):
    """How one made sure, and where the letter with the code goes."""

    address = forms.CharField(
        label=gettext_lazy("Adresse de la lettre, vérifiée"),
        help_text=gettext_lazy("Le code part par la poste : personne du bureau ne le voit. Une ligne par ligne."),
        max_length=400,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": gettext_lazy("Donnez l’adresse où la lettre doit arriver.")},
    )


def _found(request: Request, reproof: UUID) -> Reproof:
    """
    Return a lost factor that the desk is to answer.

    :raises Http404: if there is none, or a firm answers it, or it is the reader’s own
    """
    found = get_object_or_404(Reproof.objects.select_related("person", "login"), public_id=reproof)
    helpers = helpers_for(found, request.at)
    is_theirs = helpers.enterprise is None and helpers.right in request.staff_rights
    if not is_theirs or found.person == request.actor.person:
        raise Http404
    return found


@require_http_methods(["GET", "HEAD", "POST"])
def reproof(request: Request, reproof: UUID) -> HttpResponse:
    """Show who asks, ask how one made sure of them, then start the new proof."""
    found = _found(request, reproof)
    if not proven_lately(request, request.at):
        return redirect(with_next("mfa_reauthenticate", request.get_full_path()))
    form = PostForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        lines = [each.strip() for each in form.cleaned_data["address"].splitlines() if each.strip()]
        try:
            start_reproof(
                reproof_id=reproof, words=form.cleaned_data["words"], by=request.actor,
                address=[str(found.person), *lines],
            )  # fmt: skip
        except MoveNotAllowed:
            messages.info(request, _("Cette demande vient de prendre fin."))
        else:
            messages.success(request, _("C’est fait. Un lien part par courriel, et un code par la poste."))
        return redirect("staff:reproof", reproof)
    roles = roles_of(found.person, request.at)
    firms = [(each, roles.get(each.pk, [])) for each in firms_of(found.person, request.at)]
    context = {
        "form": form, "reproof": found, "firms": firms, "is_open": found.is_open(request.at),
        "timeline": found.history.order_by("id"), "helpers": helpers_for(found, request.at),
    }  # fmt: skip
    return render(request, PAGE, context, status=UNPROCESSABLE if form.errors else 200)


@require_POST
def refuse(request: Request, reproof: UUID) -> HttpResponse:
    """Say that the person was not recognised."""
    found = _found(request, reproof)
    try:
        refuse_reproof(reproof_id=found.public_id, words=_("Non reconnue par le bureau"), by=request.actor)
    except NobodyHelpsThemselves as oneself:
        raise Http404 from oneself
    except MoveNotAllowed:
        messages.info(request, _("Cette demande vient de prendre fin."))
    else:
        messages.success(request, _("C’est arrêté. Son second facteur reste le même."))
    return redirect("staff:reproof", reproof)
