"""A person's own pages."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from mandat.access.queries import enterprises_of, roles_of
from mandat.platform.clock import now
from mandat.web.asking import Request
from mandat.web.person.landing import is_staff


@require_safe
def home(request: Request) -> HttpResponse:
    """Show a person the firms that they may open, and in what capacity."""
    person, at = request.actor.person, now()
    held = roles_of(person, at)
    firms = [{"firm": firm, "roles": held.get(firm.pk, [])} for firm in enterprises_of(person, at)]
    context = {"firms": firms, "is_staff": is_staff(person)}
    return render(request, "mandat/web/person/home.html", context)
