"""A firm in recovery: a case of the verification desk, told by mail, closed once somebody is in charge again."""

import pytest

from mandat.access.commands.recovery import keep_recoveries
from mandat.access.handlers import tell_holders_of_recovery
from mandat.access.tests.factories import (
    DesignationFactory,
    LoginFactory,
    ProxyFactory,
    ServiceRegistrationFactory,
    StaffAssignmentFactory,
    actor,
)
from mandat.casework.models import Case
from mandat.casework.queries import queue_of
from mandat.enrolment.handlers import keep_recovery_case, tell_desk_of_recovery
from mandat.enterprises.events import EnterpriseEnteredRecovery, EnterpriseLeftRecovery
from mandat.openid.tests.world import browser_of
from mandat.platform.clock import now
from mandat.platform.models import Mail

pytestmark = pytest.mark.django_db


@pytest.fixture
def firm():
    firm = ServiceRegistrationFactory().enterprise
    DesignationFactory(enterprise=firm, ended=True)
    keep_recoveries()
    return firm


def test_the_desk_has_a_case_while_it_lasts(firm):
    entered = EnterpriseEnteredRecovery(enterprise=str(firm.public_id))
    keep_recovery_case(entered)
    keep_recovery_case(entered)
    verifier = actor(StaffAssignmentFactory().person)
    assert [each.subject_id for each in queue_of(verifier.person, now())] == [firm.public_id]
    browser, _ = browser_of(verifier)
    assert firm.name in browser.get("/agence/dossiers").content.decode()
    page = browser.get(f"/agence/reprises/{firm.public_id}/")
    assert "n’a plus de responsable" in page.content.decode()
    DesignationFactory(enterprise=firm)
    keep_recoveries()
    keep_recovery_case(EnterpriseLeftRecovery(enterprise=str(firm.public_id)))
    assert Case.objects.get().state == "closed"
    assert "n’est plus en reprise" in browser.get(f"/agence/reprises/{firm.public_id}/").content.decode()


def test_a_firm_that_never_was_in_recovery_has_no_such_page():
    browser, _ = browser_of(actor(StaffAssignmentFactory().person))
    firm = DesignationFactory().enterprise
    assert browser.get(f"/agence/reprises/{firm.public_id}/").status_code == 404


def test_the_desk_and_whoever_still_holds_something_are_written_to(firm):
    verifier, officer = (actor(StaffAssignmentFactory(role=role).person) for role in ("verifier", "officer"))
    holder, former = LoginFactory(), LoginFactory()
    ProxyFactory(enterprise=firm, person=holder.links.get().person)
    ProxyFactory(enterprise=firm, person=former.links.get().person, ended=True)
    event = EnterpriseEnteredRecovery(enterprise=str(firm.public_id))
    tell_desk_of_recovery(event)
    tell_holders_of_recovery(event)
    assert {each.to for each in Mail.objects.all()} == {verifier.login.email, holder.email}
    assert officer.login.email not in {each.to for each in Mail.objects.all()}
