"""Where a person stands: the same answers as the decision, for one statement."""

import pytest

from mandat.access.decision import Right, decide
from mandat.access.place import place_of, staff_decisions
from mandat.access.queries import enterprises_of
from mandat.access.rights import RIGHTS_OF_A_PROXY, RIGHTS_OF_A_ROLE
from mandat.access.tests.factories import (
    BLOCK,
    DesignationFactory,
    PersonFactory,
    ProxyFactory,
    ServiceRegistrationFactory,
    StaffAssignmentFactory,
)
from mandat.access.tests.test_queries import OTHER_BLOCK, build_a_world
from mandat.enterprises.models import Enterprise, Role
from mandat.identity.models import Person
from mandat.platform.clock import now

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("seed", range(8))
def test_a_place_decides_as_the_decision_does_on_any_world(seed):
    build_a_world(seed)
    at = now()
    for who in Person.objects.all():
        openable = set(enterprises_of(who, at))
        for firm in Enterprise.objects.all():
            place = place_of(who, firm, at)
            assert place.may_open is (firm in openable)
            for block in (BLOCK, OTHER_BLOCK):
                for right in RIGHTS_OF_A_PROXY | RIGHTS_OF_A_ROLE:
                    assert place.decide(right, block) == decide(who, right, firm, block, at)
                assert (block in place.viewable) is bool(decide(who, Right.VIEW, firm, block, at))


def test_an_assignment_to_one_queue_opens_the_pages_of_the_staff_and_not_the_other_queues():
    limited = StaffAssignmentFactory(role="officer", queue="BF-REP").person
    assert staff_decisions(limited, now())[Right.EXAMINE]
    assert not staff_decisions(limited, now())[Right.SUPERVISE]
    assert decide(limited, Right.EXAMINE, None, "BF-REP", now())
    assert not decide(limited, Right.EXAMINE, None, "BF-FIN", now())


@pytest.mark.parametrize("fate", [{"ended": True}, {"unconfirmed": True}, {"revoked": True}])
def test_an_assignment_that_does_not_hold_opens_nothing(fate):
    assert not any(staff_decisions(StaffAssignmentFactory(**fate).person, now()).values())


def test_a_place_is_read_in_one_statement_however_much_one_holds(django_assert_num_queries):
    firm = ServiceRegistrationFactory(accepted_blocks=[BLOCK, OTHER_BLOCK]).enterprise
    who = DesignationFactory(enterprise=firm).person
    for block in (BLOCK, OTHER_BLOCK):
        ProxyFactory(enterprise=firm, person=who, block=block)
    at = now()
    with django_assert_num_queries(1):
        place = place_of(who, firm, at)
        assert place.decide(Right.SIGN, BLOCK)
        assert place.decide(Right.ADMINISTER)
        assert place.viewable == tuple(sorted([BLOCK, OTHER_BLOCK]))


def test_a_place_says_in_what_capacity():
    firm = ServiceRegistrationFactory(accepted_blocks=[BLOCK, OTHER_BLOCK]).enterprise
    both = DesignationFactory(enterprise=firm).person
    DesignationFactory(enterprise=firm, person=both, as_ra=True)
    place = place_of(both, firm, now())
    assert (place.roles, place.blocks_by_proxy) == ((Role.RA, Role.RSE), ())
    assert place.blocks == tuple(sorted([BLOCK, OTHER_BLOCK]))
    proxy = ProxyFactory(enterprise=firm, to_view=True)
    place = place_of(proxy.person, firm, now())
    assert (place.roles, place.blocks_by_proxy, place.blocks) == ((), (BLOCK,), (BLOCK,))
    assert not place_of(PersonFactory(), firm, now()).may_open
