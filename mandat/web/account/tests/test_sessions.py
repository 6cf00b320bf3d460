"""Signing in: who may, by what, how often; what a session is worth."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from django.conf import settings
from django.test import Client

from mandat.identity import user_code
from mandat.identity.tests.people import PASSWORD, code, login_with_second_factor

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 11, 23, 17, 0, 5, tzinfo=UTC)


@pytest.fixture
def someone(at):
    """Return a login with its second factor, at noon."""
    at(NOON)
    return login_with_second_factor()


def enter(client, typed, password=PASSWORD, **more):
    return client.post("/entrer", {"login": typed, "password": password}, **more)


def enter_code(client, typed):
    return client.post("/entrer/code", {"code": typed})


def sign_in(client, of, *, steps=0):
    assert enter(client, of.email).headers["Location"] == "/entrer/code"
    return enter_code(client, code(of, steps=steps))


def is_in(client) -> bool:
    return client.get("/compte/").status_code == 200


def text_of(response) -> str:
    return re.sub(r'value="[A-Za-z0-9]{64}"', "", response.content.decode())


# By what


def test_signs_out_only_from_its_own_page(someone):
    client = Client(enforce_csrf_checks=True)
    assert client.post("/sortir").status_code in {403, 419}


def test_a_page_costs_two_statements_to_know_who_asks(client, someone, django_assert_num_queries):
    """The session; the login, its link and its person."""
    sign_in(client, someone)
    client.get("/accessibilite")
    with django_assert_num_queries(2):
        client.get("/accessibilite")


def test_nobody_costs_no_statement(client, django_assert_num_queries):
    client.get("/accessibilite")
    with django_assert_num_queries(0):
        client.get("/accessibilite")


# Where it leads


@pytest.mark.parametrize(
    "asked", ["https://ailleurs.test/", "//ailleurs.test", "javascript:alert(1)", "/\\ailleurs.test"]
)
def test_never_leads_out_of_the_site(client, someone, asked):
    client.post(f"/entrer?next={asked}", {"login": someone.email, "password": PASSWORD})
    assert enter_code(client, code(someone)).headers["Location"] == "/compte/"


def test_leads_to_the_page_that_asked(client, someone):
    asked = client.get("/compte/codes-de-secours").headers["Location"]
    client.post(asked, {"login": someone.email, "password": PASSWORD})
    assert enter_code(client, code(someone)).headers["Location"] == "/compte/codes-de-secours"


def test_keeps_the_language_of_the_page(client, someone):
    answer = client.post("/en/entrer", {"login": someone.email, "password": PASSWORD})
    assert answer.headers["Location"] == "/en/entrer/code"
    answer = client.post("/en/entrer/code", {"code": code(someone)})
    assert answer.headers["Location"] == "/en/compte/"


# How often


def test_too_many_wrong_passwords_are_answered_429_in_the_language_of_the_page(client, someone):
    """However the login was named: by its code, grouped or not, or its address."""
    names = [someone.email, someone.user_code, someone.user_code.lower(), user_code.grouped(someone.user_code)]
    for typed in [*names, someone.email.upper()]:
        assert enter(client, typed, "non").status_code == 422
    answer = enter(client, someone.email, "non")
    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "300")
    assert "html" in answer.content.decode()
    assert enter(client, someone.email).status_code == 429


def test_too_many_wrong_codes_are_answered_429(client, someone):
    enter(client, someone.email)
    assert [enter_code(client, "000000").status_code for _ in range(6)] == [422] * 5 + [429]
    assert enter_code(client, code(someone)).status_code == 429


def test_an_unknown_login_is_limited_as_a_known_one(client, db):
    assert [enter(client, "AAA000000", "non").status_code for _ in range(6)] == [422] * 5 + [429]


def test_a_right_sign_in_costs_no_attempt(someone, at):
    for each in range(8):
        at(NOON + timedelta(minutes=each))
        client = Client()
        sign_in(client, someone)
        assert is_in(client)


# What there is not


@pytest.mark.parametrize(
    "address", ["/signup/", "/register/", "/password/reset/", "/entrer/deactivate/", "/mfa/", "/email/", "/inactive/"]
)
def test_only_the_addresses_of_the_map_exist(client, address):
    assert client.get(address).status_code == 404


def test_signs_in_through_our_backend_alone():
    assert settings.AUTHENTICATION_BACKENDS == ["mandat.identity.backends.CodeOrEmail"]
