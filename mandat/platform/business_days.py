"""Business days: Monday to Friday, holidays apart. Which days are holidays is dated reference data, handed in."""

from collections.abc import Collection
from datetime import date, timedelta

_DAY = timedelta(days=1)
_SATURDAY = 5


def is_business_day(day: date, holidays: Collection[date]) -> bool:
    """Return whether offices are open that day."""
    return day.weekday() < _SATURDAY and day not in holidays


def next_business_day(day: date, holidays: Collection[date]) -> date:
    """Return the day itself, or, if offices are closed, the first one when they are open."""
    while not is_business_day(day, holidays):
        day += _DAY
    return day


def add_business_days(day: date, count: int, holidays: Collection[date]) -> date:
    """Return the business day that is so many after a day, which does not count; or before it, if negative."""
    step = _DAY if count >= 0 else -_DAY
    for _ in range(abs(count)):
        day += step
        while not is_business_day(day, holidays):
            day += step
    return day


def business_days_between(start: date, end: date, holidays: Collection[date]) -> int:
    """
    Return how many business days come after a day, which does not count, up to another, which does.

    :raises ValueError: if the end comes before the start
    """
    if end < start:
        raise ValueError(f"{end} comes before {start}")
    days = (start + _DAY * each for each in range(1, (end - start).days + 1))
    return sum(is_business_day(day, holidays) for day in days)
