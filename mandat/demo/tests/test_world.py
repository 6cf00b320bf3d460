"""The demonstration is lived in: its firms, their people, and filings in every state."""

import pytest
from django.core.management import call_command

from mandat.demo.enrolments import APPLYING
from mandat.demo.firms import ACCOUNTANTS, FIRMS
from mandat.demo.world import World
from mandat.enrolment.models import Enrolment
from mandat.enterprises.models import Designation, Enterprise, Report
from mandat.filings.models import Filing
from mandat.filings.workflow import State
from mandat.identity.models import Login
from mandat.platform.models import EventRow
from mandat.register.models import Attachment, Registrant

pytestmark = pytest.mark.django_db


@pytest.fixture
def lived_in(db):
    call_command("mark_deployment", "demo")
    world = World()
    world.make()
    world.fill()
    return world


def test_every_firm_of_the_register_is_online_with_people_of_its_own(lived_in):
    firms = Enterprise.objects.exclude(name=ACCOUNTANTS.name)
    assert set(firms.values_list("name", flat=True)) == {each.name for each in FIRMS}
    served = Registrant.objects.filter(service_registration__state__in=["active", "suspended"])
    assert served.count() == len(FIRMS)
    said = Report.objects.exclude(facts=[]).select_related("enterprise")
    stopped = sorted((each.facts[0]["cause"], each.enterprise.state) for each in said)
    assert stopped == [("bankrupt", "active"), ("merged", "active"), ("struck_off", "suspended")]
    assert set(Designation.objects.values_list("enterprise__name", "role")) >= {
        (each.name, role) for each in (*FIRMS, ACCOUNTANTS) for role in ("RA", "RSE")
    }
    assert Attachment.objects.filter(during__upper_inf=True).values("individual").distinct().count() >= 50


def test_filings_stand_in_every_state(lived_in):
    assert set(Filing.objects.values_list("state", flat=True)) == set(State.values)


def test_enrolments_wait_at_the_desk_and_one_was_sent_back(lived_in):
    states = dict(Enrolment.objects.values_list("name", "state"))
    assert states == {each.name: each.to.value for each in APPLYING}


def test_made_again_it_is_the_same(lived_in):
    before = [each.objects.count() for each in (Login, Enterprise, Filing, EventRow, Registrant, Enrolment)]
    again = World()
    again.make()
    again.fill()
    assert [each.objects.count() for each in (Login, Enterprise, Filing, EventRow, Registrant, Enrolment)] == before
