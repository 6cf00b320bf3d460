"""The document that the desk asks for, a person to talk to, and who is in charge of a firm."""

from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from mandat.enrolment.models import CallRequest, Enrolment, EnrolmentDocument, EnrolmentMove, FirmQuestion
from mandat.enrolment.queries import FEWEST, usual_wait
from mandat.enrolment.tests.world import World
from mandat.enrolment.workflow import State
from mandat.platform.tests.papers import pdf
from mandat.web.public.held import ENROLMENTS
from mandat.web.public.tests.applicant import Applicant

pytestmark = pytest.mark.django_db


@pytest.fixture
def world():
    return World()


def holder(client, enrolment) -> Applicant:
    applicant = Applicant()
    applicant.browser = client
    session = client.session
    session[ENROLMENTS.session] = [str(enrolment.public_id)]
    session.save()
    return applicant


def text_of(answer) -> str:
    return answer.content.decode()


def test_an_applicant_joins_what_is_asked_and_answers(world, client):
    enrolment = world.evidence()
    applicant = holder(client, enrolment)
    page = text_of(applicant.get(enrolment, "/piece"))
    assert "Résolution du conseil" in page
    assert "La résolution signée." in page
    assert "Une pièce vous est demandée" in text_of(applicant.get(enrolment))
    empty = applicant.send(enrolment, "/piece/repondre", revision=enrolment.revision, words="")
    assert empty.status_code == 422
    assert "NAS" not in text_of(applicant.send(enrolment, "/piece/repondre", revision=9, words="Oui"))
    revision = Enrolment.objects.get().revision
    sent = applicant.send(enrolment, "/piece/repondre", revision=revision, words="Elle arrive par la poste.")
    assert sent.status_code == 302
    assert Enrolment.objects.get().state == State.UNDER_REVIEW
    assert applicant.get(enrolment, "/piece").status_code == 302


def test_a_file_joined_is_listed(world, client):
    enrolment = world.evidence()
    applicant = holder(client, enrolment)
    file = SimpleUploadedFile("resolution.pdf", pdf("résolution"), content_type="application/pdf")
    assert applicant.send(enrolment, "/piece", document=file).status_code == 302
    assert "resolution.pdf" in text_of(applicant.get(enrolment, "/piece"))


def test_a_document_joined_is_taken_back_until_it_is_answered(world, client):
    enrolment = world.evidence()
    applicant = holder(client, enrolment)
    for content in ("brouillon", "bonne"):
        file = SimpleUploadedFile(f"{content}.pdf", pdf(content), content_type="application/pdf")
        assert applicant.send(enrolment, "/piece", document=file).status_code == 302
    wrong, right = EnrolmentDocument.objects.order_by("id")
    removed = applicant.send(enrolment, f"/pieces/{wrong.public_id}/enlever")
    assert removed["Location"] == applicant.place(enrolment, "/piece")
    page = text_of(applicant.get(enrolment, "/piece"))
    assert "brouillon.pdf" not in page
    assert "bonne.pdf" in page
    revision = Enrolment.objects.get().revision
    assert applicant.send(enrolment, "/piece/repondre", revision=revision, words="").status_code == 302
    applicant.send(enrolment, f"/pieces/{right.public_id}/enlever")
    right.refresh_from_db()
    assert right.removed_at is None, "what was answered stays with the desk"
    said = EnrolmentMove.objects.get(move="answer").said["documents"]
    assert [each["id"] for each in said] == [str(right.public_id)]


def test_whoever_asks_for_a_person_is_put_in_the_queue_once(world, client):
    enrolment = world.submitted()
    applicant = holder(client, enrolment)
    assert applicant.send(enrolment, "/aide", words="", moment="any").status_code == 422
    assert applicant.send(enrolment, "/aide", words="NAS 046 454 286", moment="any").status_code == 422
    for words in ("Quel numéro?", "Et lequel?"):
        assert applicant.send(enrolment, "/aide", words=words, moment="any", phone="").status_code == 302
    assert [each.words for each in CallRequest.objects.all()] == ["Et lequel?"]
    assert "Vous avez déjà demandé" in text_of(applicant.get(enrolment, "/aide"))


def test_nobody_else_opens_these_pages(world, client):
    enrolment = world.evidence()
    for page in ("/piece", "/aide"):
        answer = client.get(f"/inscription/{enrolment.public_id}{page}")
        assert answer["Location"] == "/inscription/reprendre"


def test_the_page_says_the_same_of_a_firm_that_has_an_account_and_of_one_that_has_none(world, client):
    world.approved()
    said = {"name": "Paul Huard", "email": "paul@demo.test", "words": "Je suis le comptable."}
    answers = []
    for neq in ("1199999021", "1199999039"):
        answer = client.post("/inscription/responsables", said | {"key": str(uuid4()), "neq": neq})
        answers.append((answer.status_code, answer["Location"]))
    assert answers[0] == answers[1] == (302, "/inscription/responsables?sent=1")
    assert FirmQuestion.objects.filter(told=None).count() == 2, "nobody looked yet: the page took the same time"
    wrong = client.post("/inscription/responsables", said | {"key": str(uuid4()), "neq": "12"})
    assert wrong.status_code == 422


def test_a_wait_is_told_from_those_that_are_over_and_not_while_they_are_few(world):
    for _ in range(FEWEST - 1):
        world.under_review(neq="2299999013")
    assert usual_wait(State.SUBMITTED) is None
    world.under_review(neq="2299999013")
    assert usual_wait(State.SUBMITTED) is not None
    assert usual_wait(State.PROPOSED) is None


def test_what_the_desk_says_to_itself_is_not_shown_to_the_applicant(world, client):
    enrolment = world.approved(rse_is_ra="yes")
    applicant = holder(client, enrolment)
    assert EnrolmentMove.objects.get(move="approve").reason
    assert EnrolmentMove.objects.get(move="approve").reason not in text_of(applicant.get(enrolment))
