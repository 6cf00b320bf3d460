"""What ends the way back from a lost second factor: the person, time, and whatever it rests on."""

from datetime import timedelta

import pytest
from django.db import transaction

from mandat.access.tests.factories import (
    DesignationFactory,
    EnterpriseFactory,
    StaffAssignmentFactory,
    UserFactory,
    actor,
)
from mandat.access.tests.parallel import Worker, together
from mandat.enrolment.commands import (
    ask_the_desk,
    code_to_hand_over,
    stop_reproof,
)
from mandat.enrolment.errors import ReproofUnusable, WrongSecondPart
from mandat.enrolment.models import Reproof, ReproofMoveMade
from mandat.enrolment.tests.losing import NEW, NOON, is_untouched, link_to, lose, replace, start, whose
from mandat.enrolment.workflow import ReproofState
from mandat.identity.commands import (
    link_login,
    suspend_person,
)
from mandat.identity.factor_policy import Factor, FactorPolicy
from mandat.identity.models import Login
from mandat.identity.new_factor import FactorNotAccepted
from mandat.identity.second_factor import code_of, secret_of, step_at
from mandat.identity.tests.people import login_with_second_factor, person
from mandat.platform.clock import now
from mandat.platform.models import Mail
from mandat.platform.workflow import MoveNotAllowed


def test_the_person_stops_it_by_either_link(someone, rse):
    lose(someone)
    stop_reproof(token=link_to(someone))
    reproof = start(lose(someone), rse)
    stop_reproof(token=link_to(someone))
    with pytest.raises(ReproofUnusable):
        replace(someone, reproof)
    with pytest.raises(MoveNotAllowed):
        start(reproof, rse)
    assert is_untouched(someone)


def test_a_link_made_again_kills_the_old_link_and_the_old_code(someone, rse, at):
    reproof = start(lose(someone), rse)
    token, second = link_to(someone), code_to_hand_over(reproof)
    at(NOON + timedelta(minutes=1))
    reproof = start(reproof, rse)
    for said in ({"token": token}, {"second": second}):
        with pytest.raises((ReproofUnusable, WrongSecondPart)):
            replace(someone, reproof, **said)
    replace(someone, reproof)


@pytest.mark.parametrize("what", ["time", "email", "suspended", "inactive", "relinked"])
def test_it_ends_with_its_time_and_with_what_it_was_asked_for(someone, rse, at, what):
    reproof = start(lose(someone), rse)
    token = link_to(someone)
    at(NOON + timedelta(minutes=1))
    if what == "time":
        at(NOON + timedelta(days=14))
    elif what == "email":
        Login.objects.filter(pk=someone.pk).update(email="ailleurs@exemple.test")
    elif what == "suspended":
        type(whose(someone)).objects.filter(pk=whose(someone).pk).update(state="suspended")
    elif what == "inactive":
        Login.objects.filter(pk=someone.pk).update(is_active=False)
    else:
        link_login(login=someone, person=person("Marc", "Roy"))
    with pytest.raises(ReproofUnusable):
        replace(someone, reproof, token=token)


@pytest.mark.parametrize("who", ["rse revoked", "rse suspended", "verifier ended", "now elsewhere", "now staff"])
def test_a_confirmation_falls_with_the_standing_of_whoever_gave_it(someone, firm, who):
    """And when it would be asked of somebody else by now: whoever acts elsewhere too, or has become staff."""
    designation, assignment = DesignationFactory(enterprise=firm), StaffAssignmentFactory()
    if who == "verifier ended":
        lose(someone)
        ask_the_desk(token=link_to(someone))
        reproof = start(lose(someone), actor(assignment.person), address=["É. T."])
        assignment.revoke(at=now(), under={}, reason="départ")
    else:
        reproof = start(lose(someone), actor(designation.person))
    if who == "rse revoked":
        designation.revoke(at=now(), under={}, reason="départ")
    elif who == "rse suspended":
        suspend_person(person_id=designation.person.public_id, reason="essai", under={})
    elif who == "now elsewhere":
        UserFactory(person=whose(someone))
    elif who == "now staff":
        StaffAssignmentFactory(person=whose(someone))
    with pytest.raises(ReproofUnusable):
        replace(someone, reproof)
    assert is_untouched(someone)
    assert lose(someone).pk != reproof.pk, "it is asked anew"


def test_another_rse_takes_up_a_confirmation_that_fell(someone, firm, rse):
    DesignationFactory(enterprise=firm)
    reproof = start(lose(someone), rse)
    firm.designations.filter(person=rse.person).get().revoke(at=now(), under={}, reason="départ")
    again = start(reproof, actor(DesignationFactory(enterprise=firm).person))
    replace(someone, again)
    assert secret_of(someone) == NEW


def test_a_confirmation_without_a_wait_falls_when_its_person_begins_to_act_elsewhere(someone, firm):
    lose(someone)
    ask_the_desk(token=link_to(someone))
    reproof = start(lose(someone), actor(StaffAssignmentFactory().person), address=["É. T."])
    UserFactory(person=whose(someone))
    with pytest.raises(ReproofUnusable):
        replace(someone, reproof)


def test_no_weaker_factor_than_the_policy_asks_takes_the_place_of_a_lost_one(someone, rse, monkeypatch):
    monkeypatch.setattr("mandat.access.asked.factor_policy", lambda *_: FactorPolicy((Factor.PASSKEY,)))
    reproof = start(lose(someone), rse)
    with pytest.raises(FactorNotAccepted):
        replace(someone, reproof)
    assert is_untouched(someone)


def test_a_revocation_and_a_new_factor_at_once_end_one_before_the_other(transactional_db):
    """Whichever is first, no factor is replaced on a confirmation whose giver was out by then."""
    someone, firm = login_with_second_factor(), EnterpriseFactory()
    UserFactory(enterprise=firm, person=whose(someone))
    designation = DesignationFactory(enterprise=firm)
    reproof = start(lose(someone), actor(designation.person))
    token, second, code = link_to(someone), code_to_hand_over(reproof), code_of(NEW, step_at(now()))
    one, other = Worker(), Worker()

    def leaves():
        with transaction.atomic():
            held = type(designation).objects.select_for_update(of=("self",)).get(pk=designation.pk)
            held.revoke(at=now(), under={}, reason="départ")

    outcome, _ = together(
        (one, lambda: replace(someone, reproof, token=token, second=second, code=code)), (other, leaves)
    )
    one.close(), other.close()
    made = ReproofMoveMade.objects.filter(move="complete").first()
    gone = type(designation).objects.get(pk=designation.pk)
    assert isinstance(outcome, ReproofUnusable) == (made is None)
    assert made is None or made.at <= gone.revoked_at


def test_asking_again_changes_nothing_while_somebody_is_to_answer(someone, rse):
    assert lose(someone) == lose(someone)
    assert Mail.objects.filter(to=someone.email).count() == 1
    reproof = start(lose(someone), rse)
    assert lose(someone) == reproof
    assert Reproof.objects.get().state == ReproofState.STARTED


def test_it_replaces_a_factor_once_however_many_hands_send_it(transactional_db):
    someone = login_with_second_factor()
    firm = EnterpriseFactory()
    UserFactory(enterprise=firm, person=whose(someone))
    reproof = start(lose(someone), actor(DesignationFactory(enterprise=firm).person))
    token, second, code = link_to(someone), code_to_hand_over(reproof), code_of(NEW, step_at(now()))
    workers = [Worker() for _ in range(6)]

    def send():
        return replace(someone, reproof, token=token, second=second, code=code)

    answers = together(*((each, send) for each in workers))
    for each in workers:
        each.close()
    assert sum(isinstance(each, ReproofUnusable) for each in answers) == 5
