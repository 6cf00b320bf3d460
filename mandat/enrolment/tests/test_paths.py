"""The paths of an enrolment: of several in charge, of one person alone, of whoever has no NEQ."""

import pytest

from mandat.enrolment.checks import Facts, run
from mandat.enrolment.models import Enrolment, Invitation, Outcome, Purpose
from mandat.enrolment.reading import basis_of, everybody, letter_address, missing_documents, read, summary
from mandat.enrolment.steps import documents_needed, steps_for
from mandat.enrolment.tests.world import ALONE, ANSWERS, OUTSIDE, SEVERAL, World
from mandat.enterprises.models import Basis, Designation, Enterprise, Identifier
from mandat.platform.models import Letter, Mail
from mandat.register.tests.factories import RegistrantFactory, RegistrationFactory


def codes(answers):
    return [each.code for each in steps_for(answers)]


def test_each_path_asks_its_own_steps_and_no_other():
    whole = ["entreprise", "revenu-quebec", "representant", "responsable", "autres-responsables"]
    assert codes({}) == codes(ANSWERS) == codes(SEVERAL) == whole
    assert codes(ALONE) == ["entreprise", "revenu-quebec", "proprietaire"]
    assert codes(OUTSIDE) == ["entreprise", "proprietaire"]
    assert codes(ALONE | {"owner_path": "others"}) == [*whole[:2], "proprietaire", *whole[2:]]
    assert codes(ANSWERS | {"owner_path": "self"}) == whole, "a legal person has no owner who acts alone"


@pytest.mark.parametrize("said", [ANSWERS, SEVERAL, ALONE, OUTSIDE], ids=["one", "several", "alone", "outside"])
def test_each_path_is_complete_and_every_field_of_it_is_needed(said):
    answers, findings = read(said)
    assert findings == []
    assert summary(answers)
    for name in answers:
        assert {each.field for each in read(said | {name: ""})[1]} & {name, *answers}, name


def test_what_a_path_leaves_out_is_neither_kept_nor_asked():
    stale = ANSWERS | {"ra_basis": "mandate", "rq_source": "other"} | OUTSIDE
    answers, findings = read(stale)
    assert findings == []
    assert {"neq", "rq_source", "ra_given_name", "rse_is_ra"}.isdisjoint(answers)
    assert documents_needed(stale) == [Purpose.FIRM]
    assert [each.field for each in missing_documents(answers, set())] == ["document_firm"]


def test_whoever_is_alone_is_everybody_at_once():
    answers, _ = read(ALONE)
    assert [str(each) for each in everybody(answers)] == ["Solange Bérubé"]
    assert basis_of(answers) == (Basis.OFFICE, "Propriétaire")
    assert letter_address(answers)[1] == ANSWERS["street"]


def test_each_person_has_an_address_of_their_own():
    said = SEVERAL | {"rse2_email": "Malik@demo.test", "rse3_email": "solange.berube@demo.test"}
    assert [each.field for each in read(said)[1]] == ["rse2_email", "rse3_email"]
    assert read(SEVERAL | {"rse_more": "1", "rse3_email": "malik@demo.test"})[1] == []


@pytest.mark.parametrize(
    ("said", "facts", "code", "outcome"),
    [
        ({}, Facts(name_on_file="Courtage Rive-Haute inc.", may_practise=True), "practice", Outcome.AGREES),
        ({}, Facts(name_on_file="Courtage Rive-Haute inc."), "practice", Outcome.DIFFERS),
        ({}, Facts(), "name_on_file", Outcome.DIFFERS),
        ({}, Facts(name_on_file="Courtage Rive Haute ltée"), "name_on_file", Outcome.NEAR),
        ({}, Facts(), "outside", Outcome.AGREES),
        ({"is_established_in_quebec": "yes"}, Facts(), "outside", Outcome.DIFFERS),
        ({}, Facts(officers=("Solange Bérubé",)), "known_officer", Outcome.AGREES),
        ({}, Facts(officers=("Solange Berubet",)), "known_officer", Outcome.NEAR),
        ({}, Facts(officers=("Paul Huard",)), "known_officer", Outcome.UNKNOWN),
    ],
)
def test_checks_without_a_neq(said, facts, code, outcome):
    answers, _ = read(OUTSIDE | {"name": "Courtage Rive-Haute inc."} | said)
    found = {check.code: each.outcome for check, each in run(answers, facts)}
    assert found[code] == outcome
    assert not {"neq_family", "neq_digit", "registered", "rq_digit"} & set(found)


@pytest.mark.django_db
def test_everyone_in_charge_is_designated_and_invited_once():
    approved = World().approved(**SEVERAL)
    designated = Designation.objects.filter(enterprise=approved.enterprise)
    assert designated.filter(role="RA").count() == 1
    assert {str(each.person) for each in designated.filter(role="RSE")} == {
        "Malik D’Amours", "Flavie Ouellet", "Igor Tessier",
    }  # fmt: skip
    assert Invitation.objects.filter(enterprise=approved.enterprise).count() == 4
    lines = [each.recipient.splitlines() for each in Letter.objects.all()]
    letters = {each[0]: each[1] for each in lines}
    assert letters["Malik D’Amours"] == ANSWERS["rse_street"]
    assert letters["Flavie Ouellet"] == letters["Solange Bérubé"] == ANSWERS["name"]
    codes_of = Mail.objects.get(key__endswith="user codes").text
    assert all(name in codes_of for name in ("Malik D’Amours", "Flavie Ouellet", "Igor Tessier"))


@pytest.mark.django_db
def test_a_sole_proprietor_is_designated_twice_and_invited_once():
    approved = World().approved(**ALONE)
    assert sorted(approved.enterprise.designations.values_list("role", flat=True)) == ["RA", "RSE"]
    assert Invitation.objects.filter(enterprise=approved.enterprise).count() == 1


@pytest.mark.django_db
def test_whoever_has_no_neq_is_known_by_a_client_number_once():
    RegistrationFactory(registrant=RegistrantFactory(client_number="3000999001", name="Solange Bérubé"))
    world = World()
    twins = [world.submit(world.attach(world.answered(**OUTSIDE), Purpose.FIRM)) for _ in range(2)]
    found = {each.code: each.outcome for each in twins[1].history.get(move="submit").checks.all()}
    assert (found["practice"], found["neq_twin"]) == (Outcome.AGREES, Outcome.DIFFERS)
    world.approve(twins[0])
    enterprise = Enterprise.objects.get(enrolment=twins[0])
    assert not Identifier.objects.filter(enterprise=enterprise).exists()
    with pytest.raises(world.taken):
        world.approve(twins[1])
    assert Enrolment.objects.get(pk=twins[1].pk).enterprise is None
