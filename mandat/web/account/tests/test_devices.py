"""Whoever guesses is held; whoever has signed in from their browser before is not."""

from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client

from mandat.identity.tests.people import PASSWORD, code, login_with_second_factor, person

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 11, 23, 17, 0, 5, tzinfo=UTC)


@pytest.fixture
def someone(at):
    at(NOON)
    return login_with_second_factor()


def enter(browser, someone, password=PASSWORD, address="10.0.0.1"):
    return browser.post("/entrer", {"login": someone.email, "password": password}, REMOTE_ADDR=address).status_code


def signed_in_before(someone) -> Client:
    browser = Client()
    enter(browser, someone)
    browser.post("/entrer/code", {"code": code(someone)})
    browser.post("/sortir")
    return browser


def attack(someone, *, addresses=30):
    for each in range(addresses):
        enter(Client(), someone, "non", address=f"10.1.{each}.1")


def test_an_attack_keeps_out_browsers_that_never_signed_in_and_not_the_holders(someone, at):
    own = signed_in_before(someone)
    at(NOON + timedelta(minutes=1))
    attack(someone)
    assert enter(Client(), someone, address="10.2.2.2") == 429
    assert enter(own, someone, address="10.1.0.1") == 302
    assert own.post("/entrer/code", {"code": code(someone)}).status_code == 302
    assert enter(Client(), someone, address="10.2.2.2") == 302, "their proof ends the attack’s count"


def test_a_known_browser_is_held_by_its_own_count(someone):
    own = signed_in_before(someone)
    assert [enter(own, someone, "non") for _ in range(11)] == [422] * 10 + [429]


def test_the_password_alone_makes_no_browser_known(someone):
    browser = Client()
    enter(browser, someone)
    assert "device" not in browser.cookies


def test_the_cookie_of_one_login_says_nothing_of_another_and_opens_nothing(someone, at):
    own = signed_in_before(someone)
    other = login_with_second_factor(email="marc@exemple.test", of=person("Marc", "Roy"))
    attack(other)
    assert enter(own, other) == 429
    thief = Client()
    thief.cookies["device"] = own.cookies["device"].value
    assert thief.get("/compte/").status_code == 302


def test_a_changed_password_a_changed_cookie_and_time_make_a_browser_unknown(someone, at):
    own = signed_in_before(someone)
    forged = Client()
    forged.cookies["device"] = own.cookies["device"].value[:-2] + "AA"
    attack(someone)
    assert enter(forged, someone, address="10.2.2.2") == 429
    at(NOON + timedelta(minutes=1))
    someone.set_password("une tout autre phrase")
    someone.save()
    assert enter(own, someone, "une tout autre phrase", address="10.2.2.2") == 429


def test_two_people_are_known_in_one_browser(someone, at):
    own = signed_in_before(someone)
    other = login_with_second_factor(email="marc@exemple.test", of=person("Marc", "Roy"))
    enter(own, other)
    own.post("/entrer/code", {"code": code(other)})
    own.post("/sortir")
    for each in (someone, other):
        attack(each)
        assert enter(own, each) == 302


def test_the_page_says_when_to_try_again_and_what_else_there_is(someone):
    for _ in range(5):
        enter(Client(), someone, "non")
    answer = Client().post("/entrer", {"login": someone.email, "password": "non"}, REMOTE_ADDR="10.0.0.1")
    page = answer.content.decode()
    assert answer.status_code == 429
    assert "Recommencez à partir du 23 novembre 2026 à 12\u00a0h\u00a005" in page
    assert "/entrer/mot-de-passe-perdu" in page


def test_addresses_of_one_customer_are_one(someone):
    tries = [enter(Client(), someone, "non", address=f"2001:db8::{each:x}") for each in range(6)]
    assert tries == [422] * 5 + [429]
