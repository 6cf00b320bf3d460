"""Signing out from a service: of our session too, and back to the service if it said where."""

from dataclasses import dataclass

from allauth.account.adapter import get_adapter
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from mandat.openid.asking import Parameters, returning, single
from mandat.openid.errors import CannotReturn, InvalidRequest
from mandat.openid.hints import Hint, hinted
from mandat.openid.jose import NotGenuine
from mandat.openid.models import Client
from mandat.openid.queries import client_named
from mandat.web.asking import Request
from mandat.web.frame import language_of
from mandat.web.openid.answers import as_lists, cannot, language_asked, page_of, query_of
from mandat.web.openid.consent import sent


@dataclass(frozen=True)
class Leaving:
    """A request to sign out, in order: for whom, and where to go then, if anywhere."""

    hint: Hint | None
    client: Client | None
    onward: str | None


@csrf_exempt
@never_cache
@require_http_methods(["GET", "POST"])
def leave(request: Request) -> HttpResponse:
    """Sign a person out, if the service shows whom it means and it is they; otherwise ask them first."""
    given = as_lists(request.GET if request.method == "GET" else request.POST)
    if request.method == "POST":
        return redirect(f"{request.path}?{query_of(given)}")
    try:
        leaving = read_leaving(given)
    except CannotReturn as stranded:
        return cannot(request, stranded.why, language=language_asked(given), template="refused_leaving")
    if request.actor is not None and not _means(leaving, request):
        return redirect(page_of("entry:confirm_leaving", language_asked(given), query_of(given)))
    if request.actor is not None:
        get_adapter().logout(request)
    return redirect(leaving.onward or page_of("public:home", language_asked(given)))


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def confirm(request: Request) -> HttpResponse:
    """Ask a person whether they want to sign out of here too, then do so."""
    given = as_lists(request.GET)
    language = language_of(request.path_info)
    try:
        leaving = read_leaving(given)
    except CannotReturn as stranded:
        return cannot(request, stranded.why, language=language, template="refused_leaving")
    if request.method == "POST" or request.actor is None:
        if request.actor is not None:
            get_adapter().logout(request)
        return sent(request, leaving.onward or page_of("public:home", language), None)
    return render(request, "mandat/web/openid/leave.html", {"client": leaving.client})


def read_leaving(given: Parameters) -> Leaving:
    """
    Return what is asked (OpenID Connect RP-Initiated Logout 1.0).

    :raises CannotReturn: if a hint is not ours, or the address to go to is not one that the client registered
    """
    try:
        one = single(given)
        hint = hinted(one["id_token_hint"]) if "id_token_hint" in one else None
    except (NotGenuine, InvalidRequest) as forged:
        raise CannotReturn("id_token_hint is not an ID token of ours, or a parameter is repeated") from forged
    client = hint.client if hint else client_named(one.get("client_id", ""))
    if "client_id" in one and (client is None or one["client_id"] != client.client_id):
        raise CannotReturn("client_id is unknown, or is not the one of id_token_hint")
    address = one.get("post_logout_redirect_uri")
    if address is None:
        return Leaving(hint, client, None)
    if client is None or not client.is_active or address not in client.post_logout_redirect_uris:
        raise CannotReturn("post_logout_redirect_uri is not one that the client registered")
    return Leaving(hint, client, returning(address, state=one.get("state")))


def _means(leaving: Leaving, request: Request) -> bool:
    """Tell whether the service means the session that is here."""
    session = request.own_session
    return leaving.hint is not None and leaving.hint.claims.get("sid") == str(session.public_id)
