"""Roles of the staff over time: each move from each state, proposals that fall, reviews that nobody makes."""

import uuid
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

from mandat.access import commands, staffing
from mandat.access.commands.reviews import tend_staff_roles
from mandat.access.decision import Right, decide
from mandat.access.events import AssignmentConfirmed, AssignmentEnded, ProposalDropped, StaffAssigned
from mandat.access.models import StaffAssignment
from mandat.access.tests.factories import LONG_AGO, LoginFactory, PersonFactory, StaffAssignmentFactory, actor
from mandat.access.workflow import ASSIGNMENT, AssignmentMove, AssignmentState
from mandat.identity.models import Person
from mandat.platform.clock import now
from mandat.platform.models import EventRow, Mail
from mandat.platform.workflow import MoveNotAllowed

pytestmark = pytest.mark.django_db
Move, State = AssignmentMove, AssignmentState
DAY = timedelta(days=1)
ALLOWED = {
    State.PROPOSED: {Move.CONFIRM, Move.WITHDRAW, Move.REFUSE},
    State.HELD: {Move.KEEP, Move.END, Move.MISS_REVIEW, Move.END_UNREVIEWED},
    State.OVER: {Move.LAPSE},
}


@pytest.fixture
def supervisors():
    """Three, lately reviewed: two always stay."""
    return [
        actor(StaffAssignmentFactory(supervisor=True, kept_at=now()).person) for _ in range(3)
    ]  # fmt: skip


@pytest.mark.parametrize("state", State)
@pytest.mark.parametrize("move", Move)
def test_every_move_from_every_state(state, move):
    if move in ALLOWED[state]:
        assert ASSIGNMENT.target(move, state) in State
    else:
        with pytest.raises(MoveNotAllowed):
            ASSIGNMENT.target(move, state)


@pytest.mark.parametrize(
    ("traits", "state"),
    [
        ({}, State.HELD),
        ({"not_yet": True}, State.HELD),
        ({"ended": True}, State.OVER),
        ({"revoked": True}, State.OVER),
        ({"unconfirmed": True}, State.PROPOSED),
        ({"unconfirmed": True, "answer_by": LONG_AGO}, State.OVER),
        ({"answer_by": LONG_AGO}, State.HELD),
    ],
)
def test_a_state_follows_from_dates(traits, state):
    assert StaffAssignmentFactory(**traits).state_at(now()) == state


def propose(by, **changes):
    asked = {"key": uuid.uuid4(), "role": "verifier", "queue": "", "during": DateTimeTZRange(None, now() + 400 * DAY)}
    return commands.assign_staff(**asked | {"person": PersonFactory(), "by": by} | changes)


@pytest.mark.parametrize("role", StaffAssignment.Role)
def test_no_role_is_without_end_nor_longer_than_the_policy_says(supervisors, role):
    with pytest.raises(commands.DatesImpossible):
        propose(supervisors[0], role=role, during=DateTimeTZRange(None, None))
    with pytest.raises(commands.RoleTooLong):
        propose(supervisors[0], role=role, during=DateTimeTZRange(None, now() + 1099 * DAY))


def test_a_proposal_that_nobody_answers_falls_before_any_job_has_run(supervisors, at):
    one, two, _ = supervisors
    waiting = propose(one)
    at(now() + 15 * DAY)
    for late in (
        lambda: commands.confirm_assignment(assignment_id=waiting.public_id, by=two),
        lambda: commands.drop_proposal(assignment_id=waiting.public_id, reason="x", by=one),
    ):
        with pytest.raises(commands.TooLate):
            late()
    again = propose(two, person=waiting.person)  # its dates are free
    assert again.person == waiting.person
    assert [each.move for each in waiting.history.order_by("id")] == [Move.LAPSE]


def test_a_proposal_is_withdrawn_by_its_supervisor_and_refused_by_another(supervisors):
    one, two, _ = supervisors
    for by, move in ((one, Move.WITHDRAW), (two, Move.REFUSE)):
        dropped = commands.drop_proposal(assignment_id=propose(one).public_id, reason="Non", by=by)
        assert dropped.history.get().move == move
        assert not decide(dropped.person, Right.VERIFY, None, None, now())


def test_nobody_keeps_their_own_role_nor_one_that_is_over(supervisors):
    one, two, _ = supervisors
    mine = one.person.assignments.get()
    with pytest.raises(commands.OneSupervisor):
        commands.keep_assignment(assignment_id=mine.public_id, note="x", by=one)
    assert commands.keep_assignment(assignment_id=mine.public_id, note="Encore utile", by=two).kept_at
    for over, refusal in (({"revoked": True}, commands.AlreadyRevoked), ({"ended": True}, commands.TooLate)):
        with pytest.raises(refusal):
            commands.keep_assignment(
                assignment_id=StaffAssignmentFactory(**over).public_id, note="x", by=one
            )  # fmt: skip
    with pytest.raises(commands.NotConfirmed):
        commands.keep_assignment(assignment_id=propose(two).public_id, note="x", by=one)


def test_a_role_that_nobody_reviews_is_told_of_then_ends(supervisors, at):
    begun, role = now(), StaffAssignmentFactory(confirmed_at=now())
    at(begun + 364 * DAY)
    assert tend_staff_roles() is None
    at(begun + 366 * DAY)
    for each in supervisors:
        each.person.assignments.update(kept_at=now())
    assert tend_staff_roles().waiting == [str(role.public_id)]
    assert decide(role.person, Right.VERIFY, None, None, now())
    assert tend_staff_roles() is None  # it was told once
    at(begun + 395 * DAY)
    assert tend_staff_roles() is None
    at(begun + 397 * DAY)
    assert tend_staff_roles().ended == [str(role.public_id)]
    assert not decide(role.person, Right.VERIFY, None, None, now())


def test_no_role_ends_unreviewed_that_was_not_told_of_however_late_the_job_runs(supervisors, at):
    role = StaffAssignmentFactory()  # confirmed years ago
    assert tend_staff_roles().ended == []
    assert decide(role.person, Right.VERIFY, None, None, now())


def test_a_review_begins_the_count_anew(supervisors, at):
    begun, role = now(), StaffAssignmentFactory()
    tend_staff_roles()
    commands.keep_assignment(assignment_id=role.public_id, note="Encore utile", by=supervisors[0])
    at(begun + 31 * DAY)
    assert tend_staff_roles() is None
    assert decide(role.person, Right.VERIFY, None, None, now())


def test_silence_never_leaves_fewer_than_two_supervisors(at):
    begun, all_three = now(), StaffAssignmentFactory.create_batch(3, supervisor=True)
    assert len(tend_staff_roles().waiting) == 3
    at(begun + 31 * DAY)
    assert len(tend_staff_roles().ended) == 1
    assert tend_staff_roles() is None
    able = [each for each in all_three if decide(each.person, Right.SUPERVISE, None, None, now())]
    assert len(able) == 2


def test_the_operator_makes_supervisors_again_when_fewer_than_two_are_left():
    people = PersonFactory.create_batch(4)
    codes = [LoginFactory(person=each).user_code for each in people]
    call_command("first_supervisors", *codes[:2], stdout=StringIO())
    with pytest.raises(CommandError, match="they assign staff themselves"):
        call_command("first_supervisors", *codes[2:], stdout=StringIO())
    Person.objects.filter(pk=people[0].pk).update(state=Person.State.SUSPENDED)
    with pytest.raises(CommandError, match="not among these two"):
        call_command("first_supervisors", *codes[2:], stdout=StringIO())
    call_command("first_supervisors", codes[1], codes[2], stdout=StringIO())
    able = [each for each in people if decide(each, Right.SUPERVISE, None, None, now())]
    assert able == people[1:3]
    Person.objects.filter(pk__in=[each.pk for each in people[1:3]]).update(state=Person.State.SUSPENDED)
    call_command("first_supervisors", codes[2], codes[3], stdout=StringIO())  # each takes a place back
    with pytest.raises(CommandError, match="same one"):
        call_command("first_supervisors", codes[3], codes[3], stdout=StringIO())
    with pytest.raises(CommandError, match="Nobody"):
        call_command("first_supervisors", "ZZZ000000", codes[3], stdout=StringIO())


def mails():
    return [(each.to, each.subject) for each in Mail.objects.order_by("id")]


def test_whoever_may_confirm_is_written_to_then_whoever_has_the_role(supervisors):
    one, two, three = supervisors
    Person.objects.filter(pk=three.person.pk).update(language="en")
    holder = LoginFactory()
    waiting = propose(one, person=holder.links.get().person)
    ids = {"person": str(waiting.person.public_id), "assignment": str(waiting.public_id)}
    staffing.tell_of_proposal(StaffAssigned(**ids))
    assert set(mails()) == {
        (two.login.email, "Un rôle du personnel attend votre confirmation"),
        (three.login.email, "A role of the staff awaits your confirmation"),
    }
    Mail.objects.all().delete()
    commands.confirm_assignment(assignment_id=waiting.public_id, by=two)
    staffing.tell_of_role(AssignmentConfirmed(**ids))
    commands.end_assignment(assignment_id=waiting.public_id, reason="Départ à la retraite", by=two)
    staffing.tell_of_end(AssignmentEnded(**ids))
    assert [subject for _, subject in mails()] == [
        "Vous avez un rôle du personnel", "Votre rôle du personnel a pris fin",
    ]  # fmt: skip
    assert "Départ à la retraite" in Mail.objects.order_by("id").last().text
    Mail.objects.all().delete()
    refused = propose(one)
    commands.drop_proposal(assignment_id=refused.public_id, reason="Pas de besoin", by=two)
    event = EventRow.objects.filter(name="ProposalDropped").latest("id")
    staffing.tell_of_dropping(ProposalDropped(**event.body))
    assert mails() == [(one.login.email, "Le rôle que vous avez proposé n’est pas donné")]
    assert "Pas de besoin" in Mail.objects.get().text


def test_supervisors_are_written_to_of_missed_reviews(supervisors):
    role = StaffAssignmentFactory()
    staffing.tell_of_missed_reviews(tend_staff_roles())
    assert {to for to, _ in mails()} == {each.login.email for each in supervisors}
    assert str(role.person) in Mail.objects.order_by("id")[0].text
