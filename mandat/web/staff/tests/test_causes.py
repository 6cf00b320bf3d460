"""The pages where the staff see which firms a cause stops, and where a supervisor sets one aside or holds an account."""

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from mandat.access.causes import Cause, Fact, Reported
from mandat.access.commands.causes import hear
from mandat.access.tests.factories import DesignationFactory, ServiceRegistrationFactory, StaffAssignmentFactory, actor
from mandat.enterprises.models import Enterprise
from mandat.platform.clock import now
from mandat.web.tests.conftest import browser_of

pytestmark = pytest.mark.django_db
LIST = "/agence/causes/"


def stopped(name, *causes, source="business_register"):
    firm = ServiceRegistrationFactory(enterprise__name=name).enterprise
    facts = tuple(Fact(each, date(2026, 1, 15)) for each in causes)
    hear(enterprise_id=firm.public_id, reported=Reported(source, now(), facts=facts))
    return firm


def state_of(firm):
    return Enterprise.objects.get(pk=firm.pk).state


def shown(browser, address):
    return browser.get(address).content.decode()


@pytest.fixture
def supervisor():
    return browser_of(actor(StaffAssignmentFactory(supervisor=True).person))


@pytest.fixture
def auditor():
    return browser_of(actor(StaffAssignmentFactory(role="auditor").person))


def test_the_list_names_each_firm_with_its_cause_and_is_filtered(auditor):
    stopped("Alpha inc.", Cause.STRUCK_OFF)
    stopped("Bêta inc.", Cause.REGISTRATION_ENDED, source="register")
    stopped("Gamma inc.")
    for asked, names in (
        ("", {"Alpha", "Bêta"}),
        ("?source=register", {"Bêta"}),
        ("?cause=struck_off", {"Alpha"}),
        ("?cause=struck_off&source=register", set()),
        ("?words=gamma", {"Gamma"}),
    ):
        page = shown(auditor, LIST + asked)
        assert {each for each in ("Alpha", "Bêta", "Gamma") if f"{each} inc." in page} == names, asked
    assert auditor.get(f"{LIST}?source=rien").status_code == 422


def test_the_list_asks_as_many_questions_for_many_firms_as_for_one(auditor):
    stopped("Alpha inc.", Cause.STRUCK_OFF)
    auditor.get(LIST)
    with CaptureQueriesContext(
        connection,
    ) as one:
        auditor.get(LIST)
    for number in range(4):
        stopped(f"Firme {number}", Cause.BANKRUPT, Cause.MERGED)
    with CaptureQueriesContext(connection) as many:
        auditor.get(LIST)
    assert len(many) == len(one)


def test_a_supervisor_sets_a_cause_aside_and_heeds_it_again_for_reasons_that_the_firm_never_reads(supervisor):
    firm = stopped("Alpha inc.", Cause.STRUCK_OFF)
    rse = browser_of(actor(DesignationFactory(enterprise=firm).person))
    DesignationFactory(enterprise=firm, as_ra=True)
    page, cause = f"{LIST}{firm.public_id}/", f"{LIST}{firm.public_id}/business_register/struck_off/"
    assert "Écarter cette cause" in shown(supervisor, page)
    assert supervisor.post(f"{cause}ecarter", {"reason": " "}).status_code == 422
    assert state_of(firm) == "suspended"
    assert supervisor.post(f"{cause}ecarter", {"reason": "Erreur du registraire"})["Location"] == page
    assert state_of(firm) == "active"
    again = supervisor.post(f"{cause}ecarter", {"reason": "Encore"}, follow=True).content.decode()
    assert "Quelqu’un l’a fait avant vous" in again
    history = shown(rse, f"/d/{firm.public_id}/acces/historique")
    assert "Compte de la firme" in history
    assert "Erreur du registraire" not in history
    assert "Erreur du registraire" in shown(supervisor, page)
    supervisor.post(f"{cause}reprendre", {"reason": "Contestation rejetée"})
    assert state_of(firm) == "suspended"
    nothing = supervisor.post(f"{cause}reprendre", {"reason": "Encore"}, follow=True).content.decode()
    assert "la source ne dit plus cela" in nothing


def test_an_account_is_held_and_released_by_hand(supervisor):
    firm = stopped("Alpha inc.")
    page = f"{LIST}{firm.public_id}/"
    supervisor.post(f"{page}suspendre", {"reason": "Fraude présumée"})
    assert state_of(firm) == "suspended"
    assert "Lever la suspension" in shown(supervisor, page)
    supervisor.post(f"{page}lever", {"reason": "Vérifié"})
    assert state_of(firm) == "active"
    assert "Fraude présumée" in shown(supervisor, page)


def test_only_supervisors_act_and_what_no_source_can_say_has_no_page(supervisor, auditor):
    firm = stopped("Alpha inc.", Cause.STRUCK_OFF)
    page = f"{LIST}{firm.public_id}/"
    assert "Écarter cette cause" not in shown(auditor, page)
    for each in (
        "suspendre",
        "lever",
        "business_register/struck_off/ecarter",
        "business_register/struck_off/reprendre",
    ):
        assert auditor.post(page + each, {"reason": "Non"}).status_code == 403
    assert state_of(firm) == "suspended"
    for each in ("rien/struck_off/ecarter", "business_register/rien/ecarter"):
        assert supervisor.get(page + each).status_code == 404


def test_a_firm_reads_on_each_of_its_pages_what_stops_it_and_why(supervisor):
    firm = stopped("Alpha inc.", Cause.STRUCK_OFF)
    person = DesignationFactory(enterprise=firm).person
    rse = browser_of(actor(person))
    home = shown(rse, f"/d/{firm.public_id}/")
    for words in ("personne ne peut agir", "Radiée du registre des entreprises", "15 janvier 2026", "Registraire"):
        assert words in home
    refused = rse.get(f"/d/{firm.public_id}/acces/")
    assert refused.status_code == 403
    assert "Ce qui arrête la firme" in refused.content.decode()
    why = f"/d/{firm.public_id}/acces/{person.public_id}/pourquoi?right=administer"
    assert "Ce qui y remédie" in shown(rse, why)
    (told,) = rse.get(f"{why}&as=json").json()["stopped_by"]
    assert (told["cause"], told["since_day"]) == ("struck_off", "2026-01-15")


def test_a_firm_reads_at_home_what_will_stop_it(supervisor):
    firm = stopped("Alpha inc.", Cause.MERGED)
    rse = browser_of(actor(DesignationFactory(enterprise=firm).person))
    home = shown(rse, f"/d/{firm.public_id}/")
    assert "À compter du" in home
    assert "personne ne peut agir" not in home
