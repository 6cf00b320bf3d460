"""Pages for everyone, without an account."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Show the two doors, and what to expect behind each."""
    return render(request, "mandat/web/public/home.html")


@require_safe
def checklist(request: HttpRequest) -> HttpResponse:
    """Show what to have in hand before enrolling a firm."""
    return render(request, "mandat/web/public/checklist.html")


@require_safe
def accessibility(request: HttpRequest) -> HttpResponse:
    """Show what was done, and checked, so that everyone can use these pages."""
    return render(request, "mandat/web/public/accessibility.html")


@require_safe
def privacy(request: HttpRequest) -> HttpResponse:
    """Show what the program keeps about people who visit and sign in."""
    return render(request, "mandat/web/public/privacy.html")
