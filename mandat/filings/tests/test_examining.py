import pytest

from mandat.access.decision import AccessDenied, decide
from mandat.access.rights import Right
from mandat.access.tests.factories import DesignationFactory, ProxyFactory, StaffAssignmentFactory, actor
from mandat.casework.models import Case
from mandat.filings.commands import accept, refuse, return_for_correction, take_up
from mandat.filings.errors import FiledByTheSamePerson, ReasonMissing, UnknownStep
from mandat.filings.events import FilingSubmitted
from mandat.filings.handlers import keep_case
from mandat.filings.models import Filing
from mandat.filings.queries import filings_awaiting_review, filings_visible_to, timeline
from mandat.filings.tests.world import World
from mandat.filings.workflow import State
from mandat.identity.models import Person
from mandat.platform.clock import now

pytestmark = pytest.mark.django_db


@pytest.fixture
def world():
    return World()


def test_refuses_whoever_is_no_officer_of_the_block(world):
    filing = world.submitted()
    elsewhere = actor(StaffAssignmentFactory(role="officer", queue="BF-FIN").person)
    for by in (world.rse, world.signer, actor(StaffAssignmentFactory().person), elsewhere):
        with pytest.raises(AccessDenied):
            take_up(filing=filing.public_id, by=by)


def test_nobody_examines_what_they_wrote_or_signed(world):
    for writer, signer in ((world.signer, world.rse), (world.rse, world.signer)):
        filing = world.draft() if writer is world.signer else world.begun(by=writer)
        for step in ("who", "what"):
            world.save(filing, step, by=writer)
        world.submit(filing, by=signer)
        for both in (writer, signer):
            turncoat = actor(StaffAssignmentFactory(role="officer", person=both.person).person)
            with pytest.raises(FiledByTheSamePerson):
                take_up(filing=filing.public_id, by=turncoat)
            both.person.assignments.all().delete()


def test_a_return_says_what_to_correct_in_fields_that_exist(world):
    filing = world.under_review().public_id
    for corrections in ({}, {"name": " "}):
        with pytest.raises(ReasonMissing):
            return_for_correction(filing=filing, corrections=corrections, by=world.officer)
    with pytest.raises(UnknownStep):
        return_for_correction(filing=filing, corrections={"age": "Manque"}, by=world.officer)


def test_a_refusal_has_a_reason(world):
    with pytest.raises(ReasonMissing):
        refuse(filing=world.under_review().public_id, reason="", by=world.officer)


def test_the_timeline_tells_every_step_with_who_made_it(world, django_assert_num_queries):
    filing = world.returned()
    world.save(filing, "who", name="Ulysse roi d’Ithaque")
    world.submit(filing)
    take_up(filing=filing.public_id, by=world.other_officer)
    accept(filing=filing.public_id, by=world.other_officer)
    with django_assert_num_queries(1):
        told = [(each.move, str(each.by), each.submission.ordinal) for each in timeline(filing)]
    officer, other = str(world.officer.person), str(world.other_officer.person)
    assert told == [
        ("submit", str(world.signer.person), 1), ("take_up", officer, 1), ("return", officer, 1),
        ("submit", str(world.signer.person), 2), ("take_up", other, 2), ("accept", other, 2),
    ]  # fmt: skip


def test_the_list_of_a_firm_and_the_decision_agree():
    worlds = [World(), World()]
    for world in worlds:
        world.submitted()
        world.draft()
        for traits in (
            {"ended": True},
            {"rights": [Right.PAY]},
            {"block": "BF-FIN"},
            {"to_view": True},
            {"revoked": True},
        ):
            ProxyFactory(enterprise=world.firm, provider=world.registration.provider, **traits)
        DesignationFactory(enterprise=world.firm, as_ra=True)
    worlds[1].registration.accepted_blocks = []
    worlds[1].registration.save()
    at, shown = now(), 0
    for person in Person.objects.all():
        allowed = {
            each for each in Filing.objects.all()
            if decide(person, Right.VIEW, each.registrant.service_registration.enterprise, each.block, at)
        }  # fmt: skip
        assert set(filings_visible_to(person, at)) == allowed
        shown += len(allowed)
    assert shown


def test_the_queue_of_an_officer_and_the_decision_agree():
    world = World()
    for state in State:
        world.in_state(state)
    for traits in ({"queue": "BF-REP"}, {"queue": "BF-FIN"}, {"unconfirmed": True}, {"ended": True}):
        StaffAssignmentFactory(role="officer", **traits)
    waiting = set(Filing.objects.filter(state__in=["submitted", "under_review"]))
    at = now()
    for person in Person.objects.all():
        may_examine = decide(person, Right.EXAMINE, None, "BF-REP", at)
        assert set(filings_awaiting_review(person, at)) == (waiting if may_examine else set())


def test_lists_ask_as_much_of_the_database_for_one_filing_as_for_many(world, django_assert_num_queries):
    for count in (1, 4):
        for _ in range(count):
            world.submitted()
        at = now()
        with django_assert_num_queries(1):
            assert {each.registrant.name for each in filings_visible_to(world.rse.person, at)}
        with django_assert_num_queries(1):
            assert all(
                each.waits_since and each.registrant.name for each in filings_awaiting_review(world.officer.person, at)
            )


@pytest.mark.parametrize("state", State)
def test_the_case_of_a_filing_follows_it_late_or_twice(world, state):
    filing = world.in_state(state)
    event = FilingSubmitted(filing=str(filing.public_id), submission="", submitted_by="")
    for _ in range(2):
        keep_case(event)
        case = Case.objects.filter(subject_kind="filing", subject_id=filing.public_id).first()
        assert (case is not None and case.state == "open") == (state in {State.SUBMITTED, State.UNDER_REVIEW})
        assert (case and case.assigned_to) == (world.officer.person if state == State.UNDER_REVIEW else None)
