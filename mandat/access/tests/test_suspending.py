"""A supervisor keeps a person out, and lets them in again: for a reason, never themselves, and no right comes back anew."""

import pytest

from mandat.access.commands import LastSupervisors
from mandat.access.commands.suspending import NotOneself, look_up_person, restore_access, suspend_access
from mandat.access.decision import AccessDenied, Right, decide
from mandat.access.models import PersonLookup
from mandat.access.tests.factories import (
    DesignationFactory,
    PersonFactory,
    ProxyFactory,
    ServiceRegistrationFactory,
    StaffAssignmentFactory,
    actor,
)
from mandat.access.tests.parallel import Worker, together
from mandat.enterprises.models import Enterprise
from mandat.identity.commands import Device, open_session
from mandat.identity.models import Ending, Person, Session
from mandat.identity.tests.people import login
from mandat.platform.clock import now
from mandat.platform.workflow import MoveNotAllowed

pytestmark = pytest.mark.django_db


@pytest.fixture
def supervisor():
    StaffAssignmentFactory(supervisor=True)
    return actor(StaffAssignmentFactory(supervisor=True).person)


def suspend(person, by):
    return suspend_access(person_id=person.public_id, reason="Plainte reçue", by=by)


def restore(person, by):
    return restore_access(person_id=person.public_id, reason="Plainte levée", by=by)


def state_of(firm):
    return Enterprise.objects.get(pk=firm.pk).state


def test_whoever_is_suspended_is_out_at_once_and_the_reason_is_kept(supervisor):
    someone = login()
    person = someone.links.get().person
    opened = open_session(login=someone, person=person, methods=["password"], device=Device(), idle_minutes=30)
    suspend(person, supervisor)
    assert Session.objects.get(pk=opened.pk).ending == Ending.SUSPENDED
    kept = person.history.get()
    assert (kept.reason, kept.authority["capacities"]) == ("Plainte reçue", ["supervisor"])
    with pytest.raises(MoveNotAllowed):
        suspend(person, supervisor)


def test_a_proxy_counts_for_nothing_meanwhile_and_again_if_it_still_stands(supervisor):
    served = [ServiceRegistrationFactory() for _ in range(2)]
    proxy, ended = (ProxyFactory(enterprise=each.enterprise, provider=each.provider) for each in served)
    for each in (proxy, ended):
        suspend(each.person, supervisor)
        assert not decide(each.person, Right.VIEW, each.enterprise, each.block, now())
    ended.revoke(at=now(), under={}, reason="Fin")
    for each in (proxy, ended):
        restore(each.person, supervisor)
    assert decide(proxy.person, Right.VIEW, proxy.enterprise, proxy.block, now())
    assert not decide(ended.person, Right.VIEW, ended.enterprise, ended.block, now())


def test_a_firm_left_with_nobody_is_in_recovery_at_once_and_out_of_it_again(supervisor):
    rse, other = DesignationFactory(), DesignationFactory()
    DesignationFactory(enterprise=other.enterprise)
    for each in (rse, other):
        suspend(each.person, supervisor)
    assert (state_of(rse.enterprise), state_of(other.enterprise)) == ("in_recovery", "active")
    restore(rse.person, supervisor)
    assert state_of(rse.enterprise) == "active"


def test_nobody_does_it_to_themselves_and_two_supervisors_stay(supervisor):
    for command in (suspend, restore):
        with pytest.raises(NotOneself):
            command(supervisor.person, supervisor)
    other = StaffAssignmentFactory(supervisor=True).person
    suspend(other, supervisor)
    third = Person.objects.exclude(pk__in=[other.pk, supervisor.person.pk]).filter(assignments__role="supervisor")[0]
    with pytest.raises(LastSupervisors):
        suspend(third, supervisor)
    assert Person.objects.get(pk=third.pk).state == Person.State.ACTIVE


def test_no_other_role_may(supervisor):
    someone = PersonFactory()
    for by in (actor(StaffAssignmentFactory().person), actor(DesignationFactory().person), actor()):
        for refused in (
            lambda by=by: suspend(someone, by),
            lambda by=by: restore(someone, by),
            lambda by=by: look_up_person(typed="x", reason="y", by=by),
        ):
            with pytest.raises(AccessDenied):
                refused()
    assert not PersonLookup.objects.exists()


def test_a_search_is_exact_and_kept_whether_it_finds_or_not(supervisor):
    someone = login()
    assert look_up_person(typed=someone.user_code.lower(), reason="Plainte", by=supervisor).person
    assert look_up_person(typed=someone.email.upper(), reason="Plainte", by=supervisor).person
    for typed in (someone.email[:-1], "%", "", someone.user_code[:-1]):
        assert look_up_person(typed=typed, reason="Plainte", by=supervisor).person is None
    assert PersonLookup.objects.filter(by=supervisor.person, reason="Plainte").count() == 6
    assert someone.email not in str(list(PersonLookup.objects.values()))


def test_two_supervisors_who_suspend_each_other_at_once_do_not_both(transactional_db):
    StaffAssignmentFactory(supervisor=True)
    one, other = (actor(StaffAssignmentFactory(supervisor=True).person) for _ in range(2))
    hands = Worker(), Worker()
    together((hands[0], lambda: suspend(other.person, one)), (hands[1], lambda: suspend(one.person, other)))
    for each in hands:
        each.close()
    assert Person.objects.filter(state=Person.State.SUSPENDED).count() == 1
