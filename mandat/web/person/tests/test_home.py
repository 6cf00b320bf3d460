"""The page of one's firms."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from mandat.access.tests.factories import DesignationFactory, EnterpriseFactory, actor
from mandat.enterprises.models import Role
from mandat.web.tests.conftest import browser_of

pytestmark = pytest.mark.django_db


def statements(browser):
    with CaptureQueriesContext(
        connection,
    ) as captured:
        assert browser.get("/compte/").status_code == 200
    return len(captured)


def test_costs_as_many_statements_for_forty_firms_as_for_one():
    someone = actor()
    browser = browser_of(someone)
    DesignationFactory(person=someone.person, enterprise=EnterpriseFactory(), role=Role.RSE)
    browser.get("/compte/")
    one = statements(browser)
    for _ in range(39):
        DesignationFactory(person=someone.person, enterprise=EnterpriseFactory(), role=Role.RSE)
    assert statements(browser) == one == 7


def test_names_each_firm_with_every_capacity():
    someone = actor()
    firm = EnterpriseFactory(name="Épargne du Fleuve inc.")
    for trait in ({"as_ra": True}, {}):
        DesignationFactory(person=someone.person, enterprise=firm, **trait)
    page = browser_of(someone).get("/compte/").content.decode()
    assert "Épargne du Fleuve inc." in page
    assert "Représentant autorisé, Responsable des services électroniques" in page


def test_tells_whoever_has_no_firm_what_to_do():
    page = browser_of(actor()).get("/compte/").content.decode()
    assert "Aucune firme pour l’instant" in page
    assert "Donnez-lui votre code d’utilisateur" in page
