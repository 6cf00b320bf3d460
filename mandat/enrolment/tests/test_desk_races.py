"""Who decides, withdraws or submits at the same instant, on real connections: one enrolment, one decision, one firm."""

from datetime import timedelta
from functools import partial

import pytest
from django.db import transaction

from mandat.access.commands import NEQTaken
from mandat.access.tests.factories import StaffAssignmentFactory, actor
from mandat.access.tests.parallel import PATIENCE, Worker, together, waits_or_ends
from mandat.enrolment.commands import (
    approve,
    check_again,
    propose,
    refuse,
    return_for_correction,
    take_up,
    type_paper,
    withdraw_enrolment,
)
from mandat.enrolment.errors import EnrolledAlready, HeldStill, NotOpenToPaper, ProposalNeeded, VerifiedByTheSamePerson
from mandat.enrolment.models import Enrolment, EnrolmentMove, Invitation, PaperIntake, Purpose
from mandat.enrolment.tests.papers import came_in, handed_out, practising, said_in
from mandat.enrolment.tests.world import ANSWERS, OUTSIDE, SURE, World
from mandat.enrolment.workflow import AWAITING_VERIFICATION, Move, State
from mandat.enterprises.models import Enterprise
from mandat.filings.errors import ClosedToChange
from mandat.platform.workflow import MoveNotAllowed

pytestmark = pytest.mark.django_db(transaction=True)
#: What ends a verification, by what it leads to.
DECISIONS = {
    State.APPROVED: partial(approve, reason=SURE),
    State.REFUSED: partial(refuse, reason="Entreprise inconnue."),
    State.RETURNED: partial(return_for_correction, corrections={"neq": "Ce NEQ n’est pas le vôtre."}),
}


@pytest.fixture
def workers():
    made = [Worker(), Worker()]
    yield made
    for each in made:
        each.close()


@pytest.fixture
def world():
    return World()


@pytest.fixture
def second():
    return actor(StaffAssignmentFactory().person)


def is_(answers, *kinds) -> bool:
    """Whether what came of jobs are these, in any order."""
    return sorted(type(each).__name__ for each in answers) == sorted(each.__name__ for each in kinds)


def what_comes_of(worker, job, *, behind):
    """Begin a job while a command is not committed yet: it waits for it. Return what came of it."""
    with transaction.atomic():
        behind()
        begun = worker.begin(job)
        assert waits_or_ends(worker, begun) == "waits"
    return begun.exception(PATIENCE) or begun.result()


def test_two_officers_who_decide_at_once_decide_once(workers, world, second):
    enrolment = world.under_review().public_id
    answers = together(
        (workers[0], partial(DECISIONS[State.APPROVED], enrolment=enrolment, by=world.officer)),
        (workers[1], partial(DECISIONS[State.REFUSED], enrolment=enrolment, by=second)),
    )
    assert is_(answers, Enrolment, MoveNotAllowed)
    state = Enrolment.objects.get().state
    assert EnrolmentMove.objects.filter(move__in=[Move.APPROVE, Move.REFUSE]).count() == 1
    assert (Enterprise.objects.count(), Invitation.objects.count()) == ((1, 2) if state == State.APPROVED else (0, 0))
    for neq, first, then in (
        ("1199999039", State.RETURNED, State.APPROVED),
        ("1199999047", State.APPROVED, State.REFUSED),
        ("1199999054", State.REFUSED, State.RETURNED),
    ):
        other = world.under_review(neq=neq).public_id
        decided = partial(DECISIONS[first], enrolment=other, by=world.officer)
        late = partial(DECISIONS[then], enrolment=other, by=second)
        assert isinstance(what_comes_of(workers[0], late, behind=decided), MoveNotAllowed), (first, then)
        assert Enrolment.objects.get(public_id=other).state == first


def test_one_officer_who_gives_both_words_at_once_gives_one(workers, world, second, at):
    enrolment = world.risky().public_id
    proposal = partial(propose, enrolment=enrolment, by=world.officer, reason=SURE)
    approval = partial(approve, enrolment=enrolment, by=world.officer, reason=SURE)
    assert isinstance(what_comes_of(workers[0], approval, behind=proposal), HeldStill), "it read what was there before"
    _once_the_wait_is_over(at, workers)
    again = together((workers[0], proposal), (workers[1], approval))
    assert is_(again, MoveNotAllowed, VerifiedByTheSamePerson)
    with_another = together((workers[0], approval), (workers[1], partial(approval, by=second)))
    assert isinstance(with_another[0], VerifiedByTheSamePerson | MoveNotAllowed)
    assert isinstance(with_another[1], Enrolment)
    assert Enterprise.objects.count() == 1


def test_an_applicant_who_withdraws_while_an_officer_approves_has_one_outcome(workers, world):
    enrolment = world.submitted().public_id

    def verify():
        take_up(enrolment=enrolment, by=world.officer)
        return approve(enrolment=enrolment, by=world.officer, reason=SURE)

    answers = together((workers[0], partial(withdraw_enrolment, enrolment=enrolment)), (workers[1], verify))
    assert is_(answers, Enrolment, MoveNotAllowed)
    outcome = (Enrolment.objects.get().state, Enterprise.objects.count(), Invitation.objects.count())
    assert outcome in ((State.APPROVED, 1, 2), (State.WITHDRAWN, 0, 0))
    other = world.under_review(neq="1199999039").public_id
    approval = partial(approve, enrolment=other, by=world.officer, reason=SURE)
    late = partial(withdraw_enrolment, enrolment=other)
    assert isinstance(what_comes_of(workers[0], late, behind=approval), MoveNotAllowed)
    assert Enrolment.objects.get(public_id=other).state == State.APPROVED


def test_two_competing_enrolments_approved_at_once_open_one_account(workers, world, second, at):
    rivals = [_rivals(world), _rivals(world, OUTSIDE)]
    _once_the_wait_is_over(at, workers)
    for ids in rivals:
        before = Enterprise.objects.count()
        answers = together(
            *((worker, partial(approve, enrolment=each, by=second)) for worker, each in zip(workers, ids, strict=True))
        )
        assert is_(answers, Enrolment, NEQTaken)
        assert Enterprise.objects.count() == before + 1
        states = Enrolment.objects.filter(public_id__in=ids).values_list("state", flat=True)
        assert sorted(states) == [State.APPROVED, State.PROPOSED]


def _once_the_wait_is_over(at, workers):
    """Set the clock of every connection."""
    held = Enrolment.objects.exclude(hold_until=None).latest("hold_until")
    instant = held.hold_until + timedelta(seconds=1)
    at(instant)
    for each in workers:
        each.run(partial(at, instant))


def _rivals(world, said=None):
    """Two enrolments of one enterprise, with a NEQ or a client number, whose approvals are proposed."""
    ids = []
    for _ in range(2):
        answered = world.attach(world.answer(world.begun(), **said), Purpose.FIRM) if said else world.answered()
        ids.append(take_up(enrolment=world.submit(answered).public_id, by=world.officer).public_id)
    for each in ids:
        check_again(enrolment=each, by=world.officer)
        propose(enrolment=each, by=world.officer, reason=SURE)
    return ids


def test_paper_and_online_at_once_are_one_record_or_known_to_compete(workers, world):
    practising()
    typist = actor(StaffAssignmentFactory().person)
    form = handed_out().form
    same_form = partial(typed_by, typist, came_in(said_in(form), typist))
    online = partial(world.submit, world.answer(form.enrolment, **ANSWERS))
    answers = together((workers[0], online), (workers[1], same_form))
    assert is_(answers, Enrolment, NotOpenToPaper) or is_(answers, ClosedToChange, PaperIntake)
    assert (Enrolment.objects.count(), EnrolmentMove.objects.filter(move=Move.SUBMIT).count()) == (1, 1)
    # A paper that waits for the online enrolment of its firm makes no second.
    on_paper = partial(typed_by, typist, came_in(said_in(handed_out().form, neq="1199999039"), typist))
    online = partial(world.submit, world.answered(neq="1199999039"))
    assert isinstance(what_comes_of(workers[0], on_paper, behind=online), EnrolledAlready)
    assert Enrolment.objects.filter(neq="1199999039", state__in=AWAITING_VERIFICATION).count() == 1
    # The page is open to everyone and never says that a firm has an enrolment: the desk knows that the two compete.
    on_paper = partial(typed_by, typist, came_in(said_in(handed_out().form, neq="1199999047"), typist))
    late = what_comes_of(workers[0], partial(world.submit, world.answered(neq="1199999047")), behind=on_paper)
    assert "TWIN" in [code for code, _points in late.risk_reasons]
    with pytest.raises(ProposalNeeded):
        world.approve(late)


def typed_by(typist, intake):
    return type_paper(intake=intake.public_id, typed=intake.read, by=typist)
