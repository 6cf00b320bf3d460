from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mandat.platform.business_days import (
    add_business_days,
    business_days_between,
    is_business_day,
    next_business_day,
)

DAYS = st.dates(date(2019, 12, 1), date(2029, 1, 31))
HOLIDAYS = st.frozensets(DAYS, max_size=40)
COUNTS = st.integers(0, 45)


def calendar_of(holidays, centre):
    """The slow oracle: every business day around a day, in a list."""
    days = [centre + timedelta(days=each) for each in range(-200, 201)]
    return [day for day in days if day.strftime("%a") not in {"Sat", "Sun"} and day not in holidays]


@given(DAYS, HOLIDAYS)
def test_the_next_business_day_is_the_first_of_the_calendar(day, holidays):
    assert next_business_day(day, holidays) == min(each for each in calendar_of(holidays, day) if each >= day)


@given(DAYS, COUNTS, HOLIDAYS)
def test_adding_counts_along_the_calendar(day, count, holidays):
    after = [each for each in calendar_of(holidays, day) if each > day]
    before = [each for each in calendar_of(holidays, day) if each < day][::-1]
    assert add_business_days(day, count, holidays) == ([day, *after])[count]
    assert add_business_days(day, -count, holidays) == ([day, *before])[count]


@given(DAYS, COUNTS, HOLIDAYS)
def test_between_undoes_adding(day, count, holidays):
    assert business_days_between(day, add_business_days(day, count, holidays), holidays) == count


@given(DAYS, st.integers(0, 150), HOLIDAYS)
def test_between_counts_the_calendar(start, length, holidays):
    end = start + timedelta(days=length)
    expected = sum(start < day <= end for day in calendar_of(holidays, start))
    assert business_days_between(start, end, holidays) == expected


@given(DAYS)
def test_refuses_a_period_that_ends_before_it_starts(day):
    with pytest.raises(ValueError, match="comes before"):
        business_days_between(day, day - timedelta(days=1), [])


@pytest.mark.parametrize(
    ("year_end", "days", "due"),
    [
        (date(2025, 12, 31), 90, date(2026, 3, 31)),
        (date(2027, 12, 31), 90, date(2028, 3, 30)),  # a leap year: not three months
        (date(2027, 3, 31), 30, date(2027, 4, 30)),
        (date(2027, 6, 30), 30, date(2027, 7, 30)),
        (date(2027, 9, 30), 30, date(2027, 10, 30)),
        (date(2027, 10, 31), 90, date(2028, 1, 29)),
    ],
)
def test_deadlines_count_calendar_days_from_the_year_end(year_end, days, due):
    assert year_end + timedelta(days=days) == due


@pytest.mark.parametrize(
    ("due", "holidays", "open_day"),
    [
        (date(2028, 1, 29), [], date(2028, 1, 31)),  # a Saturday, at a month's end
        (date(2027, 10, 30), [], date(2027, 11, 1)),
        (date(2026, 4, 3), [date(2026, 4, 3), date(2026, 4, 6)], date(2026, 4, 7)),  # Good Friday to Easter Monday
        (date(2027, 1, 1), [date(2027, 1, 1)], date(2027, 1, 4)),
        (date(2028, 2, 29), [], date(2028, 2, 29)),
        (date(2026, 3, 31), [], date(2026, 3, 31)),
    ],
)
def test_a_deadline_on_a_closed_day_moves_to_the_next_open_one(due, holidays, open_day):
    assert next_business_day(due, holidays) == open_day


def test_the_year_end_holidays_are_stepped_over():
    closed = [date(2026, 12, 25), date(2027, 1, 1)]
    assert add_business_days(date(2026, 12, 24), 5, closed) == date(2027, 1, 4)
    assert add_business_days(date(2027, 1, 4), -5, closed) == date(2026, 12, 24)


def test_a_holiday_is_no_business_day():
    assert is_business_day(date(2026, 6, 24), [])
    assert not is_business_day(date(2026, 6, 24), [date(2026, 6, 24)])
