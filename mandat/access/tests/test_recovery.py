"""Rights that end by themselves leave a firm in recovery; corrected, they leave it as it was. In whatever order."""

import itertools

import pytest

from mandat.access.commands.recovery import keep_recoveries
from mandat.access.decision import Right, decide
from mandat.access.handlers import tell_of_recovery
from mandat.access.tests.factories import A_YEAR_LATER, UNDER, DesignationFactory, EnterpriseFactory, LoginFactory
from mandat.enterprises.events import EnterpriseEnteredRecovery
from mandat.enterprises.models import Enterprise
from mandat.identity.commands import restore_person, suspend_person
from mandat.platform.clock import now
from mandat.platform.models import EventRow, Mail

pytestmark = pytest.mark.django_db
State = Enterprise.State


def state_of(firm):
    return Enterprise.objects.get(pk=firm.pk).state


def told():
    return list(EventRow.objects.order_by("id").values_list("name", flat=True))


def test_the_end_of_the_last_rse_puts_the_firm_in_recovery_and_changes_no_other():
    firm = DesignationFactory(ended=True).enterprise
    manned, never_manned = DesignationFactory().enterprise, EnterpriseFactory()
    assert keep_recoveries() == [firm]
    assert (state_of(firm), state_of(manned), state_of(never_manned)) == (State.IN_RECOVERY, State.ACTIVE, State.ACTIVE)
    assert keep_recoveries() == []
    assert told() == ["EnterpriseEnteredRecovery"]


def test_an_end_applies_at_its_instant_before_any_job_has_run(at):
    rse = DesignationFactory(ended=True)
    firm = rse.enterprise
    assert state_of(firm) == State.ACTIVE
    assert not decide(rse.person, Right.ADMINISTER, firm, None, now())
    assert not decide(rse.person, Right.ADMINISTER, firm, None, A_YEAR_LATER)


def test_what_ended_by_mistake_and_is_put_right_leaves_the_firm_as_it_was():
    rse = DesignationFactory()
    suspend_person(person_id=rse.person.public_id, reason="Registre", under=UNDER)
    keep_recoveries()
    assert state_of(rse.enterprise) == State.IN_RECOVERY
    restore_person(person_id=rse.person.public_id, reason="Registre corrigé", under=UNDER)
    keep_recoveries()
    assert state_of(rse.enterprise) == State.ACTIVE
    assert decide(rse.person, Right.ADMINISTER, rse.enterprise, None, now())


@pytest.mark.parametrize("order", list(itertools.permutations(["end", "suspend", "job", "job"]))[::5])
def test_causes_in_any_order_and_repeated_end_in_the_same_state(order):
    one = DesignationFactory()
    other = DesignationFactory(enterprise=one.enterprise)
    steps = {
        "end": lambda: one.revoke(at=now(), under=UNDER, reason="Fin"),
        "suspend": lambda: suspend_person(person_id=other.person.public_id, reason="Fin", under=UNDER),
        "job": keep_recoveries,
    }
    for step in order:
        steps[step]()
    keep_recoveries()
    assert state_of(one.enterprise) == State.IN_RECOVERY


def test_a_suspended_or_closed_firm_stays_so():
    for trait in ("suspended", "closed"):
        firm = EnterpriseFactory(**{trait: True})
        DesignationFactory(enterprise=firm, ended=True)
        assert keep_recoveries() == []
        assert state_of(firm) == trait


def test_the_authorized_representative_is_written_to():
    firm = DesignationFactory(ended=True).enterprise
    ra = DesignationFactory(enterprise=firm, as_ra=True).person
    login = LoginFactory(person=ra)
    tell_of_recovery(EnterpriseEnteredRecovery(enterprise=str(firm.public_id)))
    assert list(Mail.objects.values_list("to", flat=True)) == [login.email]
