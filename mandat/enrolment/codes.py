"""
The secrets that an enrolment hands out: drawn, shown once, kept as hashes.

A code is read from a page or a letter and typed, so it leaves out signs that are mistaken for one another. The second
part of an invitation is hashed together with its first, which is nowhere kept: a copy of the database tries neither.
"""

import hashlib
import hmac
import secrets
from datetime import datetime
from uuid import UUID

from django.conf import settings

#: No vowel, so no word; no 0 or 1, which are mistaken for O or I.
SIGNS = "23456789BCDFGHJKMNPQRSTVWXYZ"
GROUP = 4
FOLLOW_UP_GROUPS = 4
LETTER_GROUPS = 3
TOKEN_GROUPS = 5


def follow_up_code(key: UUID) -> str:
    """Return the code that follows an enrolment: the same for the same request, so that its twin is answered alike."""
    return _derived(b"follow-up " + key.bytes, FOLLOW_UP_GROUPS)


def handed_over_code(reproof: UUID, started_at: datetime) -> str:
    """Return the code that whoever confirmed an identity hands over: derived, so kept nowhere."""
    return _derived(b"reproof %s %.6f" % (reproof.bytes, started_at.timestamp()), LETTER_GROUPS)


def _derived(from_what: bytes, groups: int) -> str:
    rest = int.from_bytes(hmac.digest(settings.SECRET_KEY.encode(), from_what, "sha256"), "big")
    signs = []
    for _ in range(groups * GROUP):
        rest, place = divmod(rest, len(SIGNS))
        signs.append(SIGNS[place])
    return "".join(signs)


def letter_code() -> str:
    """Draw the code that a letter carries."""
    return "".join(secrets.choice(SIGNS) for _ in range(LETTER_GROUPS * GROUP))


def link_token() -> str:
    """Draw the token that a mailed link carries."""
    return secrets.token_urlsafe(32)


def letter_token() -> str:
    """Draw the token of a link that is printed, and typed by whoever cannot point a telephone at it."""
    return grouped("".join(secrets.choice(SIGNS) for _ in range(TOKEN_GROUPS * GROUP)))


def grouped(code: str) -> str:
    """Return a code as people read it: `BCDF-2345-XYZ6`."""
    return "-".join(code[start : start + GROUP] for start in range(0, len(code), GROUP))


def plain(typed: str) -> str:
    """Return a code as it is hashed, whatever its case, hyphens and spaces."""
    return "".join(each for each in typed.upper() if each.isalnum())


def digest(*parts: str) -> str:
    """Return the hash of a secret, in hexadecimal. Each is long enough that a slow hash would add nothing."""
    return hashlib.sha256("\0".join(parts).encode("utf-8", "replace")).hexdigest()


def agrees(kept: str, *parts: str) -> bool:
    """Return whether a secret is the one that a hash was made of, in a time that tells nothing."""
    return hmac.compare_digest(kept, digest(*parts))
