"""Roles of the staff: two supervisors give them, any ends them, and two always stay."""

import uuid
from datetime import timedelta

import pytest
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

from mandat.access import commands
from mandat.access.decision import AccessDenied, Right, decide
from mandat.access.models import StaffAssignment
from mandat.access.tests.factories import PersonFactory, StaffAssignmentFactory, actor
from mandat.platform.clock import now
from mandat.platform.models import EventRow

pytestmark = pytest.mark.django_db


@pytest.fixture
def verifier():
    return actor(StaffAssignmentFactory().person)


@pytest.fixture
def supervisors():
    return [actor(each.person) for each in StaffAssignmentFactory.create_batch(2, supervisor=True)]


def published():
    return list(EventRow.objects.order_by("id").values_list("name", flat=True))


def test_the_operator_makes_the_first_two_supervisors_once():
    one, two = PersonFactory.create_batch(2)
    with pytest.raises(commands.OneSupervisor):
        commands.first_assignments(supervisors=(one, one))
    commands.first_assignments(supervisors=(one, two))
    assert all(decide(person, Right.SUPERVISE, None, None, now()) for person in (one, two))
    with pytest.raises(commands.NotTheFirst):
        commands.first_assignments(supervisors=tuple(PersonFactory.create_batch(2)))


def assign(by, **changes):
    asked = {
        "key": uuid.uuid4(), "role": StaffAssignment.Role.VERIFIER, "queue": "", "during": DateTimeTZRange(None, now() + timedelta(days=300)), "by": by,
    }  # fmt: skip
    return commands.assign_staff(**asked | {"person": changes.pop("person", None) or PersonFactory()} | changes)


def test_an_assignment_takes_the_word_of_two_supervisors(supervisors):
    one, two = supervisors
    assignment = assign(one)
    assert not decide(assignment.person, Right.VERIFY, None, None, now())
    with pytest.raises(commands.OneSupervisor):
        commands.confirm_assignment(assignment_id=assignment.public_id, by=one)
    commands.confirm_assignment(assignment_id=assignment.public_id, by=two)
    assert decide(assignment.person, Right.VERIFY, None, None, now())
    with pytest.raises(commands.AlreadyConfirmed):
        commands.confirm_assignment(assignment_id=assignment.public_id, by=two)
    assert published() == ["StaffAssigned", "AssignmentConfirmed"]


def test_two_logins_of_one_supervisor_are_one_supervisor(supervisors):
    assignment = assign(supervisors[0])
    with pytest.raises(commands.OneSupervisor):
        commands.confirm_assignment(assignment_id=assignment.public_id, by=actor(supervisors[0].person))


def test_nobody_assigns_or_confirms_themselves(supervisors):
    one, two = supervisors
    with pytest.raises(commands.OneSupervisor):
        assign(one, person=one.person)
    raised = assign(one, person=two.person)
    with pytest.raises(commands.OneSupervisor):
        commands.confirm_assignment(assignment_id=raised.public_id, by=two)


def test_nobody_but_a_supervisor_assigns_confirms_or_ends(supervisors, verifier):
    waiting = assign(supervisors[0])
    for attempt in (
        lambda: assign(verifier),
        lambda: commands.confirm_assignment(assignment_id=waiting.public_id, by=verifier),
        lambda: commands.drop_proposal(assignment_id=waiting.public_id, reason="x", by=verifier),
        lambda: commands.keep_assignment(assignment_id=waiting.public_id, note="x", by=verifier),
        lambda: commands.end_assignment(assignment_id=waiting.public_id, reason="x", by=verifier),
    ):
        with pytest.raises(AccessDenied):
            attempt()


def test_an_assignment_asked_twice_is_made_once_and_once_at_a_time(supervisors):
    asked = {"key": uuid.uuid4(), "person": PersonFactory()}
    assert assign(supervisors[0], **asked) == assign(supervisors[0], **asked)
    with pytest.raises(commands.AlreadyGranted):
        assign(supervisors[0], person=asked["person"])


def test_a_role_ends_at_once_and_one_that_was_ended_is_not_confirmed(supervisors, verifier):
    one, two = supervisors
    held = verifier.person.assignments.get()
    commands.end_assignment(assignment_id=held.public_id, reason="Départ", by=one)
    assert not decide(verifier.person, Right.VERIFY, None, None, now())
    waiting = assign(one)
    with pytest.raises(commands.NotConfirmed):
        commands.end_assignment(assignment_id=waiting.public_id, reason="Erreur", by=one)
    commands.drop_proposal(assignment_id=waiting.public_id, reason="Erreur", by=one)
    for again in (commands.confirm_assignment, commands.end_assignment):
        reason = {} if again is commands.confirm_assignment else {"reason": "x"}
        with pytest.raises(commands.AlreadyRevoked):
            again(assignment_id=waiting.public_id, by=two, **reason)


def test_two_supervisors_always_stay(supervisors):
    one, two = supervisors
    with pytest.raises(commands.LastSupervisors):
        commands.end_assignment(assignment_id=two.person.assignments.get().public_id, reason="Départ", by=one)
    third = StaffAssignmentFactory(supervisor=True)
    commands.end_assignment(assignment_id=third.public_id, reason="Départ", by=one)
    assert third.person not in (one.person, two.person)


def test_an_assignment_to_come_waits_for_its_date(supervisors):
    one, two = supervisors
    tomorrow = now() + timedelta(days=1)
    assignment = assign(one, during=DateTimeTZRange(tomorrow, tomorrow + timedelta(days=300)))
    commands.confirm_assignment(assignment_id=assignment.public_id, by=two)
    assert not decide(assignment.person, Right.VERIFY, None, None, now())
    assert decide(assignment.person, Right.VERIFY, None, None, tomorrow)
