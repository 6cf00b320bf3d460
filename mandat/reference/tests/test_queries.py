"""Questions to the reference data."""

import re
from datetime import date, timedelta

import pytest
from django.utils import translation

from mandat.reference.models import Entry
from mandat.reference.queries import BeyondTheCalendar, NoEntry, entries, entry, holidays, policy, sizes

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 23)


def easter(year):
    """Return Easter Sunday, by the arithmetic of the Gregorian paschal moon."""
    golden, century = year % 19, year // 100
    correction = century - century // 4 - (8 * century + 13) // 25
    moon = (correction + 19 * golden + 15) % 30
    moon -= (moon // 28) * (1 - (moon // 28) * (29 // (moon + 1)) * ((21 - golden) // 11))
    weekday = (year + year // 4 + moon + 2 - century + century // 4) % 7
    return date(year, 3, 28) + timedelta(days=moon - weekday)


def monday_of(year, month, day):
    """Return the last Monday on or before a day."""
    last = date(year, month, day)
    return last - timedelta(days=last.weekday())


@pytest.mark.parametrize("year", range(2024, 2033))
def test_the_holidays_are_those_that_the_calendar_gives(year):
    canada_day = date(year, 7, 1)
    expected = {
        date(year, 1, 1),
        easter(year) - timedelta(days=2),
        easter(year) + timedelta(days=1),
        monday_of(year, 5, 24),
        date(year, 6, 24),
        canada_day + timedelta(days=canada_day.weekday() == 6),
        monday_of(year, 9, 7),
        monday_of(year, 10, 14),
        date(year, 12, 25),
    }
    assert holidays(date(year, 1, 1), date(year, 12, 31)) == expected


def test_the_arithmetic_of_easter_agrees_with_known_years():
    known = {date(2000, 4, 23), date(2008, 3, 23), date(2011, 4, 24), date(2019, 4, 21), date(2038, 4, 25)}
    assert {easter(each.year) for each in known} == known


def test_holidays_are_those_between_two_days_both_included():
    assert holidays(date(2026, 12, 25), date(2026, 12, 25)) == {date(2026, 12, 25)}
    assert holidays(date(2026, 12, 26), date(2027, 1, 1)) == {date(2027, 1, 1)}
    assert holidays(date(2026, 1, 2), date(2026, 1, 1)) == frozenset()


def test_a_year_without_holidays_on_file_is_an_error_not_a_year_without_holidays():
    with pytest.raises(BeyondTheCalendar, match="2033"):
        holidays(date(2032, 12, 31), date(2033, 1, 1))


def test_holidays_take_one_statement(django_assert_num_queries):
    with django_assert_num_queries(1):
        holidays(date(2024, 1, 1), date(2032, 12, 31))


def test_the_same_code_says_different_things_on_different_days():
    assert entry("firm_category", "ID", date(2025, 6, 30)).values["files_with"] == "AMF"
    assert entry("firm_category", "ID", date(2025, 7, 1)).values["files_with"] == "CIRO"
    assert entry("discipline", "AP", date(2025, 7, 3)).values["overseen_by"] == "CSF"
    assert entry("discipline", "AP", date(2025, 7, 4)).values["overseen_by"] == "CHAMBRE"


def test_what_is_on_no_file_is_an_error():
    for kind, code, on in (
        ("block", "BF-RIEN", TODAY),
        ("rien", "BF-REP", TODAY),
        ("block", "BF-REP", date(1999, 1, 1)),
    ):
        with pytest.raises(NoEntry):
            entry(kind, code, on)


def test_a_policy_is_its_value():
    assert policy("proxy-maximum-days", TODAY) == 730


def test_a_list_comes_in_the_order_of_its_file():
    assert [each.code for each in entries("block", TODAY)][:3] == ["BF-DOSSIER", "BF-COMM", "BF-FIN"]


def test_sizes_count_what_stands_and_what_is_unverified():
    assert sizes(TODAY)["block"] == {"standing": 12, "unverified": 12}
    assert sizes(date(1999, 1, 1)) == {}


def test_labels_and_paired_values_follow_the_language_of_the_page():
    block = entry("block", "BF-REP", TODAY)
    with translation.override("fr"):
        assert (block.label, block.value("scope")[:9]) == ("Gestion des représentants", "Rattacher")
    with translation.override("en"):
        assert (block.label, block.value("scope")[:6]) == ("Manage representatives", "Attach")


def test_formats_of_numbers_take_the_fabricated_vectors():
    patterns = {each.code: each.values["pattern"] for each in entries("identifier_rule", TODAY)}
    assert re.match(patterns["neq"], "1199999013")
    assert not re.match(patterns["neq"], "4499999013")
    assert re.match(patterns["revenu_quebec"], "1099999019")
    assert not re.match(patterns["client_number"], "300999821")


def test_every_entry_says_its_source_and_whether_it_was_verified():
    assert not Entry.objects.filter(source="").exists()
