"""The filings of the firm: the list, what may be begun, and the page where each is followed."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from mandat.access.decision import AccessDenied, Matter
from mandat.access.last_use import note_use
from mandat.access.rights import RIGHTS_OF_A_PROXY, Right
from mandat.filings.commands import begin_filing
from mandat.filings.definition import FilingType
from mandat.filings.models import Filing
from mandat.filings.queries import corrections_of, documents_of, filings_in, timeline
from mandat.filings.registry import UnknownFilingType, current, current_types
from mandat.filings.workflow import OPEN_TO_CHANGE, Move
from mandat.platform.idempotency import IdempotencyConflict
from mandat.register.queries import registrant_of
from mandat.web.asking import Request
from mandat.web.explaining import why_address
from mandat.web.firm.accesses import on_one_filing
from mandat.web.keys import key_of
from mandat.web.live import live
from mandat.web.paging import paged

LIST, BEGIN, FOLLOWED = (f"mandat/web/firm/{page}.html" for page in ("filings", "begin", "filing"))


@dataclass(frozen=True)
class Opened:
    """A filing that the reader may view, and what else they may do in its block."""

    filing: Filing
    held: frozenset[Right]

    @property
    def may_write(self) -> bool:
        """Tell whether the reader may change what it says now."""
        return Right.PREPARE in self.held and self.filing.state in OPEN_TO_CHANGE

    @property
    def may_sign(self) -> bool:
        """Tell whether the reader may sign it now."""
        return Right.SIGN in self.held and self.filing.state in OPEN_TO_CHANGE

    @property
    def may_withdraw(self) -> bool:
        """Tell whether the reader may take it back now."""
        needed = Right.SIGN if self.filing.number else Right.PREPARE
        return needed in self.held and Move.WITHDRAW in self.filing.moves()


def held_in(request: Request, block: str, matter: Matter) -> frozenset[Right]:
    """
    Return the rights that the reader holds in a block of the firm.

    :raises AccessDenied: if they may not even view it
    """
    decisions = {right: request.place.decide(right, block, matter) for right in RIGHTS_OF_A_PROXY}
    if not decisions[Right.VIEW]:
        raise AccessDenied(decisions[Right.VIEW])
    return frozenset(right for right, decision in decisions.items() if decision)


def opened(request: Request, filing: UUID) -> Opened:
    """
    Return a filing of the firm of the address, and what the reader may do with it.

    :raises Http404: if the firm has no such filing
    :raises AccessDenied: if the reader may not view it
    """
    of_the_firm = Filing.objects.select_related("registrant").filter(
        registrant__service_registration__enterprise=request.firm
    )
    found = get_object_or_404(of_the_firm, public_id=filing)
    held = held_in(request, found.block, found.matter)
    note_use(request.actor.person, request.firm, found.block, [Right.VIEW], request.at)
    return Opened(found, held)


def closed_gestures(request: Request, found: Opened) -> list[tuple[Right, str]]:
    """Return what a filing could still have done to it that the reader may not do, and where that is explained."""
    if found.filing.state not in OPEN_TO_CHANGE:
        return []
    wanting = [right for right in (Right.PREPARE, Right.SIGN) if right not in found.held]
    return [(right, why_not(request, right, found.filing.block, found.filing.matter)) for right in wanting]


def why_not(request: Request, right: Right, block: str, matter: Matter) -> str:
    """Return where it is explained to the reader why they may not do something."""
    return why_address(request.place.decide(right, block, matter), request.firm, request.actor.person)


@require_safe
def filings(request: Request, firm: UUID) -> HttpResponse:
    """Show the filings of the firm that the reader may view, and what they may begin."""
    context = _listed(request)
    decided = [(each, request.place.decide(Right.PREPARE, each.block, each.matter)) for each in current_types()]
    context["types"] = [each for each, decision in decided if decision]
    context["closed_types"] = [
        (each, why_address(decision, request.firm, request.actor.person)) for each, decision in decided if not decision
    ]
    return render(request, LIST, context)


@require_safe
def filings_now(request: Request, firm: UUID) -> HttpResponse:
    """Show the moving part of the same page."""
    return render(request, f"{LIST}#now", _listed(request))


def _listed(request: Request) -> dict[str, Any]:
    registrant = registrant_of(request.firm)
    if registrant is None:
        return {"registrant": None}
    page, kept = paged(filings_in(registrant, request.place.viewable, request.place.subjects), request)
    topics = [f"registrant:{registrant.public_id}"]
    refreshed = live(request, "firm:filings_now", request.firm.public_id, topics=topics, kept=request.GET.urlencode())
    return {"registrant": registrant, "page": page, "kept": kept, "live": refreshed}


@require_http_methods(["GET", "HEAD", "POST"])
def begin(request: Request, firm: UUID, code: str) -> HttpResponse:
    """Say what is about to be begun, then begin it; what the address already answers goes along to the first step."""
    kind, registrant = _current_or_404(code), registrant_of(request.firm)
    if registrant is None:
        raise Http404
    if request.method != "POST":
        held = held_in(request, kind.block, kind.matter)
        context = {"kind": kind, "key": uuid4(), "may_prepare": Right.PREPARE in held}
        context["why"] = why_not(request, Right.PREPARE, kind.block, kind.matter)
        return render(request, BEGIN, context)
    try:
        filing = begin_filing(key=key_of(request), registrant=registrant, type_code=code, by=request.actor)
    except IdempotencyConflict:
        messages.warning(request, _("Cette page a déjà servi. Voici vos demandes : la vôtre y est."))
        return redirect("firm:filings", firm)
    step = reverse("firm:step", args=[firm, filing.public_id, kind.steps[0].code])
    answered = {name: str(value) for name, value in request.GET.items() if name in kind.steps[0].base_fields}
    return redirect(f"{step}?{urlencode(answered)}" if answered else step)


def _current_or_404(code: str) -> FilingType[Any]:
    try:
        return current(code)
    except UnknownFilingType as unknown:
        raise Http404 from unknown


@require_safe
def filing(request: Request, firm: UUID, filing: UUID) -> HttpResponse:
    """Show where a filing stands, and what has happened to it."""
    return render(request, FOLLOWED, _followed(request, filing))


@require_safe
def filing_now(request: Request, firm: UUID, filing: UUID) -> HttpResponse:
    """Show the moving part of the same page."""
    return render(request, f"{FOLLOWED}#now", _followed(request, filing))


def _followed(request: Request, public_id: UUID) -> dict[str, Any]:
    found = opened(request, public_id)
    history = list(timeline(found.filing))
    may_administer = bool(request.place.decide(Right.ADMINISTER))
    filed = [each.submission for each in history if each.move == Move.SUBMIT and each.submission]
    return {
        "opened": found,
        "closed": closed_gestures(request, found),
        "may_administer": may_administer,
        "on_this_one": on_one_filing(request, public_id) if may_administer else [],
        "filing": found.filing,
        "history": history[::-1],
        "last": filed[-1] if filed else None,
        "examiner": next((each.by for each in history[::-1] if each.move == Move.TAKE_UP), None),
        "corrections": corrections_of(found.filing),
        "documents": documents_of(found.filing),
        "steps": found.filing.filing_type.steps,
        "live": live(
            request, "firm:filing_now", request.firm.public_id, public_id, topics=[f"filing:{public_id}"]
        ),
    }  # fmt: skip
