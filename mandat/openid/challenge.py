"""Proof Key for Code Exchange (RFC 7636), S256 alone."""

import base64
import hashlib

from mandat.openid.asking import VERIFIER


def challenge_of(verifier: str) -> str:
    """Return the challenge of a verifier; of what is none, something that no challenge is."""
    if not VERIFIER.fullmatch(verifier):
        return ""
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
