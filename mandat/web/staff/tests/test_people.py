"""The pages by which a supervisor keeps a person out, or lets them in again."""

import pytest

from mandat.access.models import PersonLookup
from mandat.access.tests.factories import DesignationFactory, StaffAssignmentFactory, actor
from mandat.identity.models import Person
from mandat.identity.tests.people import login
from mandat.identity.tests.test_sessions import told
from mandat.platform.models import EventRow, Mail
from mandat.web.tests.conftest import browser_of

pytestmark = pytest.mark.django_db
SEARCH = "/agence/personnes/"


@pytest.fixture
def someone():
    return login()


@pytest.fixture
def supervisor():
    StaffAssignmentFactory(supervisor=True)
    return browser_of(actor(StaffAssignmentFactory(supervisor=True).person))


def page_of(someone):
    return f"{SEARCH}{someone.links.get().person.public_id}/"


def search(browser, typed, reason="Plainte reçue"):
    return browser.post(SEARCH, {"typed": typed, "reason": reason})


def test_found_by_an_exact_code_suspended_and_restored(someone, supervisor):
    person = someone.links.get().person
    firm = DesignationFactory(person=person).enterprise
    assert search(supervisor, someone.user_code)["Location"] == page_of(someone)
    assert someone.email in supervisor.get(page_of(someone)).content.decode()
    asked = supervisor.get(f"{page_of(someone)}suspendre").content.decode()
    assert f"{firm} n’aura plus de responsable" in asked
    assert supervisor.post(f"{page_of(someone)}suspendre", {"reason": ""}).status_code == 422
    assert Person.objects.get(pk=person.pk).state == "active"
    supervisor.post(f"{page_of(someone)}suspendre", {"reason": "Plainte reçue"})
    assert Person.objects.get(pk=person.pk).state == "suspended"
    told()
    assert (Mail.objects.filter(subject="Accès suspendu").get().to) == someone.email
    shown = supervisor.get(page_of(someone)).content.decode()
    assert "Plainte reçue" in shown
    assert "Rétablir" in shown
    supervisor.post(f"{page_of(someone)}retablir", {"reason": "Plainte levée"})
    assert Person.objects.get(pk=person.pk).state == "active"
    assert "Quelqu’un l’a fait" in supervisor.post(
        f"{page_of(someone)}retablir", {"reason": "x"}, follow=True
    ).content.decode()  # fmt: skip
    whose = EventRow.objects.filter(body__person=str(person.public_id))
    assert {"PersonSuspended", "PersonRestored"} <= set(whose.values_list("name", flat=True))


def test_without_a_search_and_its_reason_no_page_of_a_person_opens(someone, supervisor):
    for page in ("", "suspendre", "retablir"):
        assert supervisor.get(page_of(someone) + page).status_code == 404
        assert supervisor.post(page_of(someone) + page, {"reason": "x"}).status_code in {404, 405}
    assert search(supervisor, someone.email, reason="").status_code == 422
    assert search(supervisor, "inconnu@exemple.test").status_code == 422
    assert supervisor.get(page_of(someone)).status_code == 404
    assert PersonLookup.objects.count() == 1


def test_too_many_searches_are_refused(supervisor):
    answers = [search(supervisor, f"inconnu-{each}@exemple.test").status_code for each in range(51)]
    assert answers[-1] == 429


def test_nobody_finds_a_button_against_themselves():
    oneself = StaffAssignmentFactory(supervisor=True).person
    own, browser = login(email="superviseur@exemple.test", of=oneself), browser_of(actor(oneself))
    assert search(browser, own.email)["Location"] == page_of(own)
    assert 'suspendre"' not in browser.get(page_of(own)).content.decode()
    assert browser.get(f"{page_of(own)}suspendre").status_code == 404


def test_the_pages_are_the_supervisors_alone(someone):
    verifier = browser_of(actor(StaffAssignmentFactory().person))
    assert verifier.get(SEARCH).status_code == 403
    assert search(verifier, someone.email).status_code == 403
