"""Waking the access of somebody of the firm, suspended because it slept."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from mandat.access.commands.restoring import NotAsleep, NotOfTheFirm, wake_access
from mandat.access.queries import people_of
from mandat.web.asking import Request


@require_POST
def wake(request: Request, firm: UUID, person: UUID) -> HttpResponse:
    """Let somebody of the firm sign in again; a second time changes nothing."""
    someone = get_object_or_404(people_of(request.firm), public_id=person)
    try:
        wake_access(enterprise=request.firm, person=someone, reason=_("Demandé par la firme"), by=request.actor)
    except (NotAsleep, NotOfTheFirm):
        messages.info(request, _("Il n’y a rien à rétablir ici. Pour une autre suspension, parlez au régulateur."))
    else:
        messages.success(request, _("C’est fait : cette personne peut de nouveau entrer. Elle en est avertie."))
    return redirect("firm:person", request.firm.public_id, someone.public_id)
