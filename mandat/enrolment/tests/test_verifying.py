"""What the verification desk does, and what an approval makes."""

import pytest

from mandat.access.commands import NEQTaken
from mandat.access.decision import AccessDenied
from mandat.access.tests.factories import (
    EnterpriseFactory,
    LoginFactory,
    PersonFactory,
    StaffAssignmentFactory,
    actor,
)
from mandat.casework.models import Case
from mandat.enrolment.commands import approve, refuse, return_for_correction, take_up
from mandat.enrolment.errors import EmailOfAnother, ReasonOfAnotherField, VerifiedByTheSamePerson
from mandat.enrolment.events import EnrolmentTakenUp
from mandat.enrolment.handlers import keep_case
from mandat.enrolment.models import Enrolment, Invitation
from mandat.enrolment.queries import enrolments_verifiable_by
from mandat.enrolment.tests.world import SURE, World
from mandat.enrolment.workflow import State
from mandat.enterprises.models import Designation, Enterprise, Identifier
from mandat.filings.errors import ReasonMissing, UnknownStep
from mandat.identity import user_code
from mandat.identity.models import Login, Person
from mandat.platform.clock import now
from mandat.platform.models import Letter, Mail
from mandat.platform.workflow import MoveNotAllowed

pytestmark = pytest.mark.django_db


@pytest.fixture
def world():
    return World()


def test_refuses_whoever_is_no_verification_officer(world):
    enrolment = world.submitted().public_id
    for by in (actor(), actor(StaffAssignmentFactory(role="officer").person)):
        for do, said in (
            (take_up, {}),
            (approve, {}),
            (refuse, {"reason": "Non"}),
            (return_for_correction, {"corrections": {"neq": "Non"}}),
        ):
            with pytest.raises(AccessDenied):
                do(enrolment=enrolment, by=by, **said)


@pytest.mark.parametrize("who", ["applicant", "ra", "rse", "by_name"])
def test_nobody_verifies_what_they_began_or_what_names_them(world, who):
    enrolment = world.submitted()
    named = {"given_name": "Solange", "family_name": "BERUBE"} if who == "by_name" else {}
    by = actor(StaffAssignmentFactory(person=PersonFactory(**named)).person)
    address = {"applicant": enrolment.email, "ra": "solange.berube@demo.test", "rse": "malik@demo.test"}.get(who)
    if address:
        by.login.email = address
        by.login.save()
    with pytest.raises(VerifiedByTheSamePerson):
        take_up(enrolment=enrolment.public_id, by=by)


def test_a_draft_is_none_of_the_officers_business(world):
    draft, submitted = world.answered(), world.submitted()
    assert list(enrolments_verifiable_by(world.officer.person, now())) == [submitted]
    assert not enrolments_verifiable_by(actor().person, now()).exists()
    for do in (
        lambda: take_up(enrolment=draft.public_id, by=world.officer),
        lambda: approve(enrolment=submitted.public_id, by=world.officer, reason=SURE),
    ):
        with pytest.raises(MoveNotAllowed):
            do()


def test_a_return_says_what_to_correct_in_fields_that_exist(world):
    enrolment = world.under_review().public_id
    for corrections in ({}, {"neq": " "}):
        with pytest.raises(ReasonMissing):
            return_for_correction(enrolment=enrolment, corrections=corrections, by=world.officer)
    with pytest.raises(UnknownStep):
        return_for_correction(enrolment=enrolment, corrections={"age": "Manque"}, by=world.officer)
    asked = {"neq": "Autre NEQ", "document_mandate": "Illisible"}
    found = return_for_correction(enrolment=enrolment, corrections=asked, by=world.officer)
    assert found.state == State.RETURNED


def test_a_refusal_has_a_reason_and_is_for_good(world):
    enrolment = world.under_review().public_id
    with pytest.raises(ReasonMissing):
        refuse(enrolment=enrolment, reason=" ", by=world.officer)
    refuse(enrolment=enrolment, reason="Entreprise inconnue.", by=world.officer)
    with pytest.raises(MoveNotAllowed):
        take_up(enrolment=enrolment, by=world.officer)


def test_taking_up_gives_the_case(world):
    enrolment = world.under_review()
    keep_case(EnrolmentTakenUp(enrolment=str(enrolment.public_id), taken_up_by=""))
    assert Case.objects.get().assigned_to == world.officer.person
    refuse(enrolment=enrolment.public_id, reason="Non", by=world.officer)
    keep_case(EnrolmentTakenUp(enrolment=str(enrolment.public_id), taken_up_by=""))
    assert Case.objects.get().state == "closed"


def test_an_approval_opens_the_account_and_designates_both(world):
    enrolment = world.approved()
    firm = Enterprise.objects.get()
    assert enrolment.enterprise == firm
    assert firm.name == "Courtage Rive-Haute inc."
    assert {each.kind: each.value for each in firm.identifiers.all()} == {
        "neq": "1199999021", "revenu_quebec": "1299999013",
    }  # fmt: skip
    designations = {each.role: each for each in firm.designations.select_related("person").order_by("id")}
    assert {role: str(each.person) for role, each in designations.items()} == {
        "RA": "Solange Bérubé", "RSE": "Malik D’Amours",
    }  # fmt: skip
    assert designations["RA"].granted_under["person"] == str(world.officer.person.public_id)
    assert designations["RA"].function == "Présidente"
    assert designations["RSE"].basis == "named"


def test_the_representative_gets_the_codes_and_the_person_in_charge_alone_the_secret(world):
    world.approved()
    logins = {each.email: each for each in Login.objects.filter(invitations__isnull=False)}
    ra, rse = logins["solange.berube@demo.test"], logins["malik@demo.test"]
    codes_mail = Mail.objects.get(to=ra.email, subject__startswith="Codes")
    for login in (ra, rse):
        assert user_code.grouped(login.user_code) in codes_mail.text
    assert "/activer/" not in codes_mail.text
    link = Mail.objects.get(to=rse.email)
    assert "/activer/" in link.text
    assert user_code.grouped(rse.user_code) not in link.text
    letter = Letter.objects.get(recipient__startswith="Malik D’Amours\n12, rue des Calfats")
    assert "/activer/" not in letter.page
    assert Letter.objects.get(recipient__startswith="Solange").recipient.splitlines()[1] == "Courtage Rive-Haute inc."


def test_a_representative_in_charge_is_one_person_with_one_invitation(world):
    world.approved(rse_is_ra="yes")
    assert Invitation.objects.count() == 1
    assert Designation.objects.values("person").distinct().count() == 1
    assert Letter.objects.get().recipient.startswith("Solange Bérubé\n12, rue des Calfats")


def test_somebody_who_signs_in_already_keeps_their_login(world):
    person = PersonFactory(given_name="Malik", family_name="D'Amours")
    login = LoginFactory(email="malik@demo.test", person=person)
    login.set_password("une phrase bien assez longue")
    login.save()
    world.approved()
    assert Designation.objects.get(role="RSE").person == person
    assert not Invitation.objects.filter(person=person).exists()
    assert "habituels" in Mail.objects.get(to="malik@demo.test").text


def test_an_address_of_somebody_else_stops_the_approval_and_leaves_nothing(world):
    enrolment = world.under_review()
    LoginFactory(email="malik@demo.test", person=PersonFactory(given_name="Paul", family_name="Huard"))
    people = Person.objects.count()
    with pytest.raises(EmailOfAnother):
        approve(enrolment=enrolment.public_id, by=world.officer, reason=SURE)
    assert (Enterprise.objects.count(), Person.objects.count(), Invitation.objects.count()) == (0, people, 0)
    assert Enrolment.objects.get().state == State.UNDER_REVIEW


def test_an_neq_is_enrolled_once(world):
    first, second = world.under_review(), world.under_review()
    approve(enrolment=first.public_id, by=world.officer, reason=SURE)
    with pytest.raises(NEQTaken):
        approve(enrolment=second.public_id, by=world.officer, reason=SURE)
    with pytest.raises(MoveNotAllowed):
        approve(enrolment=first.public_id, by=world.officer, reason=SURE)
    assert Enterprise.objects.count() == 1


def test_a_mandate_is_the_evidence_of_its_designation(world):
    enrolment = world.attach(world.answered(ra_basis="mandate"))
    take_up(enrolment=world.submit(enrolment).public_id, by=world.officer)
    approve(enrolment=enrolment.public_id, by=world.officer, reason=SURE)
    evidence = Designation.objects.get(role="RA").evidence
    assert evidence == {
        "enrolment": str(enrolment.public_id), "documents": [str(enrolment.documents.get().public_id)],
    }  # fmt: skip


def test_the_number_of_a_related_enterprise_is_not_kept_as_ones_own(world):
    EnterpriseFactory()
    world.approved(rq_source="related", rq_related_name="Mère inc.", rq_relation="Filiale")
    assert not Identifier.objects.filter(kind="revenu_quebec").exists()


@pytest.mark.parametrize(
    ("field", "code"),
    [("ra_email", "NOT-THIS-NUMBER"), ("neq", "UNREADABLE"), ("document_firm", "NOT-SIGNED"), ("rq_number", "EXPIRED")],
)
def test_a_reason_is_given_for_the_fields_that_it_is_of_and_for_no_other(world, field, code):
    enrolment = world.under_review()
    with pytest.raises(ReasonOfAnotherField):
        return_for_correction(
            enrolment=enrolment.public_id, corrections={field: "À revoir."}, codes={field: code}, by=world.officer
        )
    assert Enrolment.objects.get().state == State.UNDER_REVIEW
