"""The page of what one holds, and of leaving a firm."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from mandat.access.models import Proxy
from mandat.access.tests.factories import (
    DesignationFactory,
    PersonFactory,
    ProxyFactory,
    ServiceRegistrationFactory,
    UserFactory,
    actor,
)
from mandat.web.tests.conftest import browser_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def firm():
    return ServiceRegistrationFactory(enterprise__name="Épargne du Fleuve inc.").enterprise


@pytest.fixture
def someone(firm):
    who = actor(PersonFactory())
    giver = PersonFactory(given_name="Claire", family_name="Dubuc")
    under = {"person": str(giver.public_id)}
    UserFactory(enterprise=firm, person=who.person, granted_under=under)
    ProxyFactory(enterprise=firm, person=who.person, granted_under=under)
    return who


def text(response):
    return response.content.decode()


def test_says_what_one_holds_since_when_until_when_and_by_whom(firm, someone):
    page = text(browser_of(someone).get("/compte/droits"))
    for words in ("Épargne du Fleuve inc.", "Utilisateur de la firme", "par Claire Dubuc", "31 décembre 2019"):
        assert words in page


def test_says_nothing_of_what_has_ended_nor_of_others(firm, someone):
    ProxyFactory(enterprise=firm, person=someone.person, block="BF-FIN", revoked=True)
    ProxyFactory(enterprise=ServiceRegistrationFactory(enterprise__name="Ailleurs inc.").enterprise)
    page = text(browser_of(someone).get("/compte/droits"))
    assert "BF-FIN" not in page
    assert "Ailleurs" not in page


def test_says_what_to_do_to_whoever_holds_nothing(db):
    assert "Aucun droit pour l’instant" in text(browser_of(actor()).get("/compte/droits"))


def test_costs_as_many_statements_for_twenty_firms_as_for_one(someone):
    browser = browser_of(someone)

    def statements():
        with CaptureQueriesContext(connection) as captured:
            assert browser.get("/compte/droits").status_code == 200
        return len(captured)

    statements()
    few = statements()
    for _ in range(20):
        ProxyFactory(enterprise=ServiceRegistrationFactory().enterprise, person=someone.person)
    assert statements() == few


def test_leaves_a_firm_after_saying_what_ends(firm, someone):
    browser, address = browser_of(someone), f"/compte/droits/{firm.public_id}/quitter"
    page = text(browser.get(address))
    assert "Ce qui prend fin" in page
    assert not Proxy.objects.get().revoked_at
    assert "vous avez quitté Épargne du Fleuve inc." in text(browser.post(address, follow=True))
    assert browser.get(f"/d/{firm.public_id}/").status_code == 404
    assert (browser.get(address).status_code, browser.post(address).status_code) == (404, 404)


def test_a_stranger_cannot_leave_nor_learn_that_the_firm_exists(firm):
    browser, address = browser_of(actor()), f"/compte/droits/{firm.public_id}/quitter"
    assert (browser.get(address).status_code, browser.post(address).status_code) == (404, 404)


@pytest.mark.parametrize(("trait", "words"), [({}, "dernière personne responsable"), ({"as_ra": True}, "représentant")])
def test_says_why_one_cannot_leave_and_what_to_do(firm, trait, words):
    who = actor(DesignationFactory(enterprise=firm, **trait).person)
    browser, address = browser_of(who), f"/compte/droits/{firm.public_id}/quitter"
    assert words in text(browser.get(address))
    answer = browser.post(address)
    assert answer.status_code == 409
    assert words in text(answer)
