"""
The one clock, and the legal days of the zone where we are.

The instant is the database's, never that of the machine that runs us: every process reads the same clock, and a
test can set it.
Instants are stored in UTC; a legal day begins and ends at midnight in Toronto's zone.
"""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db import connection
from django.db.models import DateTimeField, Func

LEGAL_ZONE = ZoneInfo("America/Toronto")
_INSTANT = timedelta(microseconds=1)


class AppNow(Func):
    """The clock inside a statement."""

    function = "app_now"
    output_field = DateTimeField()


def now() -> datetime:
    """Return the instant that the database's clock shows."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT app_now()")
        instant: datetime = cursor.fetchone()[0]
        return instant


def legal_day(at: datetime) -> date:
    """Return the legal day of an instant."""
    return at.astimezone(LEGAL_ZONE).date()


def start_of(day: date) -> datetime:
    """Return the instant when a legal day begins."""
    return datetime.combine(day, time(), tzinfo=LEGAL_ZONE)


def end_of(day: date) -> datetime:
    """Return the end, excluded, of what lasts until a day included: the next midnight."""
    return start_of(day + timedelta(days=1))


def last_day(end: datetime) -> date:
    """Return the last day of what ends, excluded, at an instant: what a page shows after “until”."""
    return legal_day(end - _INSTANT)
