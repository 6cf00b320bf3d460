"""Opaque values: drawn at random, and only their hashes kept."""

import hashlib
import secrets


def draw() -> str:
    """Return a new opaque value: 256 bits."""
    return secrets.token_urlsafe(32)


def digest(value: str) -> str:
    """Return what is kept of an opaque value."""
    return hashlib.sha256(value.encode(errors="replace")).hexdigest()
