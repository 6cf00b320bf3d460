"""The file as of a day, against a plain reading of its facts; and whether a firm is who it says."""

from datetime import date, timedelta

import pytest
from django.db.backends.postgresql.psycopg_any import DateRange
from hypothesis import given, settings
from hypothesis import strategies as st

from mandat.register.agreement import Known, disagreements, plain_name
from mandat.register.queries import attachments_in_force, file_of, matches, registrant_by_client_number
from mandat.register.tests.factories import (
    LONG_AGO,
    AttachmentFactory,
    EstablishmentFactory,
    OfficeFactory,
    RegistrantFactory,
    RegistrationFactory,
)

ON = date(2026, 1, 1)
DAYS = st.integers(min_value=0, max_value=12)


@pytest.mark.django_db
def test_a_file_holds_what_holds_on_the_day():
    registrant = RegistrantFactory()
    for factory in (RegistrationFactory, EstablishmentFactory, OfficeFactory, AttachmentFactory):
        factory(registrant=registrant, ended=True)
        factory()
    held = [
        factory(registrant=registrant, during=DateRange(ON, ON + timedelta(days=1)))
        for factory in (RegistrationFactory, EstablishmentFactory, OfficeFactory, AttachmentFactory)
    ]
    file = file_of(registrant, ON)
    assert [*file.registrations, *file.establishments, *file.offices, *file.attachments] == held
    after = file_of(registrant, ON + timedelta(days=1))
    assert [*after.registrations, *after.establishments, *after.offices, *after.attachments] == []


@pytest.mark.django_db
@pytest.mark.parametrize("size", [1, 7])
def test_a_file_is_read_in_four_statements_however_large(size, django_assert_num_queries):
    registrant = RegistrantFactory()
    for _ in range(size):
        AttachmentFactory(registrant=registrant)
        OfficeFactory(registrant=registrant, role="cco")
    with django_assert_num_queries(4):
        file = file_of(registrant, ON)
        assert {str(each.individual) for each in [*file.attachments, *file.offices]}


@pytest.mark.django_db
def test_attachments_come_in_the_order_of_names_in_one_statement(django_assert_num_queries):
    registrant = RegistrantFactory()
    for name in ("Zoé", "Éric", "Alma"):
        AttachmentFactory(registrant=registrant, individual__family_name=name)
    with django_assert_num_queries(1):
        names = [each.individual.family_name for each in attachments_in_force(registrant, ON)]
    assert names == ["Alma", "Éric", "Zoé"]


@pytest.mark.django_db
@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(DAYS, st.integers(min_value=1, max_value=6) | st.none()), max_size=5))
def test_as_of_any_day_the_file_says_what_its_dates_say(spans):
    registrant = RegistrantFactory()
    written = [
        AttachmentFactory(
            registrant=registrant,
            during=DateRange(first := LONG_AGO + timedelta(days=start), length and first + timedelta(days=length)),
        )
        for start, length in spans
    ]
    for day in (LONG_AGO + timedelta(days=each) for each in range(-1, 20)):
        expected = {
            each
            for each in written
            if each.during.lower <= day and (each.during.upper is None or day < each.during.upper)
        }
        assert set(attachments_in_force(registrant, day)) == expected


@pytest.mark.django_db
def test_a_firm_that_says_what_the_file_says_matches():
    registrant = RegistrantFactory(name="Courtage Québec & Fils inc.")
    match = matches(client_number=registrant.client_number, neq=registrant.neq, name="COURTAGE  QUEBEC et Fils, Inc")
    assert (bool(match), match.registrant, match.disagreements) == (True, registrant, ())


@pytest.mark.django_db
def test_a_firm_that_says_something_else_does_not_match_and_it_is_known_where():
    registrant = RegistrantFactory()
    match = matches(client_number=registrant.client_number, neq="1199999013", name="Autre chose")
    assert (bool(match), match.registrant, match.disagreements) == (False, registrant, ("neq", "name"))


@pytest.mark.django_db
def test_a_number_that_nobody_bears_matches_nobody():
    assert registrant_by_client_number("0000000000") is None
    match = matches(client_number="0000000000", neq="", name="")
    assert (bool(match), match.disagreements) == (False, ("client_number",))


@pytest.mark.parametrize(
    ("one", "other"),
    [("L’Île ltée", "l'ile Limitée"), ("A & B inc.", "A et B inc"), ("Roy S.E.N.C.R.L.", "Roy sencrl")],
)
def test_names_differ_by_no_accent_capital_or_punctuation(one, other):
    assert plain_name(one) == plain_name(other)


@pytest.mark.parametrize(("one", "other"), [("Roy inc.", "Roy ltée"), ("Roy 1 inc.", "Roy 2 inc.")])
def test_names_differ_by_their_words(one, other):
    assert disagreements(Known("", "", one), Known("", "", other)) == ("name",)
