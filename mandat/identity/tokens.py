"""Tokens that mailed links carry: drawn, sent, kept as hashes alone."""

import hashlib
import secrets

#: Long enough that a slow hash would add nothing.
BYTES = 32


def link_token() -> str:
    """Draw the token that a mailed link carries."""
    return secrets.token_urlsafe(BYTES)


def digest(*parts: str) -> str:
    """Return the hash of a secret, in hexadecimal."""
    return hashlib.sha256("\0".join(parts).encode("utf-8", "replace")).hexdigest()
