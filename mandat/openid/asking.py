"""What a service asks of us, read and held to the rules. Pure but for finding the client: no session, no clock."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from mandat.openid.errors import CannotReturn, InvalidRequest, OAuthRefused
from mandat.openid.models import Client
from mandat.openid.scopes import Scope, known

#: The base64url of a SHA-256.
CHALLENGE = re.compile(r"[A-Za-z0-9_-]{43}")
VERIFIER = re.compile(r"[A-Za-z0-9._~-]{43,128}")
_SECONDS = re.compile(r"[0-9]{1,9}")
#: Longer than any parameter in order; than any that holds a signed token.
LONGEST, LONGEST_HINT = 500, 8_000
MAY_BE_LONG = frozenset({"id_token_hint", "client_assertion", "token", "refresh_token", "claims"})
PROMPTS = ("none", "login", "consent")
#: What we do not do, by the error that says so.
NOT_SUPPORTED = {
    "request": "request_not_supported",
    "request_uri": "request_uri_not_supported",
    "registration": "registration_not_supported",
}
Parameters = Mapping[str, Sequence[str]]


@dataclass(frozen=True)
class Asked:
    """An authorization request in order."""

    client: Client
    redirect_uri: str
    state: str | None
    scopes: tuple[str, ...]
    nonce: str
    challenge: str
    prompt: frozenset[str]
    max_age: int | None
    acr_values: tuple[str, ...]
    id_token_hint: str


class Returned(Exception):
    """A refusal that goes back to the client, at its own address."""

    def __init__(self, refused: OAuthRefused, redirect_uri: str, state: str | None) -> None:
        super().__init__(str(refused))
        self.refused, self.redirect_uri, self.state = refused, redirect_uri, state


def read_request(parameters: Parameters, find: Callable[[str], Client | None]) -> Asked:
    """
    Return what is asked.

    :raises CannotReturn: if the client or the address to return to is not one that we know
    :raises Returned: if anything else is not in order
    """
    client, redirect_uri = _whence(parameters, find)
    state = next(iter(parameters.get("state", ())), None)
    state = state if state and len(state) <= LONGEST else None
    try:
        return _read(parameters, client, redirect_uri, state)
    except OAuthRefused as refused:
        raise Returned(refused, redirect_uri, state) from refused


def _whence(parameters: Parameters, find: Callable[[str], Client | None]) -> tuple[Client, str]:
    """Return who asks and where to return, before anything else is believed."""
    for name in ("client_id", "redirect_uri"):
        if len(parameters.get(name, ())) != 1:
            raise CannotReturn(f"{name} must be given once")
    client = find(parameters["client_id"][0])
    if client is None or not client.is_active:
        raise CannotReturn("client_id names no client that is served")
    redirect_uri = parameters["redirect_uri"][0]
    if redirect_uri not in client.redirect_uris:
        raise CannotReturn("redirect_uri is not one that the client registered")
    return client, redirect_uri


def _read(parameters: Parameters, client: Client, redirect_uri: str, state: str | None) -> Asked:
    one = single(parameters)
    for name, error in NOT_SUPPORTED.items():
        if name in one:
            raise OAuthRefused(error, f"{name} is not supported")
    if "response_type" not in one:
        raise InvalidRequest("response_type is missing")
    if one["response_type"] != "code":
        raise OAuthRefused("unsupported_response_type", "only the code flow is served")
    if one.get("response_mode", "query") != "query":
        raise InvalidRequest("response_mode must be query")
    scopes = known(one.get("scope", "").split(), allowed=client.scopes)
    if Scope.OPENID not in scopes:
        raise OAuthRefused("invalid_scope", "scope must contain openid")
    return Asked(
        client, redirect_uri, state, scopes,
        nonce=one.get("nonce", ""),
        challenge=_challenge(one),
        prompt=_prompt(one),
        max_age=_max_age(one),
        acr_values=tuple(one.get("acr_values", "").split()),
        id_token_hint=one.get("id_token_hint", ""),
    )  # fmt: skip


def single(parameters: Parameters) -> dict[str, str]:
    """
    Return parameters by their names, those without a value left out.

    :raises InvalidRequest: if one comes twice, is too long, or holds what no parameter holds
    """
    one = {}
    for name, values in parameters.items():
        if len(values) != 1:
            raise InvalidRequest("a parameter is repeated")
        value = values[0]
        longest = LONGEST_HINT if name in MAY_BE_LONG else LONGEST
        if len(value) > longest or not all(each.isprintable() for each in value):
            raise InvalidRequest("a parameter is too long or holds control characters")
        if value:
            one[name] = value
    return one


def _challenge(one: Mapping[str, str]) -> str:
    if one.get("code_challenge_method") != "S256":
        raise InvalidRequest("code_challenge_method must be S256")
    challenge = one.get("code_challenge", "")
    if not CHALLENGE.fullmatch(challenge):
        raise InvalidRequest("code_challenge must be the base64url of a SHA-256")
    return challenge


def _prompt(one: Mapping[str, str]) -> frozenset[str]:
    asked = frozenset(one.get("prompt", "").split())
    if "select_account" in asked:
        raise OAuthRefused("account_selection_required", "a browser holds one session here")
    if not asked <= set(PROMPTS) or ("none" in asked and len(asked) > 1):
        raise InvalidRequest("prompt must be none alone, or login and consent")
    return asked


def _max_age(one: Mapping[str, str]) -> int | None:
    given = one.get("max_age")
    if given is not None and not _SECONDS.fullmatch(given):
        raise InvalidRequest("max_age must be a number of seconds")
    return None if given is None else int(given)


def returning(redirect_uri: str, **answer: str | None) -> str:
    """Return a client’s address with our answer, and with who answers (RFC 9207) where we are asked for a code."""
    given = {name: value for name, value in answer.items() if value is not None}
    return redirect_uri + ("&" if "?" in redirect_uri else "?") + urlencode(given) if given else redirect_uri
