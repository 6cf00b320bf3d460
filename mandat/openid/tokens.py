"""What a client is given for an entry."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings

from mandat.identity.actor import Assurance, Method
from mandat.openid import jose, policy
from mandat.openid.claims import enterprise_of
from mandat.openid.commands.keys import key_in_use
from mandat.openid.models import Authorization
from mandat.openid.queries import subject_of

#: Our assurance, as an `acr`; weakest first.
ACR: dict[Assurance, str] = {
    each: f"urn:mandat:acr:{each.value.replace('_', '-')}" for each in Assurance if each != Assurance.NONE
}
#: Our methods, as RFC 8176 names them.
AMR = {
    Method.PASSWORD: "pwd",
    Method.TOTP: "otp",
    Method.RECOVERY_CODE: "otp",
    Method.EMAIL_CODE: "otp",
    Method.PASSKEY: "pop",
}  # what an outside provider did is its own to say


@dataclass(frozen=True)
class Issued:
    """What the token endpoint answers."""

    access_token: str
    refresh_token: str
    id_token: str
    seconds: int
    scopes: tuple[str, ...]


def issuer() -> str:
    """Return who we are: the one public address of the deployment."""
    return settings.PUBLIC_URL


def amr_of(methods: list[str]) -> list[str]:
    """Return methods as RFC 8176 names them."""
    named = list(dict.fromkeys(AMR[each] for each in map(_method, methods) if each in AMR))
    return [*named, "mfa"] if len(named) > 1 else named


def _method(value: str) -> Method | None:
    return Method(value) if value in Method.values else None


def id_token(of: Authorization, *, access_token: str, at: datetime, nonce: str) -> str:
    """Return who signed in, when and how, for one client; no right, and no fact about the person but those asked."""
    key = key_in_use()
    claims: dict[str, Any] = {
        "iss": issuer(),
        "sub": subject_of(of.client, of.session.person),
        "aud": of.client.client_id,
        "exp": int((at + policy.seconds(policy.ID_TOKEN, at)).timestamp()),
        "iat": int(at.timestamp()),
        "auth_time": int(of.auth_time.timestamp()),
        "acr": ACR[Assurance(of.assurance)],
        "amr": amr_of(of.methods),
        "sid": str(of.session.public_id),
        "at_hash": jose.left_half(access_token),
    }
    if nonce:
        claims["nonce"] = nonce
    if enterprise := enterprise_of(of, of.scopes, at):
        claims["enterprise"] = enterprise
    return jose.sign(claims, key=key.private, kid=key.kid, typ="JWT")
