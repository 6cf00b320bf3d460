"""The rules that ask no database: states, numbers, codes, checks, what answers mean."""

import uuid
from dataclasses import replace
from datetime import date

import pytest

from mandat.business_register.enterprise import Address, Registered
from mandat.business_register.queries import Answer
from mandat.enrolment import checks, codes
from mandat.enrolment.checks import Facts
from mandat.enrolment.models import Outcome, Purpose
from mandat.enrolment.number import NotAnEnrolmentNumber, enrolment_number, read_number
from mandat.enrolment.reading import in_charge, letter_address, missing_documents, read, representative, summary
from mandat.enrolment.steps import STEPS, label_of, step_of, steps_for
from mandat.enrolment.tests.world import ANSWERS
from mandat.enrolment.workflow import ENROLMENT, INVITATION, InvitationMove, InvitationState, Move, State
from mandat.platform.workflow import MoveNotAllowed

ALLOWED = {
    State.DRAFT: {Move.SUBMIT, Move.WITHDRAW},
    State.SUBMITTED: {Move.TAKE_UP, Move.WITHDRAW},
    State.UNDER_REVIEW: {Move.ASK_EVIDENCE, Move.PROPOSE, Move.RETURN, Move.APPROVE, Move.REFUSE},
    State.EVIDENCE: {Move.ANSWER, Move.RESUME, Move.WITHDRAW},
    State.PROPOSED: {Move.RECONSIDER, Move.APPROVE},
    State.RETURNED: {Move.SUBMIT, Move.WITHDRAW},
}


@pytest.mark.parametrize("state", State)
@pytest.mark.parametrize("move", Move)
def test_every_move_from_every_state_of_an_enrolment(move, state):
    if move in ALLOWED.get(state, ()):
        assert ENROLMENT.target(move, state) in State
    else:
        with pytest.raises(MoveNotAllowed):
            ENROLMENT.target(move, state)


@pytest.mark.parametrize("state", InvitationState)
@pytest.mark.parametrize("move", InvitationMove)
def test_only_a_pending_invitation_moves(move, state):
    if state == InvitationState.PENDING:
        assert INVITATION.target(move, state) != state
    else:
        with pytest.raises(MoveNotAllowed):
            INVITATION.target(move, state)


def test_a_number_is_read_however_it_is_typed():
    number = enrolment_number(2026, 123)
    assert number.startswith("E-2026-000123-")
    for typed in (number.lower(), f" {number} ", number.replace("-", ""), number.replace("-", "‑")):
        assert read_number(typed) == number


@pytest.mark.parametrize("typed", ["", "E-2026-000123-0", "F-2026-000123-8", "E-2026-000132-8", "E" * 500, "\0"])
def test_a_number_that_cannot_be_one_is_refused(typed):
    assert typed != enrolment_number(2026, 123)
    with pytest.raises(NotAnEnrolmentNumber):
        read_number(typed)


def test_the_follow_up_code_of_a_request_is_always_the_same_and_of_another_never():
    key = uuid.uuid4()
    assert codes.follow_up_code(key) == codes.follow_up_code(key)
    assert codes.follow_up_code(key) != codes.follow_up_code(uuid.uuid4())
    assert set(codes.follow_up_code(key)) <= set(codes.SIGNS)


def test_a_code_agrees_however_it_is_typed():
    code = codes.letter_code()
    kept = codes.digest("link", code)
    assert codes.agrees(kept, "link", codes.plain(codes.grouped(code).lower()))
    assert not codes.agrees(kept, "another link", code)
    assert not codes.agrees(kept, "link", "")


def test_complete_answers_hold_nothing_back():
    answers, findings = read(ANSWERS)
    assert findings == []
    assert answers["neq"] == "1199999021"
    assert [section.step for section in summary(answers)] == [step.code for step in steps_for(answers)]


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"neq": "4499999013"}, "neq"), ({"neq": "119999901"}, "neq"), ({"neq": ""}, "neq"), ({"kind": "x"}, "kind"),
        ({"name": ""}, "name"), ({"rq_number": "12"}, "rq_number"), ({"rq_number": ""}, "rq_number"),
        ({"rq_source": "related"}, "rq_related_name"), ({"rq_source": "other", "rq_number": ""}, "rq_proof"),
        ({"ra_email": "nulle part"}, "ra_email"), ({"rse_given_name": ""}, "rse_given_name"),
        ({"rse_is_ra": ""}, "rse_is_ra"), ({"rse_email": "solange.BERUBE@demo.test"}, "rse_email"),
        ({"street": "NAS 046 454 286"}, "street"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_at_its_field(said, field):
    _, findings = read(ANSWERS | said)
    assert field in {each.field for each in findings}


def test_nothing_is_asked_twice_of_a_representative_who_is_in_charge():
    answers, findings = read(ANSWERS | {"rse_is_ra": "yes", "rse_email": "pas une adresse", "rse_given_name": ""})
    assert findings == []
    assert in_charge(answers) == representative(answers)
    assert letter_address(answers)[0] == "Solange Bérubé"
    assert "rse_email" not in answers


def test_what_another_way_asks_for_is_left_aside():
    answers, findings = read(ANSWERS | {"rq_source": "other", "rq_number": "12", "rq_proof": "Avis de cotisation"})
    assert findings == []
    assert "rq_number" not in answers


def test_a_mandate_and_another_proof_are_proven_by_documents():
    answers, _ = read(ANSWERS | {"rq_source": "other", "rq_proof": "Avis", "ra_basis": "mandate"})
    fields = [each.field for each in missing_documents(answers, [])]
    assert fields == ["document_firm", "document_mandate"]
    assert missing_documents(answers, [Purpose.FIRM, Purpose.MANDATE]) == []


DAY = date(2026, 7, 1)
RIVE_HAUTE = Registered(
    neq="1199999021", status="IM", status_label="Immatriculée", status_on=None, form="", is_bankrupt=False,
    name="Courtage Rive-Haute inc.", other_names=("RH Courtiers",), former_names=("Huard inc.",),
    addresses=(Address("2200, boulevard de l’Estacade", "Montréal", "H3B 9Z1"),), relations=(),
)  # fmt: skip


def business(**said):
    return Facts(business=Answer(DAY, enterprise=replace(RIVE_HAUTE, **said)))


def test_what_the_enterprises_register_cannot_tell_is_not_checked():
    answers, _ = read(ANSWERS)
    for facts in (Facts(), Facts(business=Answer(DAY)), business(addresses=())):
        codes_of = {check.code for check, _ in checks.run(answers, facts)}
        assert "registered_address" not in codes_of


@pytest.mark.parametrize(
    ("said", "facts", "code", "outcome"),
    [
        ({}, Facts(), "neq_family", Outcome.AGREES),
        ({"kind": "partnership"}, Facts(), "neq_family", Outcome.DIFFERS),
        ({}, Facts(), "neq_digit", Outcome.AGREES),
        ({"neq": "1199999014"}, Facts(), "neq_digit", Outcome.DIFFERS),
        ({}, Facts(is_enrolled=True), "neq_enrolled", Outcome.DIFFERS),
        ({}, Facts(has_twin=True), "neq_twin", Outcome.DIFFERS),
        ({}, Facts(), "name_on_file", Outcome.UNKNOWN),
        ({}, Facts(name_on_file="COURTAGE RIVE-HAUTE INC"), "name_on_file", Outcome.AGREES),
        ({}, Facts(name_on_file="Autre chose"), "name_on_file", Outcome.DIFFERS),
        ({}, Facts(), "registered", Outcome.SILENT),
        ({}, Facts(business=Answer(DAY, is_stale=True, enterprise=RIVE_HAUTE)), "registered", Outcome.SILENT),
        ({}, Facts(business=Answer(DAY)), "registered", Outcome.DIFFERS),
        ({}, Facts(business=Answer(DAY, enterprise=RIVE_HAUTE)), "registered", Outcome.AGREES),
        ({}, business(status="RD"), "registered", Outcome.DIFFERS),
        ({}, business(is_bankrupt=True), "registered", Outcome.DIFFERS),
        ({}, business(), "registered_name", Outcome.AGREES),
        ({"name": "RH Courtiers"}, business(), "registered_name", Outcome.AGREES),
        ({"name": "Courtage Rive Haut (2020) inc."}, business(), "registered_name", Outcome.NEAR),
        ({"name": "Boulangerie du Quai"}, business(), "registered_name", Outcome.DIFFERS),
        ({"name": "Huard inc."}, business(), "registered_name", Outcome.DIFFERS),
        ({}, business(), "registered_address", Outcome.AGREES),
        ({"postal_code": "H2X 9Z1"}, business(), "registered_address", Outcome.NEAR),
        ({"postal_code": "G1K 9Z1", "city": "Québec"}, business(), "registered_address", Outcome.DIFFERS),
        ({"rq_number": "1099999010"}, Facts(), "rq_digit", Outcome.DIFFERS),
        ({"rq_source": "other", "rq_proof": "Avis"}, Facts(), "proof", Outcome.DIFFERS),
        ({"ra_basis": "mandate"}, Facts(documents=frozenset({"mandate"})), "mandate", Outcome.UNKNOWN),
        ({"postal_code": "M5H 9Z1"}, Facts(), "postal_code", Outcome.DIFFERS),
        ({"postal_code": "M5H 9Z1", "is_established_in_quebec": "no"}, Facts(), "postal_code", Outcome.AGREES),
        ({}, Facts(names_by_email={"malik@demo.test": "Paul Huard"}), "addresses_of_others", Outcome.DIFFERS),
        ({}, Facts(names_by_email={"malik@demo.test": "Malik d'amours"}), "addresses_of_others", Outcome.AGREES),
    ],
)  # fmt: skip
def test_a_check_depends_only_on_answers_and_facts(said, facts, code, outcome):
    answers, _ = read(ANSWERS | said)
    found = {check.code: found.outcome for check, found in checks.run(answers, facts)}
    assert found[code] == outcome


def test_the_applicant_is_warned_of_digits_that_do_not_agree_and_not_held_back():
    answers, findings = read(ANSWERS | {"neq": "1199999014", "rq_number": "1099999010"})
    assert findings == []
    assert [each.field for each in checks.warnings(answers)] == ["neq", "rq_number"]
    assert checks.warnings({}) == []


def test_every_field_has_a_step_and_a_name():
    names = [name for step in STEPS for name in step.base_fields]
    assert len(names) == len(set(names))
    for name in names:
        assert step_of(name)
        assert label_of(name)
    assert label_of("document_mandate") == "Mandat du représentant autorisé"
