"""ID tokens that come back to us: a service says by them whom it has in mind."""

from dataclasses import dataclass
from typing import Any

from mandat.openid import jose
from mandat.openid.commands.keys import every_public_key
from mandat.openid.models import Client
from mandat.openid.queries import client_named
from mandat.openid.tokens import issuer


@dataclass(frozen=True)
class Hint:
    """What an ID token of ours said, and to whom. It may have expired since."""

    client: Client
    claims: dict[str, Any]


def hinted(token: str) -> Hint:
    """
    Return what an ID token of ours says.

    :raises NotGenuine: if it is not one
    """
    claims = jose.read(token, keys=every_public_key(), algorithms=(jose.OURS,))
    if jose.type_of(token) != "JWT" or claims.get("iss") != issuer() or "sub" not in claims or "events" in claims:
        raise jose.NotGenuine
    client = client_named(str(claims.get("aud")))
    if client is None:
        raise jose.NotGenuine
    return Hint(client, claims)
