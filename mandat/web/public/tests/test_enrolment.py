"""The pages of an enrolment, as its applicant meets them."""

import re
import uuid
from datetime import UTC, datetime, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from mandat.access.tests.factories import StaffAssignmentFactory, actor
from mandat.enrolment.commands import refuse, return_for_correction, take_up
from mandat.enrolment.decision_letters import write_decision
from mandat.enrolment.events import EnrolmentRefused
from mandat.enrolment.models import DecisionLetter, Enrolment, EnrolmentDocument, EnrolmentMove
from mandat.enrolment.steps import STEPS, steps_for
from mandat.enrolment.tests.world import ANSWERS
from mandat.enrolment.workflow import State
from mandat.platform.tests.papers import pdf
from mandat.web.public.tests.applicant import Applicant, code_mailed_for
from mandat.web.tests.conftest import browser_of

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 11, 23, 17, tzinfo=UTC)
PDF = pdf("preuve")


@pytest.fixture
def applicant():
    return Applicant()


@pytest.fixture
def officer():
    return actor(StaffAssignmentFactory().person)


def text_of(answer) -> str:
    return answer.content.decode()


def file(name="preuve.pdf", content=PDF):
    return SimpleUploadedFile(name, content, content_type="text/html")


# Beginning and coming back


def test_the_code_is_shown_until_it_is_noted_and_never_again(applicant):
    enrolment = applicant.begin()
    code = code_mailed_for(enrolment)
    for _ in range(2):
        assert code in text_of(applicant.get(enrolment, "/code"))
    onward = applicant.send(enrolment, "/code")
    assert onward["Location"] == applicant.place(enrolment, f"/etape/{STEPS[0].code}")
    assert code not in text_of(applicant.get(enrolment, "/code"))


def test_a_double_click_begins_one_enrolment(applicant):
    key = uuid.uuid4()
    first, second = (applicant.begin(key=key) for _ in range(2))
    assert first == second
    assert code_mailed_for(first) in text_of(applicant.get(first, "/code"))


def test_an_address_that_is_none_is_refused_at_its_field(applicant):
    answer = applicant.browser.post("/inscription", {"key": uuid.uuid4(), "email": "nulle part"})
    assert answer.status_code == 422
    assert 'id="id_email_error"' in text_of(answer)
    assert not Enrolment.objects.exists()


def test_mail_cannot_be_showered_on_an_address(applicant):
    sent = [
        applicant.browser.post("/inscription", {"key": uuid.uuid4(), "email": "a@demo.test"}).status_code
        for _ in range(6)
    ]
    assert sent == [302] * 5 + [429]


def test_another_browser_opens_it_with_number_and_code(applicant):
    enrolment, other = applicant.begin(), Applicant()
    assert other.get(enrolment)["Location"] == "/inscription/reprendre"
    sent = {"number": enrolment.number.lower(), "code": code_mailed_for(enrolment).replace("-", " ")}
    answer = other.browser.post("/inscription/reprendre", sent)
    assert answer["Location"] == other.place(enrolment)
    assert other.get(enrolment).status_code == 200


def test_a_wrong_code_opens_nothing_and_is_counted(applicant):
    enrolment, other = applicant.begin(), Client()
    code = code_mailed_for(enrolment)
    wrong = {"number": enrolment.number, "code": "BBBB-BBBB-BBBB-BBBB"}
    answers = [other.post("/inscription/reprendre", wrong).status_code for _ in range(6)]
    assert answers == [422] * 5 + [429]
    assert other.post("/inscription/reprendre", wrong | {"code": code}).status_code == 429
    assert other.post("/inscription/reprendre", {"number": "E-2026-1", "code": code}).status_code == 422


def test_a_browser_that_does_not_hold_it_reaches_no_page_of_it(applicant):
    enrolment, other = applicant.submitted(), Applicant()
    unknown = Enrolment(public_id=uuid.uuid4())
    for page in ("", "/maintenant", "/code", "/etape/entreprise", "/pieces", "/verifier", "/retirer"):
        for each in (enrolment, unknown):
            assert other.get(each, page)["Location"] == "/inscription/reprendre"
            sent = other.send(each, page, key=uuid.uuid4(), revision=1)
            assert sent.get("Location") == "/inscription/reprendre" or sent.status_code == 405


# The steps


def test_each_step_leads_to_the_next_and_the_last_to_the_review(applicant):
    enrolment = applicant.begin()
    steps = steps_for({})
    led = [applicant.answer(enrolment, step.code)["Location"] for step in steps]
    assert led == [
        *(applicant.place(enrolment, f"/etape/{step.code}") for step in steps[1:]),
        applicant.place(enrolment, "/verifier"),
    ]  # fmt: skip


def test_what_is_wrong_is_said_at_its_field_and_kept(applicant):
    enrolment = applicant.begin()
    answer = applicant.answer(enrolment, "entreprise", neq="4499999013", name="")
    page = text_of(answer)
    assert answer.status_code == 422
    for name in ("neq", "name"):
        assert f'id="id_{name}_error"' in page
        assert f'href="#id_{name}"' in page
    assert 'value="4499999013"' in page
    assert 'value="4499999013"' in text_of(applicant.get(enrolment, "/etape/entreprise"))


def test_a_check_digit_warns_and_holds_nothing_back(applicant):
    enrolment = applicant.begin()
    assert applicant.answer(enrolment, "entreprise", neq="1199999014").status_code == 302
    assert "semble mal tapé" in text_of(applicant.get(enrolment, "/etape/entreprise"))
    assert "semble mal tapé" in text_of(applicant.get(enrolment, "/verifier"))


def test_one_may_leave_in_the_middle_of_a_step(applicant):
    enrolment = applicant.begin()
    answer = applicant.answer(enrolment, "entreprise", name="", leave="1")
    assert answer["Location"] == applicant.place(enrolment)
    assert Enrolment.objects.get().answers["neq"] == ANSWERS["neq"]


def test_a_stale_tab_gets_both_what_is_there_and_what_was_typed(applicant):
    enrolment = applicant.begin()
    applicant.answer(enrolment, "entreprise", name="Première inc.")
    answer = applicant.answer(enrolment, "entreprise", revision=1, name="Seconde inc.")
    assert answer.status_code == 409
    assert "Première inc." in text_of(answer)
    assert 'value="Seconde inc."' in text_of(answer)
    assert Enrolment.objects.get().answers["name"] == "Première inc."


def test_a_double_click_on_a_step_is_harmless(applicant):
    enrolment = applicant.begin()
    for _ in range(2):
        assert applicant.answer(enrolment, "entreprise", revision=1).status_code == 302


def test_an_answer_too_long_to_be_kept_is_shown_again(applicant):
    enrolment = applicant.begin()
    answer = applicant.answer(enrolment, "entreprise", name="x" * 20_001)
    assert answer.status_code == 422
    assert "trop longue" in text_of(answer)


def test_what_was_typed_in_an_enrolment_that_closed_meanwhile_is_given_back(applicant, at):
    at(NOON)
    enrolment = applicant.begin()
    at(NOON + timedelta(days=61))
    answer = applicant.answer(enrolment, "entreprise")
    assert answer.status_code == 409
    assert "Courtage Rive-Haute inc." in text_of(answer)
    assert applicant.get(enrolment, "/etape/entreprise").status_code == 302
    assert "a expiré" in text_of(applicant.get(enrolment))


def test_steps_and_pages_that_do_not_exist(applicant):
    enrolment = applicant.begin()
    assert applicant.get(enrolment, "/etape/autre").status_code == 404
    assert applicant.send(enrolment, "/etape/entreprise", name="x").status_code == 400
    assert applicant.send(enrolment, "/verifier", consent="on").status_code == 400


# Documents


def test_a_mandate_leads_to_its_proof_which_is_joined_taken_out_and_fetched(applicant):
    enrolment = applicant.fill(applicant.begin(), ra_basis="mandate")
    assert "document_mandate" not in text_of(applicant.get(enrolment, "/verifier"))
    assert "Joignez la résolution" in text_of(applicant.get(enrolment, "/verifier"))
    hostile = "../../etc/\u202efdp.pdf"
    for _ in range(2):
        applicant.send(enrolment, "/pieces", purpose="mandate", document=file(hostile))
    document = EnrolmentDocument.objects.get()
    assert "/" not in document.name
    fetched = applicant.get(enrolment, f"/pieces/{document.public_id}")
    assert (fetched["Content-Type"], b"".join(fetched.streaming_content)) == ("application/octet-stream", PDF)
    assert fetched["Content-Disposition"].startswith("attachment")
    assert applicant.submit(enrolment).status_code == 302


def test_a_document_is_taken_out_until_it_is_submitted(applicant):
    enrolment = applicant.fill(applicant.begin(), ra_basis="mandate")
    applicant.send(enrolment, "/pieces", purpose="mandate", document=file())
    document = EnrolmentDocument.objects.get().public_id
    assert applicant.send(enrolment, f"/pieces/{document}/enlever").status_code == 302
    assert "Aucune pièce" in text_of(applicant.get(enrolment, "/pieces"))
    applicant.send(enrolment, "/pieces", purpose="mandate", document=file())
    applicant.submit(enrolment)
    last = EnrolmentDocument.objects.latest("id")
    applicant.send(enrolment, f"/pieces/{last.public_id}/enlever")
    assert EnrolmentDocument.objects.get(pk=last.pk).removed_at is None
    assert Applicant().get(enrolment, f"/pieces/{last.public_id}")["Location"] == "/inscription/reprendre"
    other = applicant.fill(applicant.begin())
    assert applicant.get(other, f"/pieces/{last.public_id}").status_code == 404


@pytest.mark.parametrize(
    "sent",
    [
        {"document": file("x.pdf", b"<html>")}, {"document": file("x.pdf", b"")}, {},
        {"document": file(), "purpose": "firm"}, {"document": file("x.pdf", PDF + b"0" * 10 * 1024 * 1024)},
    ],
)  # fmt: skip
def test_what_is_no_proof_is_refused(applicant, sent):
    enrolment = applicant.fill(applicant.begin(), ra_basis="mandate")
    assert applicant.send(enrolment, "/pieces", **({"purpose": "mandate"} | sent)).status_code == 422
    assert not EnrolmentDocument.objects.exists()


# Review, submission, what follows


def test_the_review_names_what_is_missing_and_where(applicant):
    enrolment = applicant.begin()
    page = text_of(applicant.get(enrolment, "/verifier"))
    assert f"{applicant.place(enrolment, '/etape/entreprise')}#id_has_neq" in page
    answer = applicant.submit(enrolment)
    assert answer.status_code == 422
    assert Enrolment.objects.get().state == State.DRAFT


def test_nothing_is_submitted_without_the_applicants_word(applicant):
    enrolment = applicant.fill(applicant.begin())
    answer = applicant.submit(enrolment, consent="")
    assert answer.status_code == 422
    assert 'id="id_consent_error"' in text_of(answer)


def test_a_double_click_submits_once_and_says_when_to_expect_an_answer(applicant, at):
    at(NOON)
    enrolment, key = applicant.fill(applicant.begin()), uuid.uuid4()
    revision = enrolment.revision
    answers = [applicant.submit(enrolment, key=key, revision=revision) for _ in range(2)]
    assert [each["Location"] for each in answers] == [applicant.place(enrolment)] * 2
    assert EnrolmentMove.objects.count() == 1
    assert "Réponse attendue vers le 7 décembre 2026" in text_of(applicant.get(enrolment))


def test_a_review_out_of_date_is_shown_as_it_is_now(applicant):
    enrolment = applicant.fill(applicant.begin())
    answer = applicant.submit(enrolment, revision=1)
    assert answer.status_code == 409
    assert f'name="revision" value="{enrolment.revision}"' in text_of(answer)


def test_a_correction_opens_the_field_with_the_officers_words(applicant, officer):
    enrolment = applicant.submitted()
    take_up(enrolment=enrolment.public_id, by=officer)
    words = "Ce NEQ est celui d’une autre entreprise."
    return_for_correction(enrolment=enrolment.public_id, corrections={"neq": words}, reason="Bonjour", by=officer)
    page = text_of(applicant.get(enrolment))
    assert f"{applicant.place(enrolment, '/etape/entreprise')}#id_neq" in page
    assert words in page
    assert words in text_of(applicant.get(enrolment, "/etape/entreprise"))
    unchanged = applicant.submit(enrolment)
    assert unchanged.status_code == 422
    assert "Rien n’a changé" in text_of(unchanged)
    applicant.answer(enrolment, "entreprise", neq="1199999039")
    assert applicant.submit(enrolment).status_code == 302
    assert Enrolment.objects.get().state == State.SUBMITTED


def test_a_reason_of_the_list_is_read_beside_its_field_in_ones_own_language(applicant, officer):
    enrolment = applicant.submitted()
    take_up(enrolment=enrolment.public_id, by=officer)
    asked = {"corrections": {"neq": "", "document_mandate": "Page 2."}, "codes": {"neq": "NOT-THIS-NUMBER"}}
    return_for_correction(enrolment=enrolment.public_id, by=officer, **asked)
    page = text_of(applicant.get(enrolment, "/etape/entreprise"))
    beside = page[page.index('id="id_neq_helptext"') : page.index('name="neq"')]
    assert "À corriger\u00a0: Ce numéro n’est pas celui de l’entreprise" in beside
    assert "id_neq_helptext" in re.search(r'name="neq"[^>]*', page)[0]
    english = text_of(applicant.browser.get(f"/en{applicant.place(enrolment, '/etape/entreprise')}"))
    assert "This number is not that of the enterprise" in english
    assert "Page 2." in text_of(applicant.get(enrolment, "/pieces"))


def test_a_refusal_is_read_with_its_reason(applicant, officer):
    enrolment = applicant.submitted()
    take_up(enrolment=enrolment.public_id, by=officer)
    assert "Une personne la vérifie" in text_of(applicant.get(enrolment))
    refuse(enrolment=enrolment.public_id, reason="Entreprise radiée.", by=officer)
    assert "Entreprise radiée." in text_of(applicant.get(enrolment, "/maintenant"))
    write_decision(EnrolmentRefused(enrolment=str(enrolment.public_id), refused_by=""))
    place = applicant.place(enrolment, f"/lettres/{DecisionLetter.objects.get().public_id}")
    assert place in text_of(applicant.get(enrolment))
    given = applicant.browser.get(place)
    assert (given["Content-Type"], b"".join(given.streaming_content)[:5]) == ("application/pdf", b"%PDF-")
    assert Client().get(place).status_code == 302, "whoever does not hold it"
    of_the_desk = browser_of(officer).get(f"/agence/inscriptions/{enrolment.public_id}/lettres/{place[-36:]}")
    assert of_the_desk.status_code == 200
    of_the_desk.close()


def test_a_late_answer_is_owned_up_to(applicant, at):
    at(NOON)
    enrolment = applicant.submitted()
    at(NOON + timedelta(days=20))
    assert "est passé" in text_of(applicant.get(enrolment))


def test_withdrawal_asks_first_and_is_done_once(applicant, officer):
    enrolment = applicant.submitted()
    assert "Retirer l’inscription?" in text_of(applicant.get(enrolment, "/retirer"))
    assert Enrolment.objects.get().state == State.SUBMITTED
    for _ in range(2):
        assert applicant.send(enrolment, "/retirer")["Location"] == applicant.place(enrolment)
    assert EnrolmentMove.objects.filter(move="withdraw").count() == 1
    assert "ne peut plus être retirée" in text_of(applicant.get(enrolment, "/retirer"))


def test_pages_are_whole_in_english(applicant):
    enrolment = applicant.fill(applicant.begin(), ra_basis="mandate", neq="1199999014")
    for page in ("", "/code", "/etape/entreprise", "/etape/responsable", "/pieces", "/verifier", "/retirer"):
        text = text_of(applicant.browser.get(f"/en{applicant.place(enrolment, page)}"))
        main = re.search(r"<main.*</main>", text, re.DOTALL)[0]
        assert 'lang="en-CA"' in text
        assert not re.search(r"\b(Votre|inscription en|Enregistrer|Numéro|Étape)\b", main), page


@pytest.mark.parametrize("page", ["", "/etape/entreprise", "/pieces", "/verifier"])
def test_pages_ask_the_database_few_questions(applicant, page, django_assert_max_num_queries):
    enrolment = applicant.fill(applicant.begin(), ra_basis="mandate")
    applicant.get(enrolment, page)
    with django_assert_max_num_queries(8):
        applicant.get(enrolment, page)
