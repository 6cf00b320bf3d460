"""The public keys of a client, given by value: a set of JWKs (RFC 7517), RSA of 2048 bits or more, or P-256."""

import json
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

#: Members that only a private or a shared key has.
SECRET_MEMBERS = frozenset({"d", "p", "q", "dp", "dq", "qi", "oth", "k"})
SHORTEST_RSA, CURVE, MOST = 2048, "secp256r1", 10
_KEPT = ("kty", "kid", "n", "e", "crv", "x", "y")


class KeysRefused(ValueError):
    """The text is no set of public keys that we accept."""


class KeysPrivate(KeysRefused):
    """The text holds a private or a shared key: it must be replaced, for it has been shown."""


def public_keys_in(text: str) -> dict[str, Any]:
    """
    Return the set of keys that a text holds.

    :raises KeysPrivate: if one of them is private or shared
    :raises KeysRefused: if it is none that we accept
    """
    try:
        keys = json.loads(text)["keys"]
        members = [set(each) for each in keys]
    except (ValueError, TypeError, KeyError, RecursionError) as malformed:
        raise KeysRefused from malformed
    if not isinstance(keys, list) or not 0 < len(keys) <= MOST or not all(isinstance(each, dict) for each in keys):
        raise KeysRefused
    if any(SECRET_MEMBERS & each for each in members):
        raise KeysPrivate
    kept = [{name: each[name] for name in _KEPT if isinstance(each.get(name), str)} for each in keys]
    if not all(map(_is_accepted, kept)):
        raise KeysRefused
    return {"keys": kept}


def _is_accepted(key: dict[str, str]) -> bool:
    try:
        public = jwt.PyJWK(key, algorithm={"RSA": "RS256", "EC": "ES256"}[key["kty"]]).key
    except (jwt.PyJWTError, ValueError, KeyError, TypeError):
        return False
    if isinstance(public, RSAPublicKey):
        return public.key_size >= SHORTEST_RSA
    return isinstance(public, EllipticCurvePublicKey) and public.curve.name == CURVE
