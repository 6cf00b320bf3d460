"""A passkey that proves the second factor of a lost password, and one that takes the place of a lost factor."""

import json

import pytest
from django.test import Client

from mandat.access.tests.factories import DesignationFactory
from mandat.identity.commands import mail_password_link
from mandat.identity.factor_policy import Factor, FactorPolicy
from mandat.identity.models import Login, PasswordRecovery
from mandat.identity.passkeys import passkeys_of
from mandat.identity.second_factor import factors_of, recovery_codes, secret_of
from mandat.identity.tests.authenticator import Passkey
from mandat.identity.tests.people import PASSWORD, SECRET, code, login_with_second_factor
from mandat.platform.clock import now
from mandat.platform.models import EventRow
from mandat.web.account.tests.passkeys import given, sends
from mandat.web.account.tests.test_lost_factor import (  # noqa: F401 - fixtures
    ANOTHER,
    IN,
    confirm,
    firm,
    mailed,
    rse,
    say_it_is_lost,
    someone,
)
from mandat.web.account.tests.test_recovery import choose, link_to

pytestmark = pytest.mark.django_db
ANY = FactorPolicy((Factor.PASSKEY, Factor.TOTP))
CHOSEN = {"password": ANOTHER, "again": ANOTHER}


@pytest.fixture
def passkey(someone):  # noqa: F811
    return given(someone, policy=ANY)


@pytest.fixture
def address(someone):  # noqa: F811
    mail_password_link(login_id=someone.pk)
    return link_to(someone)


@pytest.fixture
def phishing_resistant(monkeypatch):
    """Everybody is asked for a passkey, as staff are outside the demonstration."""
    strict = FactorPolicy((Factor.PASSKEY,))
    for where in ("mandat.access.asked", "mandat.web.account.standing"):
        monkeypatch.setattr(f"{where}.factor_policy", lambda *_: strict)


def knows(someone, password) -> bool:  # noqa: F811
    return Login.objects.get(pk=someone.pk).check_password(password)


# A lost password


def test_the_link_and_a_passkey_give_another_password_once(someone, passkey, address):  # noqa: F811
    browser = Client()
    assert f"{address}/cle" in browser.get(address).content.decode()
    assert sends(browser, passkey, f"{address}/cle", fields=CHOSEN)["Location"] == "/entrer"
    assert knows(someone, ANOTHER)
    assert browser.get("/compte/").status_code == 302, "nobody is signed in by it"
    assert EventRow.objects.filter(name="PasswordRecovered", body__method="webauthn").count() == 1
    assert browser.post(f"{address}/cle/defi").status_code == 410
    assert sends(Client(), passkey, "/entrer/cle")["Location"] == "/compte/"


@pytest.mark.parametrize(
    "forged",
    [{"said": {"origin": "https://ailleurs.test"}}, {"flags": 1}, {"counter": 0}, {"said": {"challenge": "AA"}}],
)
def test_a_forged_answer_is_counted_and_replaces_nothing(someone, passkey, address, forged):  # noqa: F811
    answer = sends(Client(), passkey, f"{address}/cle", fields=CHOSEN, **forged)
    assert answer.status_code == 422
    assert "n’a rien prouvé" in answer.content.decode()
    assert knows(someone, PASSWORD)
    assert PasswordRecovery.objects.get().tries_left == 4


def test_the_passkey_of_another_login_proves_nothing(someone, passkey, address):  # noqa: F811
    other = login_with_second_factor(email="marc@exemple.test")
    assert sends(Client(), given(other, policy=ANY), f"{address}/cle", fields=CHOSEN).status_code == 422
    assert knows(someone, PASSWORD)


def test_an_answer_to_another_question_proves_nothing(someone, passkey, address):  # noqa: F811
    """What a false page got signed for a sign-in does not open a recovery."""
    browser = Client()
    options = browser.post("/entrer/cle/defi").json()
    browser.post(f"{address}/cle/defi")
    sent = {"credential": json.dumps(passkey.proven(options))} | CHOSEN
    assert browser.post(f"{address}/cle", sent).status_code == 422
    assert knows(someone, PASSWORD)


def test_a_weak_password_is_said_at_its_field_and_asks_the_passkey_again(someone, passkey, address):  # noqa: F811
    browser = Client()
    answer = sends(browser, passkey, f"{address}/cle", fields={"password": "court", "again": "court"})
    assert answer.status_code == 422
    assert "password" in answer.context["form"].errors
    assert sends(browser, passkey, f"{address}/cle", fields=CHOSEN).status_code == 302


def test_where_only_a_passkey_is_accepted_no_code_recovers(someone, passkey, address, phishing_resistant):  # noqa: F811
    assert Client().get(address)["Location"] == f"{address}/cle"
    for typed in (code(someone), recovery_codes(someone)[0]):
        assert choose(address, typed)["Location"] == f"{address}/cle"
    assert knows(someone, PASSWORD)
    assert sends(Client(), passkey, f"{address}/cle", fields=CHOSEN)["Location"] == "/entrer"


def test_without_a_passkey_the_page_asks_for_a_code(someone, address):  # noqa: F811
    assert Client().get(f"{address}/cle")["Location"] == address


# A lost factor


def passes(browser, address, second, passkey=None, **said):
    fields = {"second": second, "password": PASSWORD, "name": "Téléphone neuf"} | said
    return sends(browser, passkey or Passkey(), f"{address}/cle", does="create", fields=fields)


def test_a_lost_application_is_replaced_by_a_passkey_that_enters_alone(someone, firm, rse):  # noqa: F811
    say_it_is_lost(someone)
    second, new, browser = confirm(rse, firm, someone), Passkey(), Client()
    address = mailed(someone)
    assert f"{address}/cle" in browser.get(address).content.decode()
    assert passes(browser, address, second, new)["Location"] == IN
    assert factors_of(someone) == {Factor.PASSKEY}
    assert [each.data["name"] for each in passkeys_of(someone)] == ["Téléphone neuf"]
    assert browser.get("/compte/").status_code == 302
    assert sends(browser, new, "/entrer/cle")["Location"] == "/compte/"


def test_the_password_too_may_be_replaced_with_it(someone, firm, rse):  # noqa: F811
    mail_password_link(login_id=someone.pk)
    Client().post(f"{link_to(someone)}/second-facteur-perdu")
    second = confirm(rse, firm, someone)
    assert passes(Client(), mailed(someone), second, **CHOSEN)["Location"] == IN
    assert knows(someone, ANOTHER)


@pytest.mark.parametrize(
    ("said", "field"),
    [({"second": "BBBB-BBBB-BBBB"}, "second"), ({"password": "non"}, "password"), ({"name": ""}, "name")],
)
def test_without_the_other_parts_no_passkey_is_kept(someone, firm, rse, said, field):  # noqa: F811
    say_it_is_lost(someone)
    said = {"second": confirm(rse, firm, someone)} | said
    answer = passes(Client(), mailed(someone), **said)
    assert answer.status_code == 422
    assert answer.context["form"].errors.keys() == {field}
    assert secret_of(someone) == SECRET
    assert not passkeys_of(someone).exists()


def test_a_forged_passkey_leaves_the_old_factor(someone, firm, rse):  # noqa: F811
    say_it_is_lost(someone)
    fields = {"second": confirm(rse, firm, someone), "password": PASSWORD, "name": "x"}
    answer = sends(Client(), Passkey(), f"{mailed(someone)}/cle", does="create", fields=fields, flags=1)
    assert answer.status_code == 422
    assert secret_of(someone) == SECRET
    assert len(recovery_codes(someone)) == 10


def test_whoever_is_asked_for_a_passkey_sets_up_no_application(someone, firm, rse, phishing_resistant):  # noqa: F811
    say_it_is_lost(someone)
    second, address = confirm(rse, firm, someone), mailed(someone)
    assert Client().get(address)["Location"] == f"{address}/cle"
    assert Client().post(address, {"second": second, "password": PASSWORD, "code": "0"})["Location"] == f"{address}/cle"
    assert passes(Client(), address, second)["Location"] == IN
    assert not recovery_codes(someone), "they go where the application does"


def test_nothing_is_asked_of_a_browser_before_somebody_has_confirmed(someone, firm, rse):  # noqa: F811
    waiting = say_it_is_lost(someone)
    assert Client().post(f"{waiting}/cle/defi").status_code == 410
    assert "On doit encore confirmer" in Client().get(f"{waiting}/cle").content.decode()


def test_the_page_of_a_confirmation_that_fell_says_to_ask_again(someone, firm, rse):  # noqa: F811
    say_it_is_lost(someone)
    confirm(rse, firm, someone)
    address = mailed(someone)
    firm.designations.get().revoke(at=now(), under={}, reason="départ")
    DesignationFactory(enterprise=firm)
    closed = Client().get(address)
    assert closed.status_code == 410
    assert "ne vaut plus" in closed.content.decode()
