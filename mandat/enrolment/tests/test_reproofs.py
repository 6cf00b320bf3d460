"""A lost second factor: who may confirm, for whom, and what the two parts open together, once."""

import re
import uuid
from datetime import UTC, datetime, timedelta

import pytest
from django.db import transaction

from mandat.access.decision import AccessDenied
from mandat.access.tests.factories import (
    DesignationFactory,
    EnterpriseFactory,
    StaffAssignmentFactory,
    UserFactory,
    actor,
)
from mandat.access.tests.parallel import Worker, together
from mandat.casework.models import Case
from mandat.enrolment.commands import (
    ask_the_desk,
    code_to_hand_over,
    refuse_reproof,
    replace_factor,
    report_lost_factor,
    start_reproof,
    stop_reproof,
)
from mandat.enrolment.errors import NobodyHelpsThemselves, ReproofUnusable, WrongPassword, WrongSecondPart
from mandat.enrolment.handlers import keep_reproof_case
from mandat.enrolment.models import Reproof, ReproofMoveMade
from mandat.enrolment.workflow import ReproofState
from mandat.identity import events
from mandat.identity.actor import Actor
from mandat.identity.commands import (
    Device,
    create_login,
    link_login,
    open_session,
    remember_device,
    suspend_person,
)
from mandat.identity.devices import standing_devices
from mandat.identity.factor_policy import Factor, FactorPolicy
from mandat.identity.models import Ending, Login, Session
from mandat.identity.new_factor import FactorNotAccepted, NewApplication
from mandat.identity.second_factor import WrongCode, check, code_of, recovery_codes, secret_of, step_at
from mandat.identity.tests.people import PASSWORD, SECRET, login_with_second_factor, person
from mandat.platform.clock import now
from mandat.platform.models import Letter, Mail
from mandat.platform.workflow import MoveNotAllowed

NOON = datetime(2026, 11, 23, 17, 0, 5, tzinfo=UTC)
ANOTHER = "une tout autre phrase, bien à moi"
NEW = "KRSXG5CTMVRXEZLUKRSXG5CTMVRXEZLU"
LINK = re.compile(r"/entrer/preuve/(\S+)")


@pytest.fixture
def someone(at, db):
    at(NOON)
    return login_with_second_factor()


@pytest.fixture
def firm(someone):
    firm = EnterpriseFactory()
    UserFactory(enterprise=firm, person=whose(someone))
    return firm


@pytest.fixture
def rse(firm):
    return actor(DesignationFactory(enterprise=firm).person)


def whose(login: Login):
    return login.links.get().person


def lose(login, *, password=False) -> Reproof:
    return report_lost_factor(login=login, forgot_password=password)


def start(reproof, by, **more) -> Reproof:
    return start_reproof(reproof_id=reproof.public_id, words="Vue en personne.", by=by, **more)


def link_to(login, subject=0) -> str:
    mails = Mail.objects.filter(to=login.email, text__contains="/entrer/preuve/").order_by("-id")
    return LINK.search(mails[subject].text)[1]


def replace(login, reproof, *, token=None, second=None, password=PASSWORD, secret=NEW, code=None):
    new = NewApplication(secret, code or code_of(secret, step_at(now())))
    return replace_factor(
        token=token or link_to(login), second=second or code_to_hand_over(reproof), password=password, new=new
    )


def is_untouched(login) -> bool:
    return secret_of(login) == SECRET and Login.objects.get(pk=login.pk).check_password(PASSWORD)


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


@pytest.fixture
def elsewhere(someone, rse):
    """The RSE of a second firm where the person acts: here as its RSE."""
    other = EnterpriseFactory()
    DesignationFactory(enterprise=other, person=whose(someone))
    return actor(DesignationFactory(enterprise=other).person)


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


# What ends it


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
