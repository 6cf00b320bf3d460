"""Questions to the reference data, as of a day. A rule names its entry here, and holds no constant of the trade."""

from collections.abc import Collection
from datetime import date, timedelta
from typing import Any

from django.db.models import Count, Q, QuerySet

from mandat.reference.models import Entry


class NoEntry(Exception):
    """The reference data hold nothing for this list and code on this day."""


class BeyondTheCalendar(Exception):
    """A year of the period has no holidays on file: a business day there would be a guess."""


def entries(kind: str, on: date) -> QuerySet[Entry]:
    """Return a list as it stands on a day, in the order of its file."""
    return Entry.objects.filter(kind=kind, during__contains=on)


def entry(kind: str, code: str, on: date) -> Entry:
    """
    Return one entry as it stands on a day.

    :raises NoEntry: if there is none
    """
    found = entries(kind, on).filter(code=code).first()
    if found is None:
        raise NoEntry(f"{kind} {code} on {on}")
    return found


def policy(code: str, on: date) -> Any:
    """
    Return the value of a policy on a day: a number, a word or a list, as its entry says.

    :raises NoEntry: if there is none
    """
    return entry("policy", code, on).values["value"]


def holidays(first: date, last: date) -> frozenset[date]:
    """
    Return the days between two, both included, that are no business days though they may fall in the week.

    :raises BeyondTheCalendar: if a year of the period has no holidays on file
    """
    if last < first:
        return frozenset()
    whole_years = (date(first.year, 1, 1), date(last.year + 1, 1, 1))
    known = Entry.objects.filter(kind="holiday", during__overlap=whole_years).order_by("during")
    days = {day for period in known.values_list("during", flat=True) for day in _days_of(period.lower, period.upper)}
    if missing := set(range(first.year, last.year + 1)) - {day.year for day in days}:
        raise BeyondTheCalendar(f"no holiday on file for {min(missing)}")
    return frozenset(day for day in days if first <= day <= last)


def _days_of(first: date, end: date) -> Collection[date]:
    return [first + timedelta(days=each) for each in range((end - first).days)]


def lists(on: date) -> QuerySet[Entry]:
    """Return the lists themselves. The counts of their entries are `sizes`."""
    return entries("list", on)


def sizes(on: date) -> dict[str, dict[str, int]]:
    """Return, for each list, how many entries stand on a day and how many of them are unverified."""
    counted = (
        Entry.objects.filter(during__contains=on)
        .exclude(kind="list")
        .order_by("kind")
        .values("kind")
        .annotate(standing=Count("id"), unverified=Count("id", filter=Q(is_verified=False)))
    )
    return {each["kind"]: {"standing": each["standing"], "unverified": each["unverified"]} for each in counted}


def history(kind: str) -> QuerySet[Entry]:
    """Return a list with all its periods, past, present and to come, and the entry of the list itself."""
    return Entry.objects.filter(Q(kind=kind) | Q(kind="list", code=kind))
