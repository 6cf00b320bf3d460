"""The firm's own pages."""

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from mandat.platform.clock import legal_day
from mandat.reference.queries import entries
from mandat.web.asking import Request


@require_safe
def home(request: Request, firm: UUID) -> HttpResponse:
    """Show the firm to whoever stands in it: in what capacity they act, and in which blocks."""
    place = request.place
    blocks = entries("block", legal_day(request.at)).filter(code__in=place.blocks)
    context = {
        "blocks": [(block, [proxy for proxy in place.proxies if proxy.block == block.code]) for block in blocks],
        "registrations": request.firm.registrations.select_related("provider").order_by("id"),
    }
    return render(request, "mandat/web/firm/home.html", context)
