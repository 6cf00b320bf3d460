"""What a token tells: of a person, to whoever holds it; of itself, to the client that it was given to."""

from typing import Any

from django.http import HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST

from mandat.openid.claims import claims_of
from mandat.openid.errors import InvalidToken, OAuthRefused
from mandat.openid.models import Client
from mandat.openid.queries import opened_by, refreshed_by, subject_of
from mandat.openid.tokens import issuer
from mandat.platform.clock import now
from mandat.web.asking import Request
from mandat.web.openid.answers import json_answer, refusal
from mandat.web.openid.token import form_of, prove


@csrf_exempt
@require_http_methods(["GET", "POST"])
def userinfo(request: Request) -> HttpResponse:
    """Tell of a person what an access token opens. It comes in the header, and nowhere else."""
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    at = now()
    found = opened_by(token.strip(), at) if scheme.lower() == "bearer" else None
    if found is None or "access_token" in request.GET:
        return refusal(InvalidToken())
    entry, scopes, _expires_at = found
    return json_answer(claims_of(entry, scopes, at))


@csrf_exempt
@require_POST
def introspect(request: Request) -> HttpResponse:
    """Tell a client whether a token of its own still stands (RFC 7662). Of another’s, that it does not."""
    try:
        given = form_of(request)
        client = prove(request, given)
    except OAuthRefused as refused:
        return refusal(refused)
    return json_answer(_told_of(given.get("token", ""), client))


def _told_of(token: str, client: Client) -> dict[str, Any]:
    at = now()
    if (opened := opened_by(token, at)) is not None:
        entry, scopes, expires_at = opened
        kind = {"token_type": "Bearer", "scope": " ".join(scopes)}
    elif (carried := refreshed_by(token, at)) is not None:
        entry, expires_at = carried
        kind = {"token_type": "refresh_token", "scope": " ".join(entry.scopes)}
    else:
        return {"active": False}
    if entry.client != client:
        return {"active": False}
    return {
        "active": True,
        "client_id": client.client_id,
        "iss": issuer(),
        "sub": subject_of(client, entry.session.person),
        "exp": int(expires_at.timestamp()),
        **kind,
    }
