"""How a client proves that it is itself. Whatever is wrong, the refusal is the same."""

import hmac
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction

from mandat.openid import jose
from mandat.openid.errors import InvalidClient
from mandat.openid.models import AuthMethod, Client, SeenAssertion
from mandat.openid.opaque import digest
from mandat.openid.queries import client_named
from mandat.platform.clock import now

#: How far ahead an assertion may expire: what it is remembered for.
LONGEST_LIFE = timedelta(minutes=10)
LONGEST_ID = 200


def prove_by_secret(*, client_id: str, secret: str) -> Client:
    """
    Return the client that a secret proves.

    :raises InvalidClient: if it proves none that is served
    """
    client, at = client_named(client_id), now()
    kept = client.secrets.values_list("digest", "ends_at") if client else []
    given = digest(secret)
    fits = [hmac.compare_digest(each, given) and (ends_at is None or ends_at > at) for each, ends_at in kept]
    if client is None or not client.is_active or client.auth_method != AuthMethod.SECRET or not any(fits):
        raise InvalidClient
    return client


def prove_by_assertion(*, assertion: str, client_id: str | None, audiences: frozenset[str]) -> Client:
    """
    Return the client that a signed assertion (RFC 7523) proves, once.

    :raises InvalidClient: if it proves none that is served, or did before
    """
    try:
        return _prove(assertion, client_id, audiences, now())
    except jose.NotGenuine as forged:
        raise InvalidClient from forged


def _prove(assertion: str, client_id: str | None, audiences: frozenset[str], at: datetime) -> Client:
    named = jose.unverified_issuer(assertion)
    client = client_named(named)
    if client is None or not client.is_active or client.auth_method != AuthMethod.KEY:
        raise InvalidClient
    if client_id is not None and client_id != named:
        raise InvalidClient
    keys = {str(each.get("kid", place)): each for place, each in enumerate(client.jwks["keys"])}
    claims = jose.read(assertion, keys=keys, algorithms=jose.OF_CLIENTS)
    expires_at = _checked(claims, named, audiences, at)
    _remember(client, str(claims["jti"]), expires_at)
    return client


def _checked(claims: Mapping[str, Any], client_id: str, audiences: frozenset[str], at: datetime) -> datetime:
    """Return when an assertion expires, once all it says is in order. Its audience is one, and exactly us."""
    expires_at, begins = jose.instant(claims, "exp"), [jose.instant(claims, each) for each in ("nbf", "iat")]
    jti, audience = claims.get("jti"), claims.get("aud")
    in_order = [
        claims.get("iss") == claims.get("sub") == client_id,
        isinstance(audience, str) and audience in audiences,
        isinstance(jti, str) and 0 < len(jti) <= LONGEST_ID,
        expires_at is not None and at < expires_at <= at + LONGEST_LIFE,
        all(each is None or each <= at + jose.DRIFT for each in begins),
    ]
    if not all(in_order) or expires_at is None:
        raise InvalidClient
    return expires_at


def _remember(client: Client, jti: str, expires_at: datetime) -> None:
    """
    Keep an assertion until it expires.

    :raises InvalidClient: if it was kept before
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {SeenAssertion._meta.db_table} (client_id, digest, expires_at) VALUES (%s, %s, %s)"  # noqa: S608, SLF001
            " ON CONFLICT DO NOTHING",
            [client.pk, digest(jti), expires_at],
        )
        if cursor.rowcount != 1:
            raise InvalidClient
