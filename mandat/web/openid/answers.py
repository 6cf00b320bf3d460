"""Answers of the provider: to programs, and to persons whom we cannot send back."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, JsonResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils import translation
from django.utils.cache import patch_cache_control

from mandat.openid.asking import Asked, Parameters, Returned, returning
from mandat.openid.errors import InvalidClient, InvalidToken, OAuthRefused, TooOften
from mandat.openid.tokens import issuer
from mandat.web.frame import frame

LANGUAGES = ("fr", "en")
UNAUTHORIZED, FORBIDDEN, BAD_REQUEST, TOO_MANY = 401, 403, 400, 429


def as_lists(given: QueryDict) -> Parameters:
    """Return parameters with every value of each."""
    return dict(given.lists())


def json_answer(body: Mapping[str, Any], *, status: int = 200) -> HttpResponse:
    """Answer a program; what it is told is kept nowhere."""
    answer = JsonResponse(dict(body), status=status, json_dumps_params={"ensure_ascii": False})
    patch_cache_control(answer, no_store=True)
    answer["Pragma"] = "no-cache"
    return answer


def refusal(refused: OAuthRefused) -> HttpResponse:
    """Answer a program that it is refused, and why."""
    is_unproven = isinstance(refused, InvalidClient | InvalidToken)
    body = {"error": refused.code, "error_description": refused.why}
    answer = json_answer(body, status=UNAUTHORIZED if is_unproven else BAD_REQUEST)
    if isinstance(refused, TooOften):
        answer.status_code = TOO_MANY
        answer["Retry-After"] = str(refused.seconds)
    if isinstance(refused, InvalidClient):
        answer["WWW-Authenticate"] = 'Basic realm="openid"'
    if isinstance(refused, InvalidToken):
        answer["WWW-Authenticate"] = f'Bearer realm="openid", error="{refused.code}"'
    return answer


def answered(asked: Asked, **answer: str | None) -> str:
    """Return the address of a client with an answer to what it asked."""
    return returning(asked.redirect_uri, **answer, state=asked.state, iss=issuer())


def turned_down(returned: Returned) -> str:
    """Return the address of a client with a refusal."""
    refused = returned.refused
    return returning(
        returned.redirect_uri, error=refused.code, error_description=refused.why, state=returned.state, iss=issuer()
    )


def language_asked(parameters: Mapping[str, Sequence[str]]) -> str:
    """Return the first of our languages that a service asks for (`ui_locales`), or French."""
    for each in " ".join(parameters.get("ui_locales", ())).split():
        if (language := each.partition("-")[0].lower()) in LANGUAGES:
            return language
    return "fr"


def page_of(view: str, language: str, query: str = "") -> str:
    """Return the address of a page in a language."""
    with translation.override(language):
        return reverse(view) + (f"?{query}" if query else "")


def query_of(parameters: Mapping[str, Sequence[str]]) -> str:
    """Return parameters as they stand in an address."""
    return urlencode([(name, value) for name, values in parameters.items() for value in values], errors="replace")


def cannot(request: HttpRequest, why: str, *, language: str, template: str = "refused") -> HttpResponse:
    """
    Tell a person, in their language, that a service has not sent them properly.

    Where services send them there is one address for both languages: the other is then that of our own home.
    """
    with translation.override(language):
        around = frame(request)["frame"]
        if request.resolver_match is None or request.resolver_match.namespace != "entry":
            around = replace(around, language=language, other_href=page_of("public:home", _other(language)))
        context = {"why": why, "frame": around}
        return render(request, f"mandat/web/openid/{template}.html", context, status=BAD_REQUEST)


def _other(language: str) -> str:
    return "fr" if language == "en" else "en"
