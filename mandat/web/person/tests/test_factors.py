"""« Façons d’entrer »: what a person sees of their factors, adds, names, removes; and the password."""

from datetime import timedelta

import pytest
from django.test import Client

from mandat.access.tests.factories import DesignationFactory
from mandat.identity.factor_policy import Factor, FactorPolicy
from mandat.identity.models import RememberedDevice
from mandat.identity.passkeys import passkeys_of
from mandat.identity.queries import link_of
from mandat.identity.second_factor import code_of, factors_of, recovery_codes, secret_of, step_at
from mandat.identity.tests.people import PASSWORD, code, login_with_second_factor
from mandat.platform.clock import now
from mandat.platform.models import EventRow
from mandat.web.account.tests.passkeys import Passkey, given, sends
from mandat.web.account.tests.test_sessions import NOON, enter, is_in, sign_in

pytestmark = pytest.mark.django_db
HERE = "/compte/facons-d-entrer/"
LATER = NOON + timedelta(minutes=6)
NEW = "une phrase que nul ne devine"


@pytest.fixture
def someone(at):
    at(NOON)
    return login_with_second_factor()


@pytest.fixture
def inside(client, someone):
    sign_in(client, someone)
    return client


def text(answer, status=200):
    assert answer.status_code == status, (answer.status_code, answer.headers.get("Location"))
    return answer.content.decode()


def add(client, name="Portable"):
    passkey = Passkey()
    answer = sends(client, passkey, f"{HERE}cles/nouvelle", does="create", fields={"name": name})
    return passkey, answer


def test_shows_each_way_in_with_its_strength_and_its_last_use(inside, someone):
    shown = text(inside.get(HERE))
    for words in (
        "Vous n’en avez pas encore",
        "Application installée",
        "Bonne protection",
        "Dernier usage",
        "10 codes",
    ):
        assert words in shown
    assert f"{HERE}application/retirer" not in shown  # the last that is asked for
    assert "Application of codes" not in text(inside.get(f"/en{HERE}"))


def test_adds_a_passkey_that_then_suffices_to_come_in(inside, someone):
    passkey, answer = add(inside)
    assert answer.headers["Location"] == HERE
    shown = text(inside.get(HERE))
    assert "Portable" in shown
    assert "Résiste à l’hameçonnage" in shown
    assert f"{HERE}application/retirer" in shown
    other = Client()
    sends(other, passkey, "/entrer/cle")
    assert is_in(other)
    assert EventRow.objects.filter(name="PasskeyAdded", aggregate_id=someone.public_id).count() == 1


@pytest.mark.parametrize("name", ["", "   ", "x" * 61])
def test_a_passkey_without_a_fit_name_is_not_added(inside, someone, name):
    _, answer = add(inside, name=name)
    assert answer.status_code == 422
    assert not passkeys_of(someone).exists()


def test_renames_and_removes_a_passkey(inside, someone):
    passkey, _ = add(inside)
    its = f"{HERE}cles/{passkeys_of(someone).get().data['id']}/"
    text(inside.get(f"{its}nommer"))
    assert inside.post(f"{its}nommer", {"name": ""}).status_code == 422
    inside.post(f"{its}nommer", {"name": "Clé bleue"})
    assert "Retirer «\u00a0Clé bleue\u00a0»?" in text(inside.get(f"{its}retirer"))
    assert inside.post(f"{its}retirer").headers["Location"] == HERE
    assert not passkeys_of(someone).exists()
    assert inside.get(f"{its}retirer").status_code == 404
    assert not is_in_by(passkey)


def is_in_by(passkey):
    other = Client()
    sends(other, passkey, "/entrer/cle")
    return is_in(other)


def test_removing_a_factor_ends_the_other_sessions(inside, someone):
    passkey, _ = add(inside)
    other = Client()
    sends(other, passkey, "/entrer/cle")
    assert is_in(other)
    inside.post(f"{HERE}cles/{passkeys_of(someone).get().data['id']}/retirer")
    assert not is_in(other)
    assert is_in(inside)


def test_never_removes_the_last_that_the_policy_asks_for(inside, someone):
    text(inside.get(f"{HERE}application/retirer"))
    inside.post(f"{HERE}application/retirer")
    assert factors_of(someone) == {Factor.TOTP}
    assert "Rien n’est retiré" in text(inside.get(HERE))
    add(inside)
    inside.post(f"{HERE}application/retirer")
    assert factors_of(someone) == {Factor.PASSKEY}
    inside.post(f"{HERE}cles/{passkeys_of(someone).get().data['id']}/retirer")
    assert factors_of(someone) == {Factor.PASSKEY}


def test_replaces_the_application_only_once_the_new_one_has_answered(inside, someone):
    before = secret_of(someone)
    secret = inside.get(f"{HERE}application").context["secret"].replace(" ", "")
    assert inside.get(f"{HERE}application.svg").headers["Content-Type"] == "image/svg+xml"
    assert inside.post(f"{HERE}application", {"code": "000000"}).status_code == 422
    assert secret_of(someone) == before
    inside.post(f"{HERE}application", {"code": code_of(secret, step_at(now()))})
    assert secret_of(someone) == secret
    assert len(recovery_codes(someone)) == 10


def test_somebody_with_only_a_passkey_adds_an_application(client, someone):
    someone.authenticator_set.all().delete()
    passkey = given(someone, policy=FactorPolicy((Factor.PASSKEY,)))
    sends(client, passkey, "/entrer/cle")
    secret = client.get(f"{HERE}application").context["secret"].replace(" ", "")
    answer = client.post(f"{HERE}application", {"code": code_of(secret, step_at(now()))})
    assert answer.headers["Location"] == "/compte/codes-de-secours"
    assert recovery_codes(someone)[0][:4] in text(client.get("/compte/codes-de-secours"))


# The password


def change(client, **typed):
    return client.post(f"{HERE}mot-de-passe", {"current": PASSWORD, "password": NEW, "again": NEW} | typed)


def test_changes_the_password_and_ends_the_other_sessions(inside, someone):
    other = Client()
    sign_in(other, someone, steps=1)
    assert is_in(other)
    text(inside.get(f"{HERE}mot-de-passe"))
    assert change(inside).headers["Location"] == HERE
    assert is_in(inside)
    assert not is_in(other)
    assert enter(Client(), someone.email, NEW).headers["Location"] == "/entrer/code"
    assert EventRow.objects.filter(name="PasswordChanged").count() == 1


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"current": "non"}, "current"), ({"current": ""}, "current"), ({"again": "autre chose"}, "again"),
        ({"password": "court", "again": "court"}, "password"),
    ],
)  # fmt: skip
def test_says_at_the_field_what_is_wrong_with_it(inside, someone, typed, field):
    answer = change(inside, **typed)
    assert answer.status_code == 422
    assert field in answer.context["form"].errors
    someone.refresh_from_db()
    assert someone.check_password(PASSWORD)


def test_the_present_password_is_not_guessed_here(inside):
    answers = [change(inside, current=f"essai {each}").status_code for each in range(12)]
    assert 429 in answers


# A fresh proof


@pytest.mark.parametrize(
    "page",
    ["cles/nouvelle", "cles/nouvelle/defi", "application", "application.svg", "application/retirer", "mot-de-passe"],
)
@pytest.mark.parametrize("method", ["get", "post"])
def test_nothing_changes_on_an_old_proof(inside, someone, at, page, method):
    at(LATER)
    answer = getattr(inside, method)(f"{HERE}{page}", {"name": "x", "current": PASSWORD, "password": NEW, "again": NEW})
    assert answer.headers["Location"].startswith("/entrer/confirmer/code?next=")
    assert "typed_before_proof" not in inside.session  # a password is never kept
    someone.refresh_from_db()
    assert someone.check_password(PASSWORD)


# The invitation


def test_an_rse_without_a_passkey_is_invited_until_they_decline(client, someone):
    DesignationFactory(person=link_of(someone).person)
    sign_in(client, someone)
    assert "Entrez plus vite" in text(client.get("/compte/"))
    client.post(f"{HERE}plus-tard")
    assert "Entrez plus vite" not in text(client.get("/compte/"))
    client.post("/sortir")
    sign_in(client, someone, steps=1)
    assert "Entrez plus vite" not in text(client.get("/compte/"))


def test_a_user_is_not_invited(inside):
    assert "Entrez plus vite" not in text(inside.get("/compte/"))


# Remembered devices


def sign_in_and_remember(client, of, *, steps=0):
    enter(client, of.email)
    return client.post("/entrer/code", {"code": code(of, steps=steps), "remember": "on"})


def test_a_remembered_device_is_not_asked_for_a_code_for_eight_hours(client, someone, at):
    sign_in_and_remember(client, someone)
    cookie = client.cookies["remembered"]
    assert (cookie["max-age"], cookie["httponly"], cookie["samesite"]) == (8 * 3600, True, "Lax")
    assert RememberedDevice.objects.get().digest != cookie.value
    client.post("/sortir")
    at(NOON + timedelta(hours=7, minutes=59))
    assert enter(client, someone.email).headers["Location"] == "/compte/"
    actor = client.get("/compte/").wsgi_request.actor
    assert (actor.assurance, actor.methods) == ("one_factor", ("password", "remembered_device"))
    client.post("/sortir")
    at(NOON + timedelta(hours=8))
    assert enter(client, someone.email).headers["Location"] == "/entrer/code"


def test_a_session_of_a_remembered_device_does_nothing_that_asks_for_a_proof(client, someone):
    sign_in_and_remember(client, someone)
    client.post("/sortir")
    enter(client, someone.email)
    assert client.post(f"{HERE}mot-de-passe").headers["Location"].startswith("/entrer/confirmer/code")


def test_a_remembered_device_is_one_logins(client, someone):
    other = login_with_second_factor(email="marc@exemple.test")
    sign_in_and_remember(client, someone)
    client.post("/sortir")
    assert enter(client, other.email).headers["Location"] == "/entrer/code"


def test_an_rse_is_never_remembered(client, someone):
    DesignationFactory(person=link_of(someone).person)
    enter(client, someone.email)
    assert "remember" not in text(client.get("/entrer/code"))
    client.post("/entrer/code", {"code": code(someone), "remember": "on"})
    assert not RememberedDevice.objects.exists()


def test_who_became_an_rse_is_remembered_no_more(client, someone):
    sign_in_and_remember(client, someone)
    DesignationFactory(person=link_of(someone).person)
    client.post("/sortir")
    assert enter(client, someone.email).headers["Location"] == "/entrer/code"


@pytest.mark.parametrize("what", ["password", "passkey added"])
def test_every_device_is_forgotten_when_a_factor_changes(client, someone, what):
    sign_in_and_remember(client, someone)
    if what == "password":
        change(client)
    else:
        add(client)
    client.post("/sortir")
    typed = NEW if what == "password" else PASSWORD
    assert enter(client, someone.email, typed).headers["Location"] == "/entrer/code"


def test_three_devices_are_remembered_at_most_and_the_oldest_gives_way(someone, at):
    browsers = [Client() for _ in range(4)]
    for place, each in enumerate(browsers):
        at(NOON + timedelta(minutes=place))
        sign_in_and_remember(each, someone)
        each.post("/sortir")
    asked = [enter(each, someone.email).headers["Location"] for each in browsers]
    assert asked == ["/entrer/code", "/compte/", "/compte/", "/compte/"]
