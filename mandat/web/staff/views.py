"""The home of the regulator's staff."""

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from mandat.web.asking import Request
from mandat.web.permissions import RULES, Staff

PAGES = (
    (
        "staff:reference",
        _("Données de référence"),
        _("Blocs, territoires, jours fériés, politiques : leur source et leurs dates"),
    ),
    (
        "staff:operations",
        _("Ce que fait le serveur"),
        _("Derniers événements, travailleurs en marche, travaux mis de côté"),
    ),
)


@require_safe
def home(request: Request) -> HttpResponse:
    """Show staff which rights they hold, and the pages that these open."""
    pages = [
        page for page in PAGES if isinstance(rule := RULES[page[0]], Staff) and rule.is_open_to(request.staff_rights)
    ]
    return render(request, "mandat/web/staff/home.html", {"pages": pages})
