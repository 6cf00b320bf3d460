"""What the database refuses of the file, whoever writes."""

from datetime import UTC, date, datetime

import pytest
from django.db import IntegrityError, transaction
from django.db.backends.postgresql.psycopg_any import DateRange, DateTimeRange
from django.db.utils import DatabaseError

from mandat.access.tests.factories import UNDER, PersonFactory
from mandat.register.models import IndividualLink, dates_of
from mandat.register.tests.factories import (
    A_YEAR_LATER,
    LONG_AGO,
    AttachmentFactory,
    EstablishmentFactory,
    IndividualFactory,
    OfficeFactory,
    RegistrantFactory,
    RegistrationFactory,
)

pytestmark = pytest.mark.django_db


def refused_by(constraint):
    return pytest.raises(IntegrityError, match=constraint)


@pytest.mark.parametrize(
    ("factory", "fields", "constraint"),
    [
        (RegistrantFactory, {"client_number": "300999821"}, "client_number_is_ten_digits"),
        (RegistrantFactory, {"kind": "bank"}, "registrant_kind_is_known"),
        (RegistrantFactory, {"name": ""}, "registrant_has_a_name"),
        (RegistrantFactory, {"neq": "4499999013"}, "registrant_neq_is_of_a_family"),
        (RegistrantFactory, {"language": "es"}, "registrant_reads_french_or_english"),
        (IndividualFactory, {"family_name": ""}, "individual_has_both_names"),
        (IndividualFactory, {"nrd_number": ""}, "individual_is_known_by_a_number"),
        (IndividualFactory, {"nrd_number": "12A"}, "nrd_number_is_digits"),
        (IndividualFactory, {"client_number": "12"}, "individual_client_number_is_ten_digits"),
        (RegistrationFactory, {"regime": "banking"}, "registration_regime_is_known"),
        (RegistrationFactory, {"state": "expired"}, "registration_standing_is_known"),
        (RegistrationFactory, {"in_distribution": True, "jurisdiction": "ON"}, "distribution_is_of_quebec"),
        (EstablishmentFactory, {"kind": "kiosk"}, "establishment_kind_is_known"),
        (EstablishmentFactory, {"city": ""}, "establishment_has_an_address"),
        (OfficeFactory, {"role": "king"}, "office_role_is_known"),
        (AttachmentFactory, {"regime": "banking"}, "attachment_regime_is_known"),
        (AttachmentFactory, {"code": ""}, "attachment_is_for_something"),
        *(
            (factory, {"during": during}, "is_half_open")
            for factory in (RegistrationFactory, EstablishmentFactory, OfficeFactory, AttachmentFactory)
            for during in (DateRange(None, LONG_AGO), DateRange(LONG_AGO, LONG_AGO))
        ),
    ],
)
def test_refuses(factory, fields, constraint):
    with refused_by(constraint):
        factory(**fields)


@pytest.mark.parametrize(
    ("factory", "same", "constraint"),
    [
        (RegistrantFactory, ["client_number"], "client_number"),
        (RegistrantFactory, ["service_registration"], "service_registration"),
        (IndividualFactory, ["nrd_number"], "one_individual_per_nrd_number"),
        (RegistrationFactory, ["registrant"], "one_registration_per_code_and_jurisdiction_at_once"),
        (EstablishmentFactory, ["registrant"], "one_principal_establishment_at_once"),
        (OfficeFactory, ["registrant", "individual"], "nobody_holds_an_office_twice_at_once"),
        (AttachmentFactory, ["registrant", "individual"], "one_attachment_per_code_at_once"),
    ],
)
def test_refuses_the_same_twice(factory, same, constraint):
    first = factory()
    with refused_by(constraint):
        factory(**{field: getattr(first, field) for field in same})


@pytest.mark.parametrize("factory", [RegistrationFactory, EstablishmentFactory, OfficeFactory, AttachmentFactory])
def test_what_ended_may_begin_again_on_that_very_day(factory):
    first = factory(ended=True)
    others = {"individual": first.individual} if hasattr(first, "individual") else {}
    again = factory(registrant=first.registrant, during=DateRange(A_YEAR_LATER, None), **others)
    assert again.pk != first.pk


@pytest.mark.parametrize("role", ["correspondent", "responsible_partner"])
def test_one_person_at_a_time_holds_an_office_that_is_one_persons(role):
    first = OfficeFactory(role=role)
    with refused_by("one_correspondent_and_one_responsible_partner_at_once"):
        OfficeFactory(registrant=first.registrant, role=role)


def test_several_may_be_chief_compliance_officers():
    first = OfficeFactory(role="cco")
    assert OfficeFactory(registrant=first.registrant, role="cco").pk != first.pk


def test_an_individual_is_one_person_at_once_and_a_person_one_individual():
    during = DateTimeRange(datetime(2020, 1, 1, tzinfo=UTC), None)
    first = IndividualLink.objects.create(
        individual=IndividualFactory(), person=PersonFactory(), during=during, verified_under=UNDER
    )
    for taken in ({"individual": first.individual}, {"person": first.person}):
        fields = {"individual": IndividualFactory(), "person": PersonFactory()} | taken
        with refused_by("at_once"), transaction.atomic():
            IndividualLink.objects.create(during=during, verified_under=UNDER, **fields)


def test_names_sort_without_accents_and_by_family_name():
    assert RegistrantFactory(name="Île  Éclair").sort_name == "ile eclair"
    assert IndividualFactory(given_name="Ève", family_name="Côté").sort_name == "cote eve"


def test_when_a_fact_was_recorded_is_the_clocks_word(at):
    instant = datetime(2026, 3, 1, 12, tzinfo=UTC)
    at(instant)
    attachment = AttachmentFactory()
    attachment.refresh_from_db()
    assert attachment.recorded_at == instant


def test_nothing_rewrites_what_an_attachment_said():
    attachment = AttachmentFactory()
    attachment.change(
        during=DateRange(LONG_AGO, A_YEAR_LATER), end_reason="MOVED", at=datetime(2026, 1, 1, tzinfo=UTC),
        under=UNDER, cause="x",
    )  # fmt: skip
    kept = attachment.changes.get()
    assert (kept.before, kept.after) == (
        {"from": "2020-01-01", "to": None},
        {"from": "2020-01-01", "to": "2021-01-01"},
    )
    for change in (lambda: attachment.changes.update(cause="y"), kept.delete):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()


def test_dates_are_kept_as_a_calendar_writes_them():
    assert dates_of(DateRange(date(2026, 2, 3), date(2026, 2, 4))) == {"from": "2026-02-03", "to": "2026-02-04"}
