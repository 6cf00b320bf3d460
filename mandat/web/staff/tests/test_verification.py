"""The verification desk's pages."""

from uuid import uuid4

import pytest
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

from mandat.access.tests.factories import EnterpriseFactory, LoginFactory, PersonFactory, StaffAssignmentFactory, actor
from mandat.enrolment.events import EnrolmentSubmitted
from mandat.enrolment.handlers import keep_case
from mandat.enrolment.models import Enrolment, Invitation
from mandat.enrolment.tests.world import SURE, World
from mandat.enrolment.workflow import State
from mandat.enterprises.models import Identifier
from mandat.platform.clock import now
from mandat.web.tests.conftest import browser_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def world():
    return World()


@pytest.fixture
def desk(world):
    return browser_of(world.officer)


def place(enrolment, page=""):
    return f"/agence/inscriptions/{enrolment.public_id}/{page}"


def text_of(answer) -> str:
    return answer.content.decode()


def test_the_queue_leads_to_the_enrolment(world, desk):
    enrolment = world.submitted()
    keep_case(EnrolmentSubmitted(enrolment=str(enrolment.public_id)))
    page = text_of(desk.get("/agence/dossiers"))
    assert place(enrolment) in page
    assert enrolment.number in page


def test_every_check_stands_beside_its_source(world, desk):
    page = text_of(desk.get(place(world.submitted(neq="1199999014"))))
    for words in ("Chiffre de contrôle du NEQ", "Ne concorde pas", "Dossier des inscrits de l’Autorité", "1199999014"):
        assert words in page


def test_a_draft_and_an_unknown_one_do_not_exist(world, desk):
    for enrolment in (world.answered(), Enrolment(public_id=uuid4())):
        for page in ("", "maintenant", "renvoyer", "refuser", "approuver"):
            assert desk.get(place(enrolment, page)).status_code == 404
        assert desk.post(place(enrolment, "prendre")).status_code == 404


def test_only_the_desk_comes_in(world):
    enrolment = world.submitted()
    officer = browser_of(actor(StaffAssignmentFactory(role="officer").person))
    assert officer.get(place(enrolment)).status_code == 403
    assert browser_of(actor()).get(place(enrolment)).status_code == 404


@pytest.mark.parametrize("page", ["approuver", "proposer"])
def test_a_reason_too_long_is_said_at_its_field_and_nothing_is_done(world, desk, page):
    enrolment = world.risky()
    answer = desk.post(place(enrolment, page), {"reason": "x" * 2001})
    assert answer.status_code == 422
    assert "x" * 2001 in text_of(answer)
    assert Enrolment.objects.get(pk=enrolment.pk).state == State.UNDER_REVIEW


def test_several_things_are_returned_at_once_each_with_its_reason(world, desk):
    enrolment = world.under_review()
    sent = {"why_neq": "NOT-THIS-NUMBER", "why_name": "OTHER", "street": "Sans numéro."}
    answer = desk.post(place(enrolment, "renvoyer"), sent)
    assert (answer.status_code, "Dites ce qui est à corriger." in text_of(answer)) == (422, True)
    assert desk.post(place(enrolment, "renvoyer"), {"why_neq": "UNREADABLE"}).status_code == 422, "of a document"
    assert desk.post(place(enrolment, "renvoyer"), sent | {"name": "Le nom au complet."}).status_code == 302
    said = Enrolment.objects.get().history.latest("id").said["corrections"]
    assert {each["field"]: (each.get("reason", {}).get("en"), each["message"]) for each in said} == {
        "neq": ("This number is not that of the enterprise", ""),
        "name": (None, "Le nom au complet."),
        "street": (None, "Sans numéro."),
    }


def test_taken_up_returned_then_approved(world, desk):
    enrolment = world.submitted()
    assert desk.post(place(enrolment, "prendre"))["Location"] == place(enrolment)
    sent = {"neq": "Ce NEQ n’est pas celui de ce nom.", "reason": "Bonjour"}
    assert desk.post(place(enrolment, "renvoyer"), sent)["Location"] == place(enrolment)
    returned = Enrolment.objects.get()
    assert returned.state == State.RETURNED
    again = world.submit(world.answer(returned, neq="1199999039"))
    desk.post(place(again, "prendre"))
    assert "Confirmer les identités" in text_of(desk.get(place(again, "approuver")))
    assert Enrolment.objects.get().state == State.UNDER_REVIEW
    assert desk.post(place(again, "approuver")).status_code == 409, "a source is silent"
    assert desk.post(place(again, "approuver"), {"reason": SURE})["Location"] == place(again)
    assert Enrolment.objects.get().state == State.APPROVED
    assert "Envoyer une nouvelle invitation" in text_of(desk.get(place(again)))


def test_a_return_or_a_refusal_without_words_is_asked_again(world, desk):
    enrolment = world.under_review()
    for page in ("renvoyer", "refuser"):
        assert desk.get(place(enrolment, page)).status_code == 200
        assert desk.post(place(enrolment, page), {"reason": " "}).status_code == 422
    assert Enrolment.objects.get().state == State.UNDER_REVIEW
    desk.post(place(enrolment, "refuser"), {"code": "IDENTITY", "reason": "Entreprise inconnue."})
    assert Enrolment.objects.get().state == State.REFUSED


def test_a_second_click_changes_nothing_and_says_where_it_stands(world, desk):
    enrolment = world.under_review()
    assert desk.post(place(enrolment, "approuver"), {"reason": SURE}).status_code == 302
    for page in ("approuver", "prendre"):
        again = desk.post(place(enrolment, page))
        assert again.status_code == 409
        assert "Rien n’a été fait" in text_of(again)
    assert Invitation.objects.count() == 2


def test_what_stands_in_the_way_of_an_approval_is_said(world, desk):
    first, second = world.under_review(), world.under_review()
    LoginFactory(email="malik@demo.test", person=PersonFactory(given_name="Paul", family_name="Huard"))
    answer = desk.post(place(first, "approuver"), {"reason": SURE})
    assert answer.status_code == 409
    assert "malik@demo.test" in text_of(answer)
    Identifier.objects.create(
        enterprise=EnterpriseFactory(), kind="neq", value="1199999021", during=DateTimeTZRange(now(), None)
    )
    assert "a déjà ce numéro" in text_of(desk.post(place(second, "approuver")))


def test_nobody_verifies_their_own(world, desk):
    enrolment = world.submitted()
    world.officer.login.email = enrolment.email
    world.officer.login.save()
    answer = desk.post(place(enrolment, "prendre"))
    assert answer.status_code == 409
    assert "un collègue" in text_of(answer)


def test_an_invitation_is_renewed_after_a_confirmation(world, desk):
    world.approved()
    former = Invitation.objects.get(login__email="malik@demo.test")
    address = f"/agence/invitations/{former.public_id}/renouveler"
    assert desk.get(address).status_code == 200
    assert Invitation.objects.count() == 2
    for _ in range(2):
        assert desk.post(address).status_code == 302
    assert Invitation.objects.filter(login=former.login).count() == 2


def test_documents_are_fetched_as_files(world, desk):
    enrolment = world.submit(world.attach(world.answered(ra_basis="mandate")))
    document = enrolment.documents.get()
    answer = desk.post(place(enrolment, f"pieces/{document.public_id}"))
    assert answer["Content-Disposition"] == 'attachment; filename="mandat.pdf"'
    assert b"".join(answer.streaming_content) == b"%PDF-1.7"
    assert desk.get(place(world.submitted(), f"pieces/{document.public_id}")).status_code == 404


def test_an_approval_of_high_risk_goes_by_two_officers(world, desk, at):
    enrolment, second = world.risky(), browser_of(actor(StaffAssignmentFactory().person))
    page = text_of(desk.get(place(enrolment)))
    assert "Proposer l’approbation" in page
    assert "Inscriptions concurrentes" in page
    assert desk.post(place(enrolment, "approuver"), {"reason": SURE}).status_code == 409
    assert desk.post(place(enrolment, "proposer")).status_code == 409, "a source is silent"
    assert desk.post(place(enrolment, "proposer"), {"reason": SURE})["Location"] == place(enrolment)
    assert "un second agent décide" in text_of(desk.get(place(enrolment)))
    assert second.post(place(enrolment, "approuver")).status_code == 409, "the wait is not over"
    assert second.post(place(enrolment, "reprendre"), {"words": "La firme s’oppose."}).status_code == 302
    assert Enrolment.objects.get(pk=enrolment.pk).state == State.UNDER_REVIEW


def test_a_document_is_asked_for_and_one_steps_aside(world, desk):
    enrolment = world.under_review()
    assert desk.post(place(enrolment, "demander-piece"), {"words": "Mot"}).status_code == 422
    assert desk.post(place(enrolment, "demander-piece"), {"words": "Signée", "wanted": "PROXY"}).status_code == 302
    assert desk.post(place(enrolment, "sans-reponse"), {"words": "Sans réponse"}).status_code == 302
    assert desk.post(place(enrolment, "reverifier")).status_code == 302
    assert desk.post(place(enrolment, "recuser"), {"words": "Mon voisin"}).status_code == 302
    page = text_of(desk.get(place(enrolment)))
    assert "vous vous en êtes récusé" in page
    assert "Renvoyer pour correction" not in page


def test_the_queue_goes_by_risk_when_asked(world, desk):
    low, high = world.submitted(neq="2299999013"), world.risky()
    for each in (low, high):
        keep_case(EnrolmentSubmitted(enrolment=str(each.public_id)))
    page = text_of(desk.get("/agence/dossiers?by=risk"))
    assert page.index(place(high)) < page.index(place(low))
    assert "risque élevé" in page


def test_the_page_asks_the_database_few_questions(world, desk, django_assert_max_num_queries):
    enrolment = world.approved()
    desk.get(place(enrolment))
    with django_assert_max_num_queries(15):
        desk.get(place(enrolment))
