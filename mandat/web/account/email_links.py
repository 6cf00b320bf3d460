"""The two links of a change of address: the new one's, which confirms it, and the old one's, which undoes it."""

from collections.abc import Callable

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from mandat.identity.commands import EmailLinkUnusable, confirm_email, undo_email
from mandat.identity.models import EmailChange
from mandat.web.asking import Request

PAGE = "mandat/web/account/email_link.html"
GONE = 410


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def confirm(request: Request, token: str) -> HttpResponse:
    """Ask whoever opens the link to confirm the address; opening it does nothing, for mailboxes open links too."""
    return _answer(request, "confirm", token, confirm_email)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def undo(request: Request, token: str) -> HttpResponse:
    """Ask whoever opens the link whether to undo the change, then undo it."""
    return _answer(request, "undo", token, undo_email)


def _answer(request: Request, what: str, token: str, command: Callable[..., EmailChange]) -> HttpResponse:
    if request.method != "POST":
        return render(request, PAGE, {"what": what, "step": "ask"})
    try:
        command(token=token)
    except EmailLinkUnusable:
        return render(request, PAGE, {"what": what, "step": "closed"}, status=GONE)
    return render(request, PAGE, {"what": what, "step": "done"})
