"""When the regulator's staff looked at the firm's account, and why."""

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from mandat.casework.queries import visits_of
from mandat.web.asking import Request
from mandat.web.paging import paged


@require_safe
def visits(request: Request, firm: UUID) -> HttpResponse:
    """Show the visits of support to the firm's account."""
    page, kept = paged(visits_of(request.firm), request)
    return render(request, "mandat/web/firm/visits.html", {"page": page, "kept": kept})
