"""The same gesture, made many times at once on connections of their own: done once."""

import uuid

import pytest

from mandat.access.tests.parallel import Worker, together
from mandat.enrolment import consent
from mandat.enrolment.commands import activate, approve, begin_enrolment, submit_enrolment
from mandat.enrolment.errors import InvitationUnusable, WrongSecondPart
from mandat.enrolment.models import Enrolment, EnrolmentMove, Invitation
from mandat.enrolment.tests.test_invitations import PASSWORD, letter_to, link_to
from mandat.enrolment.tests.world import SURE, World
from mandat.enterprises.models import Enterprise
from mandat.identity.models import Person
from mandat.platform.models import Mail
from mandat.platform.workflow import MoveNotAllowed

HANDS = 6


@pytest.fixture
def workers(transactional_db):
    hands = [Worker() for _ in range(HANDS)]
    yield hands
    for each in hands:
        each.close()


def test_an_enrolment_begins_once(workers):
    key = uuid.uuid4()
    begun = together(
        *((each, lambda: begin_enrolment(key=key, email="a@demo.test", language="fr")) for each in workers)
    )
    assert len({(each.one.pk, each.code) for each in begun}) == 1
    assert (Enrolment.objects.count(), Mail.objects.count()) == (1, 1)


def test_an_enrolment_is_submitted_once(workers):
    enrolment, key = World().answered(), uuid.uuid4()
    sent = {"enrolment": enrolment.public_id, "revision": enrolment.revision, "accepted": consent.CURRENT}
    answers = together(*((each, lambda: submit_enrolment(key=key, **sent)) for each in workers))
    assert {type(each) for each in answers} == {Enrolment}
    assert EnrolmentMove.objects.count() == 1


def test_an_enrolment_is_approved_once(workers):
    world = World()
    enrolment = world.under_review().public_id
    people = Person.objects.count()
    answers = together(
        *((each, lambda: approve(enrolment=enrolment, by=world.officer, reason=SURE)) for each in workers)
    )
    assert sum(isinstance(each, MoveNotAllowed) for each in answers) == HANDS - 1
    assert (Enterprise.objects.count(), Person.objects.count() - people, Invitation.objects.count()) == (1, 2, 2)


def test_an_invitation_is_activated_once(workers):
    World().approved()
    token, code = link_to("malik@demo.test"), letter_to("Malik")
    answers = together(*((each, lambda: activate(token=token, second=code, password=PASSWORD)) for each in workers))
    assert sum(isinstance(each, InvitationUnusable) for each in answers) == HANDS - 1


def test_every_wrong_try_counts(workers):
    World().approved()
    token = link_to("malik@demo.test")
    answers = together(
        *((each, lambda: activate(token=token, second="BBBB-BBBB-BBBB", password=PASSWORD)) for each in workers)
    )
    kinds = sorted(type(each).__name__ for each in answers)
    assert kinds == [InvitationUnusable.__name__, *[WrongSecondPart.__name__] * (HANDS - 1)]
    assert Invitation.objects.get(login__email="malik@demo.test").tries_left == 0
