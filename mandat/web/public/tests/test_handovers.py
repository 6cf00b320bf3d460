"""Handovers on their pages: whoever asks, without an account; whoever was told, by a link; the desk; the firm."""

import re
import uuid
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from mandat.access.queries import designations_of
from mandat.enrolment import codes
from mandat.enrolment.models import Handover, HandoverNotice
from mandat.enrolment.tests.relief import SAID, Relief
from mandat.enrolment.workflow import HandoverState
from mandat.identity.actor import Actor
from mandat.platform.clock import now
from mandat.platform.models import Mail
from mandat.platform.tests.papers import pdf
from mandat.web.tests.conftest import browser_of

pytestmark = pytest.mark.django_db
PDF = pdf("acte")
#: Of the list of the desk: who asks, their place, the requests.
COUNT = 5


@pytest.fixture
def relief():
    return Relief()


def text(answer, status=200):
    assert answer.status_code == status, (answer.status_code, answer.headers.get("Location"))
    return answer.content.decode()


def file(name="acte.pdf"):
    return SimpleUploadedFile(name, PDF, content_type="application/pdf")


def actor_of(person):
    return Actor(login=person.links.get().login, person=person, at=now(), assurance=2, methods=("password", "totp"))


def begun():
    browser = Client()
    answer = browser.post("/releve", {"email": "castonguay@demo.test", "key": str(uuid.uuid4())})
    return browser, answer.headers["Location"].removesuffix("/code")


def test_somebody_without_account_asks_proves_submits_and_follows(relief):
    browser, page = begun()
    assert browser.post(f"{page}/demande", SAID).headers["Location"] == f"{page}/relire"
    assert "Joignez au moins une pièce" in text(browser.post(f"{page}/relire", {"submit": "yes"}), 422)
    browser.post(f"{page}/relire", {"document": file()})
    shown = text(browser.get(f"{page}/relire"))
    assert "acte.pdf" in shown
    assert "Castonguay" in shown
    key = re.search(r'name="key" value="([\w-]+)"', shown).group(1)
    for _twice in range(2):
        assert browser.post(f"{page}/relire", {"submit": "yes", "key": key}).headers["Location"] == page
    assert Handover.objects.get().state == HandoverState.ASKED
    assert "Elle attend qu’une personne du bureau la lise" in text(browser.get(page))
    mailed = Mail.objects.get(to="castonguay@demo.test").text
    number, code = re.search(r"R-\d{4}-\d{6}-\d", mailed).group(), re.search(r"suivi\s?: (\S+)", mailed).group(1)
    elsewhere = Client()
    assert elsewhere.get(page).headers["Location"] == "/releve/retrouver"
    assert "ne va pas avec ce numéro" in text(elsewhere.post("/releve/retrouver", {"number": number, "code": "X"}), 422)
    assert elsewhere.post("/releve/retrouver", {"number": number.lower(), "code": code}).headers["Location"] == page
    assert "Elle attend qu’une personne du bureau la lise" in text(elsewhere.get(page))


def test_what_is_wrong_is_said_at_the_field_and_nothing_typed_is_lost():
    browser, page = begun()
    shown = text(browser.post(f"{page}/demande", SAID | {"neq": "12", "words": ""}), 422)
    assert "Un NEQ compte dix chiffres" in shown
    assert "Dites ce qui s’est passé" in shown
    again = text(browser.get(f"{page}/demande"))
    assert "Castonguay" in again
    assert 'value="12"' in again


def test_whoever_was_told_objects_by_their_link_and_says_why(relief):
    handover = relief.notified()
    link, browser = relief.link_to(relief.rses[0]), Client()
    shown = text(browser.get(link))
    assert "vos droits restent les mêmes" in shown
    assert "solange@demo.test" not in shown  # nor where whoever is named may be written to
    assert "Dites pourquoi vous vous opposez" in text(browser.post(link, {"answer": "objects", "words": ""}), 422)
    browser.post(link, {"answer": "objects", "words": "Je dirige toujours la firme.", "document": file("pv.pdf")})
    handover.refresh_from_db()
    assert handover.state == HandoverState.CONTESTED
    assert handover.documents.filter(notice__isnull=False).count() == 1
    assert "Je dirige toujours la firme." in text(browser.get(link))


def test_an_unknown_link_tells_nothing_and_a_letter_s_code_is_typed_as_people_type():
    assert "n’ouvre rien" in text(Client().get("/avis/rien"), 404)
    relief = Relief()
    handover = relief.notified()
    HandoverNotice.objects.create(
        handover=handover, to="Gestion\n1, rue Une", is_letter=True, sent_at=now(),
        token_hash=codes.digest("BCDF2345XYZ6"),
    )  # fmt: skip
    assert "Gestion Anse-Bleue" in text(Client().get("/avis/bcdf-2345-xyz6"))


def test_the_desk_sees_both_sides_on_one_screen_and_two_officers_decide(relief):
    handover = relief.objected()
    first, second = browser_of(relief.officer), browser_of(relief.second)
    page = f"/agence/releves/{handover.public_id}/"
    shown = text(first.get(page))
    assert "Je dirige toujours cette firme." in shown
    assert "acte.pdf" in shown
    assert "N’a pas répondu" in shown
    assert "Dites ce que chaque côté" in text(first.post(f"{page}hear", {"question": ""}), 422)
    first.post(f"{page}hear", {"question": "Quelle assemblée l’a élue?"})
    early = first.post(f"{page}recommend", {"reason": "Prouvé.", "ending": [str(each) for each in relief.places()]})
    assert "n’est pas fini" in text(early, 409)
    Handover.objects.update(heard_until=now() - timedelta(seconds=1))
    assert "Places qui prennent fin" in text(first.get(f"{page}recommend"))
    first.post(f"{page}recommend", {"reason": "Prouvé.", "ending": [str(each) for each in relief.places()]})
    assert "une autre personne du bureau décide" in text(first.post(f"{page}approve"), 409)
    assert second.post(f"{page}approve").status_code == 302
    assert {str(each.person) for each in designations_of(relief.firm, now())} == {"Solange Bérubé", "Malik D’Amours"}
    assert text(second.get(page))
    assert "Quelqu’un l’a fait avancer" in text(second.post(f"{page}refuse", {"reason": "Non."}), 409)


def test_the_desk_lists_those_that_wait_the_oldest_first_at_a_constant_count(relief, django_assert_num_queries):
    first = relief.asked()
    browser = browser_of(relief.officer)
    text(browser.get("/agence/releves/"))
    with django_assert_num_queries(COUNT):
        text(browser.get("/agence/releves/"))
    others = [relief.asked(email=f"autre{place}@demo.test") for place in range(4)]
    with django_assert_num_queries(COUNT):
        shown = text(browser.get("/agence/releves/"))
    places = [shown.index(each.number) for each in (first, *others)]
    assert places == sorted(places)
    assert text(browser.get("/agence/releves/?decided=yes"))


def test_those_who_stand_for_the_firm_read_of_it_at_home_and_answer_there(relief):
    handover = relief.notified(ground="changed")
    rse = browser_of(actor_of(relief.rses[0]))
    page = f"/d/{relief.firm.public_id}/acces/releve"
    shown = text(rse.get(page))
    assert handover.number in shown
    notice = handover.notices.get(person=relief.rses[0]).public_id
    other = handover.notices.get(person=relief.ra).public_id
    assert rse.post(page, {"notice": str(other), "answer": "agrees"}).status_code == 404
    assert "Dites pourquoi" in text(rse.post(page, {"notice": str(notice), "answer": "objects"}), 422)
    rse.post(page, {"notice": str(notice), "answer": "objects", "words": "Il n’a pas changé."})
    assert Handover.objects.get().state == HandoverState.CONTESTED


def test_an_rse_says_that_the_representative_left_with_what_is_known_filled_in(relief):
    rse = browser_of(actor_of(relief.rses[0]))
    page = f"/d/{relief.firm.public_id}/acces/releve"
    asked = rse.post(f"{page}/commencer", {"key": str(uuid.uuid4()), "ground": "left"}).headers["Location"]
    assert 'value="1199999021"' in text(rse.get(asked))
    assert Handover.objects.get().answers["ground"] == "left"


def test_a_request_is_withdrawn_once(relief):
    browser, page = begun()
    assert "Retirer la demande?" in text(browser.get(f"{page}/retirer"))
    browser.post(f"{page}/retirer")
    assert "La demande est retirée" in text(browser.get(page))
    assert "ne peut plus être retirée" in text(browser.get(f"{page}/retirer"))
