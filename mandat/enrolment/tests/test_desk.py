"""What the desk does around a decision: two officers, the wait, documents asked for, relations, second looks, calls."""

from datetime import date, timedelta
from uuid import uuid4

import pytest

from mandat.access.commands import NEQTaken
from mandat.access.decision import AccessDenied
from mandat.access.tests.factories import DesignationFactory, LoginFactory, StaffAssignmentFactory, actor
from mandat.business_register.queries import Answer
from mandat.casework.models import Case
from mandat.enrolment import desk_handlers
from mandat.enrolment.commands import (
    answer_call,
    answer_evidence,
    approve,
    ask_evidence,
    ask_for_a_person,
    ask_who_is_in_charge,
    check_again,
    look_again,
    propose,
    reconsider,
    refuse,
    resume,
    step_aside,
    take_up,
)
from mandat.enrolment.contacts import contacts_of
from mandat.enrolment.errors import (
    AnsweredBefore,
    EnrolmentIncomplete,
    HeldStill,
    NothingToPropose,
    ProposalNeeded,
    SourceSilent,
    VerifiedByTheSamePerson,
)
from mandat.enrolment.events import (
    CallAnswered,
    CallRequested,
    EnrolmentApproved,
    EnrolmentProposed,
    EnrolmentSubmitted,
    EnrolmentTakenUp,
    FirmQuestionAsked,
    SecondLookDrawn,
)
from mandat.enrolment.handlers import keep_case
from mandat.enrolment.models import Enrolment, FirmQuestion, Look, Moment, Outcome, Purpose, Risk, SecondLook
from mandat.enrolment.queries import expected_by, last_submission, latest_checks, paused_for
from mandat.enrolment.tests.world import SURE, World
from mandat.enrolment.workflow import State
from mandat.enterprises.models import Identifier
from mandat.filings.errors import ClosedToChange, NothingChanged, ReasonMissing
from mandat.platform.clock import now
from mandat.platform.models import EventRow, Letter, Mail
from mandat.platform.workflow import MoveNotAllowed
from mandat.register.tests.factories import EstablishmentFactory, IndividualFactory, OfficeFactory, RegistrantFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def world():
    return World()


@pytest.fixture
def second():
    return actor(StaffAssignmentFactory().person)


def again(enrolment) -> Enrolment:
    return Enrolment.objects.get(pk=enrolment.pk)


# Risk, two officers, the wait


def test_a_low_risk_is_approved_at_once_and_nothing_is_proposed(world):
    enrolment = world.under_review()
    assert enrolment.risk == Risk.LOW
    with pytest.raises(NothingToPropose):
        propose(enrolment=enrolment.public_id, by=world.officer, reason=SURE)
    assert approve(enrolment=enrolment.public_id, by=world.officer, reason=SURE).state == State.APPROVED


def test_a_risk_asks_that_an_approval_be_proposed_first(world):
    enrolment = world.risky()
    assert enrolment.risk == Risk.HIGH
    assert [code for code, _ in enrolment.risk_reasons] == ["TWIN", "RECKONED", "COHERENT", "SILENT"]
    with pytest.raises(ProposalNeeded):
        approve(enrolment=enrolment.public_id, by=world.officer, reason=SURE)


def test_a_wait_is_never_cut_short(world, second, at):
    enrolment = world.proposed()
    assert enrolment.hold_until > now() + timedelta(days=4)
    at(enrolment.hold_until - timedelta(seconds=1))
    for by in (world.officer, second):
        with pytest.raises(HeldStill):
            approve(enrolment=enrolment.public_id, by=by, reason=SURE)
    assert again(enrolment).enterprise is None


def test_two_officers_are_two_persons(world, second, at):
    enrolment = world.proposed()
    at(enrolment.hold_until + timedelta(seconds=1))
    with pytest.raises(VerifiedByTheSamePerson):
        approve(enrolment=enrolment.public_id, by=world.officer, reason=SURE)
    assert approve(enrolment=enrolment.public_id, by=second, reason=SURE).state == State.APPROVED


def test_a_proposal_taken_back_waits_anew(world, second):
    enrolment = world.proposed()
    with pytest.raises(ReasonMissing):
        reconsider(enrolment=enrolment.public_id, by=second, reason=" ")
    back = reconsider(enrolment=enrolment.public_id, by=second, reason="La firme s’y oppose.")
    assert (back.state, back.hold_until) == (State.UNDER_REVIEW, None)
    with pytest.raises(ProposalNeeded):
        approve(enrolment=enrolment.public_id, by=second, reason=SURE)
    assert (
        refuse(enrolment=enrolment.public_id, by=second, reason="Contestée.", code="CONTESTED").state == State.REFUSED
    )


def test_a_proposed_case_leaves_the_hands_that_proposed_it(world):
    enrolment = world.risky()
    keep_case(EnrolmentTakenUp(enrolment=str(enrolment.public_id), taken_up_by=""))
    assert Case.objects.get(subject_id=enrolment.public_id).assigned_to == world.officer.person
    propose(enrolment=enrolment.public_id, by=world.officer, reason=SURE)
    keep_case(EnrolmentProposed(enrolment=str(enrolment.public_id), proposed_by=""))
    case = Case.objects.get(subject_id=enrolment.public_id)
    assert (case.assigned_to, case.state, case.weight) == (None, "open", 2)


# Silent sources


def test_a_silent_source_never_approves_and_speaks_when_it_can(world, monkeypatch):
    enrolment = world.under_review()
    assert latest_checks(last_submission(enrolment))["registered"].outcome == Outcome.SILENT
    with pytest.raises(SourceSilent):
        approve(enrolment=enrolment.public_id, by=world.officer)
    assert not check_again(enrolment=enrolment.public_id), "it says the same"
    monkeypatch.setattr("mandat.enrolment.facts.ask", lambda neq: spoken())
    desk_handlers.check_what_was_silent(None)
    assert EventRow.objects.filter(name="EnrolmentToCheckAgain", body__enrolment=str(enrolment.public_id)).exists()
    assert check_again(enrolment=enrolment.public_id)
    found = latest_checks(last_submission(enrolment))["registered"]
    assert (found.outcome, found.turn) == (Outcome.DIFFERS, 2)
    assert last_submission(enrolment).checks.filter(code="registered").count() == 2, "what was found before is kept"
    assert approve(enrolment=enrolment.public_id, by=world.officer).state == State.APPROVED


def spoken():
    return Answer(as_of=date(2026, 11, 20))


def test_a_twin_weighs_on_both(world):
    first = world.submitted()
    assert again(first).risk == Risk.LOW
    other = world.submitted()
    desk_handlers.check_twins(EnrolmentSubmitted(enrolment=str(other.public_id)))
    asked = EventRow.objects.filter(name="EnrolmentToCheckAgain")
    assert [each.body["enrolment"] for each in asked] == [str(first.public_id)]
    check_again(enrolment=first.public_id)
    assert {again(first).risk, again(other).risk} == {Risk.MEDIUM}


def test_a_number_that_is_taken_is_neither_proposed_nor_approved(world):
    first, other = world.under_review(), world.under_review()
    approve(enrolment=first.public_id, by=world.officer, reason=SURE)
    for do in (approve, propose):
        with pytest.raises(NEQTaken):
            do(enrolment=other.public_id, by=world.officer, reason=SURE)


# Documents asked for


def test_a_document_asked_for_stops_the_clock_until_it_is_given(world, at):
    enrolment = world.evidence()
    asked, before = now(), expected_by(world.submitted(neq="2299999153"), now())
    assert expected_by(enrolment, asked) is None
    at(asked + timedelta(days=5))
    with pytest.raises(NothingChanged):
        answer_evidence(enrolment=enrolment.public_id, revision=enrolment.revision, words=" ")
    enrolment = world.attach(enrolment, Purpose.ASKED)
    with pytest.raises(EnrolmentIncomplete):
        answer_evidence(enrolment=enrolment.public_id, revision=enrolment.revision, words="NAS 046 454 286")
    answered = answer_evidence(enrolment=enrolment.public_id, revision=enrolment.revision, words="La voici.")
    assert answered.state == State.UNDER_REVIEW
    assert len(answered.history.get(move="answer").said["documents"]) == 1
    assert paused_for(answered, now()) >= timedelta(days=4, hours=23)
    assert (expected_by(answered, now()) - before).days in {4, 5}


def test_only_what_was_asked_for_is_joined_or_taken_out(world):
    enrolment = world.evidence()
    for purpose in (Purpose.FIRM, Purpose.MANDATE):
        with pytest.raises(ClosedToChange):
            world.attach(enrolment, purpose)
    with pytest.raises(ClosedToChange):
        world.attach(world.answered(), Purpose.ASKED)
    with pytest.raises(ClosedToChange):
        world.answer(enrolment, name="Autre")


def test_a_request_says_what_it_wants_and_may_be_left(world):
    enrolment = world.under_review()
    for said in ({"wanted": [], "words": "Mot"}, {"wanted": ["PROXY"], "words": " "}):
        with pytest.raises(ReasonMissing):
            ask_evidence(enrolment=enrolment.public_id, by=world.officer, **said)
    ask_evidence(enrolment=enrolment.public_id, wanted=["PROXY"], words="Signée.", by=world.officer)
    assert resume(enrolment=enrolment.public_id, by=world.officer, reason="Sans réponse.").state == State.UNDER_REVIEW


# Relations


def related_by_firm(world, by):
    designation = DesignationFactory(person=by.person)
    Identifier.objects.create(
        enterprise=designation.enterprise, kind="neq", value="1199999021", during=designation.during
    )


def related_by_file(world, by):
    individual = IndividualFactory(given_name=by.person.given_name, family_name=by.person.family_name)
    OfficeFactory(registrant=RegistrantFactory(neq="1199999021"), individual=individual)


def related_by_word(world, by):
    step_aside(enrolment=Enrolment.objects.latest("id").public_id, words="Mon beau-frère.", by=by)


@pytest.mark.parametrize("related", [related_by_firm, related_by_file, related_by_word])
def test_nobody_verifies_their_own_relation(world, second, related):
    enrolment = world.submitted()
    related(world, second)
    with pytest.raises(VerifiedByTheSamePerson):
        take_up(enrolment=enrolment.public_id, by=second)
    assert take_up(enrolment=enrolment.public_id, by=world.officer).state == State.UNDER_REVIEW


def test_whoever_steps_aside_loses_the_case_and_says_why(world):
    enrolment = world.under_review()
    with pytest.raises(ReasonMissing):
        step_aside(enrolment=enrolment.public_id, words="", by=world.officer)
    for _ in range(2):
        step_aside(enrolment=enrolment.public_id, words="Un voisin.", by=world.officer)
    keep_case(EnrolmentTakenUp(enrolment=str(enrolment.public_id), taken_up_by=""))
    assert Case.objects.get(subject_id=enrolment.public_id).assigned_to is None
    with pytest.raises(VerifiedByTheSamePerson):
        approve(enrolment=enrolment.public_id, by=world.officer, reason=SURE)


def test_only_the_desk_does_any_of_this(world):
    stranger, enrolment = actor(), world.under_review()
    key = enrolment.public_id
    for do in (
        lambda: propose(enrolment=key, by=stranger),
        lambda: ask_evidence(enrolment=key, wanted=["PROXY"], words="Mot", by=stranger),
        lambda: step_aside(enrolment=key, words="Mot", by=stranger),
        lambda: check_again(enrolment=key, by=stranger),
        lambda: reconsider(enrolment=key, by=stranger, reason="Mot"),
        lambda: resume(enrolment=key, by=stranger, reason="Mot"),
    ):
        with pytest.raises((AccessDenied, MoveNotAllowed)):
            do()


# Whom the firm is known to have


def test_everyone_known_is_told_before_anything_opens_and_once(world):
    twin = world.submitted()
    Enrolment.objects.filter(pk=twin.pk).update(email="autre@demo.test")
    LoginFactory(email="malik@demo.test")
    enrolment = propose(enrolment=world.under_review().public_id, by=world.officer, reason=SURE)
    assert [each.email for each in contacts_of(enrolment)] == ["autre@demo.test"]
    event = EnrolmentProposed(enrolment=str(enrolment.public_id), proposed_by="")
    for _ in range(2):
        desk_handlers.tell_contacts(event)
    assert Mail.objects.filter(to="autre@demo.test", text__contains="Rien ne s’ouvre avant la fin du").count() == 1


def test_a_letter_goes_where_the_registers_say(world):
    EstablishmentFactory(registrant=RegistrantFactory(neq="1199999021"), kind="principal", street="1, rue du Registre")
    enrolment = world.approved()
    event = EnrolmentApproved(enrolment=str(enrolment.public_id), approved_by="", enterprise="")
    desk_handlers.tell_contacts(event)
    letter = Letter.objects.get(recipient__contains="1, rue du Registre")
    assert enrolment.number in letter.page


# Second looks


def test_an_approval_that_was_drawn_is_looked_at_by_somebody_else(world, second, monkeypatch):
    monkeypatch.setattr("mandat.enrolment.commands.verifying.is_drawn", lambda *_: True)
    enrolment = world.approved()
    desk_handlers.keep_second_look_case(SecondLookDrawn(enrolment=str(enrolment.public_id)))
    assert Case.objects.get(subject_kind="second_look").state == "open"
    key = enrolment.public_id
    with pytest.raises(VerifiedByTheSamePerson):
        look_again(enrolment=key, outcome=Look.CONFIRMED, words="", by=world.officer)
    with pytest.raises(ReasonMissing):
        look_again(enrolment=key, outcome=Look.DOUBTFUL, words=" ", by=second)
    look = look_again(enrolment=key, outcome=Look.DOUBTFUL, words="L’adresse est celle d’un autre.", by=second)
    with pytest.raises(AnsweredBefore):
        look_again(enrolment=key, outcome=Look.CONFIRMED, words="", by=second)
    desk_handlers.keep_second_look_case(SecondLookDrawn(enrolment=str(key)))
    assert Case.objects.get(subject_id=look.public_id).state == "closed"


def test_what_is_not_drawn_is_not_looked_at(world, monkeypatch):
    monkeypatch.setattr("mandat.enrolment.commands.verifying.is_drawn", lambda *_: False)
    world.approved()
    assert not SecondLook.objects.exists()


# Asking for a person, or for those in charge


def test_an_applicant_who_asks_for_a_person_is_answered(world):
    enrolment = world.answered()
    said = {"phone": "418 555-0188", "moment": Moment.MORNING}
    request = ask_for_a_person(enrolment=enrolment.public_id, words="Quel numéro?", **said)
    same = ask_for_a_person(enrolment=enrolment.public_id, words="Et lequel?", **said)
    assert (same.pk, same.words) == (request.pk, "Et lequel?")
    desk_handlers.keep_call_case(CallRequested(enrolment="", call_request=str(request.public_id)))
    assert Case.objects.get(subject_id=request.public_id).state == "open"
    answer_call(call_request=request.public_id, answer="Le NEQ est sur vos avis.", by=world.officer)
    with pytest.raises(AnsweredBefore):
        answer_call(call_request=request.public_id, answer="Encore", by=world.officer)
    event = CallAnswered(enrolment=str(enrolment.public_id), call_request=str(request.public_id), answered_by="")
    desk_handlers.keep_call_case(event)
    desk_handlers.tell_caller(event)
    assert Case.objects.get(subject_id=request.public_id).state == "closed"
    assert "Le NEQ est sur vos avis." in Mail.objects.get(key__endswith="caller").text


def asked(neq="1199999021"):
    question = ask_who_is_in_charge(
        key=uuid4(), neq=neq, name="Paul Huard", email="paul@demo.test", language="fr", words="Je suis le comptable."
    )
    desk_handlers.pass_question_on(FirmQuestionAsked(firm_question=str(question.public_id)))
    return FirmQuestion.objects.get(pk=question.pk)


def test_only_those_in_charge_learn_that_somebody_asks(world):
    world.approved()
    assert asked().told == 2
    told = Mail.objects.filter(text__contains="Je suis le comptable.")
    assert set(told.values_list("to", flat=True)) == {"solange.berube@demo.test", "malik@demo.test"}
    assert asked(neq="1199999039").told == 0
    assert not Mail.objects.filter(to="paul@demo.test").exists()


def test_a_firm_is_written_to_a_few_times_a_day_and_no_more(world):
    world.approved()
    assert [asked().told for _ in range(4)] == [2, 2, 2, 0]
