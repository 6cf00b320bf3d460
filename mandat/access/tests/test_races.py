"""Acts against revocations, on real parallel connections: no act after the end of the right that it relied on."""

import random
import threading
import time
import uuid
from datetime import timedelta

import pytest
from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

from mandat.access import decision
from mandat.access.causes import Cause, Fact, Reported
from mandat.access.commands import (
    AlreadyGranted,
    LastRSE,
    LastSupervisors,
    end_assignment,
    grant_proxy,
    move_registration,
    revoke_designation,
    revoke_proxy,
)
from mandat.access.commands.causes import hear
from mandat.access.commands.leaving import leave_enterprise
from mandat.access.commands.recovery import keep_recoveries
from mandat.access.decision import AccessDenied, Right, require
from mandat.access.models import Proxy, StaffAssignment
from mandat.access.queries import effective_rses, people_who_can
from mandat.access.retries import in_one_transaction
from mandat.access.standing import standing_of
from mandat.access.tests.factories import (
    BLOCK,
    UNDER,
    DesignationFactory,
    EnterpriseFactory,
    PersonFactory,
    ProxyFactory,
    ServiceRegistrationFactory,
    StaffAssignmentFactory,
    UserFactory,
    actor,
)
from mandat.access.tests.parallel import Worker, together, waits_or_ends
from mandat.enterprises.models import Enterprise, EnterpriseHistory
from mandat.identity.commands import suspend_person
from mandat.identity.models import Person
from mandat.platform.clock import now

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def workers():
    made = [Worker(), Worker(), Worker()]
    yield made
    for each in made:
        each.close()


class World:
    """A firm with two RSEs, a signer, and the regulator's officers: whoever may end a right, and how."""

    def __init__(self):
        self.registration = ServiceRegistrationFactory()
        self.firm = self.registration.enterprise
        self.rse, self.other_rse = (DesignationFactory(enterprise=self.firm) for _ in range(2))
        self.proxy = ProxyFactory(enterprise=self.firm)
        self.assignment = StaffAssignmentFactory()
        self.supervisors = StaffAssignmentFactory.create_batch(3, supervisor=True)
        self.by_rse = actor(self.rse.person)
        self.by_officer = actor(StaffAssignmentFactory(role=StaffAssignment.Role.OFFICER).person)
        self.by_supervisor = actor(self.supervisors[0].person)

    def ends(self):
        """Return, for each edge, who relies on it and by which right, and the act that ends it."""
        registration, proxy = self.registration.public_id, self.proxy.public_id
        suspend = self.registration.Move.SUSPEND
        return {
            "enterprise": (self.proxy.person, Right.SIGN, self._suspend_the_firm),
            "cause": (
                self.proxy.person, Right.SIGN,
                lambda: hear(
                    enterprise_id=self.firm.public_id,
                    reported=Reported("business_register", now(), facts=(Fact(Cause.STRUCK_OFF),)),
                ),
            ),
            "registration": (
                self.proxy.person, Right.SIGN,
                lambda: move_registration(registration_id=registration, move=suspend, by=self.by_officer),
            ),
            "person": (
                self.proxy.person, Right.SIGN,
                lambda: suspend_person(person_id=self.proxy.person.public_id, reason="Vol", under=UNDER),
            ),
            "designation": (
                self.other_rse.person, Right.ADMINISTER,
                lambda: revoke_designation(
                    designation_id=self.other_rse.public_id, reason="Départ", by=self.by_rse
                ),
            ),
            "proxy": (
                self.proxy.person, Right.SIGN,
                lambda: revoke_proxy(proxy_id=proxy, reason="Départ", by=self.by_rse),
            ),
            "assignment": (
                self.assignment.person, Right.VERIFY,
                lambda: end_assignment(
                    assignment_id=self.assignment.public_id, reason="Départ", by=self.by_supervisor
                ),
            ),
        }  # fmt: skip

    @in_one_transaction
    def _suspend_the_firm(self):
        firm = Enterprise.objects.select_for_update().get(pk=self.firm.pk)
        firm.make(Enterprise.Move.SUSPEND, at=now(), under=UNDER)

    def act(self, person, right):
        """Do something under a right, leaving its instant in a row; begin again where a command would."""
        by = actor(person)

        @in_one_transaction
        def run():
            authority = require(by, right, enterprise=self.firm, block=BLOCK)
            EnterpriseHistory.objects.create(
                enterprise=self.firm, move="act", before="", after="", at=authority.at, authority=authority.as_record()
            )
            return authority

        return run


EDGES = ["enterprise", "cause", "registration", "person", "designation", "proxy", "assignment"]


@pytest.mark.parametrize("edge", EDGES)
def test_the_end_of_a_right_waits_for_the_act_that_relies_on_it(edge, workers):
    world = World()
    person, right, end = world.ends()[edge]
    act = world.act(person, right)
    with transaction.atomic():
        act()
        ending = workers[0].begin(end)
        assert waits_or_ends(workers[0], ending) == "waits"
    ending.result(30)
    with pytest.raises(AccessDenied):
        act()


@pytest.mark.parametrize("edge", EDGES)
def test_an_act_waits_for_the_end_of_its_right_and_is_refused(edge, workers):
    world = World()
    person, right, end = world.ends()[edge]
    act = world.act(person, right)
    with transaction.atomic():
        end()
        acting = workers[0].begin(act)
        assert waits_or_ends(workers[0], acting) == "waits"
    assert isinstance(acting.exception(30), AccessDenied)
    assert not EnterpriseHistory.objects.filter(move="act").exists()


@pytest.mark.parametrize("edge", EDGES)
def test_without_its_locks_the_gate_would_be_found_out(edge, workers, monkeypatch):
    """The tests above have teeth: were the rows only read, the right would end under the act's feet."""

    def read_only(*args, is_locking=False, **kwargs):
        return standing_of(*args, **kwargs)

    monkeypatch.setattr(decision, "standing_of", read_only)
    world = World()
    person, right, end = world.ends()[edge]
    act = world.act(person, right)
    with transaction.atomic():
        act()
        ending = workers[0].begin(end)
        assert waits_or_ends(workers[0], ending) == "ends"


@pytest.mark.drill("AZ-4")
def test_of_hundreds_of_races_between_acts_and_a_revocation_no_act_comes_after(workers, drill):
    """Two acts and a revocation begin together, and the dice say who hesitates."""
    world, dice = World(), random.Random(11)
    outcomes = {"before": 0, "refused": 0}
    for _ in range(drill.size(100, full=10_000)):
        proxy = ProxyFactory(enterprise=world.firm)
        act = world.act(proxy.person, Right.SIGN)

        def revoke(proxy=proxy):
            return revoke_proxy(proxy_id=proxy.public_id, reason="Départ", by=world.by_rse)

        jobs = [hesitating(job, dice.random() * 0.006) for job in (act, act, revoke)]
        *acts, revoked = together(*zip(workers, jobs, strict=True))
        for result in acts:
            refused = isinstance(result, AccessDenied)
            outcomes["refused" if refused else "before"] += 1
            assert refused or result.at <= revoked.revoked_at
        with pytest.raises(AccessDenied):
            act()
    assert min(outcomes.values()) > 0, outcomes
    assert EnterpriseHistory.objects.filter(move="act").count() == outcomes["before"]


def hesitating(job, seconds):
    def run():
        time.sleep(seconds)
        return job()

    return run


@pytest.mark.drill("AZ-5")
def test_of_two_rses_who_remove_each_other_one_stays(workers, drill):
    for _ in range(drill.size(20, full=2_000)):
        firm = EnterpriseFactory()
        one, two = (DesignationFactory(enterprise=firm) for _ in range(2))
        jobs = [remover(mine, theirs) for mine, theirs in ((one, two), (two, one))]
        results = together(*zip(workers, jobs, strict=False))
        assert sorted(type(each) for each in results if isinstance(each, Exception)) == [AccessDenied]
        assert effective_rses(firm, now()).count() == 1


@pytest.mark.drill("AZ-5")
def test_of_two_officers_who_remove_the_two_last_rses_one_is_refused(workers, drill):
    officers = [actor(StaffAssignmentFactory().person) for _ in range(2)]
    for _ in range(drill.size(10, full=1_000)):
        firm = EnterpriseFactory()
        jobs = [remover(None, DesignationFactory(enterprise=firm), by=officer) for officer in officers]
        results = together(*zip(workers, jobs, strict=False))
        assert [type(each) for each in results if isinstance(each, Exception)] == [LastRSE]
        assert effective_rses(firm, now()).count() == 1


@pytest.mark.drill("AZ-5")
def test_a_firm_with_nobody_left_is_in_recovery_however_the_last_two_went(workers, drill):
    """One is suspended, one removed, one leaves, at once: then somebody effective is there, or the firm is in recovery."""
    met = set()
    for _ in range(drill.size(12, full=1_000)):
        firm = EnterpriseFactory()
        suspended, removed, leaver = (DesignationFactory(enterprise=firm) for _ in range(3))
        together(
            (workers[0], lambda who=suspended: suspend_person(person_id=who.person.public_id, reason="", under=UNDER)),
            (workers[1], remover(leaver, removed)),
            (workers[2], leaving(leaver)),
        )
        keep_recoveries()
        is_manned = effective_rses(firm, now()).exists()
        assert Enterprise.objects.get(pk=firm.pk).state == ("active" if is_manned else "in_recovery")
        met.add(is_manned)
    assert met, "nothing happened"


def leaving(mine):
    by, firm = actor(mine.person), mine.enterprise
    return lambda: leave_enterprise(enterprise=firm, reason="Différend", by=by)


def remover(mine, theirs, *, by=None):
    by = by or actor(mine.person)
    return lambda: revoke_designation(designation_id=theirs.public_id, reason="Différend", by=by)


@pytest.mark.drill("AZ-5")
def test_of_three_supervisors_who_end_each_other_two_stay(workers, drill):
    for _ in range(drill.size(10, full=500)):
        StaffAssignment.objects.filter(revoked_at=None).update(revoked_at=now(), revoked_under=UNDER)
        circle = StaffAssignmentFactory.create_batch(3, supervisor=True)
        jobs = [ender(mine, theirs) for mine, theirs in zip(circle, circle[1:] + circle[:1], strict=True)]
        results = together(*zip(workers, jobs, strict=True))
        refused = [each for each in results if isinstance(each, Exception)]
        assert len(refused) == 2
        assert all(isinstance(each, AccessDenied | LastSupervisors) for each in refused)
        assert people_who_can(None, Right.SUPERVISE, None, now()).count() == 2


def ender(mine, theirs):
    by = actor(mine.person)
    return lambda: end_assignment(assignment_id=theirs.public_id, reason="Différend", by=by)


@pytest.mark.drill("AZ-5")
def test_one_of_the_same_grants_asked_at_once_is_made(workers, drill):
    """The same request twice is done once; two requests for the same block are one proxy and one refusal."""
    world = World()
    for same_key in (True, False) * (drill.size(10, full=500) // 2):
        person = UserFactory(enterprise=world.firm).person
        keys = [uuid.uuid4()] * 3 if same_key else [uuid.uuid4() for _ in range(3)]
        jobs = [granter(world, person, key) for key in keys]
        results = together(*zip(workers, jobs, strict=True))
        made = [each for each in results if not isinstance(each, Exception)]
        assert len(set(made)) == 1
        assert all(isinstance(each, AlreadyGranted) for each in results if each not in made)
        assert len(made) == (3 if same_key else 1)
        assert Proxy.objects.filter(person=person).count() == 1


def granter(world, person, key):
    during = DateTimeTZRange(None, now() + timedelta(days=365))
    return lambda: grant_proxy(
        key=key, registration=world.registration, person=person, block=BLOCK, rights=[Right.VIEW],
        during=during, by=world.by_rse,
    )  # fmt: skip


def test_two_transactions_that_deadlock_are_both_done(workers):
    first, second = PersonFactory(), PersonFactory()
    each_holds_one, tries = threading.Barrier(2), []

    def locker(*order):
        @in_one_transaction
        def run():
            tries.append(order)
            is_first_try = tries.count(order) == 1
            for person in order:
                Person.objects.select_for_update().get(pk=person.pk)
                if is_first_try and person == order[0]:
                    each_holds_one.wait(30)
            return "done"

        return run

    pairs = [(workers[0], locker(first, second)), (workers[1], locker(second, first))]
    assert together(*pairs) == ["done", "done"]
    assert len(tries) >= 3


def test_of_two_words_of_a_register_heard_at_once_the_later_stands(workers):
    for later_strikes in (True, False) * 2:
        firm, began = DesignationFactory().enterprise, now()

        def word(minute, is_struck, *, firm=firm, began=began):
            facts = (Fact(Cause.STRUCK_OFF),) if is_struck else ()
            reported = Reported("business_register", began + timedelta(minutes=minute), facts=facts)
            return lambda: hear(enterprise_id=firm.public_id, reported=reported)

        jobs = [word(1, not later_strikes), word(2, later_strikes)]
        random.Random(str(began)).shuffle(jobs)
        results = together(*zip(workers, jobs, strict=False))
        assert not [each for each in results if isinstance(each, Exception)]
        state = Enterprise.State.SUSPENDED if later_strikes else Enterprise.State.ACTIVE
        assert Enterprise.objects.get(pk=firm.pk).state == state
