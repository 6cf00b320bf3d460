"""What takes two persons: more of it at once, less of it by two; and no path of one human to a right that takes two."""

import uuid
from datetime import timedelta
from functools import partial

import pytest
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

from mandat.access import commands, handlers, second_persons
from mandat.access.commands.second_person import lapse_what_waits
from mandat.access.decision import AccessDenied, Right, decide
from mandat.access.events import (
    ProxiesGranted,
    ProxyConfirmed,
    ProxyFell,
    ProxyRevoked,
    SecondPersonAsked,
    SecondPersonChanged,
    SecondPersonKept,
)
from mandat.access.models import Proxy, SecondPersonChange
from mandat.access.tests.factories import (
    BLOCK,
    DesignationFactory,
    LoginFactory,
    ProxyFactory,
    ServiceRegistrationFactory,
    UserFactory,
    actor,
)
from mandat.access.workflow import CHANGE, ChangeMove, ChangeState
from mandat.enterprises.events import BlockVersionsAccepted
from mandat.identity.actor import Actor
from mandat.platform.clock import legal_day, now
from mandat.platform.models import EventRow, Mail
from mandat.platform.workflow import MoveNotAllowed

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
SIGN = [Right.VIEW, Right.SIGN]


@pytest.fixture
def registration():
    return ServiceRegistrationFactory()


@pytest.fixture
def firm(registration):
    return registration.enterprise


@pytest.fixture
def rses(firm):
    return [actor(each.person) for each in DesignationFactory.create_batch(2, enterprise=firm)]


@pytest.fixture
def user(firm):
    return UserFactory(enterprise=firm).person


def other_login(of: Actor) -> Actor:
    return actor(of.person)


def choose(firm, by, *rights):
    return commands.choose_second_person(enterprise=firm, rights=rights, by=by)


def asked_of(firm):
    firm.refresh_from_db()
    return firm.second_person_for


def grant(registration, person, by, rights=SIGN):
    return commands.grant_proxy(
        key=uuid.uuid4(), registration=registration, person=person, block=BLOCK, rights=rights,
        during=DateTimeTZRange(None, now() + 100 * DAY), by=by,
    )  # fmt: skip


def may_sign(person, firm):
    return bool(decide(person, Right.SIGN, firm, BLOCK, now()))


@pytest.mark.parametrize("state", ChangeState)
@pytest.mark.parametrize("move", ChangeMove)
def test_every_move_from_every_state(state, move):
    if state == ChangeState.ASKED:
        assert CHANGE.target(move, state) in ChangeState
    else:
        with pytest.raises(MoveNotAllowed):
            CHANGE.target(move, state)


def test_more_is_immediate_and_less_takes_another_rse(firm, rses):
    one, two = rses
    assert [each.state for each in choose(firm, one, Right.SIGN, Right.PAY)] == [ChangeState.MADE]
    assert asked_of(firm) == ["pay", "sign"]
    (less,) = choose(firm, one, Right.PAY)
    assert asked_of(firm) == ["pay", "sign"]
    for same in (one, other_login(one)):
        with pytest.raises(commands.SamePerson):
            commands.confirm_change(change_id=less.public_id, by=same)
    commands.confirm_change(change_id=less.public_id, by=two)
    assert asked_of(firm) == ["pay"]
    with pytest.raises(commands.NothingToConfirm):
        commands.confirm_change(change_id=less.public_id, by=two)


def test_more_and_less_at_once_are_two_changes(firm, rses):
    choose(firm, rses[0], Right.SIGN)
    made, asked = choose(firm, rses[0], Right.PAY)
    assert (made.added, asked.dropped) == (["pay"], ["sign"])
    assert asked_of(firm) == ["pay", "sign"]


def test_a_firm_with_one_rse_cannot_choose_it_and_one_that_comes_down_to_it_keeps_it(firm, rses):
    one, two = rses
    choose(firm, one, Right.SIGN)
    commands.revoke_designation(
        designation_id=two.person.designations.get().public_id, reason="Départ", by=one
    )  # fmt: skip
    with pytest.raises(commands.OnlyOneRSE):
        choose(firm, one, Right.SIGN, Right.PAY)
    (less,) = choose(firm, one)
    with pytest.raises(commands.SamePerson):
        commands.confirm_change(change_id=less.public_id, by=other_login(one))
    assert asked_of(firm) == ["sign"]


def test_one_change_waits_at_a_time_and_nothing_is_asked_for_nothing(firm, rses):
    one, two = rses
    choose(firm, one, Right.SIGN, Right.PAY)
    with pytest.raises(commands.NothingChanged):
        choose(firm, two, Right.SIGN, Right.PAY)
    choose(firm, one, Right.SIGN)
    with pytest.raises(commands.AlreadyAsked):
        choose(firm, two)
    with pytest.raises(commands.RightsImpossible):
        choose(firm, two, Right.ADMINISTER)


def test_a_change_is_withdrawn_by_whoever_asked_and_refused_by_another(firm, rses):
    one, two = rses
    choose(firm, one, Right.SIGN)
    for by, state in ((one, ChangeState.WITHDRAWN), (two, ChangeState.REFUSED)):
        (less,) = choose(firm, one)
        assert commands.drop_change(change_id=less.public_id, reason="Non", by=by).state == state
        with pytest.raises(commands.NothingToConfirm):
            commands.confirm_change(change_id=less.public_id, by=two)
    assert asked_of(firm) == ["sign"]


def test_what_nobody_confirms_in_time_falls_before_any_job_has_run(registration, firm, rses, user, at):
    one, two = rses
    choose(firm, one, Right.SIGN)
    (less,) = choose(firm, one)
    waiting = grant(registration, user, one)
    at(now() + 15 * DAY)
    with pytest.raises(commands.ConfirmedTooLate):
        commands.confirm_change(change_id=less.public_id, by=two)
    with pytest.raises(commands.ConfirmedTooLate):
        commands.confirm_proxy(proxy_id=waiting.public_id, by=two)
    lapse_what_waits()
    lapse_what_waits()
    less.refresh_from_db()
    assert less.state == ChangeState.FALLEN
    assert grant(registration, user, one)  # its dates are free
    names = list(EventRow.objects.values_list("name", flat=True))
    assert (names.count("ProxyFell"), names.count("SecondPersonKept")) == (1, 1)


def test_nobody_but_an_rse_chooses_confirms_or_refuses(firm, rses, user):
    choose(firm, rses[0], Right.SIGN)
    (less,) = choose(firm, rses[0])
    ra = actor(DesignationFactory(enterprise=firm, as_ra=True).person)
    for by in (actor(user), ra, actor()):
        for attempt in (
            partial(choose, firm, by, Right.PAY),
            partial(commands.confirm_change, change_id=less.public_id, by=by),
            partial(commands.drop_change, change_id=less.public_id, reason="", by=by),
        ):
            with pytest.raises(AccessDenied):
                attempt()


REFUSALS = (
    AccessDenied, commands.SelfGrant, commands.SamePerson, commands.AlreadyGranted, commands.AlreadyRevoked,
    commands.NothingToConfirm, commands.NotNarrower, commands.NotLonger, commands.NotSuspended, commands.LastRSE,
    commands.AlreadySuspended, commands.NotAUser, commands.OnlyOneRSE, commands.NothingChanged, commands.AlreadyAsked,
)  # fmt: skip


def one_human_s_acts(registration, firm, user, logins):
    """Every command by which one RSE touches proxies or what takes two persons, each by each login."""
    for by in logins:
        yield partial(grant, registration, user, by)
        yield partial(grant, registration, by.person, by)
        yield partial(choose, firm, by)
        yield partial(choose, firm, by, Right.PAY)
        for each in SecondPersonChange.objects.order_by("id"):
            yield partial(commands.confirm_change, change_id=each.public_id, by=by)
            yield partial(commands.drop_change, change_id=each.public_id, reason="", by=by)
        for each in firm.designations.exclude(person=by.person).order_by("id"):
            yield partial(commands.revoke_designation, designation_id=each.public_id, reason="", by=by)
        for each in Proxy.objects.order_by("-id"):
            one = {"proxy_id": each.public_id, "by": by}
            until = legal_day(each.during.upper)
            yield partial(commands.confirm_proxy, **one)
            yield partial(commands.suspend_proxy, **one, reason="")
            yield partial(commands.restore_proxy, **one)
            yield partial(commands.renew_proxy, key=uuid.uuid4(), until=until + 20 * DAY, **one)
            yield partial(
                commands.narrow_proxy, key=uuid.uuid4(), rights=SIGN, until=until - 5 * DAY, reason="", **one
            )  # fmt: skip


def test_no_path_of_one_human_reaches_a_right_that_takes_two(registration, firm, rses, user):
    one, _ = rses
    choose(firm, one, Right.SIGN, Right.PAY)
    done = 0
    for _ in range(3):  # each round goes on from what the one before left
        for act in list(one_human_s_acts(registration, firm, user, [one, other_login(one)])):
            try:
                act()
            except REFUSALS:
                continue
            done += 1
            assert not may_sign(user, firm)
            assert "sign" in asked_of(firm)
    assert done > 10


def test_a_second_person_ends_the_wait(registration, firm, rses, user):
    one, two = rses
    choose(firm, one, Right.SIGN)
    proxy = grant(registration, user, one)
    assert not may_sign(user, firm)
    commands.confirm_proxy(proxy_id=proxy.public_id, by=two)
    assert may_sign(user, firm)


def mails():
    return [(each.to, each.subject.split(" ", 1)[0], each.text) for each in Mail.objects.order_by("id")]


def test_whoever_may_confirm_is_written_to_and_the_holder_once_it_serves(registration, firm, rses):
    one, two = rses
    holder = LoginFactory()
    person = UserFactory(enterprise=firm, person=holder.links.get().person).person
    choose(firm, one, Right.SIGN)
    proxy = grant(registration, person, one)
    ids = {"enterprise": str(firm.public_id), "holder": str(person.public_id)}
    granted = ProxiesGranted(**ids, proxies=[str(proxy.public_id)])
    handlers.tell_of_grant(granted)
    second_persons.ask_for_second_person(granted)
    assert [(to, str(person) in text) for to, _, text in mails()] == [(two.login.email, True)]
    handlers.tell_of_revocation(ProxyRevoked(**ids, proxy=str(proxy.public_id)))
    assert len(mails()) == 1  # the holder never heard of it
    second_persons.tell_of_fall(ProxyFell(**ids, proxy=str(proxy.public_id)))
    assert mails()[-1][0] == one.login.email
    commands.confirm_proxy(proxy_id=proxy.public_id, by=two)
    handlers.tell_of_confirmation(ProxyConfirmed(**ids, proxy=str(proxy.public_id)))
    assert mails()[-1][0] == holder.email
    assert "seconde personne a confirmé" in mails()[-1][2]


def test_rses_are_written_to_of_what_takes_two_persons(firm, rses):
    one, two = rses
    ids = {"enterprise": str(firm.public_id)}
    (made,) = choose(firm, one, Right.SIGN)
    second_persons.tell_of_change(SecondPersonChanged(**ids, change=str(made.public_id)))
    assert {to for to, _, _ in mails()} == {one.login.email, two.login.email}
    Mail.objects.all().delete()
    (asked,) = choose(firm, one)
    second_persons.tell_of_asking(SecondPersonAsked(**ids, change=str(asked.public_id)))
    commands.drop_change(change_id=asked.public_id, reason="Pas d’accord", by=two)
    second_persons.tell_of_no_change(
        SecondPersonKept(**ids, change=str(asked.public_id), state=ChangeState.REFUSED)
    )  # fmt: skip
    assert [to for to, _, _ in mails()] == [two.login.email, one.login.email]
    assert "Pas d’accord" in mails()[-1][2]


def test_holders_are_written_to_when_what_is_added_to_a_block_opens_to_them(registration, firm):
    holder, viewer_of_another = LoginFactory(), LoginFactory()
    ProxyFactory(enterprise=firm, person=holder.links.get().person)
    ProxyFactory(enterprise=firm, person=viewer_of_another.links.get().person, block="BF-FIN")
    event = BlockVersionsAccepted(
        enterprise=str(firm.public_id), registration=str(registration.public_id), blocks=[BLOCK]
    )  # fmt: skip
    handlers.tell_of_widening(event)
    assert [to for to, _, _ in mails()] == [holder.email]
