"""What the regulator has added to the blocks of the firm since it took them, and who would gain it."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from mandat.access.catalogue import news_for
from mandat.access.commands import BlockUnknown, accept_versions
from mandat.access.queries import designations_of, proxies_given
from mandat.enrolment.queries import registrations_with_regulator
from mandat.enterprises.models import Role
from mandat.platform.clock import legal_day
from mandat.web.asking import Request

PAGE = "mandat/web/firm/news.html"
UNPROCESSABLE = 422


@require_http_methods(["GET", "HEAD", "POST"])
def news(request: Request, firm: UUID) -> HttpResponse:
    """Show what was added to the blocks that the firm uses, and who gains it; accept what was shown."""
    registration = registrations_with_regulator(request.firm).filter(state="active").first()
    if registration is None:
        return redirect("firm:services", firm)
    told = news_for(registration, legal_day(request.at))
    if request.method == "POST":
        offered = {f"{each.block.code}={each.version}": each for each in told}
        chosen = [offered[each] for each in request.POST.getlist("versions") if each in offered]
        if chosen and len(chosen) == len(set(request.POST.getlist("versions"))):
            return _accepted(request, registration.public_id, {each.block.code: each.version for each in chosen})
    holders: dict[str, list[str]] = {}
    for proxy in proxies_given(request.firm, request.at).filter(block__in=[each.block.code for each in told]):
        holders.setdefault(proxy.block, []).append(str(proxy.person or proxy.mandatary))
    in_charge = designations_of(request.firm, request.at).filter(role=Role.RSE)
    context = {
        "news": [(each, holders.get(each.block.code, [])) for each in told],
        "in_charge": [str(each.person) for each in in_charge],
        "has_failed": request.method == "POST",
    }
    return render(request, PAGE, context, status=UNPROCESSABLE if request.method == "POST" else 200)


def _accepted(request: Request, registration: UUID, versions: dict[str, int]) -> HttpResponse:
    try:
        accept_versions(registration_id=registration, versions=versions, by=request.actor)
    except BlockUnknown:  # the catalogue or the choice of blocks changed meanwhile
        messages.warning(request, _("Les blocs viennent de changer. Relisez ce qui s’ajoute."))
        return redirect("firm:news", request.firm.public_id)
    messages.success(request, _("C’est accepté. Ce qui s’ajoute sert dès maintenant."))
    return redirect("firm:services", request.firm.public_id)
