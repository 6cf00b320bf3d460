"""A mandatary that a register stops acts for nobody, whatever the order of what was said, until it is corrected."""

from datetime import date, timedelta
from itertools import permutations, product

import pytest

from mandat.access.causes import Cause, Fact, Reported
from mandat.access.commands.causes import hear
from mandat.access.mandatary_handlers import tell_clients
from mandat.access.rights import Right
from mandat.access.tests.factories import NamingFactory, ServiceRegistrationFactory
from mandat.access.tests.test_mandataries import Sides
from mandat.access.tests.test_stopping import last
from mandat.enterprises.events import EnterpriseResumed, EnterpriseStopped
from mandat.enterprises.models import ReportSource
from mandat.platform.clock import now
from mandat.platform.models import EventRow, Mail

pytestmark = pytest.mark.django_db
REGISTER, STAFF = ReportSource.BUSINESS_REGISTER, ReportSource.STAFF
SINCE = date(2026, 1, 15)


class Stopped(Sides):
    """A mandatary whose person is named for a client, whose RSE reads English; the register speaks of the mandatary."""

    def __init__(self):
        super().__init__()
        ServiceRegistrationFactory(enterprise=self.mandatary)
        self.rse.person.language = "en"
        self.rse.person.save(update_fields=["language"])
        self.name(self.accepted())
        self.began = now()

    def says(self, *causes, day=0, source=REGISTER):
        facts = tuple(Fact(each, SINCE) for each in causes)
        reported = Reported(source, self.began + timedelta(days=day), 0, facts)
        return hear(enterprise_id=self.mandatary.public_id, reported=reported)

    @property
    def told(self):
        return Mail.objects.filter(to=self.rse.login.email).order_by("id")


@pytest.fixture
def sides():
    return Stopped()


def test_nobody_of_a_mandatary_struck_off_acts_and_a_correction_gives_back_exactly_what_stood(sides):
    to_view = NamingFactory(proxy=sides.mandatary.proxies_received.get(), to_view=True)
    assert sides.may()
    sides.says(Cause.STRUCK_OFF)
    assert not sides.may()
    assert not sides.may(Right.VIEW, to_view.person)
    assert "mandataire" in str(sides.decision().missing.label)
    sides.says(day=1)
    assert sides.may()
    assert sides.may(Right.VIEW, to_view.person)
    assert not sides.may(Right.SIGN, to_view.person)


WORDS = [(0, (Cause.STRUCK_OFF,)), (1, ()), (2, (Cause.STRUCK_OFF,)), (3, ())]


@pytest.mark.parametrize("upto", [1, 2, 3, 4])
def test_late_repeated_and_out_of_order_words_end_alike(upto):
    ends = set()
    for order in permutations(WORDS[:upto]):
        sides = Stopped()
        for (day, causes), _again in product(order, range(2)):
            sides.says(*causes, day=day)
        ends.add(sides.may())
    assert ends == {upto % 2 == 0}


def test_its_clients_are_told_once_that_it_stops_and_that_it_is_back(sides):
    before = sides.told.count()
    sides.says(Cause.STRUCK_OFF)
    for _ in range(2):
        tell_clients(last(EnterpriseStopped))
    sides.says(day=1)
    tell_clients(last(EnterpriseResumed))
    stopped, resumed = sides.told[before:]
    for words in ("can no longer act", str(sides.client), "Struck off the enterprises register", "January 15, 2026"):
        assert words in stopped.subject + stopped.text
    assert "again" in resumed.subject


def test_they_are_not_told_why_the_staff_suspended_it(sides):
    before = sides.told.count()
    sides.says(Cause.HELD, source=STAFF)
    tell_clients(last(EnterpriseStopped))
    (told,) = sides.told[before:]
    assert "is suspended" in told.text
    assert "staff" not in told.text


def test_they_are_not_told_of_what_stops_only_its_own_services(sides):
    before = sides.told.count()
    sides.says(Cause.BANKRUPT)
    tell_clients(last(EnterpriseStopped))
    sides.says(day=1)
    tell_clients(last(EnterpriseResumed))
    assert sides.told.count() == before
    assert sides.may()


def test_nobody_is_told_of_one_that_acts_for_them_no_more(sides):
    proxy = sides.mandatary.proxies_received.get()
    proxy.revoke(at=now(), under={}, reason="")
    sides.says(Cause.STRUCK_OFF)
    tell_clients(last(EnterpriseStopped))
    assert not sides.told.filter(subject__contains="act for").exists()
    assert EventRow.objects.filter(name="EnterpriseStopped").count() == 1
