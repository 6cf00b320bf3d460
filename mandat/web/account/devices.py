"""
Browsers that have signed in before. Such a one is held by its own wrong tries alone (OWASP, Device Cookies).

The cookie opens nothing and proves nobody: it only tells the limits that these tries are not those of strangers. It
ends with the password, of whose hash it carries a keyed part.
"""

import secrets
from typing import Any

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponseBase

from mandat.identity import policy
from mandat.identity.models import Login
from mandat.platform.clock import now

COOKIE = "__Host-device" if settings.SESSION_COOKIE_SECURE else "device"
SALT = "mandat.device"
#: How many logins one browser is known by.
MOST, A_DAY = 5, 86_400
NONCE, MARK = 12, 16


def known_by(request: HttpRequest, login: Login) -> str:
    """Return what a browser is known by to a login, or nothing if they have not met, or not lately."""
    nonce, mark = _kept(request).get(str(login.public_id), ("", ""))
    return nonce if nonce and secrets.compare_digest(mark, _mark(login)) else ""


def remember(request: HttpRequest, response: HttpResponseBase, login: Login) -> None:
    """Have a browser known to a login that has just signed in with it, both factors given."""
    nonce = known_by(request, login) or secrets.token_urlsafe(NONCE)
    kept = {key: each for key, each in _kept(request).items() if key != str(login.public_id)}
    known = dict([*kept.items(), (str(login.public_id), (nonce, _mark(login)))][-MOST:])
    days = policy.limit(policy.DEVICE_DAYS, now())
    response.set_cookie(
        COOKIE, signing.dumps(known, salt=SALT), max_age=days * A_DAY, httponly=True, samesite="Lax",
        secure=settings.SESSION_COOKIE_SECURE,
    )  # fmt: skip


def _kept(request: HttpRequest) -> dict[str, Any]:
    try:
        longest = policy.limit(policy.DEVICE_DAYS, now()) * A_DAY if COOKIE in request.COOKIES else 0
        kept: dict[str, Any] = signing.loads(request.COOKIES.get(COOKIE, ""), salt=SALT, max_age=longest)
    except signing.BadSignature:
        return {}
    return kept


def _mark(login: Login) -> str:
    return login.get_session_auth_hash()[:MARK]
