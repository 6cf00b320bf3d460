"""Signing in: who may, by what, how often; what a session is worth."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from django.contrib.sessions.models import Session
from django.test import Client

from mandat.identity import user_code
from mandat.identity.commands import link_login, suspend_person
from mandat.identity.passwords import Argon2OneLane
from mandat.identity.queries import link_of
from mandat.identity.second_factor import code_of, has_second_factor, recovery_codes, step_at
from mandat.identity.tests.people import PASSWORD, code, login, login_with_second_factor, person
from mandat.platform.models import EventRow

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 11, 23, 17, 0, 5, tzinfo=UTC)
LATER = NOON + timedelta(minutes=6)


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


@pytest.mark.parametrize(
    "typed",
    [
        lambda each: each.email,
        lambda each: each.email.upper(),
        lambda each: f"  {each.email} ",
        lambda each: each.user_code,
        lambda each: each.user_code.lower(),
        lambda each: user_code.grouped(each.user_code),
    ],
)
def test_signs_in_with_user_code_or_address_password_and_code(client, someone, typed):
    assert enter(client, typed(someone)).headers["Location"] == "/entrer/code"
    assert not is_in(client)
    assert enter_code(client, code(someone)).status_code == 302
    assert is_in(client)


def test_signs_in_with_a_recovery_code_once(client, someone):
    first = recovery_codes(someone)[0]
    enter(client, someone.email)
    assert enter_code(client, f"{first[:4]} {first[4:]}").status_code == 302
    assert is_in(client)
    other = Client()
    enter(other, someone.email)
    assert enter_code(other, first).status_code == 422
    assert not is_in(other)


@pytest.mark.parametrize(
    ("typed", "password"),
    [
        ("eloise@exemple.test", "pas la bonne phrase"),
        ("eloise@exemple.test", PASSWORD.upper()),
        ("eloise@exemple.test", PASSWORD + " "),
        ("inconnu@exemple.test", PASSWORD),
        ("AAA000000", PASSWORD),
        ("@", PASSWORD),
        ("é" * 200, PASSWORD),
    ],
)
def test_refuses_and_says_one_thing_whatever_was_wrong(client, someone, typed, password):
    answer = enter(client, typed, password)
    assert answer.status_code == 422
    assert "ne va pas avec ce mot de passe" in text_of(answer)
    assert answer.context["form"].errors.keys() == {"login"}
    assert not is_in(client)


@pytest.mark.parametrize("typed", [{}, {"login": "x"}, {"password": "x"}, {"login": "\0", "password": "\0"}])
def test_asks_at_the_field_for_what_is_missing(client, typed):
    answer = client.post("/entrer", typed)
    assert answer.status_code == 422
    assert answer.context["form"].errors


def test_an_unknown_code_is_answered_as_a_known_one(someone):
    """The same page but for what was typed, the same status, no cookie more."""
    answers = [enter(Client(), typed, "pas la bonne phrase") for typed in (someone.user_code, "AAA000000")]
    known, unknown = (text_of(each) for each in answers)
    assert known.replace(someone.user_code, "") == unknown.replace("AAA000000", "")
    assert answers[0].cookies.keys() == answers[1].cookies.keys()


def test_one_hash_is_reckoned_whatever_was_typed(client, someone, monkeypatch):
    reckoned = []
    for name in ("encode", "verify"):
        real = getattr(Argon2OneLane, name)
        monkeypatch.setattr(
            Argon2OneLane, name, lambda *given, real=real, **more: (reckoned.append(1), real(*given, **more))[1]
        )
    for typed in (someone.email, someone.user_code, "inconnu@exemple.test", "AAA000000"):
        reckoned.clear()
        enter(client, typed, "pas la bonne phrase")
        assert len(reckoned) == 1, typed


# Who may not


def test_refuses_an_inactive_login(client, someone):
    someone.is_active = False
    someone.save()
    assert enter(client, someone.email).status_code == 422


def test_refuses_a_suspended_person(client, someone):
    suspend_person(person_id=link_of(someone).person.public_id, reason="essai", under={})
    assert enter(client, someone.email).status_code == 422


def test_refuses_a_login_that_is_nobodys(client, someone):
    someone.links.all().delete()
    assert enter(client, someone.email).status_code == 422


@pytest.mark.parametrize("what", ["suspended", "inactive"])
def test_refuses_whoever_was_stopped_between_the_password_and_the_code(client, someone, what):
    enter(client, someone.email)
    if what == "suspended":
        suspend_person(person_id=link_of(someone).person.public_id, reason="essai", under={})
    else:
        type(someone).objects.filter(pk=someone.pk).update(is_active=False)
    answer = enter_code(client, code(someone))
    assert answer.headers["Location"] == "/entrer"
    assert not is_in(client)
    assert not EventRow.objects.filter(name="SignedIn").exists()


# The second factor


@pytest.mark.parametrize("typed", ["000000", "", "abcdef", "\0", "9" * 50])
def test_a_wrong_code_is_shown_at_its_field(client, someone, typed):
    enter(client, someone.email)
    answer = enter_code(client, typed)
    assert answer.status_code == 422
    assert answer.context["form"].errors.keys() == {"code"}
    assert not is_in(client)


def test_refuses_a_code_again_in_the_same_step(someone):
    first, second = Client(), Client()
    used = code(someone)
    enter(first, someone.email)
    enter(second, someone.email)
    assert enter_code(first, used).status_code == 302
    assert enter_code(second, used).status_code == 422
    assert not is_in(second)


def test_no_page_opens_between_the_password_and_the_code(client, someone):
    enter(client, someone.email)
    for address in ("/compte/", "/compte/codes-de-secours", "/agence/", "/entrer/confirmer/code"):
        assert client.get(address).headers["Location"].startswith("/entrer?next=")
    assert client.get("/entrer/second-facteur").headers["Location"] == "/entrer"
    assert client.get("/entrer/second-facteur.svg").headers["Location"] == "/entrer"
    assert client.get("/entrer").headers["Location"] == "/entrer/code"


def test_the_pages_of_a_step_open_to_nobody_who_is_not_at_it(client):
    for step in ("code", "second-facteur", "second-facteur.svg"):
        assert client.get(f"/entrer/{step}").headers["Location"].removesuffix("/") == "/entrer"
    assert enter_code(client, "000000").headers["Location"] == "/entrer"


def test_one_may_start_again_from_the_code(client, someone):
    enter(client, someone.email)
    client.post("/sortir")
    assert client.get("/entrer").status_code == 200


# The first second factor


def test_a_login_without_a_second_factor_sets_one_up_before_anything_else(client, at):
    at(NOON)
    new = login()
    assert enter(client, new.email).headers["Location"] == "/entrer/second-facteur"
    assert not is_in(client)
    page = client.get("/entrer/second-facteur")
    secret = page.context["secret"].replace(" ", "")
    assert secret not in client.get("/entrer/second-facteur.svg").content.decode()
    assert client.get("/entrer/second-facteur.svg").headers["Content-Type"] == "image/svg+xml"
    assert client.post("/entrer/second-facteur", {"code": "000000"}).status_code == 422
    assert not has_second_factor(new)
    assert client.get("/entrer/second-facteur").context["secret"].replace(" ", "") == secret
    answer = client.post("/entrer/second-facteur", {"code": code_of(secret, step_at(NOON))})
    assert answer.headers["Location"].startswith("/compte/codes-de-secours")
    assert is_in(client)


def test_recovery_codes_are_shown_until_they_are_kept_and_never_again(client, at):
    at(NOON)
    new = login()
    enter(client, new.email)
    secret = client.get("/entrer/second-facteur").context["secret"].replace(" ", "")
    onward = client.post("/entrer/second-facteur", {"code": code_of(secret, step_at(NOON))}).headers["Location"]
    first = recovery_codes(new)[0]
    shown = f"{first[:4]} {first[4:]}"
    assert shown in text_of(client.get(onward))
    assert shown in text_of(client.get(onward))
    assert client.post(onward).headers["Location"] == "/compte/"
    assert shown not in text_of(client.get("/compte/codes-de-secours"))


def test_new_recovery_codes_ask_for_a_proof_first_and_end_the_old_ones(client, someone, at):
    old = recovery_codes(someone)
    sign_in(client, someone)
    at(LATER)
    answer = client.post("/compte/codes-de-secours/nouveaux")
    assert answer.headers["Location"].startswith("/entrer/confirmer/code?next=")
    assert recovery_codes(someone) == old
    confirmed = client.post(answer.headers["Location"], {"code": code(someone)})
    assert confirmed.headers["Location"] == "/compte/codes-de-secours/nouveaux"
    client.post("/compte/codes-de-secours/nouveaux")
    assert not set(recovery_codes(someone)) & set(old)


@pytest.mark.parametrize("typed", ["000000", "", PASSWORD])
def test_a_wrong_proof_proves_nothing(client, someone, typed, at):
    sign_in(client, someone)
    at(LATER)
    assert client.post("/entrer/confirmer/code", {"code": typed}).status_code == 422
    assert client.get("/compte/codes-de-secours/nouveaux").status_code == 302


# The session


def test_the_session_takes_a_new_id_and_the_old_one_is_dead(client, someone):
    client.get("/entrer")
    enter(client, someone.email)
    before = client.cookies["session"].value
    enter_code(client, code(someone))
    after = client.cookies["session"].value
    assert before != after
    assert not Session.objects.filter(session_key=before).exists()
    thief = Client()
    thief.cookies["session"] = before
    assert not is_in(thief)


def test_a_proof_given_again_takes_a_new_id_and_is_remembered(client, someone, at):
    sign_in(client, someone)
    before = client.cookies["session"].value
    at(NOON + timedelta(minutes=20))
    client.post("/entrer/confirmer/code", {"code": code(someone)})
    assert client.cookies["session"].value != before
    actor = client.get("/compte/").wsgi_request.actor
    assert actor.at == NOON + timedelta(minutes=20)


def test_knows_who_is_acting_since_when_and_how(client, someone):
    sign_in(client, someone)
    actor = client.get("/compte/").wsgi_request.actor
    assert (actor.login, actor.person) == (someone, link_of(someone).person)
    assert (actor.at, actor.assurance, actor.methods) == (NOON, "two_factors", ("password", "totp"))


def test_a_session_ends_twelve_hours_after_the_sign_in_however_much_it_is_used(client, someone, at):
    sign_in(client, someone)
    for minutes in range(25, 12 * 60, 25):
        at(NOON + timedelta(minutes=minutes))
        assert is_in(client)
    at(NOON + timedelta(hours=12))
    assert not is_in(client)
    at(NOON)
    assert not is_in(client)


def test_a_session_cookie_is_the_browsers_and_no_scripts(client, someone):
    sign_in(client, someone)
    cookie = client.cookies["session"]
    assert not cookie["expires"]
    assert not cookie["max-age"]
    assert (cookie["httponly"], cookie["samesite"]) == (True, "Lax")


@pytest.mark.parametrize("what", ["suspended", "inactive", "linked to another", "password changed"])
def test_a_session_ends_at_the_next_request(client, someone, what, at):
    sign_in(client, someone)
    assert is_in(client)
    at(NOON + timedelta(seconds=1))
    if what == "suspended":
        suspend_person(person_id=link_of(someone).person.public_id, reason="essai", under={})
    elif what == "inactive":
        type(someone).objects.filter(pk=someone.pk).update(is_active=False)
    elif what == "linked to another":
        link_login(login=someone, person=person("Marc", "Roy"))
    else:
        someone.set_password("une tout autre phrase")
        someone.save()
    assert not is_in(client)
    assert not is_in(client)


def test_two_people_in_one_browser_never_share_a_session(client, someone):
    other = login_with_second_factor(email="marc@exemple.test", of=person("Marc", "Roy"))
    sign_in(client, someone)
    client.post("/sortir")
    sign_in(client, other)
    assert client.get("/compte/").wsgi_request.actor.login == other


def test_sign_out_asks_first_and_ends_the_session_for_good(client, someone):
    sign_in(client, someone)
    kept = client.cookies["session"].value
    assert client.get("/sortir").status_code == 200
    assert is_in(client)
    assert client.post("/sortir").headers["Location"] == "/"
    thief = Client()
    thief.cookies["session"] = kept
    assert not is_in(client)
    assert not is_in(thief)
    told = list(EventRow.objects.filter(aggregate="login").order_by("id").values_list("name", flat=True))
    assert told[-2:] == ["SignedIn", "SignedOut"]
