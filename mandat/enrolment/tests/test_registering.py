"""The second registration: at once when the file agrees, by an officer otherwise, and never by who asked."""

import uuid

import pytest

from mandat.access.commands import AlreadyRegistered, ClientNumberTaken
from mandat.access.decision import AccessDenied
from mandat.access.models import StaffAssignment
from mandat.access.tests.factories import (
    DesignationFactory,
    EnterpriseFactory,
    IdentifierFactory,
    ServiceRegistrationFactory,
    StaffAssignmentFactory,
    actor,
)
from mandat.casework.models import Case
from mandat.enrolment import commands, consent, handlers
from mandat.enrolment.errors import ConsentMissing, NoFile, VerifiedByTheSamePerson
from mandat.enterprises.events import RegistrationMoved
from mandat.enterprises.models import ServiceRegistration
from mandat.filings.errors import ReasonMissing
from mandat.identity.models import LoginLink
from mandat.platform.models import EventRow, Mail
from mandat.platform.workflow import MoveNotAllowed
from mandat.register.commands import AlreadyLinked
from mandat.register.models import Registrant
from mandat.register.tests.factories import RegistrantFactory

pytestmark = pytest.mark.django_db
NUMBER, NEQ, NAME = "3009998217", "1199999013", "Gestion Anse-Bleue inc."


@pytest.fixture
def firm():
    firm = EnterpriseFactory(name=NAME)
    IdentifierFactory(enterprise=firm, value=NEQ)
    return firm


@pytest.fixture
def rse(firm):
    return actor(DesignationFactory(enterprise=firm).person)


@pytest.fixture
def officer():
    return actor(StaffAssignmentFactory(role=StaffAssignment.Role.OFFICER).person)


@pytest.fixture
def on_file():
    return RegistrantFactory(client_number=NUMBER, neq=NEQ, name=NAME, service_registration=None)


def ask(firm, rse, **changes):
    asked = {
        "key": uuid.uuid4(), "enterprise": firm, "client_number": NUMBER, "accepted": consent.WITH_THE_REGULATOR,
        "by": rse,
    }  # fmt: skip
    return commands.register_with_regulator(**asked | changes)


def answer(command, registration, by, reason="Le nom a changé le mois dernier."):
    return command(registration_id=registration.public_id, reason=reason, by=by)


def linked_to(registrant):
    return Registrant.objects.get(pk=registrant.pk).service_registration


def test_it_is_active_at_once_and_linked_when_number_neq_and_name_agree(firm, rse, on_file):
    registration = ask(firm, rse)
    assert registration.state == "active"
    assert linked_to(on_file) == registration
    assert registration.history.get().authority["evidence"]["registrant"] == str(on_file.public_id)


def test_a_name_written_otherwise_still_agrees(firm, rse):
    on_file = RegistrantFactory(
        client_number=NUMBER, neq=NEQ, name="GESTION ANSE BLEUE INCORPORÉE", service_registration=None
    )
    assert ask(firm, rse).state == "active"
    assert linked_to(on_file)


@pytest.mark.parametrize(
    ("on_file", "differs"),
    [({"name": "Gestion Baie-Verte inc."}, "name"), ({"neq": "1199999021"}, "neq"), ({"client_number": "1"}, "number")],
)
def test_what_differs_waits_for_an_officer(firm, rse, on_file, differs):
    known = {"client_number": NUMBER, "neq": NEQ, "name": NAME} | on_file
    known["client_number"] = known["client_number"].rjust(10, "9")
    registrant = RegistrantFactory(**known, service_registration=None)
    registration = ask(firm, rse)
    assert registration.state == "in_process"
    assert linked_to(registrant) is None
    assert any(differs in each for each in registration.request.disagreements)


def test_what_was_accepted_is_kept_with_its_version(firm, rse, on_file):
    request = ask(firm, rse).request
    assert (request.consent, request.consent_language) == (consent.WITH_THE_REGULATOR, "fr")
    assert (request.requested_by, request.name, request.neq) == (rse.person, NAME, NEQ)


def test_without_the_consent_of_the_day_nothing_is_asked(firm, rse, on_file):
    with pytest.raises(ConsentMissing):
        ask(firm, rse, accepted="services-1999-01")
    assert not ServiceRegistration.objects.exists()


def test_only_an_rse_registers_a_firm(firm, on_file):
    ra = actor(DesignationFactory(enterprise=firm, as_ra=True).person)
    with pytest.raises(AccessDenied):
        ask(firm, ra)


def test_a_double_click_asks_once(firm, rse, on_file):
    key = uuid.uuid4()
    assert ask(firm, rse, key=key) == ask(firm, rse, key=key)
    assert ServiceRegistration.objects.count() == 1


def test_a_second_page_finds_it_done(firm, rse, on_file):
    ask(firm, rse)
    with pytest.raises(AlreadyRegistered):
        ask(firm, rse)


def test_a_file_that_another_enterprise_stands_for_waits_for_an_officer(firm, rse, on_file, officer):
    theirs = ServiceRegistrationFactory()
    Registrant.objects.filter(pk=on_file.pk).update(service_registration=theirs)
    registration = ask(firm, rse)
    assert registration.state == "in_process"
    with pytest.raises(AlreadyLinked):
        answer(commands.accept_registration, registration, officer)


def test_a_client_number_in_use_waits_for_an_officer(firm, rse, on_file, officer):
    ServiceRegistrationFactory(client_number=NUMBER)
    registration = ask(firm, rse)
    assert registration.state == "in_process"
    with pytest.raises(ClientNumberTaken):
        answer(commands.accept_registration, registration, officer)


def test_an_officer_accepts_for_a_reason_and_the_file_is_linked(firm, rse, officer):
    on_file = RegistrantFactory(client_number=NUMBER, neq=NEQ, name="Ancien nom inc.", service_registration=None)
    registration = answer(commands.accept_registration, ask(firm, rse), officer)
    assert registration.state == "active"
    assert linked_to(on_file) == registration
    assert registration.history.get().reason == "Le nom a changé le mois dernier."


def test_a_number_without_a_file_cannot_be_accepted(firm, rse, officer):
    registration = ask(firm, rse)
    with pytest.raises(NoFile):
        answer(commands.accept_registration, registration, officer)
    registration.refresh_from_db()
    assert registration.state == "in_process"


def test_a_refusal_lets_the_firm_ask_again(firm, rse, officer):
    registration = answer(commands.refuse_registration, ask(firm, rse), officer, "Numéro inconnu.")
    assert (registration.state, registration.history.get().reason) == ("refused", "Numéro inconnu.")
    assert ask(firm, rse).state == "in_process"


@pytest.mark.parametrize("command", [commands.accept_registration, commands.refuse_registration])
def test_an_answer_has_its_reason_comes_once_and_from_an_officer(firm, rse, officer, command):
    RegistrantFactory(client_number=NUMBER, neq=NEQ, name="Ancien nom inc.", service_registration=None)
    registration = ask(firm, rse)
    with pytest.raises(ReasonMissing):
        answer(command, registration, officer, "  ")
    with pytest.raises(AccessDenied):
        answer(command, registration, rse)
    answer(command, registration, officer)
    with pytest.raises(MoveNotAllowed):
        answer(command, registration, officer)


@pytest.mark.parametrize("command", [commands.accept_registration, commands.refuse_registration])
def test_nobody_answers_what_they_asked_themselves(firm, rse, command):
    RegistrantFactory(client_number=NUMBER, neq=NEQ, name="Ancien nom inc.", service_registration=None)
    registration = ask(firm, rse)
    StaffAssignmentFactory(person=rse.person, role=StaffAssignment.Role.OFFICER)
    with pytest.raises(VerifiedByTheSamePerson):
        answer(command, registration, rse)


def test_an_officer_of_the_queue_alone_may_answer_and_one_of_another_queue_may_not(firm, rse):
    officers = {
        queue: actor(StaffAssignmentFactory(role=StaffAssignment.Role.OFFICER, queue=queue).person)
        for queue in ("registration", "BF-REP")
    }
    registration = ask(firm, rse)
    with pytest.raises(AccessDenied):
        answer(commands.refuse_registration, registration, officers["BF-REP"])
    assert answer(commands.refuse_registration, registration, officers["registration"]).state == "refused"


def test_the_case_is_open_while_it_waits_and_the_requester_is_told_the_answer(firm, rse, officer):
    registration = ask(firm, rse)
    event = RegistrationMoved(enterprise=str(firm.public_id), registration=str(registration.public_id), state="refused")
    handlers.keep_registration_case(event)
    assert Case.objects.get(subject_id=registration.public_id).state == "open"
    answer(commands.refuse_registration, registration, officer, "Numéro inconnu.")
    for _ in range(2):
        handlers.keep_registration_case(event)
        handlers.tell_requester(event)
    assert Case.objects.get(subject_id=registration.public_id).state == "closed"
    mail = Mail.objects.get(key=f"{event.event_id} requester")
    assert mail.to == LoginLink.objects.get(person=rse.person).login.email
    assert "Numéro inconnu." in mail.text


def test_what_happened_is_told_in_order(firm, rse, on_file):
    ask(firm, rse)
    names = list(EventRow.objects.order_by("id").values_list("name", flat=True))
    assert names == ["ServiceRequested", "RegistrationMoved", "RegistrantLinked"]
