"""The support desk: the staff look, for a reason and a while, and change nothing; the firm sees each look."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import resolve

from mandat.access.decision import AccessDenied
from mandat.access.models import Proxy
from mandat.access.rights import Right
from mandat.access.tests.factories import (
    DesignationFactory,
    EnterpriseFactory,
    IdentifierFactory,
    ProxyFactory,
    StaffAssignmentFactory,
    UserFactory,
    actor,
)
from mandat.casework.models import SupportLook, SupportVisit, VisitReason
from mandat.casework.visits import OwnFirm, VisitOver, look, open_visit
from mandat.enterprises.models import Role
from mandat.platform.clock import now
from mandat.platform.models import EventRow, Mail
from mandat.platform.tests.running import work_off
from mandat.web.tests.conftest import browser_of

pytestmark = pytest.mark.django_db
DESK = "/agence/soutien/"


@pytest.fixture
def firm():
    return EnterpriseFactory(name="Quai d’Éole inc.")


@pytest.fixture
def rse(firm):
    return actor(DesignationFactory(enterprise=firm, role=Role.RSE).person)


@pytest.fixture
def verifier():
    return actor(StaffAssignmentFactory(role="verifier").person)


@pytest.fixture
def desk(verifier):
    return browser_of(verifier)


def visited(firm, verifier, ticket="A-1"):
    return open_visit(enterprise=firm, reason=VisitReason.CALL, ticket=ticket, by=verifier)


def text(answer, status=200):
    assert answer.status_code == status, (answer.status_code, answer.headers.get("Location"))
    return answer.content.decode()


def test_a_firm_is_found_by_part_of_its_name_or_its_whole_neq(desk, firm):
    IdentifierFactory(enterprise=firm, value="1199887766")
    other = EnterpriseFactory(name="Ailleurs inc.")
    for words in ("eole", "ÉOLE", "11 9988 7766"):
        shown = text(desk.get(DESK, {"words": words}))
        assert firm.name in shown
        assert other.name not in shown
    assert "Aucune firme" in text(desk.get(DESK, {"words": "119988776"}))
    assert firm.name not in text(desk.get(DESK))


def test_a_visit_says_why_and_under_which_number(desk, firm):
    place = f"{DESK}firmes/{firm.public_id}"
    shown = text(desk.post(place, {"reason": "", "ticket": " "}), 422)
    assert "Dites pourquoi" in shown
    assert "Inscrivez le numéro" in shown
    assert not SupportVisit.objects.exists()


def test_the_firm_is_told_at_once_and_sees_each_look(desk, firm, rse):
    opened = desk.post(f"{DESK}firmes/{firm.public_id}", {"reason": "call", "ticket": "A-77"})
    for _ in range(3):
        assert "Vous consultez ce compte" in text(desk.get(opened.headers["Location"]))
    work_off()
    (mail,) = Mail.objects.all()
    assert mail.to == rse.login.email
    shown = text(browser_of(rse).get(f"/d/{firm.public_id}/acces/consultations"))
    assert "A-77" in shown
    assert "La firme a appelé" in shown
    assert SupportLook.objects.count() == 3
    assert "<div>3<small>" in shown


def test_pressed_twice_it_is_one_visit(firm, verifier):
    assert visited(firm, verifier) == visited(firm, verifier)
    assert EventRow.objects.filter(name="SupportVisitOpened").count() == 1


def test_a_visit_ends_by_itself_and_shows_nothing_more(desk, firm, verifier):
    visit = visited(firm, verifier)
    page = f"{DESK}{visit.public_id}/"
    SupportVisit.objects.filter(pk=visit.pk).update(opened_at=now() - timedelta(hours=1), ends_at=now())
    assert "terminée" in text(desk.get(page), 410)
    with pytest.raises(VisitOver):
        look(visit=visit.public_id, by=verifier)
    assert not SupportLook.objects.exists()


def test_a_visit_is_closed_before_its_time(desk, firm, verifier):
    visit = visited(firm, verifier)
    for _ in range(2):
        assert desk.post(f"{DESK}{visit.public_id}/fermer").status_code == 302
    assert desk.get(f"{DESK}{visit.public_id}/").status_code == 410


def test_nobody_looks_by_the_visit_of_another(firm, verifier):
    visit = visited(firm, verifier)
    other = browser_of(actor(StaffAssignmentFactory(role="verifier").person))
    assert other.get(f"{DESK}{visit.public_id}/").status_code == 404
    assert other.post(f"{DESK}{visit.public_id}/fermer").status_code == 404


@pytest.mark.parametrize("place", [DesignationFactory, ProxyFactory, UserFactory])
def test_nobody_visits_a_firm_where_they_have_or_had_a_place(firm, verifier, desk, place):
    place(enterprise=firm, person=verifier.person)
    with pytest.raises(OwnFirm):
        visited(firm, verifier)
    shown = text(desk.post(f"{DESK}firmes/{firm.public_id}", {"reason": "call", "ticket": "A-1"}), 422)
    assert "demandez à un collègue" in shown


@pytest.mark.parametrize("role", ["officer", "finance", "supervisor", "auditor"])
def test_whoever_does_not_verify_identities_does_not_visit(firm, role):
    someone = actor(StaffAssignmentFactory(role=role).person)
    with pytest.raises(AccessDenied):
        visited(firm, someone)
    assert browser_of(someone).get(DESK).status_code == 403


def test_a_visit_opens_no_page_of_the_firm(desk, firm, verifier):
    visited(firm, verifier)
    for page in ("", "acces/", "demandes", "dossier", "services/"):
        assert desk.get(f"/d/{firm.public_id}/{page}").status_code == 404


def test_the_page_of_a_visit_takes_nothing(desk, firm, verifier):
    page = f"{DESK}{visited(firm, verifier).public_id}/"
    for method in ("post", "put", "patch", "delete"):
        assert getattr(desk, method)(page).status_code == 405
    assert resolve(page).view_name == "staff:visit"


def test_what_it_shows_is_who_may_do_what_and_no_secret(desk, firm, verifier, rse):
    proxy = ProxyFactory(enterprise=firm, rights=[Right.VIEW, Right.SIGN])
    UserFactory(enterprise=firm, person=proxy.person)
    shown = text(desk.get(f"{DESK}{visited(firm, verifier).public_id}/"))
    for each in (str(rse.person), str(proxy.person), "signer"):
        assert each in shown
    assert rse.login.email not in shown
    assert rse.login.user_code not in shown


def test_it_asks_as_few_questions_of_a_large_firm_as_of_a_small_one(desk, firm, verifier):
    page, counts = f"{DESK}{visited(firm, verifier).public_id}/", []
    for more in (1, 5):
        for _ in range(more):
            proxy = ProxyFactory(enterprise=firm)
            UserFactory(enterprise=firm, person=proxy.person)
            DesignationFactory(enterprise=firm, role=Role.RSE)
        text(desk.get(page))
        with CaptureQueriesContext(connection) as queries:
            text(desk.get(page))
        counts.append(len(queries))
    assert len(set(counts)) == 1, counts
    assert Proxy.objects.count() == 6


def test_the_firm_sees_nothing_of_the_visits_to_another(firm, rse, verifier):
    visited(EnterpriseFactory(), verifier, ticket="SECRET-9")
    shown = text(browser_of(rse).get(f"/d/{firm.public_id}/acces/consultations"))
    assert "SECRET-9" not in shown
    assert "Personne n’a consulté" in shown
