"""The firm's own pages."""

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from mandat.access.queries import proxies_given
from mandat.access.rights import Right
from mandat.filings.queries import filings_in
from mandat.filings.workflow import OPEN_TO_CHANGE
from mandat.platform.clock import legal_day
from mandat.reference.queries import entries
from mandat.register.queries import registrant_of
from mandat.web.asking import Request
from mandat.web.firm.guards import guard_of
from mandat.web.firm.requests import waiting_requests
from mandat.web.firm.second_person import NOTHING, awaiting
from mandat.web.templatetags.causes import announced

#: How many filings under way the home shows; the others are in the list.
SHOWN = 5


@require_safe
def home(request: Request, firm: UUID) -> HttpResponse:
    """Show the firm to whoever stands in it: what it is writing, in what capacity they act, and in which blocks."""
    place = request.place
    blocks = entries("block", legal_day(request.at)).filter(code__in=place.blocks)
    held = list(proxies_given(request.firm, request.at).filter(person=request.actor.person))
    filings = filings_in(registrant_of(request.firm), place.viewable, place.subjects)
    administers = bool(place.decide(Right.ADMINISTER))
    context = {
        "awaiting": awaiting(request.firm, request.actor.person, request.at) if administers else NOTHING,
        "asked": waiting_requests(request.firm, request.actor.person, request.at) if administers else 0,
        "in_charge": guard_of(request.firm, request.at) if place.roles else None,
        "announced": announced(request.firm, request.at) if place.roles else [],
        "to_do": list(filings.filter(state__in=OPEN_TO_CHANGE)[:SHOWN]),
        "blocks": [(block, [proxy for proxy in held if proxy.block == block.code]) for block in blocks],
        "registrations": request.firm.registrations.select_related("provider").order_by("id"),
    }
    return render(request, "mandat/web/firm/home.html", context)
