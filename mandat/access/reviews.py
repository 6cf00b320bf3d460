"""
When a role of the staff is to be reviewed, and which ones are: pure dates, and one list.

A role that nobody reviews ends, once it was told that it was missed and the days of grace are over. Silence could as
well keep it: then a right that nobody answers for any more would stand for ever, which is what a review is to prevent,
and staff whose role ended by mistake get it back by two words, while what an unwatched insider does is not undone.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import DateTimeField, F, Func, QuerySet
from django.db.models.functions import Greatest

from mandat.access.models import StaffAssignment
from mandat.access.queries import confirmed_assignments
from mandat.platform.clock import legal_day
from mandat.reference.queries import entries

_START = Func(F("during"), function="lower", output_field=DateTimeField())


@dataclass(frozen=True)
class Rhythm:
    """How often roles are reviewed, how long before it is said, how long after the notice they end."""

    every: timedelta
    notice: timedelta
    grace: timedelta

    def due_at(self, assignment: StaffAssignment) -> datetime:
        """Return when the next review is due: a year, say, after the last, or after the role began to serve."""
        known = (assignment.kept_at, assignment.confirmed_at, assignment.during.lower)
        since: datetime = max(each for each in known if each)
        return since + self.every


def rhythm_on(at: datetime) -> Rhythm:
    """Return the rhythm of a day."""
    codes = [f"staff-review-{each}" for each in ("days", "notice-days", "grace-days")]
    asked = entries("policy", legal_day(at)).filter(code__in=codes)
    days = {each.code: timedelta(days=each.values["value"]) for each in asked}  # by one statement: homes ask it
    every, notice, grace = (days[each] for each in codes)
    return Rhythm(every, notice, grace)


def to_review(at: datetime, rhythm: Rhythm, *, ahead: timedelta) -> QuerySet[StaffAssignment]:
    """Return the roles in force whose review is due, or will be within some days; the most pressing first."""
    reviewed = Greatest("kept_at", "confirmed_at", _START)  # PostgreSQL passes over what is null
    held = confirmed_assignments(at).annotate(reviewed_at=reviewed)
    return held.filter(reviewed_at__lte=at - rhythm.every + ahead).order_by("reviewed_at", "id")
