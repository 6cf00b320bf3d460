"""A change of address: confirmed from the new one, undone from the old one; rights do not move with a mailbox."""

import re
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from mandat.identity.actor import actor_of
from mandat.identity.commands import (
    Device,
    EmailLinkUnusable,
    SameEmail,
    TooManyChanges,
    ask_for_email,
    confirm_email,
    create_login,
    open_session,
    undo_email,
)
from mandat.identity.models import EmailChange, Ending, Session
from mandat.identity.queries import link_of, login_named
from mandat.identity.tests.people import NOBODY, PASSWORD, login, person
from mandat.platform.models import EventRow, Mail

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 11, 23, 17, tzinfo=UTC)
NEW = "nouvelle@exemple.test"


@pytest.fixture
def mine(at):
    at(NOON)
    return login()


def by(of):
    return actor_of(of, person=link_of(of).person, at=NOON, methods=["password", "totp"])


def ask(of, email=NEW):
    return ask_for_email(email=email, by=by(of))


def link_sent(to):
    """Return the token of the last link that was mailed to an address."""
    return re.search(r"/courriel/\w+/(\S+)", Mail.objects.filter(to=to).latest("id").text)[1]


def test_changes_nothing_until_it_is_confirmed_from_the_new_address(mine):
    ask(mine)
    mine.refresh_from_db()
    assert mine.email == "eloise@exemple.test"
    confirm_email(token=link_sent(NEW))
    mine.refresh_from_db()
    assert mine.email == NEW
    assert login_named(NEW) == mine
    assert login_named("eloise@exemple.test") is None


def test_a_link_serves_once_and_for_a_day(mine, at):
    ask(mine)
    token = link_sent(NEW)
    at(NOON + timedelta(hours=24))
    with pytest.raises(EmailLinkUnusable):
        confirm_email(token=token)
    at(NOON + timedelta(hours=24) - timedelta(microseconds=1))
    confirm_email(token=token)
    with pytest.raises(EmailLinkUnusable):
        confirm_email(token=token)


def test_another_demand_ends_the_link_of_the_first(mine):
    ask(mine)
    first = link_sent(NEW)
    ask(mine, "autre@exemple.test")
    with pytest.raises(EmailLinkUnusable):
        confirm_email(token=first)


def test_links_are_kept_as_hashes_alone(mine):
    ask(mine)
    confirm_email(token=link_sent(NEW))
    tokens = [link_sent(NEW), link_sent("eloise@exemple.test")]
    kept = str(list(EmailChange.objects.values())) + str(list(EventRow.objects.values()))
    assert not any(token in kept for token in tokens)
    assert "@" not in str(list(EventRow.objects.values_list("body", flat=True)))


@pytest.mark.parametrize("email", ["eloise@exemple.test", " ELOISE@exemple.test"])
def test_refuses_the_address_that_it_is_already(mine, email):
    with pytest.raises(SameEmail):
        ask(mine, email)


def test_refuses_more_than_a_few_in_a_day(mine, at):
    for number in range(5):
        ask(mine, f"n{number}@exemple.test")
    with pytest.raises(TooManyChanges):
        ask(mine)
    at(NOON + timedelta(days=1))
    ask(mine)


def test_an_address_that_serves_another_is_asked_for_alike_and_told_to_its_reader_alone(mine):
    other = login(email=NEW, of=person("Marc", "Roy"))
    change = ask(mine)
    assert change.state == EmailChange.State.ASKED
    message = Mail.objects.get(to=NEW)
    assert "/courriel/" not in message.text
    assert "Éloïse" not in message.text
    other.refresh_from_db()
    assert other.email == NEW


def test_an_address_taken_meanwhile_is_not_confirmed(mine):
    ask(mine)
    login(email=NEW, of=person("Marc", "Roy"))
    with pytest.raises(EmailLinkUnusable):
        confirm_email(token=link_sent(NEW))
    mine.refresh_from_db()
    assert mine.email == "eloise@exemple.test"


# Undone


def changed(of, email=NEW):
    before = of.email
    ask(of, email)
    confirm_email(token=link_sent(email))
    of.refresh_from_db()
    return link_sent(before)


def test_is_undone_from_the_old_address_and_ends_every_session(mine):
    undo = changed(mine)
    opened = open_session(
        login=mine, person=link_of(mine).person, methods=["password"], device=Device(), idle_minutes=30
    )
    undo_email(token=undo)
    mine.refresh_from_db()
    assert mine.email == "eloise@exemple.test"
    assert Session.objects.get(pk=opened.pk).ending == Ending.EMAIL_CHANGED
    with pytest.raises(EmailLinkUnusable):
        undo_email(token=undo)


def test_is_undone_though_it_was_changed_again_since(mine):
    undo = changed(mine)
    changed(mine, "voleur@exemple.test")
    undo_email(token=undo)
    mine.refresh_from_db()
    assert mine.email == "eloise@exemple.test"


def test_what_was_asked_for_since_is_ended_with_it(mine):
    undo = changed(mine)
    ask(mine, "voleur@exemple.test")
    waiting = link_sent("voleur@exemple.test")
    undo_email(token=undo)
    with pytest.raises(EmailLinkUnusable):
        confirm_email(token=waiting)


def test_is_undone_for_seven_days(mine, at):
    undo = changed(mine)
    at(NOON + timedelta(days=7))
    with pytest.raises(EmailLinkUnusable):
        undo_email(token=undo)
    at(NOON + timedelta(days=7) - timedelta(microseconds=1))
    undo_email(token=undo)


# Rights do not move with a mailbox


def test_whoever_takes_a_former_address_gets_another_login_and_nothing_of_the_first(mine):
    someone = link_of(mine).person
    changed(mine)
    newcomer = create_login(key=uuid4(), email="eloise@exemple.test", password=PASSWORD, asked_by=NOBODY)
    assert newcomer != mine
    assert link_of(newcomer) is None
    assert link_of(mine).person == someone
    assert login_named("eloise@exemple.test") == newcomer


def test_an_undoing_takes_nothing_from_whoever_has_the_address_by_now(mine):
    undo = changed(mine)
    newcomer = create_login(key=uuid4(), email="eloise@exemple.test", password=PASSWORD, asked_by=NOBODY)
    with pytest.raises(EmailLinkUnusable):
        undo_email(token=undo)
    assert login_named("eloise@exemple.test") == newcomer


def test_each_change_keeps_its_history(mine):
    undo_email(token=changed(mine))
    moves = EmailChange.objects.get().history.values_list("move", "after")
    assert list(moves) == [("confirm", "confirmed"), ("undo", "undone")]
