"""A person's own pages."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from mandat.access.queries import enterprises_of, place_of
from mandat.platform.clock import now
from mandat.web.person.landing import is_staff
from mandat.web.templatetags.words import capacity


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Show a person the firms that they may open, and in what capacity."""
    person, at = request.actor.person, now()
    firms = [{"firm": firm, "capacity": capacity(place_of(person, firm, at))} for firm in enterprises_of(person, at)]
    context = {"firms": firms, "is_staff": is_staff(person)}
    return render(request, "mandat/web/person/home.html", context)
