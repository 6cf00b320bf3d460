"""A cause from outside stops a firm at once, tells why, and gives back exactly what stood; by hand is by hand."""

from datetime import date, timedelta

import pytest

from mandat.access import stopping
from mandat.access.causes import Cause, Fact, Reported
from mandat.access.commands import move_registration
from mandat.access.commands.causes import (
    AlreadyAside,
    AlreadyHeld,
    CauseNotSaid,
    hear,
    hear_all,
    heed_cause,
    hold_account,
    keep_standings,
    release_account,
    set_cause_aside,
)
from mandat.access.decision import AccessDenied, Right, decide
from mandat.access.tests.factories import (
    BLOCK,
    DesignationFactory,
    LoginFactory,
    PersonFactory,
    ProxyFactory,
    ServiceRegistrationFactory,
    StaffAssignmentFactory,
    actor,
)
from mandat.enterprises.events import CausesReported, EnterpriseResumed, EnterpriseStopped
from mandat.enterprises.models import Enterprise, Report, ReportHistory, ServiceRegistration
from mandat.enterprises.workflow import EnterpriseMove, RegistrationMove
from mandat.platform.clock import now
from mandat.platform.models import EventRow, Mail
from mandat.platform.workflow import MoveNotAllowed

pytestmark = pytest.mark.django_db
SOURCE, SINCE = Report.Source.BUSINESS_REGISTER, date(2026, 1, 15)


class Firm:
    """A firm with an RSE who reads English, and a proxy."""

    def __init__(self):
        self.registration = ServiceRegistrationFactory()
        self.firm = self.registration.enterprise
        self.rse = DesignationFactory(enterprise=self.firm, person=PersonFactory(language="en")).person
        LoginFactory(person=self.rse)
        self.proxy = ProxyFactory(enterprise=self.firm, provider=self.registration.provider)
        self.began = now()

    def says(self, *causes, day=0, source=SOURCE, since=SINCE):
        facts = tuple(Fact(each, since) for each in causes)
        reported = Reported(source, self.began + timedelta(days=day), 0, facts)
        return hear(enterprise_id=self.firm.public_id, reported=reported)

    def may(self, right, person=None):
        return bool(decide(person or self.proxy.person, right, self.firm, BLOCK, now()))

    @property
    def states(self):
        registration = ServiceRegistration.objects.get(pk=self.registration.pk)
        return Enterprise.objects.get(pk=self.firm.pk).state, registration.state


@pytest.fixture
def firm():
    return Firm()


@pytest.fixture
def supervisor():
    return actor(StaffAssignmentFactory(supervisor=True).person)


def about(firm, cause=Cause.STRUCK_OFF, source=SOURCE):
    return {"enterprise_id": firm.firm.public_id, "source": source, "cause": cause}


def last(event):
    row = EventRow.objects.filter(name=event.__name__).latest("id")
    return event(**row.body, event_id=str(row.public_id))


def test_who_is_struck_off_is_stopped_at_once_and_a_correction_gives_back_exactly_what_stood(firm):
    ended = ProxyFactory(enterprise=firm.firm, provider=firm.registration.provider)
    assert firm.says(Cause.STRUCK_OFF)
    assert firm.states == ("suspended", "active")
    assert not any(firm.may(right) for right in (Right.VIEW, Right.SIGN))
    assert not firm.may(Right.ADMINISTER, firm.rse)
    move = firm.firm.history.latest("id")
    (said,) = move.authority["causes"]
    assert (said["source"], said["cause"], said["since"]) == (SOURCE, "struck_off", "2026-01-15")
    ended.revoke(at=now(), under={}, reason="Départ")
    firm.says(day=1)
    assert firm.states == ("active", "active")
    assert firm.may(Right.SIGN)
    assert firm.may(Right.ADMINISTER, firm.rse)
    assert not firm.may(Right.SIGN, ended.person)


def test_the_same_word_again_or_an_older_one_moves_nothing_and_is_no_news(firm):
    firm.says(Cause.STRUCK_OFF, day=2)
    assert not firm.says(Cause.STRUCK_OFF, day=2)
    assert not firm.says(Cause.STRUCK_OFF, day=3)
    assert not firm.says(day=1)
    assert firm.states[0] == "suspended"
    assert (firm.firm.history.count(), ReportHistory.objects.count()) == (1, 1)


def test_many_firms_are_heard_at_once_and_what_is_unchanged_is_heard_as_later(firm):
    said, began = {firm.firm.public_id: (Fact(Cause.STRUCK_OFF, SINCE),)}, firm.began
    assert hear_all(SOURCE, said, as_of=began) == 1
    assert hear_all(SOURCE, said, as_of=began + timedelta(days=3)) == 0
    assert not firm.says(day=1)  # older than what was said of it since
    assert firm.states[0] == "suspended"
    assert hear_all(SOURCE, {firm.firm.public_id: ()}, as_of=began + timedelta(days=4)) == 1
    assert firm.states[0] == "active"


def test_a_bankrupt_firm_may_only_view(firm):
    firm.says(Cause.BANKRUPT)
    assert firm.states == ("active", "suspended")
    assert (firm.may(Right.VIEW), firm.may(Right.SIGN)) == (True, False)
    firm.says(day=1)
    assert firm.may(Right.SIGN)


def test_a_cause_that_only_warns_stops_nothing(firm):
    firm.says(Cause.NOT_REGISTERED)
    assert firm.states == ("active", "active")


def test_a_merger_stops_the_firm_once_its_notice_is_over(firm, at):
    firm.says(Cause.MERGED)
    assert (firm.states[0], keep_standings()) == ("active", [])
    stopping.tell_of_notice(last(CausesReported))
    mail = Mail.objects.get()
    assert (mail.to, mail.language) == (firm.rse.links.get().login.email, "en")
    assert "stop soon" in mail.subject
    assert "under its own NEQ" in mail.text
    at(now() + timedelta(days=30, minutes=1))
    assert keep_standings() == [firm.firm]
    assert firm.states[0] == "suspended"
    assert keep_standings() == []


def test_those_in_charge_are_told_what_stops_them_and_that_it_is_over_in_their_language(firm):
    firm.says(Cause.STRUCK_OFF)
    for _ in range(2):
        stopping.tell_of_stop(last(EnterpriseStopped))
    mail = Mail.objects.get()
    assert "is suspended" in mail.subject
    for words in ("Struck off the enterprises register", "January 15, 2026", "Enterprises register", "revoked"):
        assert words in mail.text
    firm.says(day=1)
    stopping.tell_of_resumption(last(EnterpriseResumed))
    assert "restored" in Mail.objects.latest("id").subject


def test_the_desk_is_told_of_each_new_word_of_a_source(firm):
    login = LoginFactory(person=StaffAssignmentFactory().person)
    firm.says(Cause.NOT_REGISTERED)
    stopping.tell_desk(last(CausesReported))
    assert Mail.objects.get().to == login.email


def test_of_two_causes_the_second_keeps_the_firm_stopped(firm):
    firm.says(Cause.STRUCK_OFF)
    firm.says(Cause.HELD, source=Report.Source.STAFF)
    firm.says(day=1)
    assert firm.states[0] == "suspended"
    firm.says(day=1, source=Report.Source.STAFF)
    assert firm.states[0] == "active"


def test_what_was_suspended_by_hand_is_not_lifted_by_a_corrected_cause(firm):
    officer = actor(StaffAssignmentFactory(role="officer").person)
    named = {"registration_id": firm.registration.public_id, "by": officer}
    move_registration(**named, move=RegistrationMove.SUSPEND, reason="Contrôle")
    firm.firm.make(EnterpriseMove.SUSPEND, at=now(), under={"person": "somebody"})
    firm.says(Cause.STRUCK_OFF, Cause.BANKRUPT)
    firm.says(day=1)
    assert firm.states == ("suspended", "suspended")


def test_a_registration_taken_up_by_hand_while_a_cause_holds_is_stopped_again(firm):
    officer = actor(StaffAssignmentFactory(role="officer").person)
    firm.says(Cause.BANKRUPT)
    moved = {"registration_id": firm.registration.public_id, "by": officer}
    move_registration(**moved, move=RegistrationMove.REINSTATE)
    keep_standings()
    assert firm.states[1] == "suspended"
    with pytest.raises(MoveNotAllowed):
        move_registration(**moved, move=RegistrationMove.SUSPEND)


def test_a_firm_that_lost_its_last_rse_while_stopped_comes_back_in_recovery(firm):
    firm.says(Cause.STRUCK_OFF)
    designation = firm.firm.designations.get()
    designation.revoke(at=now(), under={}, reason="Départ")
    firm.says(day=1)
    assert firm.states[0] == "in_recovery"


def test_a_closed_account_stays_closed(firm):
    firm.firm.make(EnterpriseMove.CLOSE, at=now(), under={})
    firm.says(Cause.STRUCK_OFF)
    firm.says(day=1)
    assert firm.states[0] == "closed"


# What supervisors do


def test_a_supervisor_sets_a_cause_aside_for_a_time_and_only_that_fact(firm, supervisor, at):
    firm.says(Cause.STRUCK_OFF)
    set_cause_aside(**about(firm), reason="Erreur reconnue par le Registraire", by=supervisor)
    assert firm.states[0] == "active"
    with pytest.raises(AlreadyAside):
        set_cause_aside(**about(firm), reason="Encore", by=supervisor)
    firm.says(Cause.STRUCK_OFF, day=1)
    assert firm.states[0] == "active"
    firm.says(Cause.STRUCK_OFF, day=2, since=date(2026, 5, 1))
    assert firm.states[0] == "suspended"
    firm.says(Cause.STRUCK_OFF, day=3)
    assert firm.states[0] == "active"
    at(now() + timedelta(days=61))
    keep_standings()
    assert firm.states[0] == "suspended"


def test_a_cause_set_aside_is_heeded_again(firm, supervisor):
    firm.says(Cause.STRUCK_OFF)
    with pytest.raises(CauseNotSaid):
        heed_cause(**about(firm), reason="Non", by=supervisor)
    set_cause_aside(**about(firm), reason="Contestée", by=supervisor)
    heed_cause(**about(firm), reason="Contestation rejetée", by=supervisor)
    assert firm.states[0] == "suspended"
    kept = firm.firm.set_aside.get()
    assert (kept.reason, kept.end_reason) == ("Contestée", "Contestation rejetée")


def test_only_what_a_source_says_is_set_aside_and_only_by_a_supervisor(firm, supervisor):
    with pytest.raises(CauseNotSaid):
        set_cause_aside(**about(firm), reason="Rien", by=supervisor)
    firm.says(Cause.STRUCK_OFF)
    verifier = actor(StaffAssignmentFactory().person)
    for command in (set_cause_aside, heed_cause):
        with pytest.raises(AccessDenied):
            command(**about(firm), reason="Non", by=verifier)
    for command in (hold_account, release_account):
        with pytest.raises(AccessDenied):
            command(enterprise_id=firm.firm.public_id, reason="Non", by=verifier)
    assert firm.states[0] == "suspended"


def test_an_account_held_by_hand_is_released_by_hand_only(firm, supervisor):
    held = {"enterprise_id": firm.firm.public_id, "by": supervisor}
    hold_account(**held, reason="Fraude présumée")
    with pytest.raises(AlreadyHeld):
        hold_account(**held, reason="Encore")
    with pytest.raises(CauseNotSaid):  # it is lifted, not set aside
        set_cause_aside(**about(firm, Cause.HELD, Report.Source.STAFF), reason="Non", by=supervisor)
    firm.says(Cause.STRUCK_OFF)
    firm.says(day=1)
    assert firm.states[0] == "suspended"
    release_account(**held, reason="Vérifié")
    assert firm.states[0] == "active"
    kept = ReportHistory.objects.filter(source=Report.Source.STAFF).order_by("id")
    assert [each.reason for each in kept] == ["Fraude présumée", "Vérifié"]
    assert all(each.authority["capacities"] == ["supervisor"] for each in kept)
