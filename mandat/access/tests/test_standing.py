"""The statement, against the database: one for each decision, locked in one order, and equal to the lists."""

import re
from datetime import timedelta

import pytest
from django.db.transaction import TransactionManagementError

from mandat.access.decision import (
    AccessDenied,
    Ground,
    Kind,
    Right,
    RightWithoutRule,
    decide,
    decide_each,
    require,
    require_one_of,
)
from mandat.access.queries import (
    enterprises_of,
)
from mandat.access.rights import RIGHTS_OF_A_PROXY
from mandat.access.standing import EDGES, statement
from mandat.access.tests.factories import (
    BLOCK,
    FAR_AHEAD,
    LONG_AGO,
    DesignationFactory,
    PersonFactory,
    ProxyFactory,
    ServiceProviderFactory,
    ServiceRegistrationFactory,
    StaffAssignmentFactory,
    actor,
)
from mandat.platform.clock import now

pytestmark = pytest.mark.django_db
INSTANT = timedelta(microseconds=1)
OTHER_BLOCK = "BF-FIN"


@pytest.fixture
def firm():
    return ServiceRegistrationFactory().enterprise


def test_a_decision_is_one_statement(firm, django_assert_num_queries):
    rse = DesignationFactory(enterprise=firm).person
    at = now()
    with django_assert_num_queries(1):
        assert decide(rse, Right.SIGN, firm, BLOCK, at)
    with django_assert_num_queries(1):
        assert all(decide_each(rse, RIGHTS_OF_A_PROXY | {Right.ADMINISTER}, firm, BLOCK, at).values())


def test_a_gate_is_one_statement_and_one_reading_of_the_clock(firm, django_assert_num_queries):
    rse = actor(DesignationFactory(enterprise=firm).person)
    with django_assert_num_queries(2):
        require(rse, Right.SIGN, Right.ADMINISTER, enterprise=firm, block=BLOCK)


def test_the_edges_are_locked_in_the_order_of_their_kinds():
    locking = statement(frozenset(Kind), is_locking=True)
    assert list(EDGES) == list(Kind)
    assert re.findall(r"(\w+) AS \(", locking) == [kind.value for kind in Kind]
    assert re.findall(r"TABLE (\w+)", locking) == [kind.value for kind in Kind]
    assert locking.count("FOR SHARE") == len(Kind)
    assert "FOR SHARE" not in statement(frozenset(Kind), is_locking=False)


@pytest.mark.django_db(transaction=True)
def test_a_gate_outside_a_transaction_guards_nothing_and_is_an_error():
    with pytest.raises(TransactionManagementError):
        require(None, Right.SIGN, enterprise=None, block=BLOCK)


@pytest.mark.parametrize("gate", [require, require_one_of])
def test_a_gate_that_asks_for_no_right_is_an_error_and_never_a_yes(gate, firm):
    rse = actor(DesignationFactory(enterprise=firm).person)
    with pytest.raises(RightWithoutRule):
        gate(rse, enterprise=firm, block=BLOCK)


def test_a_gate_asks_for_every_right_and_the_other_for_one(firm):
    viewer = actor(ProxyFactory(enterprise=firm, to_view=True).person)
    with pytest.raises(AccessDenied) as denied:
        require(viewer, Right.VIEW, Right.SIGN, enterprise=firm, block=BLOCK)
    assert denied.value.decision.right == Right.SIGN
    authority = require_one_of(viewer, Right.SIGN, Right.VIEW, enterprise=firm, block=BLOCK)
    assert authority.capacities == ["proxy"]
    with pytest.raises(AccessDenied):
        require_one_of(viewer, Right.SIGN, Right.PAY, enterprise=firm, block=BLOCK)


def test_an_authority_is_kept_with_its_chain_and_holds_no_name(firm):
    proxy = ProxyFactory(enterprise=firm)
    record = require(actor(proxy.person), Right.SIGN, enterprise=firm, block=BLOCK).as_record()
    assert [link["kind"] for link in record["chain"]] == ["enterprise", "registration", "person", "proxy"]
    assert record["chain"][-1]["given_by"] == proxy.granted_under["person"]
    assert (record["person"], record["on_behalf_of"]) == (str(proxy.person.public_id), str(firm.public_id))
    assert (record["assurance"], record["methods"]) == ("two_factors", ["password", "totp"])
    assert proxy.person.family_name not in str(record)


@pytest.mark.parametrize(
    ("moment", "holds"),
    [(LONG_AGO - INSTANT, False), (LONG_AGO, True), (FAR_AHEAD - INSTANT, True), (FAR_AHEAD, False)],
)
def test_a_proxy_holds_at_its_start_and_no_more_at_its_end(moment, holds, firm, at):
    proxy = ProxyFactory(enterprise=firm)
    assert bool(decide(proxy.person, Right.SIGN, firm, BLOCK, moment)) is holds
    listed = enterprises_of(proxy.person, moment)
    assert (firm in listed) is holds
    by = actor(proxy.person)
    at(moment)
    if holds:
        assert require(by, Right.SIGN, enterprise=firm, block=BLOCK).at == moment
    else:
        with pytest.raises(AccessDenied):
            require(by, Right.SIGN, enterprise=firm, block=BLOCK)


def test_an_act_comes_after_every_revocation_it_sees_whatever_the_clock_says(firm, at):
    """A standby promoted on a machine whose clock is behind gives nobody back what was taken from them."""
    moment = now()
    proxy = ProxyFactory(enterprise=firm)
    proxy.revoke(at=moment, under={"by": "test"}, reason="Départ")
    by = actor(proxy.person)
    at(moment - timedelta(seconds=5))
    with pytest.raises(AccessDenied) as denied:
        require(by, Right.SIGN, enterprise=firm, block=BLOCK)
    assert denied.value.decision.ground == Ground.REVOKED


def test_a_proxy_in_a_block_that_the_enterprise_has_not_accepted_gives_nothing(firm):
    proxy = ProxyFactory(enterprise=firm, block=OTHER_BLOCK)
    decision = decide(proxy.person, Right.VIEW, firm, OTHER_BLOCK, now())
    assert (decision.missing, decision.ground) == (Kind.REGISTRATION, Ground.BLOCK_NOT_ACCEPTED)
    assert firm not in enterprises_of(proxy.person, now())


def test_a_proxy_to_another_enterprise_or_with_another_provider_gives_nothing(firm):
    elsewhere = ProxyFactory(enterprise=ServiceRegistrationFactory().enterprise)
    assert not decide(elsewhere.person, Right.VIEW, firm, BLOCK, now())
    other = ServiceProviderFactory(code="autre")
    ServiceRegistrationFactory(enterprise=firm, provider=other, accepted_blocks=[OTHER_BLOCK])
    misplaced = ProxyFactory(enterprise=firm, provider=other)
    decision = decide(misplaced.person, Right.VIEW, firm, BLOCK, now())
    assert (decision.missing, decision.ground) == (Kind.PROXY, Ground.ABSENT)


def test_a_role_in_one_queue_does_not_answer_for_all_queues():
    at = now()
    somewhere = StaffAssignmentFactory(queue="paper").person
    assert decide(somewhere, Right.VERIFY, None, "paper", at)
    assert not decide(somewhere, Right.VERIFY, None, "online", at)
    assert not decide(somewhere, Right.VERIFY, None, None, at)
    everywhere = StaffAssignmentFactory().person
    assert decide(everywhere, Right.VERIFY, None, "paper", at)
    assert decide(everywhere, Right.VERIFY, None, None, at)


def test_an_assignment_carries_nothing_before_its_confirmation():
    waiting = StaffAssignmentFactory(unconfirmed=True)
    assert not decide(waiting.person, Right.VERIFY, None, None, now())
    moment = now()
    waiting.confirm(by=PersonFactory(), at=moment, under={})
    assert not decide(waiting.person, Right.VERIFY, None, None, moment - INSTANT)
    assert decide(waiting.person, Right.VERIFY, None, None, moment)
