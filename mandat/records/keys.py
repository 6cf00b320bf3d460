"""
The keys that receipts are signed with: Ed25519, one in use, in a folder that only its owner reads.

`signing.pem` is the private key in use. `published.json` is a JWK set (RFC 7517, 8037) of every public key there ever
was, the retired ones included: a receipt remains genuine when its key is renewed. A key's id is its thumbprint (RFC
7638). Renewing destroys the private key before, so that nobody signs with it any more.

This module needs no Django, so that a verifier can take it along.
"""

import base64
import hashlib
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from fcntl import LOCK_EX, flock
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, load_pem_private_key

from mandat.platform.durable import write_durably

PUBLISHED = "published.json"
_SIGNING, _LOCK = "signing.pem", ".lock"


class KeysUnreadable(ValueError):
    """The file of public keys, or the private key, is not what it should be."""


def signing_key(folder: Path) -> Ed25519PrivateKey:
    """Return the key in use, made and published at the first need."""
    if not (folder / _SIGNING).exists():
        with _alone(folder):
            if not (folder / _SIGNING).exists():
                _make(folder)
    return _load(folder)


def renew(folder: Path) -> str:
    """Put a new key in use, destroy the private one before, and return the new one's id."""
    with _alone(folder):
        return _make(folder)


def published(folder: Path) -> dict[str, Any]:
    """Return every public key as a JWK set, the one in use last."""
    path = folder / PUBLISHED
    return json.loads(path.read_text()) if path.exists() else {"keys": []}


def public_keys(jwk_set: Mapping[str, Any]) -> dict[str, Ed25519PublicKey]:
    """
    Return the keys of a JWK set, by their ids.

    :raises KeysUnreadable: if it is no set of Ed25519 keys, or an id is not its key's thumbprint
    """
    keys = {}
    try:
        for each in jwk_set["keys"]:
            raw = base64.urlsafe_b64decode(each["x"] + "=")
            key = Ed25519PublicKey.from_public_bytes(raw)
            if (each["kty"], each["crv"], each["kid"]) != ("OKP", "Ed25519", key_id(key)):
                raise KeysUnreadable(f"not an Ed25519 key under its thumbprint: {each['kid']}")
            keys[key_id(key)] = key
    except (KeyError, TypeError, ValueError) as error:
        raise KeysUnreadable(str(error)) from error
    return keys


def key_id(key: Ed25519PublicKey) -> str:
    """Return the thumbprint of a public key."""
    members = json.dumps(_jwk(key), sort_keys=True, separators=(",", ":")).encode()
    return _base64(hashlib.sha256(members).digest())


def _jwk(key: Ed25519PublicKey) -> dict[str, str]:
    return {"kty": "OKP", "crv": "Ed25519", "x": _base64(key.public_bytes_raw())}


def _base64(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def _load(folder: Path) -> Ed25519PrivateKey:
    key = load_pem_private_key((folder / _SIGNING).read_bytes(), password=None)
    if not isinstance(key, Ed25519PrivateKey):
        raise KeysUnreadable(f"{folder / _SIGNING} holds no Ed25519 key")
    return key


def _make(folder: Path) -> str:
    """Publish first: a key that signs is always known."""
    key = Ed25519PrivateKey.generate()
    name = key_id(key.public_key())
    keys = [*published(folder)["keys"], _jwk(key.public_key()) | {"kid": name, "use": "sig", "alg": "EdDSA"}]
    write_durably(folder / PUBLISHED, [json.dumps({"keys": keys}, indent=1).encode() + b"\n"], mode=0o644)
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    write_durably(folder / _SIGNING, [pem])
    return name


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with (folder / _LOCK).open("w") as lock:
        flock(lock, LOCK_EX)
        yield
