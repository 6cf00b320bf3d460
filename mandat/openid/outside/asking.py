"""
A person sent to an outside provider, and what it says of them when they come back, held to the rules.

Everything in the answer is checked against what was asked by this very browser: state, issuer, nonce, audience, dates.
"""

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.parse import quote, urlencode
from urllib.request import Request, build_opener

from django.core.cache import cache

from mandat.identity.actor import Assurance
from mandat.openid import jose
from mandat.openid.challenge import challenge_of
from mandat.openid.logout import StayHere
from mandat.openid.opaque import digest, draw
from mandat.openid.outside.providers import Provider

#: Seconds that a provider has to answer, and octets that its answer may have.
PATIENCE, LONGEST = 5, 200_000
#: What is known of a provider is kept an hour; its keys are asked for again at most once a minute.
AN_HOUR, A_MINUTE = 3600, 60
#: How long a person may take there.
LONGEST_WAY = timedelta(minutes=10)


class Unreachable(Exception):
    """The provider does not answer, or not as it should."""


class AnswerRefused(Exception):
    """The answer is not one to what this browser asked, or not from whom it says."""


class ClocksDiffer(AnswerRefused):
    """The provider's clock and ours are too far apart."""


class PersonRefused(AnswerRefused):
    """The person did not go through with it there."""


@dataclass(frozen=True)
class Said:
    """What a provider says of a person: who, by its own name for them, and how surely."""

    issuer: str
    sub: str
    assurance: Assurance


def begin(provider: Provider, *, return_to: str, language: str, at: datetime) -> tuple[str, dict[str, str]]:
    """
    Return where to send the person, and what their browser's session keeps meanwhile.

    :raises Unreachable: if the provider does not answer
    """
    kept = {"provider": provider.code, "state": draw(), "nonce": draw(), "verifier": draw(), "at": at.isoformat()}
    asked = {
        "response_type": "code", "client_id": provider.client_id, "redirect_uri": return_to, "scope": "openid",
        "state": kept["state"], "nonce": kept["nonce"], "code_challenge": challenge_of(kept["verifier"]),
        "code_challenge_method": "S256", "ui_locales": f"{language}-CA",
    }  # fmt: skip
    address = _metadata(provider)["authorization_endpoint"]
    return address + ("&" if "?" in address else "?") + urlencode(asked), kept


def finish(
    provider: Provider, kept: Mapping[str, str], answer: Mapping[str, str], *, return_to: str, at: datetime
) -> Said:
    """
    Return what the provider says of the person who came back.

    :raises AnswerRefused: if the answer is not one to what was asked, or is not in order
    :raises Unreachable: if the provider does not answer us
    """
    metadata = _metadata(provider)
    if answer.get("state") != kept["state"] or at - datetime.fromisoformat(kept["at"]) > LONGEST_WAY:
        raise AnswerRefused("state")
    says_who = metadata.get("authorization_response_iss_parameter_supported") is True
    if answer.get("iss", None if says_who else provider.issuer) != provider.issuer:
        raise AnswerRefused("iss")
    if "error" in answer:
        raise PersonRefused(answer["error"][:100])
    if not answer.get("code"):
        raise AnswerRefused("code")
    tokens = _redeem(provider, metadata["token_endpoint"], answer["code"], kept["verifier"], return_to)
    return _read(provider, metadata, tokens, nonce=kept["nonce"], at=at)


def _redeem(provider: Provider, endpoint: str, code: str, verifier: str, return_to: str) -> dict[str, Any]:
    basic = f"{quote(provider.client_id, safe='')}:{quote(provider.client_secret, safe='')}".encode()
    form = {"grant_type": "authorization_code", "code": code, "code_verifier": verifier, "redirect_uri": return_to}
    return _fetch(endpoint, form, authorization=f"Basic {base64.b64encode(basic).decode()}")


def _read(
    provider: Provider, metadata: Mapping[str, Any], tokens: Mapping[str, Any], *, nonce: str, at: datetime
) -> Said:
    token = str(tokens.get("id_token", ""))
    try:
        claims = _verified(provider, metadata["jwks_uri"], token)
        expires_at, issued_at = jose.instant(claims, "exp"), jose.instant(claims, "iat")
    except jose.NotGenuine as forged:
        raise AnswerRefused("signature") from forged
    _check(provider, claims, nonce=nonce)
    if expires_at is None or issued_at is None:
        raise AnswerRefused("dates")
    if expires_at + jose.DRIFT <= at or issued_at > at + jose.DRIFT:
        raise ClocksDiffer("dates")
    return Said(provider.issuer, str(claims["sub"]), provider.assurance_of(claims.get("acr"), claims.get("amr")))


def _check(provider: Provider, claims: Mapping[str, Any], *, nonce: str) -> None:
    audience = claims.get("aud")
    audiences = audience if isinstance(audience, list) else [audience]
    sub = claims.get("sub")
    in_order = {
        "iss": claims.get("iss") == provider.issuer,
        "aud": audiences == [provider.client_id] and claims.get("azp", provider.client_id) == provider.client_id,
        "nonce": claims.get("nonce") == nonce,
        "sub": isinstance(sub, str) and 0 < len(sub) <= LONGEST_SUB,
    }
    if wrong := [name for name, is_right in in_order.items() if not is_right]:
        raise AnswerRefused(", ".join(wrong))


#: OpenID Connect Core, 2.
LONGEST_SUB = 255


def _verified(provider: Provider, address: str, token: str) -> dict[str, Any]:
    """Return the claims of a token of the provider's; keys that it has changed are asked for again, not too often."""
    try:
        return jose.read(token, keys=_keys(provider, address), algorithms=(jose.OURS,))
    except jose.NotGenuine:
        if not cache.add(_name("asked", provider), 1, A_MINUTE):
            raise
        return jose.read(token, keys=_keys(provider, address, is_new=True), algorithms=(jose.OURS,))


def _keys(provider: Provider, address: str, *, is_new: bool = False) -> dict[str, Any]:
    name = _name("keys", provider)
    found = None if is_new else cache.get(name)
    if found is None:
        found = _fetch(address)
        cache.set(name, found, AN_HOUR)
    keys = found.get("keys")
    if not isinstance(keys, list):
        raise Unreachable("keys")
    rsa = [each for each in keys if isinstance(each, dict) and each.get("kty") == "RSA"]
    return {str(each.get("kid", place)): each for place, each in enumerate(rsa)}


def _name(what: str, provider: Provider) -> str:
    return f"outside-{what}-{digest(provider.issuer)}"


def _metadata(provider: Provider) -> dict[str, Any]:
    """
    Return what the provider says of itself.

    :raises Unreachable: if it says nothing, or speaks for another
    """
    name = _name("metadata", provider)
    found = cache.get(name)
    if found is None:
        found = _fetch(provider.issuer.rstrip("/") + "/.well-known/openid-configuration")
        needed = ("authorization_endpoint", "token_endpoint", "jwks_uri")
        if found.get("issuer") != provider.issuer or not all(isinstance(found.get(each), str) for each in needed):
            raise Unreachable("metadata")
        cache.set(name, found, AN_HOUR)
    return dict(found)


def _fetch(address: str, form: Mapping[str, str] | None = None, *, authorization: str = "") -> dict[str, Any]:
    body = urlencode(form).encode() if form else None
    headers = {"Accept": "application/json"} | ({"Authorization": authorization} if authorization else {})
    if not address.startswith(("https://", "http://localhost", "http://127.0.0.1")):
        raise Unreachable("address")
    try:
        request = Request(address, data=body, headers=headers)  # noqa: S310 - seen to be http or https
        with build_opener(StayHere).open(request, timeout=PATIENCE) as answer:
            said = json.loads(answer.read(LONGEST))
    except HTTPError as refused:
        raise (AnswerRefused if form else Unreachable)(f"{refused.code}") from refused
    except (URLError, OSError, ValueError) as failed:
        raise Unreachable(str(failed)) from failed
    if not isinstance(said, dict):
        raise Unreachable("not an object")
    return said
