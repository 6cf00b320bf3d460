"""How long a session lasts: pure rules, no clock, no database."""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from mandat.identity.models import Ending, Person

if TYPE_CHECKING:
    from mandat.identity.models import Session

#: How much the row of a session may lag behind what its browser keeps of its person's activity.
COARSELY = timedelta(minutes=3)


def why_over(session: "Session", *, is_linked: bool, at: datetime, seen_at: datetime) -> Ending | None:
    """Return why a session no longer holds at an instant, when its person was last seen at another; None if it does."""
    if session.ended_at is not None:
        return Ending(session.ending)
    if not session.login.is_active or session.person.state != Person.State.ACTIVE:
        return Ending.SUSPENDED
    if not is_linked:
        return Ending.RELINKED
    if at >= session.ends_at:
        return Ending.EXPIRED
    return Ending.IDLE if at >= idle_at(session, seen_at) else None


def idle_at(session: "Session", seen_at: datetime) -> datetime:
    """Return when a session ends if its person, last seen at an instant, does nothing more."""
    return min(seen_at + timedelta(minutes=session.idle_minutes), session.ends_at)
