"""Proxies by a file: tried and undone, then done line by line; the same file twice changes nothing."""

import uuid
from datetime import timedelta

import pytest

from mandat.access.bulk import NotATable, Said, TooManyLines, carry_out, dry_run, lines_of
from mandat.access.decision import Right, decide
from mandat.access.events import ProxiesGranted
from mandat.access.models import Proxy
from mandat.access.tests.factories import (
    BLOCK,
    DesignationFactory,
    ProxyFactory,
    ServiceRegistrationFactory,
    UserFactory,
    actor,
)
from mandat.access.tests.graphs import rows_as_they_are
from mandat.platform.clock import legal_day, now
from mandat.platform.models import EventRow

pytestmark = pytest.mark.django_db
HEAD = "geste;personne;bloc;droits;jusqu’au;à\n"


@pytest.fixture
def registration():
    return ServiceRegistrationFactory()


@pytest.fixture
def rse(registration):
    return actor(DesignationFactory(enterprise=registration.enterprise).person)


@pytest.fixture
def users(registration):
    return [actor(each.person) for each in UserFactory.create_batch(3, enterprise=registration.enterprise)]


@pytest.fixture
def until():
    return (legal_day(now()) + timedelta(days=90)).isoformat()


@pytest.fixture
def run(registration, rse):
    def running(text, *, trial=False, key=None, by=rse):
        lines = lines_of(HEAD + text, most=200)
        asked = {"enterprise": registration.enterprise, "key": key or uuid.uuid4(), "by": by}
        return [each.said for each in (dry_run(lines, **asked) if trial else carry_out(lines, **asked))]

    return running


@pytest.fixture
def whole(users, registration, until):
    """A file that gives, renews, hands over, and errs, line after line."""
    _first, second, third = users
    ProxyFactory(
        enterprise=registration.enterprise, person=third.person, provider=registration.provider, rights=["view", "sign"],
        during=(now() - timedelta(days=1), now() + timedelta(days=10)),
    )  # fmt: skip
    return (
        f"Accorder;{users[0].login.email};{BLOCK};consulter, préparer;{until};\n"
        f"PROLONGER;{third.person};{BLOCK};;{until};\n"
        f"transférer;{third.person};{BLOCK};;;{second.login.email}\n"
        f"accorder;inconnu@demo.test;{BLOCK};signer;{until};\n"
        "\n"
        f"accorder;{users[0].login.email};{BLOCK};signer;{until};\n"
        f"voler;{users[0].login.email};{BLOCK};signer;{until};\n"
        f"accorder;{users[0].login.email};BF-FIN;signer;{until};\n"
    )


EXPECTED = [Said.DONE, Said.DONE, Said.DONE, Said.PERSON, Said.HELD, Said.ACT, Said.BLOCK]


def test_a_trial_says_what_would_be_done_and_keeps_nothing(run, whole):
    before = rows_as_they_are()
    assert run(whole, trial=True) == EXPECTED
    assert rows_as_they_are() == before


def test_what_was_said_is_done_and_a_second_time_changes_nothing(run, whole, users, registration):
    assert run(whole) == EXPECTED
    firm, at = registration.enterprise, now()
    assert decide(users[0].person, Right.PREPARE, firm, BLOCK, at)
    assert decide(users[1].person, Right.SIGN, firm, BLOCK, at)
    assert not decide(users[2].person, Right.VIEW, firm, BLOCK, at)
    before = rows_as_they_are()
    again = run(whole)
    assert again[0] == again[2] == Said.NOTHING
    assert again[1] == Said.NOT_HELD  # it was handed over since
    assert Said.DONE not in again
    assert rows_as_they_are() == before


def test_two_clicks_are_one(run, users, until):
    line, key = f"accorder;{users[0].login.email};{BLOCK};signer;{until};\n", uuid.uuid4()
    assert run(line, key=key) == [Said.DONE]
    assert run(line, key=key) == [Said.NOTHING]
    assert Proxy.objects.count() == 1
    assert EventRow.objects.filter(name=ProxiesGranted.__name__).count() == 1


def test_a_line_is_done_whole_or_not_at_all(run, users, registration):
    held = ProxyFactory(enterprise=registration.enterprise, person=users[0].person, provider=registration.provider)
    assert run(f"transférer;{users[0].person};{BLOCK};;;{users[1].person}\n") == [Said.TOO_LONG]  # it ends in 2100
    held.refresh_from_db()
    assert held.revoked_at is None


def test_nobody_gives_to_themselves_nor_without_being_an_rse(run, users, rse, registration, until):
    UserFactory(enterprise=registration.enterprise, person=rse.person)
    assert run(f"accorder;{rse.login.email};{BLOCK};signer;{until};\n") == [Said.OWN]
    line = f"accorder;{users[0].login.email};{BLOCK};signer;{until};\n"
    assert run(line, by=users[1]) == [Said.REFUSED]
    ProxyFactory(enterprise=registration.enterprise, person=users[0].person, provider=registration.provider)
    assert run(f"transférer;{users[0].person};{BLOCK};;;{rse.person}\n") == [Said.OWN]


@pytest.mark.parametrize(
    ("cells", "said"),
    [
        ("{user};{block};voler;{until};", Said.RIGHTS),
        ("{user};{block};;{until};", Said.RIGHTS),
        ("{user};{block};signer;demain;", Said.DAY),
        ("{user};{block};signer;2020-01-01;", Said.DAY),
        ("{user};{block};signer;2090-01-01;", Said.TOO_LONG),
        (";{block};signer;{until};", Said.PERSON),
    ],
)
def test_what_cannot_be_read_is_said(run, users, until, cells, said):
    line = cells.format(user=users[0].login.email, block=BLOCK, until=until)
    assert run(f"accorder;{line}\n") == [said]


def test_a_table_needs_its_columns_and_an_end():
    with pytest.raises(NotATable):
        lines_of("nom;prénom\nA;B\n", most=200)
    with pytest.raises(NotATable):
        lines_of("", most=200)
    with pytest.raises(TooManyLines):
        lines_of(HEAD + "a;b;c;;;\n" * 3, most=2)
    (line,) = lines_of("\ufeffact,person,block\n\n grant , 'Ann ,BF-REP,plus\n", most=2)
    assert (line.number, line.cell("act"), line.cell("person"), line.cell("to")) == (3, "grant", "Ann", "")
