"""What the server is doing: its last events, its workers, and what was set aside for somebody to look at."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ObjectDoesNotExist
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from mandat.access.rights import Right
from mandat.business_register.queries import state_of_the_register
from mandat.openid.models import LogoutNotice
from mandat.openid.queries import parked_notices
from mandat.platform.clock import now
from mandat.platform.commands import resume as resume_effect
from mandat.platform.commands import unpark_delivery, unpark_letter, unpark_mail
from mandat.platform.models import EventRow
from mandat.platform.queries import living_workers, parked_deliveries, parked_letters, parked_mail
from mandat.platform.workflow import MoveNotAllowed
from mandat.web.asking import Request
from mandat.web.live import live

PAGE = "mandat/web/staff/operations.html"
SHOWN = 20
#: What can be set aside, by its name in the address: how to take it up again.
RESUME = {
    "delivery": lambda key: unpark_delivery(delivery=key),
    "mail": lambda key: unpark_mail(mail=key),
    "letter": lambda key: unpark_letter(letter=key),
    "logout": lambda key: resume_effect(LogoutNotice, key),
}


def _shown(request: Request) -> dict[str, Any]:
    return {
        "events": EventRow.objects.order_by("-id")[:SHOWN],
        "workers": living_workers().count(),
        "business_register": state_of_the_register(),
        "parked": [
            *(("delivery", each) for each in parked_deliveries()[:SHOWN]),
            *(("mail", each) for each in parked_mail()[:SHOWN]),
            *(("letter", each) for each in parked_letters()[:SHOWN]),
            *(("logout", each) for each in parked_notices()[:SHOWN]),
        ],
        "may_resume": Right.SUPERVISE in request.staff_rights,
        "at": now(),
        "live": live(request, "staff:operations_now", topics=["events"]),
    }


@require_safe
def operations(request: Request) -> HttpResponse:
    """Show what the server is doing."""
    return render(request, PAGE, _shown(request))


@require_safe
def operations_now(request: Request) -> HttpResponse:
    """Show the moving part of the same page."""
    return render(request, f"{PAGE}#now", _shown(request))


@require_POST
def resume(request: Request, kind: str, effect: UUID) -> HttpResponse:
    """Take up again what was set aside."""
    if kind not in RESUME:
        raise Http404
    try:
        RESUME[kind](effect)
    except ObjectDoesNotExist as unknown:
        raise Http404 from unknown
    except MoveNotAllowed:
        messages.info(request, _("Ce travail a déjà été repris."))
    else:
        messages.success(request, _("Le travail est repris. Il s’exécute dans quelques secondes."))
    return redirect("staff:operations")
