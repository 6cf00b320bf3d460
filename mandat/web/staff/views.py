"""The home of the regulator's staff."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Show staff which rights they hold, and the pages there are."""
    return render(request, "mandat/web/staff/home.html")
