"""A lost second factor on the pages: from the sign-in, through the firm or the desk, to a new factor."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client

from mandat.access.tests.factories import (
    DesignationFactory,
    EnterpriseFactory,
    StaffAssignmentFactory,
    UserFactory,
    actor,
)
from mandat.enrolment.models import Reproof
from mandat.enrolment.tests.losing import LINK, whose
from mandat.identity.models import Login
from mandat.identity.second_factor import code_of, recovery_codes, secret_of, step_at
from mandat.identity.tests.people import PASSWORD, SECRET, login_with_second_factor
from mandat.platform.clock import now
from mandat.platform.models import Letter, Mail
from mandat.web.account.tests.test_recovery import ask, link_to
from mandat.web.tests.conftest import browser_of

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 11, 23, 17, 0, 5, tzinfo=UTC)
KEY = re.compile(r'<code translate="no">([A-Z2-7 ]+)</code>')
CODE = re.compile(r'<b class="mono">([^<]+)</b>')
IN = "/entrer?next=%2Fcompte%2Fcodes-de-secours"
ANOTHER = "une tout autre phrase, bien à moi"


@pytest.fixture
def someone(at):
    at(NOON)
    return login_with_second_factor()


@pytest.fixture
def firm(someone):
    firm = EnterpriseFactory()
    UserFactory(enterprise=firm, person=whose(someone))
    return firm


@pytest.fixture
def rse(firm):
    return browser_of(actor(DesignationFactory(enterprise=firm).person))


def mailed(someone) -> str:
    return "/entrer/preuve/" + LINK.search(Mail.objects.filter(to=someone.email).latest("id").text)[1]


def say_it_is_lost(someone) -> str:
    browser = Client()
    browser.post("/entrer", {"login": someone.email, "password": PASSWORD})
    assert "/entrer/code/perdu" in browser.get("/entrer/code").content.decode()
    assert browser.post("/entrer/code/perdu")["Location"] == "/entrer/demande-envoyee"
    assert browser.get("/entrer/code")["Location"] == "/entrer", "the sign-in is over"
    return mailed(someone)


def confirm(rse, firm, someone) -> str:
    address = f"/d/{firm.public_id}/acces/{whose(someone).public_id}/identite"
    assert rse.post(address, {"words": "Vue au bureau."})["Location"] == address
    return CODE.search(rse.get(address).content.decode())[1]


def finish(address, second, browser, **said):
    secret = KEY.search(browser.get(address).content.decode())[1].replace(" ", "")
    sent = {"second": second, "password": PASSWORD, "code": code_of(secret, step_at(now()))} | said
    return secret, browser.post(address, sent)


def test_from_the_sign_in_through_the_rse_to_a_new_factor(someone, firm, rse, at):
    waiting = say_it_is_lost(someone)
    assert "On doit encore confirmer" in Client().get(waiting).content.decode()
    page = rse.get(f"/d/{firm.public_id}/acces/{whose(someone).public_id}/").content.decode()
    assert "dit avoir perdu son second facteur" in page
    second = confirm(rse, firm, someone)
    browser = Client()
    secret, answer = finish(mailed(someone), second, browser)
    assert answer["Location"] == IN
    assert browser.get("/compte/").status_code == 302, "nobody is signed in by it"
    assert secret_of(someone) == secret
    at(NOON + timedelta(seconds=40))
    browser.post(IN, {"login": someone.email, "password": PASSWORD})
    shown = browser.post("/entrer/code", {"code": code_of(secret, step_at(now()))})
    assert shown["Location"] == "/compte/codes-de-secours"
    spare = recovery_codes(someone)[0]
    assert f"{spare[:4]} {spare[4:]}" in browser.get(shown["Location"]).content.decode()
    assert browser.get("/compte/").status_code == 200


def test_from_the_mailed_link_when_the_password_is_lost_too(someone, firm, rse):
    ask(someone.email)
    address = link_to(someone)
    assert Client().get(f"{address}/second-facteur-perdu").status_code == 200
    assert Client().post(f"{address}/second-facteur-perdu")["Location"] == "/entrer/demande-envoyee"
    assert Client().get(address).status_code == 410
    second = confirm(rse, firm, someone)
    _, answer = finish(mailed(someone), second, Client(), password=ANOTHER, again=ANOTHER)
    assert answer["Location"] == IN
    assert Login.objects.get(pk=someone.pk).check_password(ANOTHER)


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"second": "BBBB-BBBB-BBBB"}, "second"),
        ({"second": ""}, "second"),
        ({"password": "non"}, "password"),
        ({"code": "000000"}, "code"),
    ],
)
def test_errors_are_said_at_their_field_and_change_nothing(someone, firm, rse, said, field):
    say_it_is_lost(someone)
    second = confirm(rse, firm, someone)
    _, answer = finish(mailed(someone), **({"second": second, "browser": Client()} | said))
    assert answer.status_code == 422
    assert answer.context["form"].errors.keys() == {field}
    assert secret_of(someone) == SECRET


def test_no_page_of_it_opens_without_the_password_or_the_link(client, someone):
    assert client.get("/entrer/code/perdu")["Location"].startswith("/entrer")
    assert client.post("/entrer/code/perdu")["Location"].startswith("/entrer")
    assert client.get("/entrer/preuve/rien").status_code == 404
    assert client.post("/entrer/preuve/rien", {}).status_code == 404
    assert client.post("/entrer/mot-de-passe/rien/second-facteur-perdu").status_code == 404
    assert not Reproof.objects.exists()


def test_opening_links_uses_nothing_up_and_the_person_stops_it(someone, firm, rse):
    waiting = say_it_is_lost(someone)
    for _ in range(3):
        assert Client().get(waiting).status_code == Client().get(f"{waiting}/arreter").status_code == 200
    assert "C’est arrêté" in Client().post(f"{waiting}/arreter").content.decode()
    assert Client().get(waiting).status_code == 410
    address = f"/d/{firm.public_id}/acces/{whose(someone).public_id}/identite"
    assert rse.get(address).status_code == 404


def test_the_page_of_the_firm_is_hidden_from_whoever_may_not_confirm(someone, firm):
    say_it_is_lost(someone)
    address = f"/d/{firm.public_id}/acces/{whose(someone).public_id}/identite"
    ra = browser_of(actor(DesignationFactory(enterprise=firm, as_ra=True).person))
    DesignationFactory(enterprise=firm)
    assert ra.get(address).status_code == 404
    assert ra.post(address, {"words": "x"}).status_code == 404
    assert ra.post(f"{address}/refuser").status_code == 404


def test_the_rse_says_it_is_not_them(someone, firm, rse):
    say_it_is_lost(someone)
    address = f"/d/{firm.public_id}/acces/{whose(someone).public_id}/identite"
    rse.post(address, {"words": "Vue au bureau."})
    link = mailed(someone)
    assert rse.post(f"{address}/refuser").status_code == 302
    assert Client().get(link).status_code == 410


def test_a_proof_that_is_old_is_asked_again_before_confirming(someone, firm, rse, at):
    say_it_is_lost(someone)
    at(NOON + timedelta(minutes=6))
    address = f"/d/{firm.public_id}/acces/{whose(someone).public_id}/identite"
    assert rse.get(address)["Location"].startswith("/entrer/confirmer/code?next=")
    assert rse.post(address, {"words": "x"})["Location"].startswith("/entrer/confirmer/code?next=")
    assert Reproof.objects.get().state == "asked"


def test_the_desk_sees_who_asks_and_sends_a_letter(someone, firm, rse):
    waiting = say_it_is_lost(someone)
    assert Client().post(f"{waiting}/bureau").status_code == 302
    verifier = browser_of(actor(StaffAssignmentFactory().person))
    address = f"/agence/identites/{Reproof.objects.get().public_id}/"
    page = verifier.get(address).content.decode()
    assert someone.email in page
    assert str(firm) in page
    assert verifier.post(address, {"words": "Appel au numéro du dossier.", "address": ""}).status_code == 422
    assert verifier.post(address, {"words": "Appel.", "address": "1, rue du Port\nQuébec"}).status_code == 302
    assert Letter.objects.get().recipient == "Éloïse Tremblay\n1, rue du Port\nQuébec"
    assert rse.get(f"/d/{firm.public_id}/acces/{whose(someone).public_id}/identite").status_code == 404


def test_the_desk_does_not_see_what_a_firm_is_to_answer(someone, firm, rse):
    say_it_is_lost(someone)
    verifier = browser_of(actor(StaffAssignmentFactory().person))
    assert verifier.get(f"/agence/identites/{Reproof.objects.get().public_id}/").status_code == 404
