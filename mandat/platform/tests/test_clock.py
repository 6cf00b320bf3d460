from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection

from mandat.platform.clock import end_of, last_day, legal_day, now, start_of


def test_until_a_day_ends_at_the_next_midnight_in_toronto():
    assert end_of(date(2027, 3, 31)) == datetime(2027, 4, 1, 4, 0, tzinfo=UTC)
    assert end_of(date(2027, 12, 31)) == datetime(2028, 1, 1, 5, 0, tzinfo=UTC)


@pytest.mark.parametrize("day", [date(2027, 3, 14), date(2027, 11, 7), date(2028, 2, 29), date(2027, 12, 31)])
def test_a_legal_day_runs_from_midnight_to_midnight_even_when_the_hour_changes(day):
    assert legal_day(start_of(day)) == day
    assert legal_day(end_of(day) - timedelta(microseconds=1)) == day
    assert legal_day(end_of(day)) == day + timedelta(days=1)
    assert last_day(end_of(day)) == day


def test_the_day_the_clocks_go_back_lasts_25_hours():
    day = date(2027, 11, 7)
    assert end_of(day).astimezone(UTC) - start_of(day).astimezone(UTC) == timedelta(hours=25)


def test_late_in_the_evening_it_is_still_today_in_toronto():
    assert legal_day(datetime(2027, 4, 1, 3, 59, tzinfo=UTC)) == date(2027, 3, 31)


def test_a_test_can_set_the_clock(at):
    at(start_of(date(2027, 3, 31)))
    assert now() == start_of(date(2027, 3, 31))


@pytest.mark.django_db
def test_the_clock_moves_inside_a_transaction():
    assert connection.in_atomic_block
    assert now() < now()


@pytest.mark.django_db
def test_the_application_cannot_change_its_clock():
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_get_userbyid(proowner), current_user FROM pg_proc WHERE proname = 'app_now'")
        assert cursor.fetchone() == ("mandat_owner", "mandat_app")
