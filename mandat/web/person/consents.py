"""The services that a person enters with us, what each may know, and taking that back."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from mandat.openid.commands.entering import withdraw_consent
from mandat.openid.models import Consent
from mandat.openid.queries import consents_of
from mandat.openid.scopes import labels
from mandat.web.asking import Request


@require_safe
def services(request: Request) -> HttpResponse:
    """List the services where a person has let something be known, the last entered first."""
    given = [(each, labels(each.scopes)) for each in consents_of(request.actor.person)]
    return render(request, "mandat/web/person/consents.html", {"given": given})


@require_http_methods(["GET", "HEAD", "POST"])
def withdraw(request: Request, consent: UUID) -> HttpResponse:
    """Say what it does, then take an agreement back."""
    theirs = Consent.objects.select_related("client__provider").filter(person=request.actor.person)
    found = get_object_or_404(theirs, public_id=consent)
    if request.method == "POST":
        withdraw_consent(consent_id=consent, by=request.actor)
        messages.success(request, _("L’accord est retiré : ce service n’apprend plus rien de vous."))
    if request.method == "POST" or found.withdrawn_at is not None:
        return redirect("account:services")
    return render(request, "mandat/web/person/withdraw_consent.html", {"consent": found})
