"""Two persons at once, on real connections: a grant against a firm that tightens, and answers given twice."""

import uuid
from datetime import timedelta
from functools import partial

import pytest
from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

from mandat.access import commands
from mandat.access.decision import Right
from mandat.access.models import AssignmentHistory, Proxy, ProxyHistory, StaffAssignment
from mandat.access.tests.factories import (
    BLOCK,
    DesignationFactory,
    PersonFactory,
    ServiceRegistrationFactory,
    StaffAssignmentFactory,
    UserFactory,
    actor,
)
from mandat.access.tests.parallel import Worker, together, waits_or_ends
from mandat.enterprises.models import Enterprise
from mandat.platform.clock import now

pytestmark = pytest.mark.django_db(transaction=True)
LATER = timedelta(days=100)


@pytest.fixture
def workers():
    made = [Worker(), Worker()]
    yield made
    for each in made:
        each.close()


@pytest.fixture
def registration():
    return ServiceRegistrationFactory()


@pytest.fixture
def rses(registration):
    return [actor(each.person) for each in DesignationFactory.create_batch(3, enterprise=registration.enterprise)]


def grant(registration, person, by):
    return commands.grant_proxy(
        key=uuid.uuid4(), registration=registration, person=person, block=BLOCK, rights=[Right.SIGN],
        during=DateTimeTZRange(None, now() + LATER), by=by,
    )  # fmt: skip


def test_a_grant_that_waited_for_a_firm_that_tightens_takes_two_persons(workers, registration, rses):
    firm, user = registration.enterprise, UserFactory(enterprise=registration.enterprise).person
    with transaction.atomic():
        commands.choose_second_person(enterprise=firm, rights=[Right.SIGN], by=rses[0])
        begun = workers[0].begin(partial(grant, registration, user, rses[1]))
        assert waits_or_ends(workers[0], begun) == "waits"
    assert begun.result(30).needs_second


def test_two_who_confirm_a_proxy_at_once_confirm_it_once(workers, registration, rses):
    commands.choose_second_person(enterprise=registration.enterprise, rights=[Right.SIGN], by=rses[0])
    proxy = grant(registration, UserFactory(enterprise=registration.enterprise).person, rses[0])
    answers = together(
        *((worker, partial(commands.confirm_proxy, proxy_id=proxy.public_id, by=by))
          for worker, by in zip(workers, rses[1:], strict=True))
    )  # fmt: skip
    assert sorted(type(each).__name__ for each in answers) == ["NothingToConfirm", "Proxy"]
    assert ProxyHistory.objects.filter(move="confirm").count() == 1
    assert Proxy.objects.get().confirmed_by in {each.person for each in rses[1:]}


def test_two_who_answer_a_change_at_once_are_one_answer(workers, registration, rses):
    firm = registration.enterprise
    commands.choose_second_person(enterprise=firm, rights=[Right.SIGN], by=rses[0])
    (asked,) = commands.choose_second_person(enterprise=firm, rights=[], by=rses[0])
    answers = together(
        (workers[0], partial(commands.confirm_change, change_id=asked.public_id, by=rses[1])),
        (workers[1], partial(commands.drop_change, change_id=asked.public_id, reason="Non", by=rses[2])),
    )
    assert sorted(type(each).__name__ for each in answers) == ["NothingToConfirm", "SecondPersonChange"]
    asked.refresh_from_db()
    kept = Enterprise.objects.get(pk=firm.pk).second_person_for
    assert kept == ([] if asked.state == "made" else ["sign"])
    assert asked.history.count() == 1


def test_two_who_ask_for_less_at_once_ask_once(workers, registration, rses):
    firm = registration.enterprise
    commands.choose_second_person(enterprise=firm, rights=[Right.SIGN], by=rses[0])
    answers = together(
        *((worker, partial(commands.choose_second_person, enterprise=firm, rights=[], by=by))
          for worker, by in zip(workers, rses[1:], strict=True))
    )  # fmt: skip
    assert sorted(type(each).__name__ for each in answers) == ["AlreadyAsked", "list"]


@pytest.mark.parametrize("second", ["confirm", "refuse"])
def test_two_supervisors_who_answer_a_proposal_at_once_answer_it_once(workers, second):
    one, two, three = (actor(each.person) for each in StaffAssignmentFactory.create_batch(3, supervisor=True))
    role = commands.assign_staff(
        key=uuid.uuid4(), person=PersonFactory(), role=StaffAssignment.Role.OFFICER, queue="",
        during=DateTimeTZRange(None, now() + LATER), by=one,
    )  # fmt: skip
    confirm = partial(commands.confirm_assignment, assignment_id=role.public_id)
    refuse = partial(commands.drop_proposal, assignment_id=role.public_id, reason="Non")
    answers = together(
        (workers[0], partial(confirm, by=two)),
        (workers[1], partial(confirm if second == "confirm" else refuse, by=three)),
    )
    names = sorted(type(each).__name__ for each in answers)
    assert names in (["AlreadyConfirmed", "StaffAssignment"], ["AlreadyRevoked", "StaffAssignment"])
    assert AssignmentHistory.objects.count() == 1
