"""A firm that nobody is in charge of any more, as the verification desk sees it."""

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from mandat.access.queries import designations_of
from mandat.enterprises.models import Designation, Enterprise, Role
from mandat.enterprises.workflow import EnterpriseState
from mandat.web.asking import Request

PAGE = "mandat/web/staff/recovery.html"
#: How many former RSEs the page names.
RECALLED = 5


@require_safe
def recovery(request: Request, enterprise: UUID) -> HttpResponse:
    """Show a firm that is, or was, in recovery: since when, who was in charge, who can put it right."""
    firm = get_object_or_404(
        Enterprise.objects.filter(history__after=EnterpriseState.IN_RECOVERY).distinct(), public_id=enterprise
    )
    last = Designation.objects.filter(enterprise=firm, role=Role.RSE).select_related("person").order_by("-id")
    moves = list(firm.history.order_by("id"))
    for each in moves:
        each.name = EnterpriseState(each.after).label  # type: ignore[attr-defined]
    context = {
        "firm": firm,
        "is_in_recovery": firm.state == EnterpriseState.IN_RECOVERY,
        "representatives": [each.person for each in designations_of(firm, request.at).filter(role=Role.RA)],
        "last": last[:RECALLED],
        "history": moves,
    }
    return render(request, PAGE, context)
