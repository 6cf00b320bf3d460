"""Invitations: two parts, once, for a while; and the users that an RSE makes."""

import re
import uuid
from datetime import UTC, datetime, timedelta

import pytest

from mandat.access.commands import AlreadyGranted
from mandat.access.decision import AccessDenied
from mandat.access.tests.factories import (
    DesignationFactory,
    EnterpriseFactory,
    LoginFactory,
    PersonFactory,
    StaffAssignmentFactory,
    actor,
)
from mandat.enrolment.commands import activate, cancel_invitation, create_user, reissue_invitation
from mandat.enrolment.errors import EmailOfAnother, InvitationUnusable, WrongSecondPart
from mandat.enrolment.models import Channel, Invitation
from mandat.enrolment.tests.world import World
from mandat.enrolment.workflow import InvitationState
from mandat.enterprises.models import User
from mandat.identity import user_code
from mandat.identity.models import Login, Person
from mandat.platform.models import Letter, Mail
from mandat.platform.workflow import MoveNotAllowed

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 11, 23, 17, tzinfo=UTC)
PASSWORD = "une phrase bien assez longue"
LINK, CODE = re.compile(r"/activer/(\S+)"), re.compile(r'class="code">([^<]+)<')


def link_to(email):
    return LINK.search(Mail.objects.filter(to=email, text__contains="/activer/").latest("id").text)[1]


def letter_to(name):
    return CODE.search(Letter.objects.filter(recipient__startswith=name).latest("id").page)[1]


@pytest.fixture
def firm():
    return EnterpriseFactory()


@pytest.fixture
def rse(firm):
    return actor(DesignationFactory(enterprise=firm).person)


def make_user(firm, rse, key=None, email="etienne@demo.test", **said):
    words = {"given_name": "Étienne", "family_name": "Gagnon", "language": "fr", "is_external": False} | said
    return create_user(key=key or uuid.uuid4(), enterprise=firm, email=email, by=rse, **words)


def test_the_link_and_the_letter_together_give_a_password_once():
    World().approved()
    token, code = link_to("malik@demo.test"), letter_to("Malik")
    invitation = activate(token=token, second=code.lower(), password=PASSWORD)
    login = Login.objects.get(email="malik@demo.test")
    assert invitation.login == login
    assert login.check_password(PASSWORD)
    assert Invitation.objects.get(login=login).state == InvitationState.ACTIVATED
    with pytest.raises(InvitationUnusable):
        activate(token=token, second=code, password="un tout autre mot de passe")
    assert Login.objects.get(pk=login.pk).check_password(PASSWORD)


def test_neither_part_opens_anything_alone_and_tries_are_counted():
    World().approved()
    token, code = link_to("malik@demo.test"), letter_to("Malik")
    for _ in range(5):
        with pytest.raises(WrongSecondPart):
            activate(token=token, second=letter_to("Solange"), password=PASSWORD)
    with pytest.raises(InvitationUnusable):
        activate(token=token, second=code, password=PASSWORD)
    with pytest.raises(InvitationUnusable):
        activate(token="x" * 43, second=code, password=PASSWORD)
    assert not Login.objects.get(email="malik@demo.test").has_usable_password()


def test_no_secret_is_kept(firm):
    World().approved()
    token, code = link_to("malik@demo.test"), letter_to("Malik").replace("-", "")
    for row in Invitation.objects.values():
        assert token not in str(row)
        assert code not in str(row)


def test_an_invitation_expires(at):
    at(NOON)
    World().approved()
    at(NOON + timedelta(days=15))
    with pytest.raises(InvitationUnusable):
        activate(token=link_to("malik@demo.test"), second=letter_to("Malik"), password=PASSWORD)
    assert Invitation.objects.get(login__email="malik@demo.test").state == InvitationState.PENDING


def test_mail_and_letter_say_until_when_in_the_words_of_their_reader(at):
    at(datetime(2026, 11, 17, 17, tzinfo=UTC))
    World().approved()
    for text in (Mail.objects.get(to="malik@demo.test").text, Letter.objects.get(recipient__startswith="Malik").page):
        assert "au plus tard le 1er décembre 2026" in text
    at(datetime(2026, 12, 2, 4, 59, tzinfo=UTC))  # a minute before the end of that day
    activate(token=link_to("malik@demo.test"), second=letter_to("Malik"), password=PASSWORD)


def test_a_new_one_kills_the_old_one():
    world = World()
    world.approved()
    old, code = link_to("malik@demo.test"), letter_to("Malik")
    former = Invitation.objects.get(login__email="malik@demo.test")
    again = reissue_invitation(invitation_id=former.public_id, by=world.officer)
    with pytest.raises(InvitationUnusable):
        activate(token=old, second=code, password=PASSWORD)
    with pytest.raises(WrongSecondPart):
        activate(token=link_to("malik@demo.test"), second=code, password=PASSWORD)
    activate(token=link_to("malik@demo.test"), second=letter_to("Malik"), password=PASSWORD)
    with pytest.raises(MoveNotAllowed):
        reissue_invitation(invitation_id=former.public_id, by=world.officer)
    assert again.address == former.address


def test_who_may_renew_an_invitation(firm, rse):
    made = make_user(firm, rse).invitation
    ra = actor(DesignationFactory(enterprise=firm, as_ra=True).person)
    elsewhere = actor(DesignationFactory().person)
    for by in (ra, elsewhere, actor()):
        with pytest.raises(AccessDenied):
            reissue_invitation(invitation_id=made.public_id, by=by)
    again = reissue_invitation(invitation_id=made.public_id, by=rse)
    reissue_invitation(invitation_id=again.public_id, by=actor(StaffAssignmentFactory().person))
    enrolment = World().approved()
    letter = Invitation.objects.get(login__email="malik@demo.test")
    with pytest.raises(AccessDenied):
        reissue_invitation(
            invitation_id=letter.public_id, by=actor(DesignationFactory(enterprise=enrolment.enterprise).person)
        )
    by = actor(DesignationFactory(enterprise=enrolment.enterprise, as_ra=True).person)
    reissue_invitation(invitation_id=letter.public_id, by=by)


def test_a_cancelled_invitation_opens_nothing(firm, rse):
    made = make_user(firm, rse)
    cancel_invitation(invitation_id=made.invitation.public_id, by=rse)
    with pytest.raises(InvitationUnusable):
        activate(token=link_to("etienne@demo.test"), second=made.login.user_code, password=PASSWORD)


def test_a_user_activates_with_the_link_and_their_user_code(firm, rse):
    made = make_user(firm, rse)
    assert made.invitation.channel == Channel.USER_CODE
    assert user_code.grouped(made.login.user_code) not in Mail.objects.get().text
    assert not Letter.objects.exists()
    typed = user_code.grouped(made.login.user_code).lower()
    activate(token=link_to("etienne@demo.test"), second=typed, password=PASSWORD)
    assert made.login.links.get().person == made.user.person


def test_a_double_click_makes_one_user(firm, rse):
    key = uuid.uuid4()
    first, second = (make_user(firm, rse, key) for _ in range(2))
    assert first == second
    assert (User.objects.count(), Mail.objects.count()) == (1, 1)


def test_refuses_whoever_is_no_rse_and_makes_nobody(firm):
    people = Person.objects.count()
    with pytest.raises(AccessDenied):
        make_user(firm, actor(DesignationFactory(enterprise=firm, as_ra=True).person))
    assert Person.objects.count() == people + 1


def test_an_accountant_of_many_firms_has_one_login(firm, rse):
    make_user(firm, rse)
    login = Login.objects.get(email="etienne@demo.test")
    login.set_password(PASSWORD)
    login.save()
    other = EnterpriseFactory()
    made = make_user(other, actor(DesignationFactory(enterprise=other).person), given_name="étienne", is_external=True)
    assert made.login == login
    assert made.invitation is None
    assert made.user.is_external
    with pytest.raises(AlreadyGranted):
        make_user(firm, rse)


def test_an_address_of_another_name_is_refused(firm, rse):
    LoginFactory(email="etienne@demo.test", person=PersonFactory(given_name="Autre", family_name="Nom"))
    with pytest.raises(EmailOfAnother):
        make_user(firm, rse)
    assert not User.objects.exists()


def test_a_letter_never_gives_way_to_a_user_code(firm, rse):
    World().approved()
    letter = Invitation.objects.get(login__email="malik@demo.test")
    made = make_user(firm, rse, email="malik@demo.test", given_name="Malik", family_name="D’Amours")
    assert made.invitation == letter
    World().approved(
        neq="1199999039", rse_email="etienne@demo.test", rse_given_name="Étienne", rse_family_name="Gagnon"
    )
