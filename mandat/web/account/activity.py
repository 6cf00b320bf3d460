"""
When a session's person last did something: to the second, and at no cost to the database.

The browser keeps the instant, signed and bound to its session, where no script reads it; the session's row keeps it to
a few minutes. The later of the two counts: a browser that loses the cookie, or sends an old one, only ends sooner.
"""

from datetime import UTC, datetime

from django.conf import settings
from django.core.signing import BadSignature, Signer
from django.http import HttpRequest, HttpResponse

from mandat.identity.commands import note_presence
from mandat.identity.lasting import COARSELY
from mandat.identity.models import Session


def _signer() -> Signer:
    return Signer(salt="mandat.web.account.activity")


def is_by_hand(request: HttpRequest) -> bool:
    """Tell whether somebody asked for a page, or sent a form; what refreshes or saves by itself prolongs nothing."""
    return "HX-Request" not in request.headers and request.headers.get("Sec-Fetch-Mode", "navigate") == "navigate"


def last_seen(request: HttpRequest, session: Session) -> datetime:
    """Return when a session's person last did something."""
    try:
        named, _, second = _signer().unsign(request.COOKIES.get(settings.SEEN_COOKIE_NAME, "")).partition(" ")
    except BadSignature:
        return session.seen_at
    if named != str(session.public_id):
        return session.seen_at
    return max(session.seen_at, datetime.fromtimestamp(int(second), tz=UTC))


def note_activity(session: Session, at: datetime, response: HttpResponse) -> None:
    """Have the browser keep that its person did something at an instant; the row too, now and then."""
    if at - session.seen_at >= COARSELY:
        note_presence(session=session, at=at)
    response.set_cookie(
        settings.SEEN_COOKIE_NAME, _signer().sign(f"{session.public_id} {int(at.timestamp())}"),
        secure=settings.SESSION_COOKIE_SECURE, httponly=True, samesite="Lax",
    )  # fmt: skip
