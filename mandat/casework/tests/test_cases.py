import uuid
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection

from mandat.access.decision import AccessDenied, Right, decide
from mandat.access.models import StaffAssignment
from mandat.access.tests.factories import LONG_AGO, PersonFactory, StaffAssignmentFactory, actor
from mandat.casework.commands import CaseClosed, assign_case, close_case, give_case, open_case
from mandat.casework.models import Case
from mandat.casework.queries import queue_of
from mandat.casework.workflow import CASE, CaseMove, CaseState
from mandat.platform.clock import now
from mandat.platform.workflow import MoveNotAllowed


def opened(**fields):
    return open_case(
        **{"subject_kind": "filing", "subject": uuid.uuid4(), "queue": "BF-REP", "right": Right.EXAMINE} | fields
    )


def officer(queue=""):
    return StaffAssignmentFactory(role=StaffAssignment.Role.OFFICER, queue=queue).person


@pytest.mark.parametrize("state", CaseState)
@pytest.mark.parametrize("move", CaseMove)
def test_every_move_from_every_state(move, state):
    if (move, state) in {(CaseMove.CLOSE, CaseState.OPEN), (CaseMove.REOPEN, CaseState.CLOSED)}:
        assert CASE.target(move, state) != state
    else:
        with pytest.raises(MoveNotAllowed):
            CASE.target(move, state)


@pytest.mark.django_db
def test_a_subject_has_one_case_however_often_it_is_opened():
    case = opened()
    assert opened(subject=case.subject_id) == case
    assert Case.objects.count() == 1


@pytest.mark.django_db
def test_a_subject_that_comes_back_opens_the_same_case_again_in_nobodys_hands():
    case, person = opened(), officer()
    give_case(subject_kind="filing", subject=case.subject_id, to=person)
    close_case(subject_kind="filing", subject=case.subject_id)
    close_case(subject_kind="filing", subject=case.subject_id)
    again = opened(subject=case.subject_id)
    assert (again, again.state, again.assigned_to) == (case, CaseState.OPEN, None)
    assert [each.move for each in case.history.all()] == [CaseMove.CLOSE, CaseMove.REOPEN]


@pytest.mark.django_db
def test_to_close_what_was_never_opened_is_harmless():
    close_case(subject_kind="filing", subject=uuid.uuid4())
    assert not Case.objects.exists()


@pytest.mark.django_db
def test_an_officer_takes_a_case_or_gives_it_to_another_officer():
    case, one, other = opened(), officer(), officer("BF-REP")
    assert assign_case(case_id=case.public_id, to=one, by=actor(one)).assigned_to == one
    assert assign_case(case_id=case.public_id, to=other, by=actor(one)).assigned_to == other


@pytest.mark.django_db
def test_refuses_to_give_a_case_to_somebody_who_may_not_work_on_it():
    case, one = opened(), officer()
    for other in (PersonFactory(), officer("BF-FIN"), StaffAssignmentFactory().person):
        with pytest.raises(AccessDenied):
            assign_case(case_id=case.public_id, to=other, by=actor(one))
        with pytest.raises(AccessDenied):
            assign_case(case_id=case.public_id, to=one, by=actor(other))


@pytest.mark.django_db
def test_refuses_to_assign_a_closed_case():
    case, one = opened(), officer()
    close_case(subject_kind="filing", subject=case.subject_id)
    with pytest.raises(CaseClosed):
        assign_case(case_id=case.public_id, to=one, by=actor(one))


@pytest.mark.django_db
def test_the_queue_and_the_decision_agree():
    for queue in ("BF-REP", "BF-FIN"):
        for right in (Right.EXAMINE, Right.VERIFY):
            opened(queue=queue, right=right)
    close_case(subject_kind="filing", subject=opened().subject_id)
    people = [officer(), officer("BF-REP"), StaffAssignmentFactory().person, PersonFactory()]
    people += [
        StaffAssignmentFactory(role="officer", unconfirmed=True).person,
        StaffAssignmentFactory(ended=True).person,
    ]
    at = now()
    for person in people:
        may_work_on = {
            case
            for case in Case.objects.filter(state="open")
            if decide(person, Right(case.right), None, case.queue, at)
        }
        assert set(queue_of(person, at)) == may_work_on


@pytest.mark.django_db
def test_the_queue_asks_as_much_of_the_database_for_one_case_as_for_many(django_assert_num_queries):
    person = officer()
    for count in (1, 20):
        for _ in range(count):
            give_case(subject_kind="filing", subject=opened().subject_id, to=person)
        with django_assert_num_queries(1):
            assert {str(each.assigned_to) for each in queue_of(person, LONG_AGO.replace(year=2026))} == {str(person)}


@pytest.mark.django_db(transaction=True)
def test_ten_at_once_open_one_case():
    subject = uuid.uuid4()

    def run(_):
        try:
            return opened(subject=subject).pk
        finally:
            connection.close()

    with ThreadPoolExecutor(10) as pool:
        assert len(set(pool.map(run, range(10)))) == 1
