"""What an applicant does: begin, answer, prove, submit, withdraw."""

import uuid
from datetime import UTC, datetime, timedelta

import pytest

from mandat.access.tests.factories import IdentifierFactory, LoginFactory, PersonFactory
from mandat.casework.models import Case
from mandat.enrolment import codes, consent
from mandat.enrolment.commands import (
    begin_enrolment,
    remove_document,
    save_answers,
    submit_enrolment,
    withdraw_enrolment,
)
from mandat.enrolment.errors import ConsentMissing, EnrolmentIncomplete, StaleEnrolment, WrongFollowUpCode
from mandat.enrolment.events import EnrolmentReturned, EnrolmentSubmitted
from mandat.enrolment.handlers import keep_case, tell_applicant
from mandat.enrolment.models import Enrolment, EnrolmentCheck, EnrolmentMove
from mandat.enrolment.queries import documents_of, enrolment_with, expected_by, expected_delay, last_submission
from mandat.enrolment.tests.world import World
from mandat.enrolment.workflow import State
from mandat.filings.errors import ClosedToChange, NothingChanged, UnknownStep
from mandat.platform.clock import now
from mandat.platform.idempotency import IdempotencyConflict
from mandat.platform.models import Mail
from mandat.platform.workflow import MoveNotAllowed
from mandat.register.tests.factories import RegistrantFactory

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 11, 23, 17, tzinfo=UTC)


@pytest.fixture
def world():
    return World()


def test_beginning_gives_a_number_and_a_code_and_mails_both(world):
    enrolment = world.begun()
    mail = Mail.objects.get()
    assert mail.to == "demande@demo.test"
    assert enrolment.number in mail.subject
    assert codes.grouped(world.code) in mail.text
    assert world.code not in str(vars(enrolment))


def test_a_double_click_begins_once_and_is_answered_alike():
    key = uuid.uuid4()
    first, second = (begin_enrolment(key=key, email="a@demo.test", language="en") for _ in range(2))
    assert first == second
    assert Mail.objects.count() == 1


def test_number_and_code_open_an_enrolment_and_nothing_else_does(world):
    enrolment = world.begun()
    typed = codes.grouped(world.code).lower()
    assert enrolment_with(number=enrolment.number.replace("-", " "), code=typed) == enrolment
    other = world.begun()
    for number, code in ((enrolment.number, world.code), ("E-2026-999999-9", typed), (other.number, ""), ("", "")):
        with pytest.raises(WrongFollowUpCode):
            enrolment_with(number=number, code=code)


def test_what_is_typed_is_kept_good_or_bad(world):
    enrolment = world.begun()
    answers = {"has_neq": "yes", "neq": "abc", "name": " Firme "}
    saved = save_answers(enrolment=enrolment.public_id, step="entreprise", answers=answers, revision=1)
    assert saved.enrolment.answers["neq"] == "abc"
    assert {"neq", "kind"} <= {each.field for each in saved.findings}
    assert saved.enrolment.revision == 2


def test_a_step_that_does_not_exist_is_refused(world):
    with pytest.raises(UnknownStep):
        save_answers(enrolment=world.begun().public_id, step="autre", answers={}, revision=1)


def test_a_stale_tab_gets_what_is_there_now(world):
    enrolment = world.begun()
    save_answers(enrolment=enrolment.public_id, step="entreprise", answers={"name": "Première"}, revision=1)
    with pytest.raises(StaleEnrolment) as stale:
        save_answers(enrolment=enrolment.public_id, step="entreprise", answers={"name": "Seconde"}, revision=1)
    assert stale.value.enrolment.answers["name"] == "Première"


def test_an_expired_draft_is_closed_and_loses_nothing(world, at):
    at(NOON)
    enrolment = world.answered()
    at(NOON + timedelta(days=61))
    with pytest.raises(ClosedToChange):
        save_answers(enrolment=enrolment.public_id, step="entreprise", answers={}, revision=enrolment.revision)
    with pytest.raises(ClosedToChange):
        world.submit(enrolment)
    assert Enrolment.objects.get().has_expired(now())
    assert Enrolment.objects.get().answers["neq"]


def test_submission_freezes_answers_documents_and_consent(world):
    enrolment = world.attach(world.answered(ra_basis="mandate"), name="../..\\mandat\u202e.pdf")
    submitted = world.submit(enrolment)
    said = last_submission(submitted).said
    assert submitted.state == State.SUBMITTED
    assert said["answers"]["neq"] == "1199999021"
    assert said["documents"][0]["name"] == "mandat.pdf"
    assert said["consent"] == {"text": consent.CURRENT, "language": "fr"}


def test_submitting_twice_is_done_once(world):
    enrolment, key = world.answered(), uuid.uuid4()
    world.submit(enrolment, key)
    world.submit(enrolment, key)
    assert EnrolmentMove.objects.count() == 1
    with pytest.raises(IdempotencyConflict):
        world.submit(world.answered(), key)


def test_nothing_is_submitted_without_consent_or_incomplete(world):
    enrolment = world.answered()
    with pytest.raises(ConsentMissing):
        submit_enrolment(
            key=uuid.uuid4(), enrolment=enrolment.public_id, revision=enrolment.revision, accepted="ancien"
        )
    for said in ({"neq": "12"}, {"ra_basis": "mandate"}, {"rq_source": "other", "rq_proof": "Avis"}):
        with pytest.raises(EnrolmentIncomplete):
            world.submitted(**said)
    with pytest.raises(StaleEnrolment):
        submit_enrolment(key=uuid.uuid4(), enrolment=enrolment.public_id, revision=1, accepted=consent.CURRENT)


def test_checks_are_made_at_submission_against_what_each_source_says(world):
    RegistrantFactory(neq="1199999021", name="Tout autre nom")
    IdentifierFactory(value="1199999021")
    LoginFactory(email="malik@demo.test", person=PersonFactory(given_name="Paul", family_name="Huard"))
    world.submitted()
    world.submitted()
    checked = last_submission(Enrolment.objects.order_by("id").last())
    outcomes = {each.code: (each.outcome, each.found) for each in checked.checks.all()}
    assert outcomes == {
        "neq_family": ("agrees", ""), "neq_digit": ("agrees", ""), "neq_enrolled": ("differs", ""),
        "neq_twin": ("differs", ""), "registered": ("silent", ""), "name_on_file": ("differs", "Tout autre nom"), "rq_digit": ("agrees", ""),
        "postal_code": ("agrees", ""), "addresses_of_others": ("differs", "malik@demo.test – Paul Huard"),
    }  # fmt: skip


def test_a_correction_must_change_something_and_is_checked_anew(world):
    enrolment = world.returned()
    with pytest.raises(NothingChanged):
        world.submit(enrolment)
    world.submit(world.answer(enrolment, neq="1199999039"))
    assert EnrolmentCheck.objects.values("submission").distinct().count() == 2
    assert Enrolment.objects.get().neq == "1199999039"


def test_what_is_submitted_or_decided_is_closed(world):
    for state in set(State) - {State.DRAFT, State.RETURNED}:
        enrolment = world.in_state(state)
        with pytest.raises(ClosedToChange):
            world.answer(enrolment, name="Autre")
        with pytest.raises(ClosedToChange):
            world.attach(enrolment)
        if state == State.APPROVED:
            enrolment.enterprise.identifiers.all().delete()


def test_a_document_taken_out_goes_along_no_more_and_twice_is_harmless(world):
    enrolment = world.attach(world.answered())
    document = documents_of(enrolment).get()
    for _ in range(2):
        enrolment = remove_document(
            enrolment=enrolment.public_id, document=document.public_id, revision=enrolment.revision
        )
    assert not documents_of(enrolment).exists()


def test_an_enrolment_is_withdrawn_until_it_is_in_verification(world):
    for state in (State.DRAFT, State.SUBMITTED, State.RETURNED):
        assert withdraw_enrolment(enrolment=world.in_state(state).public_id).state == State.WITHDRAWN
    with pytest.raises(MoveNotAllowed):
        withdraw_enrolment(enrolment=world.under_review().public_id)


def test_the_delay_announced_is_the_policys_then_the_median_of_the_last_decisions(world, at):
    at(NOON)
    assert expected_delay(now()) == timedelta(days=14)
    for days in (1, 2, 3, 4, 30):
        at(NOON)
        enrolment = world.submitted()
        at(NOON + timedelta(days=days))
        Enrolment.objects.filter(pk=enrolment.pk).update(state="refused", decided_at=now())
    assert expected_delay(now()) == timedelta(days=3)
    at(NOON)
    assert str(expected_by(world.submitted(), now())) == "2026-11-26"


def test_the_case_follows_the_enrolment_and_the_applicant_is_told_once(world):
    enrolment = world.submitted()
    event = EnrolmentSubmitted(enrolment=str(enrolment.public_id))
    for _ in range(2):
        keep_case(event)
        tell_applicant(event)
    case = Case.objects.get()
    assert (case.queue, case.right, case.state) == ("enrolment", "verify", "open")
    assert case.due
    assert Mail.objects.filter(subject__startswith="Votre inscription est transmise").count() == 1
    returned = world.returned()
    tell_applicant(EnrolmentReturned(enrolment=str(returned.public_id), returned_by=""))
    assert Mail.objects.filter(subject__startswith="Votre inscription est à corriger").count() == 1
