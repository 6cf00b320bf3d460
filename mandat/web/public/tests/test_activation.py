"""Activating an access, from the mailed link to the firm's home."""

import re

import pytest
from django.test import Client

from mandat.access.tests.factories import DesignationFactory, EnterpriseFactory, actor
from mandat.enrolment.commands import reissue_invitation
from mandat.enrolment.models import Invitation
from mandat.enrolment.tests.test_invitations import letter_to, link_to, make_user
from mandat.enrolment.tests.world import World
from mandat.identity.models import Login
from mandat.identity.second_factor import code_of, step_at
from mandat.platform.clock import now

pytestmark = pytest.mark.django_db
PASSWORD = "une phrase bien assez longue"
KEY = re.compile(r'<code translate="no">([A-Z2-7 ]+)</code>')


@pytest.fixture
def firm():
    return World().approved().enterprise


def activate(browser, second, *, password=PASSWORD, again=None, email="malik@demo.test", prefix=""):
    sent = {"second": second, "password": password, "again": password if again is None else again}
    return browser.post(f"{prefix}/activer/{link_to(email)}", sent)


def set_up(browser, address="/entrer/second-facteur"):
    secret = KEY.search(browser.get(address).content.decode())[1].replace(" ", "")
    return browser.post(address, {"code": code_of(secret, step_at(now()))})


def test_the_rse_goes_from_the_letter_to_the_firms_home(firm, client):
    page = client.get(f"/activer/{link_to('malik@demo.test')}").content.decode()
    assert "Malik D’Amours, vous agirez pour Courtage Rive-Haute inc." in page
    answer = activate(client, letter_to("Malik"))
    assert answer["Location"] == "/entrer/second-facteur"
    home = f"/d/{firm.public_id}/"
    assert client.get(home).status_code == 302, "one factor opens nothing"
    shown = set_up(client)
    assert shown["Location"].startswith("/compte/codes-de-secours?next=")
    assert client.post(shown["Location"])["Location"] == home
    assert client.get(home).status_code == 200


def test_a_user_activates_with_their_user_code_in_english(client):
    firm = EnterpriseFactory()
    made = make_user(firm, actor(DesignationFactory(enterprise=firm).person), language="en")
    assert "/en/activer/" in link_mail(made)
    answer = activate(client, made.login.user_code.lower(), email="etienne@demo.test", prefix="/en")
    assert answer["Location"] == "/en/entrer/second-facteur"


def link_mail(made):
    from mandat.platform.models import Mail

    return Mail.objects.get(to=made.login.email).text


def test_errors_are_said_at_their_field_and_a_weak_password_costs_no_try(firm, client):
    for second, password, again, field in (
        ("", PASSWORD, PASSWORD, "second"), (letter_to("Malik"), "court", "court", "password"),
        (letter_to("Malik"), PASSWORD, "autre", "again"), (letter_to("Malik"), "", "", "password"),
    ):  # fmt: skip
        answer = activate(client, second, password=password, again=again)
        assert answer.status_code == 422
        assert f'id="id_{field}_error"' in answer.content.decode()
    assert Invitation.objects.get(login__email="malik@demo.test").tries_left == 5


def test_wrong_codes_are_counted_aloud_then_the_link_is_closed(firm, client):
    for left in (4, 3, 2, 1):
        page = activate(client, "BBBB-BBBB-BBBB").content.decode()
        assert f"Il reste {left} essai" in page
    assert activate(client, "BBBB-BBBB-BBBB").status_code == 422
    answer = activate(client, letter_to("Malik"))
    assert answer.status_code == 410
    assert "Trop d’essais" in answer.content.decode()
    assert not Login.objects.get(email="malik@demo.test").has_usable_password()


def test_a_link_serves_once(firm, client):
    activate(client, letter_to("Malik"))
    for answer in (activate(Client(), letter_to("Malik")), Client().get(f"/activer/{link_to('malik@demo.test')}")):
        assert answer.status_code == 410
        assert "a déjà servi" in answer.content.decode()


def test_a_replaced_link_says_so_and_an_unknown_one_is_a_404(firm, client):
    old = link_to("malik@demo.test")
    officer = World().officer
    reissue_invitation(invitation_id=Invitation.objects.get(login__email="malik@demo.test").public_id, by=officer)
    answer = client.get(f"/activer/{old}")
    assert answer.status_code == 410
    assert "a été remplacé" in answer.content.decode()
    assert client.get("/activer/rien").status_code == 404


def test_whoever_is_signed_in_as_another_is_signed_out_first(firm, client):
    from mandat.web.tests.conftest import browser_of

    browser = browser_of(actor())
    assert activate(browser, letter_to("Malik"))["Location"] == "/entrer/second-facteur"
    assert browser.get("/compte/").status_code == 302


def test_opening_the_link_uses_nothing_up(firm, client):
    for _ in range(3):
        assert client.get(f"/activer/{link_to('malik@demo.test')}").status_code == 200
        assert client.head(f"/activer/{link_to('malik@demo.test')}").status_code == 200
    assert Invitation.objects.get(login__email="malik@demo.test").state == "pending"
