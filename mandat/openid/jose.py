"""
Signed tokens (RFC 7519): RS256 alone for ours; for a client’s assertions, the asymmetric algorithms of its own keys.

What a header says is never obeyed: the algorithm is one that we expect, the key one that we hold. Nothing is fetched.
"""

import hashlib
import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, load_pem_private_key
from jwt.algorithms import RSAAlgorithm
from jwt.utils import base64url_encode

OURS = "RS256"
OF_CLIENTS = ("RS256", "PS256", "ES256")
KEY_SIZE = 2048
#: Longer than any token of ours or assertion in order.
LONGEST = 8_000
#: Headers that would have us trust a key that comes with the token, or rules that we do not know.
REFUSED_HEADERS = frozenset({"crit", "jku", "jwk", "x5u", "x5c", "b64"})
#: How far two clocks may differ.
DRIFT = timedelta(seconds=30)


class NotGenuine(Exception):
    """The token is not what it says: malformed, signed by another, or not for this use."""


def make_key() -> tuple[str, dict[str, Any], bytes]:
    """Return a new RSA key: its thumbprint (RFC 7638), its public half as a JWK, its private half as PEM."""
    key = generate_private_key(public_exponent=65537, key_size=KEY_SIZE)
    public = RSAAlgorithm.to_jwk(key.public_key(), as_dict=True)
    members = {name: public[name] for name in ("e", "kty", "n")}
    canonical = json.dumps(members, sort_keys=True, separators=(",", ":")).encode()
    kid = base64url_encode(hashlib.sha256(canonical).digest()).decode()
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return kid, members | {"kid": kid, "use": "sig", "alg": OURS}, pem


@lru_cache(maxsize=4)
def private_key(pem: bytes) -> RSAPrivateKey:
    """
    Return a private key, read once in each process.

    :raises NotGenuine: if it is no RSA key
    """
    key = load_pem_private_key(pem, password=None)
    if not isinstance(key, RSAPrivateKey):
        raise NotGenuine
    return key


def sign(claims: Mapping[str, Any], *, key: RSAPrivateKey, kid: str, typ: str) -> str:
    """Return a token of ours."""
    return jwt.encode(dict(claims), key, algorithm=OURS, headers={"kid": kid, "typ": typ})


def left_half(token: str) -> str:
    """Return the hash of a token that an ID token carries (`at_hash`)."""
    digest = hashlib.sha256(token.encode()).digest()
    return base64url_encode(digest[: len(digest) // 2]).decode()


def header_of(token: str, *, algorithms: tuple[str, ...]) -> dict[str, Any]:
    """
    Return the header of a token, once it is seen to ask for nothing that we do not do.

    :raises NotGenuine: if it is malformed or asks for it
    """
    if len(token) > LONGEST:
        raise NotGenuine
    try:
        header = jwt.get_unverified_header(token)
    except (jwt.InvalidTokenError, ValueError) as malformed:
        raise NotGenuine from malformed
    if header.get("alg") not in algorithms or REFUSED_HEADERS & header.keys():
        raise NotGenuine
    return header


def read(token: str, *, keys: Mapping[str, Mapping[str, Any]], algorithms: tuple[str, ...]) -> dict[str, Any]:
    """
    Return the claims of a token that one of these public keys verifies. Its dates are left to whoever reads it.

    :raises NotGenuine: if none does
    """
    header = header_of(token, algorithms=algorithms)
    named = header.get("kid")
    candidates = [keys[named]] if isinstance(named, str) and named in keys else [] if named else list(keys.values())
    for each in candidates:
        try:
            claims: dict[str, Any] = jwt.decode(
                token, jwt.PyJWK(dict(each), algorithm=header["alg"]), algorithms=[header["alg"]],
                options={"verify_exp": False, "verify_nbf": False, "verify_iat": False, "verify_aud": False,
                         "verify_iss": False, "verify_sub": False, "verify_jti": False},
            )  # fmt: skip
        except (jwt.PyJWTError, ValueError, TypeError):
            continue
        return claims
    raise NotGenuine


def type_of(token: str) -> str:
    """
    Return what a token says it is.

    :raises NotGenuine: if it is malformed
    """
    return str(header_of(token, algorithms=(OURS,)).get("typ", ""))


def unverified_issuer(token: str) -> str:
    """
    Return whom a token says it comes from, to know by which keys it is to be verified.

    :raises NotGenuine: if it is malformed
    """
    header_of(token, algorithms=OF_CLIENTS)
    try:
        claims = jwt.decode(token, options={"verify_signature": False})
    except (jwt.PyJWTError, ValueError, TypeError) as malformed:
        raise NotGenuine from malformed
    return str(claims.get("iss", ""))


def instant(claims: Mapping[str, Any], name: str) -> datetime | None:
    """
    Return a date of a token, or None where it has none.

    :raises NotGenuine: if it is no date
    """
    value = claims.get(name)
    if value is None:
        return None
    try:
        return datetime.fromtimestamp(int(value), tz=UTC)
    except (TypeError, ValueError, OverflowError, OSError) as malformed:
        raise NotGenuine from malformed
