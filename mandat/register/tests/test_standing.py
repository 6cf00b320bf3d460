"""What the regulator's register says of a firm's registrations stops its services, and gives them back."""

from datetime import date, datetime
from uuid import UUID

import pytest
from django.db.backends.postgresql.psycopg_any import DateRange

from mandat.access.tests.factories import DesignationFactory, ServiceRegistrationFactory
from mandat.enterprises.models import ServiceRegistration
from mandat.platform.clock import LEGAL_ZONE
from mandat.register.models import Registrant, Registration
from mandat.register.standing import cause_in, push_standings
from mandat.register.tests.factories import RegistrantFactory, RegistrationFactory
from mandat.register.tests.folders import LINES, Folder

ONLINE, DAY = UUID(int=7), date(2026, 7, 1)


def held(start, end=None, state="active"):
    return Registration(during=DateRange(date.fromisoformat(start), end and date.fromisoformat(end)), state=state)


@pytest.mark.parametrize(
    ("registrations", "cause"),
    [
        ([], None),
        ([held("2020-01-01")], None),
        ([held("2020-01-01", "2026-07-02")], None),  # its last day
        ([held("2020-01-01", "2026-07-01")], ("registration_ended", date(2026, 7, 1))),
        ([held("2020-01-01", "2022-01-01"), held("2021-01-01", "2023-01-01")], ("registration_ended", date(2023, 1, 1))),
        ([held("2020-01-01", "2022-01-01"), held("2026-07-01")], None),
        ([held("2026-07-02")], None),  # still to come
        ([held("2020-01-01", state="suspended")], ("registration_suspended", date(2020, 1, 1))),
        ([held("2020-01-01", state="suspended"), held("2020-01-01", state="restricted")], None),
        ([held("2020-01-01", state="suspended"), held("2019-01-01", "2020-01-01")], ("registration_suspended", date(2020, 1, 1))),
    ],
)  # fmt: skip
def test_a_firm_is_served_while_one_registration_holds(registrations, cause):
    found = cause_in(registrations, DAY, online=ONLINE)
    assert (found and (found.cause, found.since)) == cause


@pytest.mark.django_db
def test_an_import_stops_the_services_at_once_and_the_next_gives_them_back(tmp_path, at):
    at(datetime(2026, 6, 30, 12, tzinfo=LEGAL_ZONE))
    folder = Folder(tmp_path)
    folder.imported()
    online = ServiceRegistrationFactory()
    Registrant.objects.filter(client_number="3009998217").update(service_registration=online)
    assert push_standings() == 0

    def state():
        return ServiceRegistration.objects.get(pk=online.pk).state

    folder.lines("registrations", *(each.replace("active", "suspended") for each in LINES["registrations"]))
    folder.imported(is_dry=True)
    assert state() == "active"
    folder.imported()
    assert state() == "suspended"
    assert online.history.latest("id").reason == "Toutes ses inscriptions auprès de l’organisme sont suspendues"
    folder.lines("registrations", *LINES["registrations"])
    folder.imported()
    assert state() == "active"


@pytest.mark.django_db
def test_a_registration_that_ends_on_a_day_stops_the_services_of_its_own_firm_that_day(at):
    at(datetime(2026, 6, 30, 12, tzinfo=LEGAL_ZONE))
    ends, lasts = RegistrantFactory(), RegistrantFactory()
    RegistrationFactory(registrant=ends, during=DateRange(date(2020, 1, 1), date(2026, 7, 1)))
    RegistrationFactory(registrant=lasts)
    DesignationFactory(enterprise=ends.service_registration.enterprise)
    elsewhere = ServiceRegistrationFactory(
        enterprise=ends.service_registration.enterprise, provider__code="ailleurs", provider__name_fr="Ailleurs"
    )
    assert push_standings() == 0
    at(datetime(2026, 7, 1, 0, 1, tzinfo=LEGAL_ZONE))
    assert push_standings() == 1
    states = [
        ServiceRegistration.objects.get(pk=each).state
        for each in (ends.service_registration_id, lasts.service_registration_id, elsewhere.pk)
    ]
    assert states == ["suspended", "active", "active"]
