"""Somebody joins the regulator's side: invited by a supervisor, in by two parts, with a role from two supervisors."""

import re
from datetime import timedelta
from uuid import uuid4

import pytest

from mandat.access.commands.suspending import suspend_access
from mandat.access.decision import AccessDenied
from mandat.access.models import StaffAssignment
from mandat.access.tests.factories import StaffAssignmentFactory, actor
from mandat.enrolment.commands import activate, invite_staff, reissue_invitation
from mandat.enrolment.errors import InvitationUnusable, InvitedAlready, SignsInAlready, WrongSecondPart
from mandat.enrolment.models import Invitation
from mandat.enrolment.queries import is_backed
from mandat.enrolment.reading import Named
from mandat.enrolment.workflow import InvitationState
from mandat.identity import user_code
from mandat.identity.factor_policy import Factor
from mandat.platform.clock import now
from mandat.platform.models import EventRow, Mail
from mandat.web.account.standing import policy_at_sign_in
from mandat.web.tests.conftest import browser_of

pytestmark = pytest.mark.django_db
INVITE = "/agence/personnel/inviter"
GIVEN = {"given_name": "Odile", "family_name": "Lachance", "email": "odile@agence.test", "language": "fr"}
PASSWORD = "une longue phrase de passe 42"


@pytest.fixture
def supervisors():
    return [actor(StaffAssignmentFactory(supervisor=True).person) for _ in range(2)]


@pytest.fixture
def browser(supervisors):
    return browser_of(supervisors[0])


def sent(browser, **changed):
    return browser.post(INVITE, GIVEN | {"key": str(uuid4())} | changed)


def token_of(address="odile@agence.test") -> str:
    text = Mail.objects.filter(to=address).order_by("-id")[0].text
    return re.search(r"/activer/([\w-]+)", text).group(1)


def test_a_person_comes_in_by_both_parts_and_can_do_nothing_until_two_supervisors_say_so(browser, supervisors, client):
    page = browser.get(sent(browser)["Location"]).content.decode()
    invitation = Invitation.objects.get()
    code = user_code.grouped(invitation.login.user_code)
    assert code in page
    assert code not in Mail.objects.get(to="odile@agence.test").text
    address = f"/activer/{token_of()}"
    assert "vous entrerez du côté de l’agence" in client.get(address).content.decode()
    answer = client.post(address, {"second": code, "password": PASSWORD, "again": PASSWORD})
    assert answer.status_code == 302, answer.content.decode()
    invitation.refresh_from_db()
    assert invitation.state == InvitationState.ACTIVATED
    assert policy_at_sign_in(invitation.login).accepted == (Factor.PASSKEY,)
    assert browser_of(actor(invitation.person)).get("/agence/").status_code == 404
    assert not StaffAssignment.objects.filter(person=invitation.person).exists()
    kinds = set(EventRow.objects.filter(aggregate="invitation").values_list("name", flat=True))
    assert {"InvitationIssued", "InvitationActivated"} <= kinds


def test_a_link_serves_once_and_not_without_the_code(supervisors):
    invitation = invite_staff(
        key=uuid4(), named=Named("Odile", "Lachance", "odile@agence.test", "en"), by=supervisors[0]
    )
    assert "on the agency’s side" in Mail.objects.get(to="odile@agence.test").text
    token = token_of()
    with pytest.raises(WrongSecondPart):
        activate(token=token, second="AAA-AAA-AAA", password=PASSWORD)
    activate(token=token, second=invitation.login.user_code, password=PASSWORD)
    with pytest.raises(InvitationUnusable):
        activate(token=token, second=invitation.login.user_code, password=PASSWORD)


def test_it_ends_with_its_time_and_with_the_supervisor_who_gave_it(supervisors, at):
    invitation = invite_staff(
        key=uuid4(), named=Named("Odile", "Lachance", "odile@agence.test", "fr"), by=supervisors[0]
    )
    assert is_backed(invitation, now())
    third = actor(StaffAssignmentFactory(supervisor=True).person)
    suspend_access(person_id=supervisors[0].person.public_id, reason="Absence", by=third)
    with pytest.raises(InvitationUnusable):
        activate(token=token_of(), second=invitation.login.user_code, password=PASSWORD)
    again = reissue_invitation(invitation_id=invitation.public_id, by=third)
    at(again.expires_at + timedelta(seconds=1))
    with pytest.raises(InvitationUnusable):
        activate(token=token_of(), second=invitation.login.user_code, password=PASSWORD)


def test_the_same_request_twice_is_one_invitation_and_a_second_one_is_refused(browser, supervisors):
    key, named = uuid4(), Named("Odile", "Lachance", "odile@agence.test", "fr")
    first, twin = (invite_staff(key=key, named=named, by=supervisors[0]) for _ in range(2))
    assert first == twin
    with pytest.raises(InvitedAlready):
        invite_staff(key=uuid4(), named=named, by=supervisors[1])
    answer = sent(browser, email="Odile@Agence.test")
    assert answer.status_code == 422
    assert "Une invitation attend déjà cette personne." in answer.content.decode()
    assert Mail.objects.filter(to="odile@agence.test").count() == 1


def test_somebody_who_signs_in_already_is_not_invited(browser, supervisors):
    named = Named("Odile", "Lachance", "odile@agence.test", "fr")
    invitation = invite_staff(key=uuid4(), named=named, by=supervisors[0])
    activate(token=token_of(), second=invitation.login.user_code, password=PASSWORD)
    with pytest.raises(SignsInAlready):
        invite_staff(key=uuid4(), named=named, by=supervisors[1])
    assert "Proposez-lui un rôle" in sent(browser).content.decode()
    assert "déjà celle d’une personne d’un autre nom" in sent(browser, given_name="Marc").content.decode()


def test_only_a_supervisor_invites_and_renews(supervisors):
    officer = actor(StaffAssignmentFactory(role=StaffAssignment.Role.OFFICER).person)
    with pytest.raises(AccessDenied):
        invite_staff(key=uuid4(), named=Named("Odile", "Lachance", "odile@agence.test", "fr"), by=officer)
    made = invite_staff(key=uuid4(), named=Named("Odile", "Lachance", "odile@agence.test", "fr"), by=supervisors[0])
    with pytest.raises(AccessDenied):
        reissue_invitation(invitation_id=made.public_id, by=officer)
    assert browser_of(officer).get(INVITE).status_code == 403


def test_an_invitation_is_renewed_or_cancelled_and_told_on_the_list(browser, client):
    page = sent(browser)["Location"]
    first = token_of()
    assert "Odile Lachance" in browser.get("/agence/personnel/").content.decode()
    assert browser.post(f"{page}renouveler").status_code == 302
    second = token_of()
    assert client.get(f"/activer/{first}").status_code == 410
    newest = Invitation.objects.get(state=InvitationState.PENDING)
    page = f"/agence/personnel/invitations/{newest.public_id}/"
    assert browser.post(f"{page}annuler").status_code == 302
    assert "superviseur" in client.get(f"/activer/{second}").content.decode()
    assert "Odile Lachance" not in browser.get("/agence/personnel/").content.decode()
    assert "Elle n’ouvre plus rien." in browser.get(page).content.decode()


def test_what_is_wrong_is_told_at_its_field_and_nothing_typed_is_lost(browser):
    answer = sent(browser, email="odile", given_name="")
    text = answer.content.decode()
    assert answer.status_code == 422
    assert "Indiquez le prénom de la personne." in text
    assert "Cette adresse n’est pas complète." in text
    assert 'value="Lachance"' in text
    assert not Invitation.objects.exists()
