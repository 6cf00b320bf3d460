"""The lists: the same rules as the decision, in the form of sets."""

import random

import pytest
from django.db.models import CharField, Value

from mandat.access.decision import Right, RightWithoutRule, decide
from mandat.access.models import StaffAssignment
from mandat.access.queries import (
    effective_rses,
    enterprises_of,
    may,
    people_who_can,
    proxies_given,
    proxies_received,
)
from mandat.access.rights import RIGHTS_OF_A_PROXY, RIGHTS_OF_A_ROLE, RIGHTS_OF_STAFF
from mandat.access.tests.factories import (
    BLOCK,
    DesignationFactory,
    EnterpriseFactory,
    PersonFactory,
    ProxyFactory,
    ServiceProviderFactory,
    ServiceRegistrationFactory,
    StaffAssignmentFactory,
)
from mandat.enterprises.grants import in_force
from mandat.enterprises.models import Enterprise
from mandat.identity.models import Person
from mandat.platform.clock import now

pytestmark = pytest.mark.django_db
OTHER_BLOCK = "BF-FIN"

#: What the dice choose among, for each kind of row.
FATES = {
    EnterpriseFactory: [{}, {}, {}, {"in_recovery": True}, {"suspended": True}, {"closed": True}],
    ServiceRegistrationFactory: [{}, {}, {"suspended": True}, {"in_process": True}, {"accepted_blocks": []}],
    PersonFactory: [{}, {}, {}, {"suspended": True}],
    DesignationFactory: [{}, {"as_ra": True}, {"ended": True}, {"not_yet": True}, {"revoked": True}],
    ProxyFactory: [{}, {"to_view": True}, {"ended": True}, {"not_yet": True}, {"revoked": True}, {"rights": ["pay"]}],
    StaffAssignmentFactory: [{}, {"ended": True}, {"unconfirmed": True}, {"revoked": True}, {"queue": "paper"}],
}


def build_a_world(seed):
    """Make three firms, two providers and five persons, bound as the dice say."""
    dice = random.Random(seed)

    def make(factory, *, chance=1.0, **values):
        return factory(**values | dice.choice(FATES[factory])) if dice.random() < chance else None

    providers = {BLOCK: ServiceProviderFactory(), OTHER_BLOCK: ServiceProviderFactory(code="autre")}
    people = [make(PersonFactory) for _ in range(5)]
    for firm in [make(EnterpriseFactory) for _ in range(3)]:
        for block, provider in providers.items():
            registered = {"enterprise": firm, "provider": provider, "accepted_blocks": [block]}
            make(ServiceRegistrationFactory, chance=0.8, **registered)
        for person in people:
            make(DesignationFactory, chance=0.4, enterprise=firm, person=person)
            for block in providers:
                misplaced = dice.choice(list(providers.values()))
                make(ProxyFactory, chance=0.5, enterprise=firm, person=person, block=block, provider=misplaced)
    for person in people:
        for role in StaffAssignment.Role:
            make(StaffAssignmentFactory, chance=0.3, person=person, role=role)


@pytest.mark.parametrize("seed", range(5))
def test_the_lists_and_the_decision_agree_on_any_world(seed):
    build_a_world(seed)
    at, people, firms = now(), list(Person.objects.all()), list(Enterprise.objects.all())
    for right in RIGHTS_OF_A_PROXY | RIGHTS_OF_A_ROLE:
        for block in (BLOCK, OTHER_BLOCK):
            allowed = {(who, firm) for who in people for firm in firms if decide(who, right, firm, block, at)}
            rows = Enterprise.objects.annotate(block=Value(block, output_field=CharField()))
            for who in people:
                listed = rows.filter(may(who, right, enterprise="pk", block="block", at=at))
                assert set(listed) == {firm for holder, firm in allowed if holder == who}
            for firm in firms:
                assert set(people_who_can(firm, right, block, at)) == {who for who, held in allowed if held == firm}


@pytest.mark.parametrize("seed", range(5))
def test_the_staff_listed_is_the_staff_that_the_decision_lets_act(seed):
    build_a_world(seed)
    at, people = now(), list(Person.objects.all())
    for right in RIGHTS_OF_STAFF:
        for queue in (None, "paper"):
            able = {who for who in people if decide(who, right, None, queue, at)}
            assert set(people_who_can(None, right, queue, at)) == able


@pytest.mark.parametrize("seed", range(5))
def test_whoever_holds_a_right_over_a_firm_may_open_it_and_nobody_else(seed):
    """Over one that is not suspended: there, those who would hold a right are still shown why they do not."""
    build_a_world(seed)
    at = now()
    rights = RIGHTS_OF_A_PROXY | RIGHTS_OF_A_ROLE
    for who in Person.objects.all():
        opened = set(enterprises_of(who, at))
        for firm in Enterprise.objects.all():
            blocks = (BLOCK, OTHER_BLOCK)
            holds = any(decide(who, right, firm, block, at) for right in rights for block in blocks)
            assert not holds or firm in opened
            stands = who.designations.filter(in_force(at), enterprise=firm).exists()
            stands = stands or proxies_received(who, at).filter(enterprise=firm).exists()
            may_open = stands and firm.state != "closed" and who.state == "active"
            assert (firm in opened) is may_open


def test_a_set_of_a_right_without_a_rule_is_an_error():
    for ask in (may, lambda who, right, **rest: people_who_can(None, right, None, rest["at"])):
        with pytest.raises(RightWithoutRule):
            ask(PersonFactory(), "fly", enterprise="pk", at=now())


def test_the_lists_cost_the_same_however_long_they_are(django_assert_num_queries):
    for _ in range(5):
        firm = ServiceRegistrationFactory().enterprise
        who = DesignationFactory(enterprise=firm).person
        ProxyFactory.create_batch(3, enterprise=firm)
    at = now()
    with django_assert_num_queries(1):
        assert list(enterprises_of(who, at)) == [firm]
    with django_assert_num_queries(1):
        assert len([(proxy.person.sort_name, proxy.provider.code) for proxy in proxies_given(firm, at)]) == 3
    with django_assert_num_queries(1):
        assert len(people_who_can(firm, Right.SIGN, BLOCK, at)) == 4


def test_an_effective_rse_is_in_force_and_not_suspended():
    firm = EnterpriseFactory(in_recovery=True)
    effective = DesignationFactory(enterprise=firm).person
    DesignationFactory(enterprise=firm, person__suspended=True)
    DesignationFactory(enterprise=firm, ended=True)
    DesignationFactory(enterprise=firm, as_ra=True)
    assert list(effective_rses(firm, now())) == [effective]


def test_a_proxy_counts_with_its_own_provider_though_another_accepts_the_same_block():
    """Once, the registration that came last hid the others: the decision said no, and the lists said yes."""
    registration = ServiceRegistrationFactory()
    ServiceRegistrationFactory(enterprise=registration.enterprise, provider=ServiceProviderFactory(code="autre"))
    proxy = ProxyFactory(enterprise=registration.enterprise, provider=registration.provider)
    decision = decide(proxy.person, Right.SIGN, proxy.enterprise, BLOCK, now())
    assert registration.public_id in [link.public_id for link in decision.chain]
    assert proxy.person in people_who_can(proxy.enterprise, Right.SIGN, BLOCK, now())
