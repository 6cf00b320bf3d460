"""What an officer sees of a filing, and does with it."""

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from mandat.filings.queries import filings_examinable_by
from mandat.web.asking import Request


@require_safe
def filing(request: Request, filing: UUID) -> HttpResponse:
    """Show a filing to the officer who may examine it."""
    found = get_object_or_404(filings_examinable_by(request.actor.person, request.at), public_id=filing)
    return render(request, "mandat/web/staff/filing.html", {"filing": found})
