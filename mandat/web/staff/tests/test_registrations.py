"""The officer's answer to a registration: what is compared, the reason, and what stands in the way."""

import uuid

import pytest

from mandat.access.models import StaffAssignment
from mandat.access.tests.factories import (
    DesignationFactory,
    EnterpriseFactory,
    IdentifierFactory,
    StaffAssignmentFactory,
    actor,
)
from mandat.enrolment import consent
from mandat.enrolment.commands import register_with_regulator
from mandat.register.tests.factories import RegistrantFactory
from mandat.web.firm.tests.house import text
from mandat.web.tests.conftest import browser_of

pytestmark = pytest.mark.django_db
NUMBER, NEQ, NAME = "3009998217", "1199999013", "Gestion Anse-Bleue inc."


class Desk:
    """A registration that differs from the file in its name, and an officer's browser."""

    def __init__(self):
        self.registrant = RegistrantFactory(
            client_number=NUMBER, neq=NEQ, name="Ancien nom inc.", service_registration=None
        )
        self.registration = self.asked(NUMBER, NEQ)
        officer = StaffAssignmentFactory(role=StaffAssignment.Role.OFFICER)
        self.at_officer = browser_of(actor(officer.person))
        self.address = self.address_of(self.registration)

    def asked(self, number, neq):
        firm = EnterpriseFactory(name=NAME)
        IdentifierFactory(enterprise=firm, value=neq)
        self.rse = actor(DesignationFactory(enterprise=firm).person)
        return register_with_regulator(
            key=uuid.uuid4(), enterprise=firm, client_number=number, accepted=consent.WITH_THE_REGULATOR, by=self.rse
        )

    def address_of(self, registration):
        return f"/agence/services/{registration.public_id}/"

    def answer(self, how, reason="Le nom a changé."):
        return self.at_officer.post(f"{self.address}{how}", {"reason": reason})

    def state(self):
        self.registration.refresh_from_db()
        return self.registration.state


@pytest.fixture
def desk():
    return Desk()


def test_what_is_said_stands_beside_what_is_on_file(desk):
    shown = text(desk.at_officer.get(desk.address))
    assert NAME in shown
    assert "Ancien nom inc." in shown
    assert shown.count("Différent") == 1
    assert consent.WITH_THE_REGULATOR in shown


@pytest.mark.parametrize(("how", "state"), [("accepter", "active"), ("refuser", "refused")])
def test_an_answer_is_confirmed_reasoned_and_final(desk, how, state):
    text(desk.at_officer.get(f"{desk.address}{how}"))
    assert desk.state() == "in_process"
    assert "Donnez la raison" in text(desk.answer(how, ""), 422)
    assert desk.state() == "in_process"
    assert desk.answer(how).headers["Location"] == desk.address
    assert desk.state() == state
    assert "Le nom a changé." in text(desk.at_officer.get(desk.address))
    assert desk.at_officer.get(f"{desk.address}{how}").headers["Location"] == desk.address
    assert "Quelqu’un a répondu avant vous" in text(
        desk.at_officer.post(f"{desk.address}accepter", {"reason": "Encore"}, follow=True)
    )
    assert desk.state() == state


def test_a_number_without_a_file_cannot_be_accepted_and_says_what_to_do(desk):
    desk.address = desk.address_of(desk.asked("9999999999", "1199999021"))
    assert "Aucun dossier ne porte ce numéro" in text(desk.at_officer.get(desk.address))
    assert "Refusez, en demandant de vérifier" in text(desk.answer("accepter"), 422)


def test_a_file_already_stood_for_cannot_be_accepted_twice(desk):
    second = desk.asked(NUMBER, "1199999021")
    desk.answer("accepter")
    desk.address = desk.address_of(second)
    assert "Une autre entreprise" in text(desk.answer("accepter"), 422)
    second.refresh_from_db()
    assert second.state == "in_process"


def test_those_who_do_not_examine_find_no_such_page(desk):
    verifier = browser_of(actor(StaffAssignmentFactory().person))
    assert verifier.get(desk.address).status_code == 403
    assert browser_of(desk.rse).get(desk.address).status_code == 404
    assert browser_of(desk.rse).post(f"{desk.address}accepter", {"reason": "x"}).status_code == 404
    assert desk.at_officer.get(f"/agence/services/{uuid.uuid4()}/").status_code == 404
