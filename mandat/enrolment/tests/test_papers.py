"""The paper route: one record with the online one, checked alike, marked as assisted, decided by a second officer."""

import uuid

import pytest
from django import forms

from mandat.access.decision import AccessDenied
from mandat.access.tests.factories import PersonFactory, StaffAssignmentFactory, actor
from mandat.enrolment.commands import activate, approve, link_paper, set_aside_paper, take_up
from mandat.enrolment.errors import EnrolledAlready, EnrolmentIncomplete, VerifiedByTheSamePerson, WrongSecondPart
from mandat.enrolment.models import Channel, Enrolment, Invitation, PaperIntake
from mandat.enrolment.paper.flags import Flag
from mandat.enrolment.paper.questions import Conditions, UnknownKindOfQuestion, kind_of, questions
from mandat.enrolment.queries import last_submission
from mandat.enrolment.steps import STEPS
from mandat.enrolment.tests.papers import came_in, handed_out, practising, said_in, typed
from mandat.enrolment.tests.world import ANSWERS, World
from mandat.enrolment.workflow import PaperState, State
from mandat.filings.errors import ReasonMissing
from mandat.identity.models import Login
from mandat.platform.models import Letter, Mail
from mandat.platform.workflow import MoveNotAllowed

pytestmark = pytest.mark.django_db


@pytest.fixture
def typist():
    practising()
    return actor(StaffAssignmentFactory().person)


@pytest.fixture
def officer():
    return actor(StaffAssignmentFactory().person)


def assisted(typist, **more):
    issued = handed_out()
    intake = came_in(said_in(issued.form, **more), typist)
    return issued, typed(intake, typist)


def test_every_question_of_the_online_enrolment_is_on_paper():
    online = [name for step in STEPS for name in step.base_fields]

    assert [each.name for each in questions()] == [*online, *Conditions.base_fields]


def test_a_question_of_a_kind_that_paper_cannot_ask_fails():
    with pytest.raises(UnknownKindOfQuestion):
        kind_of(forms.FileField(), 0)


def test_online_and_assisted_records_are_alike_but_for_provenance(typist):
    world = World()
    online = world.submitted()
    before = last_submission(online)
    of_before = {(each.code, each.outcome, each.found) for each in before.checks.all()}
    Enrolment.objects.filter(pk=online.pk).update(neq="")  # out of the way: one enterprise has one enrolment

    _issued, intake = assisted(typist)

    after = last_submission(intake.enrolment)
    assert {name: value for name, value in after.said.items() if name != "assisted"} == before.said
    assert {(each.code, each.outcome, each.found) for each in after.checks.all()} == of_before
    typed_alike = {name: value for name, value in intake.enrolment.answers.items() if value}
    assert typed_alike == {name: value for name, value in online.answers.items() if value}
    for name in ("name", "client_number", "language", "state", "enterprise"):
        assert getattr(intake.enrolment, name) == getattr(online, name), name
    assert after.said["assisted"]["typed_by"] == str(typist.person.public_id)
    assert after.said["assisted"]["form"] == intake.enrolment.number


def test_whoever_typed_does_not_decide_and_a_second_officer_does(typist, officer):
    _issued, intake = assisted(typist)

    with pytest.raises(VerifiedByTheSamePerson):
        take_up(enrolment=intake.enrolment.public_id, by=typist)
    take_up(enrolment=intake.enrolment.public_id, by=officer)
    with pytest.raises(VerifiedByTheSamePerson):
        approve(enrolment=intake.enrolment.public_id, by=typist, reason="Vérifié au dossier.")

    assert (
        approve(enrolment=intake.enrolment.public_id, by=officer, reason="Vérifié au dossier.").state == State.APPROVED
    )


def test_an_approval_by_post_alone_opens_with_the_letter_and_the_follow_up_code(typist, officer, monkeypatch):
    monkeypatch.setattr("mandat.enrolment.codes.letter_token", lambda: "BCDF-GHJK")
    issued, intake = assisted(typist, rse_is_ra="yes")
    take_up(enrolment=intake.enrolment.public_id, by=officer)
    approve(enrolment=intake.enrolment.public_id, by=officer, reason="Vérifié au dossier.")

    invitation = Invitation.objects.get()
    assert invitation.channel == Channel.POST
    assert "BCDF-GHJK" in Letter.objects.get().page
    assert issued.code not in Letter.objects.get().page
    assert not any("BCDF-GHJK" in each.text for each in Mail.objects.all())
    with pytest.raises(WrongSecondPart):
        activate(token="BCDF-GHJK", second="AAAA-AAAA-AAAA-AAAA", password="Un bon mot de passe 9")
    activate(token="BCDF-GHJK", second=issued.code.lower(), password="Un bon mot de passe 9")
    assert Login.objects.get(email="solange.berube@demo.test").check_password("Un bon mot de passe 9")


def test_the_same_form_twice_is_one_enrolment_and_the_second_paper_is_linked_to_it(typist):
    issued, intake = assisted(typist)

    again = came_in(said_in(issued.form), typist)

    assert again.state == PaperState.LINKED
    assert again.enrolment == intake.enrolment
    assert Enrolment.objects.count() == 1
    with pytest.raises(MoveNotAllowed):
        typed(again, typist)


def test_a_form_that_went_on_online_is_linked_to_it(typist):
    issued = handed_out(email="demande@demo.test")
    world = World()
    enrolment = world.answer(issued.form.enrolment, **ANSWERS)
    world.submit(enrolment)

    assert came_in(said_in(issued.form), typist).state == PaperState.LINKED


def test_an_enterprise_that_enrols_online_already_gets_no_second_record(typist):
    online = World().submitted()
    intake = came_in(said_in(handed_out().form), typist)

    with pytest.raises(EnrolledAlready) as refused:
        typed(intake, typist)

    assert refused.value.enrolment == online
    link_paper(intake=intake.public_id, enrolment=online, by=typist)
    intake.refresh_from_db()
    assert (intake.state, intake.enrolment) == (PaperState.LINKED, online)


def test_what_the_officer_types_otherwise_than_was_read_is_kept(typist):
    intake = came_in(said_in(handed_out().form), typist)

    typed(intake, typist, city="Lévis")

    intake.refresh_from_db()
    assert intake.changed == {"city": ("Montréal", "Lévis")}
    assert last_submission(intake.enrolment).said["assisted"]["changed"] == ["city"]


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"ra_function": "NAS 046 454 286"}, "ra_function"),
        ({"paper_consent": False}, "paper_consent"),
        ({"paper_client_number": "2999999999"}, "paper_client_number"),
        ({"name": ""}, "name"),
    ],
)
def test_nothing_is_kept_of_what_must_not_be_submitted(typist, more, field):
    intake = came_in(said_in(handed_out().form), typist)

    with pytest.raises(EnrolmentIncomplete) as refused:
        typed(intake, typist, **more)

    assert field in {each.field for each in refused.value.findings}
    intake.refresh_from_db()
    assert (intake.state, intake.typed, intake.enrolment.answers) == (PaperState.RECEIVED, {}, {})


def test_a_paper_without_a_form_begins_an_enrolment_of_its_own(typist):
    issued = handed_out()
    paper = said_in(issued.form, reference="")
    paper.codes.clear()
    intake = came_in(paper, typist)
    assert intake.flags == [Flag.NO_REFERENCE]

    with pytest.raises(ReasonMissing):
        typed(intake, typist, paper_delivery="email")


def test_altered_stale_and_foreign_forms_are_flagged(typist):
    one, other = handed_out().form, handed_out().form
    paper = said_in(one)
    paper.fields["name"]["shape"] = ["/Tx", 0x1000, 300, []]
    paper.fields["extra"] = {"value": "", "shape": ["/Tx", 0, 0, []]}
    del paper.fields["city"]
    paper.fields["reference"]["value"] = other.enrolment.number
    object.__setattr__(paper, "words", "x" * 64)
    one.template.version = "00000000"
    one.template.save()

    assert set(came_in(paper, typist).flags) == {
        Flag.TWO_REFERENCES, Flag.STALE, Flag.ALTERED_WORDS, Flag.ALTERED_FIELDS, Flag.MISSING_FIELDS, Flag.ADDED_FIELDS,
    }  # fmt: skip


def test_a_reference_that_nobody_was_handed_is_flagged(typist):
    paper = said_in(handed_out().form, reference="E-2026-999999-0")
    paper.codes.clear()

    assert came_in(paper, typist).flags == [Flag.UNKNOWN_REFERENCE]


def test_a_paper_set_aside_says_why_to_whoever_asked_for_the_form(typist):
    intake = came_in(said_in(handed_out(email="demande@demo.test").form), typist)

    set_aside_paper(intake=intake.public_id, reason="La signature manque.", by=typist)

    assert "La signature manque." in Mail.objects.get(key__contains="set aside").text
    assert PaperIntake.objects.get().state == PaperState.SET_ASIDE


def test_only_a_verification_officer_receives_papers():
    with pytest.raises(AccessDenied):
        came_in(said_in(handed_out().form), actor(PersonFactory()))


def test_a_request_that_arrives_twice_receives_one_paper(typist):
    paper, key = said_in(handed_out().form), uuid.uuid4()

    assert came_in(paper, typist, key=key) == came_in(paper, typist, key=key)
