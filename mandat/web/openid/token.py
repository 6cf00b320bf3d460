"""Codes and refresh tokens exchanged for tokens; tokens given back."""

import base64
import binascii
from collections.abc import Callable, Mapping
from contextlib import suppress
from urllib.parse import unquote_plus

from django.conf import settings
from django.http import HttpResponse
from django.urls import reverse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from mandat.openid import jose
from mandat.openid.asking import single
from mandat.openid.commands.proving import prove_by_assertion, prove_by_secret
from mandat.openid.commands.redeeming import redeem_code, refresh
from mandat.openid.commands.redeeming import revoke as give_back
from mandat.openid.errors import InvalidClient, InvalidGrant, InvalidRequest, OAuthRefused
from mandat.openid.limiting import count_failed_grant, count_failed_proof, require_fewer_failed_proofs
from mandat.openid.models import Client
from mandat.openid.tokens import Issued, issuer
from mandat.web.account.limits import address_of
from mandat.web.asking import Request
from mandat.web.openid.answers import as_lists, json_answer, refusal

FORM = "application/x-www-form-urlencoded"
ASSERTION = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
Given = Mapping[str, str]


@csrf_exempt
@require_POST
def token(request: Request) -> HttpResponse:
    """Exchange a code or a refresh token."""
    try:
        given = form_of(request)
        client = prove(request, given)
        issued = _issued(client, given)
    except OAuthRefused as refused:
        return refusal(refused)
    return json_answer({
        "access_token": issued.access_token,
        "token_type": "Bearer",
        "expires_in": issued.seconds,
        "refresh_token": issued.refresh_token,
        "id_token": issued.id_token,
        "scope": " ".join(issued.scopes),
    })  # fmt: skip


def _issued(client: Client, given: Given) -> Issued:
    try:
        return _EXCHANGES.get(given.get("grant_type", ""), _by_nothing)(client, given)
    except InvalidGrant:
        count_failed_grant(client)
        raise


@csrf_exempt
@require_POST
def revoke(request: Request) -> HttpResponse:
    """Take a token back (RFC 7009). Of one that is not the client’s, or is dead, nothing is said."""
    try:
        given = form_of(request)
        client = prove(request, given)
        give_back(client=client, token=_needed(given, "token"))
    except OAuthRefused as refused:
        return refusal(refused)
    return json_answer({})


def form_of(request: Request) -> Given:
    """
    Return what a program sends.

    :raises InvalidRequest: if it is no form, or a parameter comes twice or in the address
    """
    if request.content_type != FORM or request.GET:
        raise InvalidRequest(f"parameters come once, in a body of type {FORM}")
    return single(as_lists(request.POST))


def prove(request: Request, given: Given) -> Client:
    """
    Return the client that asks, by the one proof that it gives.

    :raises InvalidClient: if it gives none that holds
    :raises InvalidRequest: if it gives two
    :raises TooOften: if it failed too often from there
    """
    named, address = _named(request, given), address_of(request)
    require_fewer_failed_proofs(named, address=address)
    try:
        return _proven(request, given)
    except InvalidClient:
        count_failed_proof(named, address=address)
        raise


def _named(request: Request, given: Given) -> str:
    """Return which client is said to ask, true or not."""
    if "client_assertion" in given:
        with suppress(jose.NotGenuine):
            return jose.unverified_issuer(given["client_assertion"])
        return ""
    with suppress(InvalidClient):
        return _basic(request.headers.get("Authorization", ""))[0]
    return given.get("client_id", "")


def _proven(request: Request, given: Given) -> Client:
    header = request.headers.get("Authorization", "")
    if header and "client_assertion" in given:
        raise InvalidRequest("a client proves itself in one way")
    if "client_assertion" in given:
        if given.get("client_assertion_type") != ASSERTION:
            raise InvalidClient
        ours = frozenset({issuer(), settings.PUBLIC_URL + reverse("openid:token")})
        return prove_by_assertion(
            assertion=given["client_assertion"], client_id=given.get("client_id"), audiences=ours
        )  # fmt: skip
    client_id, secret = _basic(header)
    if given.get("client_id", client_id) != client_id or "client_secret" in given:
        raise InvalidClient
    return prove_by_secret(client_id=client_id, secret=secret)


def _basic(header: str) -> tuple[str, str]:
    scheme, _, value = header.partition(" ")
    try:
        named, colon, secret = base64.b64decode(value.strip(), validate=True).decode().partition(":")
    except (binascii.Error, ValueError) as malformed:
        raise InvalidClient from malformed
    if scheme.lower() != "basic" or not colon:
        raise InvalidClient
    return unquote_plus(named), unquote_plus(secret)


def _by_code(client: Client, given: Given) -> Issued:
    return redeem_code(
        client=client, code=_needed(given, "code"), redirect_uri=_needed(given, "redirect_uri"),
        verifier=_needed(given, "code_verifier"),
    )  # fmt: skip


def _by_refresh(client: Client, given: Given) -> Issued:
    scopes = tuple(given["scope"].split()) if "scope" in given else None
    return refresh(client=client, token=_needed(given, "refresh_token"), scopes=scopes)


def _by_nothing(client: Client, given: Given) -> Issued:
    raise OAuthRefused("unsupported_grant_type", "authorization_code and refresh_token are served")


def _needed(given: Given, name: str) -> str:
    if name not in given:
        raise InvalidRequest(f"{name} is missing")
    return given[name]


_EXCHANGES: dict[str, Callable[[Client, Given], Issued]] = {
    "authorization_code": _by_code,
    "refresh_token": _by_refresh,
}
