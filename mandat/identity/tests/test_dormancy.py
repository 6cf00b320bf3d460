"""Accesses that sleep: warned, then suspended; never without a warning, never twice, never one that woke."""

from datetime import UTC, datetime, timedelta

import pytest

from mandat.identity.commands import Device, open_session, restore_person
from mandat.identity.commands.dormancy import tend_dormant_accesses
from mandat.identity.models import Person
from mandat.identity.queries import link_of
from mandat.identity.tests.people import login
from mandat.platform.models import EventRow, Mail

pytestmark = pytest.mark.django_db
START = datetime(2027, 1, 4, 17, tzinfo=UTC)
DAY = timedelta(days=1)


@pytest.fixture
def someone(at):
    at(START)
    of = login()
    enter(of)
    return link_of(of).person


def enter(of):
    return open_session(
        login=of, person=link_of(of).person, methods=["password", "totp"], device=Device(), idle_minutes=30
    )


def state():
    return Person.objects.get().state


def test_warns_after_335_days_and_suspends_after_365(someone, at):
    done = []
    for days in (334, 335, 336, 364, 365, 366):
        at(START + days * DAY)
        done.append(tend_dormant_accesses())
    assert done == [(0, 0), (1, 0), (0, 0), (0, 0), (0, 1), (0, 0)]
    assert state() == Person.State.SUSPENDED
    assert [each.subject for each in Mail.objects.all()] == ["Votre accès sera suspendu le 4 janvier 2028"]
    move = someone.history.get()
    assert (move.reason, move.authority["policy"]) == ("Aucune entrée depuis longtemps", "dormant")


def test_running_late_warns_first_and_leaves_as_many_days(someone, at):
    at(START + 500 * DAY)
    assert tend_dormant_accesses() == (1, 0)
    at(START + 529 * DAY)
    assert tend_dormant_accesses() == (0, 0)
    at(START + 530 * DAY)
    assert tend_dormant_accesses() == (0, 1)


def test_whoever_signs_in_begins_anew(someone, at):
    at(START + 340 * DAY)
    tend_dormant_accesses()
    at(START + 350 * DAY)
    enter(someone.links.get().login)
    at(START + 400 * DAY)
    assert tend_dormant_accesses() == (0, 0)
    at(START + (350 + 335) * DAY)
    assert tend_dormant_accesses() == (1, 0)
    assert state() == Person.State.ACTIVE


def test_one_restored_is_not_suspended_again_the_next_day(someone, at):
    for days in (335, 365):
        at(START + days * DAY)
        tend_dormant_accesses()
    restore_person(person_id=someone.public_id, reason="de retour", under={})
    at(START + 366 * DAY)
    assert tend_dormant_accesses() == (0, 0)
    assert state() == Person.State.ACTIVE


def test_one_who_never_came_counts_from_the_day_of_their_login(at):
    at(START)
    login()
    at(START + 335 * DAY)
    assert tend_dormant_accesses() == (1, 0)


def test_one_without_a_login_in_use_is_left_alone(someone, at):
    someone.links.get().login.__class__.objects.update(is_active=False)
    at(START + 400 * DAY)
    assert tend_dormant_accesses() == (0, 0)


def test_says_it_in_the_language_of_the_person_and_in_their_history(someone, at):
    Person.objects.update(language="en")
    at(START + 335 * DAY)
    tend_dormant_accesses()
    assert Mail.objects.get().subject == "Your access will be suspended on January 4, 2028"
    assert EventRow.objects.filter(name="DormancyWarned").count() == 1
