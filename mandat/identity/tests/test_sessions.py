"""Sessions: opened, ended, and what their person is told."""

from datetime import UTC, datetime, timedelta

import pytest

from mandat.identity.commands import (
    Device,
    end_sessions_of_login,
    link_login,
    open_session,
    suspend_person,
)
from mandat.identity.handlers import keep_note
from mandat.identity.lasting import why_over
from mandat.identity.models import Ending, Person, SecurityNote, Session
from mandat.identity.notices import BY_NAME
from mandat.identity.queries import link_of, session_named
from mandat.identity.tests.people import login, person
from mandat.platform.events import subscriptions
from mandat.platform.models import EventRow, Mail

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 11, 23, 17, tzinfo=UTC)
FIREFOX = Device("Firefox", "Windows", "192.0.2.7")


def opened(of, device=FIREFOX, minutes=30) -> Session:
    return open_session(
        login=of, person=link_of(of).person, methods=["password", "totp"], device=device, idle_minutes=minutes
    )


def told():
    """Run what follows from what was published, as the workers would, twice; return the history of all."""
    kinds = {kind.__name__: kind for kind in subscriptions()}
    for row in EventRow.objects.filter(name__in=BY_NAME).order_by("id"):
        for _ in range(2):
            keep_note(kinds[row.name](event_id=str(row.public_id), **row.body))
    return list(SecurityNote.objects.order_by("id"))


# How long one lasts


def at_rest(**changes) -> Session:
    of = login()
    kept = opened(of)
    for name, value in changes.items():
        setattr(kept, name, value)
    return kept


@pytest.mark.parametrize(
    ("after", "seen", "why"),
    [
        (timedelta(minutes=30, microseconds=-1), timedelta(), None),
        (timedelta(minutes=30), timedelta(), Ending.IDLE),
        (timedelta(minutes=59, seconds=59), timedelta(minutes=30), None),
        (timedelta(hours=12, microseconds=-1), timedelta(hours=11, minutes=45), None),
        (timedelta(hours=12), timedelta(hours=11, minutes=59), Ending.EXPIRED),
        (timedelta(hours=20), timedelta(), Ending.EXPIRED),
    ],
)
def test_a_session_ends_without_activity_and_at_the_end_of_its_time_whatever_happens(at, after, seen, why):
    at(NOON)
    kept = at_rest()
    assert why_over(kept, is_linked=True, at=NOON + after, seen_at=NOON + seen) == why


def test_what_ended_it_comes_before_what_would_have(at):
    at(NOON)
    late = NOON + timedelta(days=1)
    kept = at_rest(ended_at=NOON, ending=Ending.SIGNED_OUT)
    assert why_over(kept, is_linked=False, at=late, seen_at=NOON) == Ending.SIGNED_OUT
    kept.ended_at = None
    assert why_over(kept, is_linked=False, at=late, seen_at=NOON) == Ending.RELINKED
    kept.person.state = Person.State.SUSPENDED
    assert why_over(kept, is_linked=False, at=late, seen_at=NOON) == Ending.SUSPENDED
    kept.login.is_active, kept.person.state = False, Person.State.ACTIVE
    assert why_over(kept, is_linked=True, at=NOON, seen_at=NOON) == Ending.SUSPENDED


def test_is_read_with_its_login_its_person_and_the_instant_in_one_statement(at, django_assert_num_queries):
    at(NOON)
    kept = opened(login())
    with django_assert_num_queries(1):
        found = session_named(kept.public_id)
        assert (found.person.given_name, found.login.email) == ("Éloïse", "eloise@exemple.test")
        assert (found.at, found.is_linked) == (NOON, True)


# What ends them


def test_ends_the_sessions_of_a_login_but_one_and_once():
    mine, other = login(), login(email="marc@exemple.test", of=person("Marc", "Roy"))
    kept, gone, foreign = opened(mine), opened(mine), opened(other)
    assert end_sessions_of_login(login=mine, ending=Ending.ENDED_ELSEWHERE, but=kept) == 1
    assert end_sessions_of_login(login=mine, ending=Ending.SUSPENDED, but=kept) == 0
    endings = dict(Session.objects.values_list("pk", "ending"))
    assert endings == {kept.pk: "", gone.pk: Ending.ENDED_ELSEWHERE, foreign.pk: ""}


def test_a_suspension_ends_every_session_of_the_person_through_whichever_login():
    someone = person()
    opened(login(of=someone))
    opened(login(email="deux@exemple.test", of=someone))
    suspend_person(person_id=someone.public_id, reason="essai", under={})
    assert set(Session.objects.values_list("ending", flat=True)) == {Ending.SUSPENDED}


def test_a_login_that_passes_to_another_ends_its_sessions_and_gives_none(at):
    at(NOON)
    first, second = person(), person("Marc", "Roy")
    of = login(of=first)
    kept = opened(of)
    at(NOON + timedelta(minutes=1))
    link_login(login=of, person=second)
    kept.refresh_from_db()
    assert (kept.ending, kept.person) == (Ending.RELINKED, first)
    assert not session_named(kept.public_id).is_linked
    assert not Session.objects.filter(person=second).exists()


# What their person is told


def test_the_first_browser_is_no_surprise_and_another_one_is_told_by_mail(at):
    at(NOON)
    of = login()
    opened(of)
    opened(of)
    opened(of, Device("Chrome", "Android"))
    notes = told()
    assert [(each.event, each.person, each.login) for each in notes] == [("SignedIn", link_of(of).person, of)] * 3
    mail = Mail.objects.get()
    assert (mail.to, mail.subject) == ("eloise@exemple.test", "Session ouverte")
    assert "Chrome, Android" in mail.text
    assert "23 novembre 2026, 12\xa0h\xa000" in mail.text


def test_is_told_in_the_language_of_the_person():
    of = login()
    Person.objects.update(language="en")
    opened(of)
    opened(of, Device("Safari", "iPhone"))
    told()
    assert Mail.objects.get().subject == "Session opened"


def test_sessions_ended_by_a_suspension_are_not_told_apart_from_it():
    of = login()
    opened(of)
    suspend_person(person_id=link_of(of).person.public_id, reason="essai", under={})
    assert [each.event for each in told()] == ["SignedIn", "PersonSuspended"]


def test_whoever_loses_a_login_is_told_and_nothing_goes_to_the_address_that_passed_on(at):
    at(NOON)
    first = person()
    of = login(of=first)
    at(NOON + timedelta(minutes=1))
    link_login(login=of, person=person("Marc", "Roy"))
    assert [(each.event, each.person) for each in told()] == [("LoginUnlinked", first)]
    assert not Mail.objects.exists()


def test_every_event_of_the_catalogue_has_its_subscription():
    heard = {kind.__name__ for kind, handlers in subscriptions().items() if keep_note in handlers}
    assert heard == set(BY_NAME)
