"""A lost second factor: who may confirm, for whom, and what the two parts open together, once."""

import uuid
from datetime import timedelta

import pytest

from mandat.access.decision import AccessDenied
from mandat.access.tests.factories import (
    DesignationFactory,
    EnterpriseFactory,
    StaffAssignmentFactory,
    UserFactory,
    actor,
)
from mandat.casework.models import Case
from mandat.enrolment.commands import (
    ask_the_desk,
    code_to_hand_over,
    refuse_reproof,
    replace_factor,
)
from mandat.enrolment.errors import NobodyHelpsThemselves, ReproofUnusable, WrongPassword, WrongSecondPart
from mandat.enrolment.handlers import keep_reproof_case
from mandat.enrolment.models import Reproof, ReproofMoveMade
from mandat.enrolment.tests.losing import ANOTHER, NEW, NOON, is_untouched, link_to, lose, replace, start, whose
from mandat.identity import events
from mandat.identity.actor import Actor
from mandat.identity.commands import (
    Device,
    create_login,
    link_login,
    open_session,
    remember_device,
)
from mandat.identity.devices import standing_devices
from mandat.identity.factor_policy import Factor
from mandat.identity.models import Ending, Login, Session
from mandat.identity.new_factor import NewApplication
from mandat.identity.second_factor import WrongCode, check, code_of, recovery_codes, secret_of, step_at
from mandat.identity.tests.people import PASSWORD, SECRET
from mandat.platform.clock import now
from mandat.platform.models import Letter, Mail


def test_the_link_the_code_and_the_password_together_replace_the_factor_once(someone, rse):
    opened = open_session(
        login=someone, person=whose(someone), methods=["password", "totp"], device=Device(), idle_minutes=30
    )
    old_code = recovery_codes(someone)[0]
    remember_device(login=someone, browser="Firefox")
    reproof = start(lose(someone), rse)
    token, second = link_to(someone), code_to_hand_over(reproof)
    replace(someone, reproof, second=second.lower())
    assert not standing_devices(someone, now()).exists()
    assert secret_of(someone) == NEW
    assert Session.objects.get(pk=opened.pk).ending == Ending.RECOVERED
    for stale in (old_code, code_of(SECRET, step_at(now()))):
        assert check(someone, stale, at=now(), among=(Factor.TOTP, Factor.SPARE)) is None
    with pytest.raises(ReproofUnusable):
        replace(someone, reproof, token=token, second=second, secret=SECRET)
    assert [each.move for each in ReproofMoveMade.objects.order_by("id")] == ["start", "complete"]


def test_no_part_opens_anything_without_the_others_and_tries_are_counted(someone, rse):
    reproof = start(lose(someone), rse)
    wrong = [
        ({"second": "BBBB-BBBB-BBBB"}, WrongSecondPart),
        ({"second": someone.user_code}, WrongSecondPart),
        ({"password": "pas la bonne phrase"}, WrongPassword),
        ({"code": "000000"}, WrongCode),
        ({"token": "x" * 43}, ReproofUnusable),
        ({"token": link_to(someone, 1)}, ReproofUnusable),  # the link that stops it
    ]
    for said, refusal in wrong:
        with pytest.raises(refusal):
            replace(someone, reproof, **said)
        assert is_untouched(someone)
    assert Reproof.objects.get().tries_left == 2
    for _ in range(2):
        with pytest.raises(WrongSecondPart):
            replace(someone, reproof, second="BBBB-BBBB-BBBB")
    with pytest.raises(ReproofUnusable):
        replace(someone, reproof)
    assert is_untouched(someone)


def test_nothing_opens_before_somebody_has_confirmed(someone, rse):
    lose(someone)
    with pytest.raises(ReproofUnusable):
        replace_factor(token=link_to(someone), second="", password=PASSWORD, new=NewApplication(NEW, "000000"))


def test_whoever_lost_the_password_too_chooses_another_with_both_parts(someone, rse):
    reproof = start(lose(someone, password=True), rse)
    replace(someone, reproof, password=ANOTHER)
    assert Login.objects.get(pk=someone.pk).check_password(ANOTHER)
    assert secret_of(someone) == NEW


def test_no_secret_is_kept(someone, rse):
    reproof = start(lose(someone), rse)
    for row in [*Reproof.objects.values(), *ReproofMoveMade.objects.values()]:
        assert link_to(someone) not in str(row)
        assert link_to(someone, 1) not in str(row)
        assert code_to_hand_over(reproof).replace("-", "") not in str(row)
    assert code_to_hand_over(reproof) not in "".join(Mail.objects.values_list("text", flat=True))


# Who may confirm


def test_an_rse_confirms_a_user_and_is_told(someone, firm):
    rse = actor(DesignationFactory(enterprise=firm).person)
    reproof = lose(someone)
    told = Mail.objects.get(to=rse.login.email)
    assert f"/d/{firm.public_id}/acces/{whose(someone).public_id}/" in told.text
    assert start(reproof, rse).enterprise == firm


def test_nobody_else_confirms_a_user(someone, firm, rse):
    reproof = lose(someone)
    strangers = [
        actor(),
        actor(DesignationFactory().person),
        actor(DesignationFactory(enterprise=firm, ended=True).person),
        actor(UserFactory(enterprise=firm).person),
        actor(DesignationFactory(enterprise=firm, as_ra=True).person),
        actor(StaffAssignmentFactory().person),
    ]
    for by in strangers:
        with pytest.raises(AccessDenied):
            start(reproof, by)
        with pytest.raises(AccessDenied):
            refuse_reproof(reproof_id=reproof.public_id, words="", by=by, enterprise=firm)


def test_the_ra_confirms_an_rse_and_another_rse_does_not(someone):
    designation = DesignationFactory(person=whose(someone))
    ra = actor(DesignationFactory(enterprise=designation.enterprise, as_ra=True).person)
    other = actor(DesignationFactory(enterprise=designation.enterprise).person)
    reproof = lose(someone)
    with pytest.raises(AccessDenied):
        start(reproof, other)
    start(reproof, ra)


@pytest.mark.parametrize("who", ["ra", "lone rse", "rse who is the ra", "nobody's"])
def test_the_desk_confirms_whoever_has_nobody_above_them(someone, who):
    enterprise = EnterpriseFactory()
    if who != "nobody's":
        DesignationFactory(person=whose(someone), enterprise=enterprise, as_ra=who != "lone rse")
    if who == "rse who is the ra":
        DesignationFactory(person=whose(someone), enterprise=enterprise)
    elif who == "ra":
        with_power = actor(DesignationFactory(enterprise=enterprise).person)
        with pytest.raises(AccessDenied):
            start(lose(someone), with_power)
    reproof = lose(someone)
    event = events.SecondFactorLost(login=str(someone.public_id), person=str(whose(someone).public_id))
    keep_reproof_case(event)
    assert Case.objects.get(subject_id=reproof.public_id).state == "open"
    start(reproof, actor(StaffAssignmentFactory().person), address=["Éloïse Tremblay", "1, rue du Port"])
    keep_reproof_case(event)
    assert Case.objects.get(subject_id=reproof.public_id).state == "closed"
    assert Letter.objects.get().recipient.startswith("Éloïse")


def test_the_desk_helps_when_nobody_of_the_firm_answers(someone, rse):
    reproof = lose(someone)
    verifier = actor(StaffAssignmentFactory().person)
    with pytest.raises(AccessDenied):
        start(reproof, verifier)
    ask_the_desk(token=link_to(someone))
    start(reproof, verifier, address=["É. T.", "1, rue du Port"])
    with pytest.raises(AccessDenied):
        start(reproof, rse)


def test_a_supervisor_confirms_staff_and_no_verifier_does(someone):
    StaffAssignmentFactory(person=whose(someone))
    reproof = lose(someone)
    with pytest.raises(AccessDenied):
        start(reproof, actor(StaffAssignmentFactory().person))
    start(reproof, actor(StaffAssignmentFactory(supervisor=True).person))


def test_nobody_confirms_themselves_by_any_login(someone):
    """An RA who is staff, with a second login that works."""
    StaffAssignmentFactory(person=whose(someone), supervisor=True)
    other = create_login(key=uuid.uuid4(), email="autre@exemple.test", password=PASSWORD, asked_by=uuid.uuid4())
    link_login(login=other, person=whose(someone))
    reproof = lose(someone)
    themselves = Actor(whose(someone), other, now(), "two_factors", ("password", "totp"))
    with pytest.raises(NobodyHelpsThemselves):
        start(reproof, themselves)
    with pytest.raises(NobodyHelpsThemselves):
        refuse_reproof(reproof_id=reproof.public_id, words="", by=themselves)


# Several firms: none of them decides who enters the others


def test_an_rse_of_one_firm_gains_no_way_into_another(someone, rse, elsewhere):
    reproof = lose(someone)
    for by in (rse, elsewhere):
        with pytest.raises(AccessDenied):
            start(reproof, by)
    assert is_untouched(someone)


def test_the_desk_confirms_after_a_wait_and_every_firm_is_told_and_may_object(someone, rse, elsewhere, firm, at):
    reproof = start(lose(someone), actor(StaffAssignmentFactory().person))
    for by in (rse, elsewhere):
        assert "arrêtez tout de suite" in Mail.objects.get(to=by.login.email).text
    with pytest.raises(ReproofUnusable):
        replace(someone, reproof)
    at(NOON + timedelta(hours=23, minutes=59))
    with pytest.raises(ReproofUnusable):
        replace(someone, reproof)
    at(NOON + timedelta(hours=24))
    refuse_reproof(reproof_id=reproof.public_id, words="Pas elle.", by=rse, enterprise=firm)
    with pytest.raises(ReproofUnusable):
        replace(someone, reproof)


def test_the_wait_over_it_opens(someone, rse, elsewhere, at):
    reproof = start(lose(someone), actor(StaffAssignmentFactory().person))
    at(NOON + timedelta(hours=24))
    replace(someone, reproof)
    assert secret_of(someone) == NEW


def test_an_rse_objects_in_the_name_of_their_own_firm_alone(someone, rse, elsewhere):
    reproof = lose(someone)
    with pytest.raises(AccessDenied):
        refuse_reproof(reproof_id=reproof.public_id, words="", by=rse, enterprise=EnterpriseFactory())
