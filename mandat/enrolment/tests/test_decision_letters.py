"""Letters of decisions: in the applicant's language, kept with the enrolment, posted to whoever enrolled on paper."""

import io

import pytest
from pypdf import PdfReader

from mandat.access.tests.factories import StaffAssignmentFactory, actor
from mandat.enrolment.commands import approve, refuse, return_for_correction, take_up
from mandat.enrolment.decision_letters import write_decision
from mandat.enrolment.events import EnrolmentApproved, EnrolmentRefused, EnrolmentReturned
from mandat.enrolment.models import DecisionLetter, Enrolment
from mandat.enrolment.tests.papers import came_in, handed_out, practising, said_in, typed
from mandat.enrolment.tests.world import SURE, World
from mandat.platform.files import open_verified
from mandat.platform.models import Letter

pytestmark = pytest.mark.django_db


@pytest.fixture
def world():
    return World()


def text_of(letter: DecisionLetter) -> str:
    with open_verified(letter.file) as opened:
        return " ".join(" ".join(page.extract_text() for page in PdfReader(io.BytesIO(opened.read())).pages).split())


def test_a_refusal_is_written_in_the_applicants_language_once_and_kept(world):
    enrolment = world.under_review()
    Enrolment.objects.filter(pk=enrolment.pk).update(language="en")
    refuse(enrolment=enrolment.public_id, code="NO-PRACTICE", reason="See the public register.", by=world.officer)
    for _twice in range(2):
        write_decision(EnrolmentRefused(enrolment=str(enrolment.public_id), refused_by=""))
    said = text_of(DecisionLetter.objects.get())
    assert "Your enrolment is refused" in said
    assert "No right to practise in Québec is in force. See the public register." in said
    assert "Solange Bérubé" in said
    assert not Letter.objects.filter(key__startswith="decision").exists(), "the applicant is written to by mail"


def test_what_came_on_paper_and_is_returned_is_posted_with_every_correction():
    practising()
    typist, officer = (actor(StaffAssignmentFactory().person) for _ in range(2))
    enrolment = typed(came_in(said_in(handed_out().form), typist), typist).enrolment
    take_up(enrolment=enrolment.public_id, by=officer)
    asked = {"corrections": {"neq": "", "street": "Sans numéro."}, "codes": {"neq": "NOT-THIS-NUMBER"}}
    return_for_correction(enrolment=enrolment.public_id, by=officer, **asked)
    for _twice in range(2):
        write_decision(EnrolmentReturned(enrolment=str(enrolment.public_id), returned_by=""))
    kept, posted = DecisionLetter.objects.get(), Letter.objects.get(key__startswith="decision")
    assert kept.is_posted
    for words in ("Ce numéro n’est pas celui de l’entreprise", "Sans numéro.", "renvoyez-nous le formulaire corrigé"):
        assert words in text_of(kept)
        assert words in posted.page
    assert posted.recipient.splitlines()[:2] == ["Solange Bérubé", "Courtage Rive-Haute inc."]


def test_an_approval_online_is_written_and_not_posted(world):
    enrolment = world.under_review()
    approve(enrolment=enrolment.public_id, by=world.officer, reason=SURE)
    write_decision(EnrolmentApproved(enrolment=str(enrolment.public_id), approved_by="", enterprise=""))
    assert "Votre inscription est approuvée" in text_of(DecisionLetter.objects.get())
    assert SURE not in text_of(DecisionLetter.objects.get()), "what the desk says to itself"
