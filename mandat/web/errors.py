"""Pages for what goes wrong: in the language of the address, with the right status, saying what to do next."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, JsonResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils import translation

from mandat.access.decision import AccessDenied
from mandat.platform.clock import now
from mandat.web.explaining import explained_to, why_address
from mandat.web.frame import Frame, frame, in_the_other_language, language_of

#: “Page expired”: not registered, but told apart from a refusal by people and by logs.
PAGE_EXPIRED = 419
FORBIDDEN = 403
HTML, JSON = "text/html", "application/json"


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Say that a request could not be read. Needs neither database nor session: either may be what is malformed."""
    return _bare(request, "400", 400)


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Say that a page is not open to its reader."""
    return _page(request, "403", 403)


def refused(request: HttpRequest, denied: AccessDenied) -> HttpResponse:
    """Say which link is missing, what would supply it and who can do so; for programs that ask for it, in JSON."""
    with translation.override(language_of(request.path_info)):
        answer = explained_to(request, denied.decision, now())
        why = why_address(denied.decision, answer.firm, answer.someone) if answer.someone else ""
        if request.get_preferred_type([HTML, JSON]) == JSON:
            return JsonResponse(answer.as_record() | {"why": why}, status=FORBIDDEN)
        return _page(request, "refused", FORBIDDEN, answer=answer, why=why)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Say that there is nothing here, or nothing for this reader: the two are not told apart."""
    return _page(request, "404", 404)


def expired(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Say that a form came without the token of its page, and that nothing was done."""
    return _page(request, "419", PAGE_EXPIRED)


def too_many(
    request: HttpRequest, exception: Exception | None = None, *, until: datetime | None = None
) -> HttpResponse:  # fmt: skip
    """Say that one must wait before trying again, until when, and what else there is."""
    return _page(request, "429", 429, until=until)


def failed(request: HttpRequest) -> HttpResponse:
    """Say that the fault is ours. Needs no database."""
    return _bare(request, "500", 500)


def _page(request: HttpRequest, name: str, status: int, **context: object) -> HttpResponse:
    with translation.override(language_of(request.path_info)):
        around = frame(request)["frame"]
        context["frame"] = replace(around, other_href=_other_page(request))
        return render(request, f"mandat/web/errors/{name}.html", context, status=status)


def _bare(request: HttpRequest, name: str, status: int) -> HttpResponse:
    with translation.override(language_of(request.path_info)):
        around = Frame(language=language_of(request.path_info), other_href=_other_page(request))
        return HttpResponse(render_to_string(f"mandat/web/errors/{name}.html", {"frame": around}), status=status)


def _other_page(request: HttpRequest) -> str:
    """Return where the language switch of an error page leads: an address that was posted to cannot be opened."""
    can_be_opened = request.method in {"GET", "HEAD"}
    return in_the_other_language(request.path if can_be_opened else f"/{_prefix(request)}")


def _prefix(request: HttpRequest) -> str:
    return "en/" if language_of(request.path_info) == "en" else ""


class RefusedMethods:
    """Middleware: gives a page to Django's wordless “method not allowed”."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if not isinstance(response, HttpResponseNotAllowed):
            return response
        page = _page(request, "405", response.status_code)
        for kept in ("Allow", "Cache-Control"):
            if kept in response:
                page[kept] = response[kept]
        return page
