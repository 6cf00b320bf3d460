"""What a person had sent when their session had just ended: shown again, to be sent again or forgotten."""

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from mandat.web.account.resuming import forget_form, kept_form
from mandat.web.asking import Request

PAGE = "mandat/web/person/resume.html"
#: A text that a person typed is longer than a box that they ticked.
SHORT = 2


@require_safe
def resume(request: Request) -> HttpResponse:
    """Show what was typed in a form sent too late, ready to be sent again to where it was going."""
    kept = kept_form(request, person=str(request.actor.person.public_id))
    texts = [value for _name, value in kept["fields"] if is_text(value)] if kept else []
    return render(request, PAGE, {"kept": kept, "texts": texts})


def is_text(value: str) -> bool:
    """Tell whether somebody typed it, rather than a form's own key or number."""
    if len(value.strip()) <= SHORT:
        return False
    try:
        UUID(value)
    except ValueError:
        return True
    return False


@require_POST
def forget(request: Request) -> HttpResponse:
    """Throw away what was kept."""
    forget_form(request)
    return redirect("account:home")
