"""How long a session lasts in a browser: to the second, whatever refreshes; and what is kept of a form sent too late."""

from datetime import timedelta

import pytest
from django.test import Client

from mandat.identity.commands import suspend_person
from mandat.identity.models import Ending, Session
from mandat.identity.queries import link_of
from mandat.identity.tests.people import code, login_with_second_factor, person
from mandat.web.account.tests.test_sessions import NOON, is_in, sign_in, someone  # noqa: F401 - a fixture

pytestmark = pytest.mark.django_db
MINUTE, SECOND = timedelta(minutes=1), timedelta(seconds=1)


def ending_of(client):
    return Session.objects.latest("id").ending


# To the second


@pytest.mark.parametrize("last", [0, 1, 2, 7, 20])
def test_ends_thirty_minutes_after_the_last_gesture_to_the_second(client, someone, at, last):  # noqa: F811
    sign_in(client, someone)
    at(NOON + last * MINUTE)
    assert is_in(client)
    at(NOON + (last + 30) * MINUTE)
    assert not is_in(client)
    assert ending_of(client) == Ending.IDLE
    at(NOON + last * MINUTE)
    assert not is_in(client)


@pytest.mark.parametrize("last", [0, 1, 2, 7, 20])
def test_holds_until_the_second_before(client, someone, at, last):  # noqa: F811
    sign_in(client, someone)
    at(NOON + last * MINUTE)
    assert is_in(client)
    at(NOON + (last + 30) * MINUTE - SECOND)
    assert is_in(client)


def test_ends_sooner_for_staff(client, someone, at, monkeypatch):  # noqa: F811
    monkeypatch.setattr("mandat.web.account.session.is_staff", lambda _person: True)
    sign_in(client, someone)
    at(NOON + 15 * MINUTE - SECOND)
    assert is_in(client)
    at(NOON + 30 * MINUTE - SECOND)
    assert not is_in(client)


@pytest.mark.parametrize("header", [{"HX-Request": "true"}, {"Sec-Fetch-Mode": "cors"}, {"Sec-Fetch-Mode": "no-cors"}])
def test_what_refreshes_or_saves_by_itself_prolongs_nothing(client, someone, at, header):  # noqa: F811
    sign_in(client, someone)
    for minutes in (10, 20, 29):
        at(NOON + minutes * MINUTE)
        assert client.get("/compte/", headers=header).status_code == 200
    at(NOON + 30 * MINUTE)
    assert not is_in(client)


def test_the_answer_to_the_warning_prolongs(client, someone, at):  # noqa: F811
    sign_in(client, someone)
    at(NOON + 28 * MINUTE)
    assert client.post("/compte/sessions/rester", headers={"Sec-Fetch-Mode": "cors"}).status_code == 204
    at(NOON + 57 * MINUTE)
    assert client.post("/compte/sessions/rester", headers={"Referer": "http://testserver/compte/historique"}).url == (
        "/compte/historique"
    )
    at(NOON + 86 * MINUTE)
    assert is_in(client)


def test_the_page_says_how_long_it_lasts(client, someone, at):  # noqa: F811
    sign_in(client, someone)
    at(NOON + SECOND)
    page = client.get("/compte/").content.decode()
    assert 'data-idle="1800" data-left="43199"' in page


@pytest.mark.parametrize("forged", ["", "rien", "rien:rien", "the other's"])
def test_a_browser_that_loses_or_forges_its_cookie_only_ends_sooner(client, someone, at, forged):  # noqa: F811
    other = Client()
    sign_in(other, login_with_second_factor(email="marc@exemple.test", of=person("Marc", "Roy")))
    sign_in(client, someone)
    at(NOON + 2 * MINUTE)
    assert is_in(client)
    at(NOON + 29 * MINUTE)
    is_in(other)
    client.cookies["seen"] = other.cookies["seen"].value if forged == "the other's" else forged
    at(NOON + 30 * MINUTE)
    assert not is_in(client)


def test_an_old_cookie_sent_again_prolongs_nothing(client, someone, at):  # noqa: F811
    sign_in(client, someone)
    at(NOON + MINUTE)
    assert is_in(client)
    old = client.cookies["seen"].value
    at(NOON + 31 * MINUTE)
    assert not is_in(client)
    client.cookies["seen"] = old
    assert not is_in(client)


def test_a_page_costs_a_write_every_few_minutes_at_most(client, someone, at, django_assert_num_queries):  # noqa: F811
    sign_in(client, someone)
    client.get("/accessibilite")
    at(NOON + 2 * MINUTE)
    with django_assert_num_queries(2):
        client.get("/accessibilite")
    at(NOON + 3 * MINUTE)
    with django_assert_num_queries(3):
        client.get("/accessibilite")


# Why one is out


@pytest.mark.parametrize(
    ("after", "words"),
    [(30 * MINUTE, "sans activité"), (12 * 60 * MINUTE, "durée maximale")],
)
def test_the_sign_in_page_says_once_why_one_is_out(client, someone, at, after, words):  # noqa: F811
    sign_in(client, someone)
    at(NOON + after)
    to = client.get("/compte/historique").headers["Location"]
    assert to == "/entrer?next=/compte/historique"
    assert words in client.get(to).content.decode()
    assert words not in client.get(to).content.decode()


def test_whoever_was_suspended_is_told_whom_to_ask(client, someone):  # noqa: F811
    sign_in(client, someone)
    suspend_person(person_id=link_of(someone).person.public_id, reason="essai", under={})
    assert "Votre accès est suspendu" in client.get("/compte/", follow=True).content.decode()


def test_a_refresh_of_a_part_is_refused_without_a_page(client, someone, at):  # noqa: F811
    sign_in(client, someone)
    at(NOON + 30 * MINUTE)
    answer = client.get("/compte/", headers={"HX-Request": "true"})
    assert (answer.status_code, answer.content) == (401, b"")


# A form sent too late


def send_late(client, at, fields, path="/compte/sessions/autres/fermer"):
    at(NOON + 31 * MINUTE)
    return client.post(path, fields).headers["Location"]


def test_a_form_sent_after_the_end_is_found_again_after_signing_in(client, someone, at):  # noqa: F811
    sign_in(client, someone)
    to = send_late(client, at, {"text": "Un long texte à ne pas perdre", "key": "x"})
    assert to == "/entrer?next=/compte/reprendre"
    assert "vous le retrouverez" in client.get(to).content.decode()
    client.post(to, {"login": someone.email, "password": "une phrase bien à moi"})
    back = sign_in_code(client, someone)
    page = client.get(back).content.decode()
    assert 'value="Un long texte à ne pas perdre"' in page
    assert 'action="/compte/sessions/autres/fermer"' in page
    client.post("/compte/sessions/autres/fermer", {"text": "Un long texte à ne pas perdre"})
    assert "Rien n’attend" in client.get("/compte/reprendre").content.decode()


def test_a_form_is_found_again_though_a_refresh_met_the_end_first(client, someone, at):  # noqa: F811
    sign_in(client, someone)
    at(NOON + 31 * MINUTE)
    client.get("/compte/", headers={"HX-Request": "true"})
    client.get("/entrer")
    send_late(client, at, {"text": "Un long texte"})
    assert client.session["kept_form"]["fields"] == [["text", "Un long texte"]]


def sign_in_code(client, of):
    return client.post("/entrer/code", {"code": code(of)}).headers["Location"]


def test_somebody_else_in_the_same_browser_finds_nothing(client, someone, at):  # noqa: F811
    other = login_with_second_factor(email="marc@exemple.test", of=person("Marc", "Roy"))
    sign_in(client, someone)
    send_late(client, at, {"text": "Un secret de la première"})
    sign_in(client, other)
    assert "Un secret" not in client.get("/compte/reprendre").content.decode()
    assert "kept_form" not in client.session


@pytest.mark.parametrize("fields", [{"password": "x", "text": "y"}, {"code": "123456"}, {"new_password": "z"}, {}])
def test_passwords_and_codes_are_never_kept(client, someone, at, fields):  # noqa: F811
    sign_in(client, someone)
    send_late(client, at, fields)
    assert "kept_form" not in client.session


def test_what_a_page_for_everyone_does_all_the_same_is_not_kept(client, someone, at):  # noqa: F811
    sign_in(client, someone)
    at(NOON + 31 * MINUTE)
    client.post("/entrer", {"login": "quelqu’un"})
    assert "kept_form" not in client.session


def test_a_form_sent_by_nobody_leads_to_the_page_it_came_from(client):
    sent = client.post("/compte/sessions/rester", headers={"Referer": "http://testserver/compte/sessions"})
    assert sent.headers["Location"] == "/entrer?next=/compte/sessions"
    sent = client.post("/compte/sessions/rester", headers={"Referer": "http://ailleurs.test/compte/sessions"})
    assert sent.headers["Location"] == "/entrer?next=/compte/"
