"""AZ-3: what ends at an instant holds until that very instant, by every way of asking, under reading traffic."""

import random
import threading
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.db.models import Value

from mandat.access import queries
from mandat.access.decision import AccessDenied, Right, decide, require
from mandat.access.links import Link
from mandat.access.place import place_of
from mandat.access.queries import may, people_who_can
from mandat.access.retries import in_one_transaction
from mandat.access.tests.factories import (
    BLOCK,
    DesignationFactory,
    NamingFactory,
    ProxyFactory,
    ServiceRegistrationFactory,
    UserFactory,
    actor,
)
from mandat.access.tests.told import INSTANT, wind
from mandat.enterprises import grants
from mandat.enterprises.models import Enterprise
from mandat.platform.clock import now
from tests.drills.recorder import FULL_SIZE

BEGUN = datetime(2026, 3, 1, tzinfo=UTC)
A_YEAR = 365 * 24 * 3600 * 1_000_000
ASIDE = timedelta(hours=1)
IN_A_BLOCK = Enterprise.objects.annotate(code=Value(BLOCK))
UNTIL_THEN = {"decision", "command", "page", "list", "holders"}


class Ending:
    """Somebody whose one right in one firm ends at an instant, by one of the ways in which rights end."""

    def __init__(self, dice):
        self.firm = ServiceRegistrationFactory().enterprise
        self.by = actor()
        self.end = BEGUN + timedelta(microseconds=dice.randrange(1, A_YEAR))
        dice.choice([self.proxy, self.pause, self.designation, self.external, self.naming, self.membership])()

    def proxy(self, **more):
        return ProxyFactory(enterprise=self.firm, person=self.by.person, **({"during": self.until_then} | more))

    def pause(self):
        self.proxy(during=DateTimeTZRange(BEGUN, self.end + ASIDE), suspensions=[DateTimeTZRange(self.end, None)])

    def designation(self):
        DesignationFactory(enterprise=self.firm, person=self.by.person, during=self.until_then)

    def external(self):
        self.named(proxy={"during": self.until_then})

    def naming(self):
        self.named(during=self.until_then)

    def membership(self):
        self.named(user={"during": self.until_then})

    def named(self, *, proxy=None, user=None, **more):
        agency = ServiceRegistrationFactory().enterprise
        received = ProxyFactory(enterprise=self.firm, person=None, mandatary=agency, **(proxy or {}))
        UserFactory(enterprise=agency, person=self.by.person, **(user or {}))
        NamingFactory(proxy=received, person=self.by.person, **more)

    @property
    def until_then(self):
        return DateTimeTZRange(BEGUN, self.end)

    def faults(self):
        """Return what is wrong just before the end, at it and just after: when, and which ways of asking."""
        told = {each: self.told_at(self.end + each * INSTANT) for each in (-1, 0, 1)}
        return [(when, said) for when, said in told.items() if said != (UNTIL_THEN if when < 0 else set())]

    def told_at(self, instant):
        """Return which ways of asking say yes at an instant."""
        wind(instant)
        try:
            return {name for name, is_yes in self.answers().items() if is_yes}
        finally:
            wind(None)

    def answers(self):
        """Return what each way of asking answers, at the instant that the clock shows."""
        at, person = now(), self.by.person
        return {
            "decision": bool(decide(person, Right.SIGN, self.firm, BLOCK, at)),
            "command": self.commands(),
            "page": bool(place_of(person, self.firm, at).decide(Right.SIGN, BLOCK)),
            "list": IN_A_BLOCK.filter(may(person, Right.SIGN, enterprise="pk", block="code", at=at)).exists(),
            "holders": people_who_can(self.firm, Right.SIGN, BLOCK, at).filter(pk=person.pk).exists(),
        }

    @in_one_transaction
    def commands(self):
        try:
            require(self.by, Right.SIGN, enterprise=self.firm, block=BLOCK)
        except AccessDenied:
            return False
        return True


@pytest.fixture
def read_by_others():
    """Have another connection ask without rest, at an instant when the right held: reading must prolong nothing."""
    asked, stopping = [], threading.Event()

    def read():
        wind(BEGUN)
        while not stopping.is_set():
            for each in asked[-1:]:
                each.answers()
            stopping.wait(0 if FULL_SIZE else 0.05)
        connection.close()

    thread = threading.Thread(target=read, daemon=True)
    thread.start()
    yield asked
    stopping.set()
    thread.join(20)


@pytest.mark.django_db(transaction=True)
@pytest.mark.drill("AZ-3")
def test_what_ends_at_an_instant_holds_until_that_very_instant(drill, read_by_others):
    dice, wrong = random.Random(3), []
    for number in range(drill.size(12, full=2_000)):
        ending = Ending(dice)
        read_by_others.append(ending)
        wrong += [(number, *each) for each in ending.faults()]
    drill.record.failures = len(wrong)
    drill.figure("asked", drill.record.trials * 3 * len(UNTIL_THEN))
    assert wrong == []


def _an_end_is_included(patch):
    rule = Link._ground_of_dates
    patch.setattr(Link, "_ground_of_dates", lambda link, at: rule(link, at - INSTANT if link.end == at else at))


def _an_end_comes_an_instant_early(patch):
    rule = Link._ground_of_dates
    patch.setattr(Link, "_ground_of_dates", lambda link, at: rule(link, at + INSTANT if link.end else at))


def _lists_go_by_the_second(patch):
    for name in ("_proxies_that_count", "_namings_that_count"):
        rule = getattr(queries, name)
        patch.setattr(queries, name, lambda at, more, rule=rule: rule(at.replace(microsecond=0), more))
    patch.setattr(queries, "in_force", lambda at: grants.in_force(at.replace(microsecond=0)))


def _a_pause_begins_late(patch):
    patch.setattr(Link, "is_suspended", lambda link, at: any(start < at for start, _ in link.pauses))


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("bug", "when", "ways"),
    [
        (_an_end_is_included, 0, {"decision", "command", "page"}),
        (_an_end_comes_an_instant_early, -1, {"list", "holders"}),
        (_lists_go_by_the_second, 0, {"list", "holders"}),
        (_a_pause_begins_late, 0, {"decision", "command", "page"}),
    ],
    ids=lambda each: each.__name__.strip("_") if callable(each) else "",
)
def test_an_end_that_is_off_by_an_instant_is_found(bug, when, ways, monkeypatch):
    bug(monkeypatch)
    dice = random.Random(3)
    assert any((when, ways) in Ending(dice).faults() for _ in range(24))
