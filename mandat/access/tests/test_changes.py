"""Proxies between grant and end: narrowed, renewed, suspended, restored, confirmed; on one thing only."""

import uuid
from datetime import timedelta

import pytest

from mandat.access import commands
from mandat.access.decision import AccessDenied, Matter, Right, decide
from mandat.access.links import WHATEVER, Ground
from mandat.access.place import place_of
from mandat.access.queries import people_who_can, proxies_given
from mandat.access.tests.factories import (
    BLOCK,
    DesignationFactory,
    LoginFactory,
    PersonFactory,
    ProxyFactory,
    ServiceRegistrationFactory,
    UserFactory,
    actor,
)
from mandat.access.words import in_words
from mandat.identity.actor import Actor, Assurance
from mandat.platform.clock import end_of, legal_day, now
from mandat.platform.models import EventRow

pytestmark = pytest.mark.django_db


class House:
    """A firm, two RSEs, and a user who may view and sign for a month."""

    def __init__(self):
        self.registration = ServiceRegistrationFactory()
        self.firm = self.registration.enterprise
        self.rse, self.other = (actor(DesignationFactory(enterprise=self.firm).person) for _ in range(2))
        self.person = UserFactory(enterprise=self.firm).person
        self.today = legal_day(now())
        self.until = self.today + timedelta(days=30)

    def grant(self, *, by=None, rights=(Right.VIEW, Right.SIGN), **more):
        commands.grant_proxies(
            key=uuid.uuid4(), registration=self.registration, person=self.person, rights={BLOCK: rights},
            until=self.until, by=by or self.rse, **more,
        )  # fmt: skip
        return self.person.proxies.order_by("-id").first()

    def narrow(self, proxy, *, rights=(Right.VIEW,), days=30, by=None):
        return commands.narrow_proxy(
            key=uuid.uuid4(), proxy_id=proxy.public_id, rights=rights, until=self.today + timedelta(days=days),
            reason="Moins", by=by or self.rse,
        )  # fmt: skip

    def renew(self, proxy, *, days=60, by=None):
        return commands.renew_proxy(
            key=uuid.uuid4(), proxy_id=proxy.public_id, until=self.today + timedelta(days=days), by=by or self.rse
        )

    def decide(self, right, *, at=None, matter=WHATEVER):
        return decide(self.person, right, self.firm, BLOCK, at or now(), matter=matter)


@pytest.fixture
def house():
    return House()


def told():
    return list(EventRow.objects.order_by("id").values_list("name", flat=True))


def test_narrowing_takes_a_right_away_from_now_on_and_leaves_the_past_as_it_was(house):
    proxy = house.grant()
    before = now()
    narrower = house.narrow(proxy)
    assert narrower.replaces == proxy
    assert house.decide(Right.VIEW)
    assert house.decide(Right.SIGN).ground == Ground.NOT_CARRIED
    assert house.decide(Right.SIGN, at=before)
    assert told()[-1] == "ProxyNarrowed"


def test_narrowing_may_bring_the_end_nearer(house):
    narrower = house.narrow(house.grant(), rights=[Right.VIEW, Right.SIGN], days=3)
    assert narrower.during.upper == end_of(house.today + timedelta(days=3))


@pytest.mark.parametrize(
    "change",
    [
        {"rights": [Right.VIEW, Right.PAY]},
        {"rights": [Right.VIEW, Right.SIGN]},
        {"days": 31},
        {"rights": [Right.VIEW, Right.SIGN, Right.PREPARE], "days": 3},
    ],
    ids=["another right", "nothing less", "a later end", "more rights, less time"],
)
def test_narrowing_gives_nothing_more(house, change):
    proxy = house.grant()
    with pytest.raises(commands.NotNarrower):
        house.narrow(proxy, **change)
    proxy.refresh_from_db()
    assert proxy.revoked_at is None


def test_to_leave_no_right_is_to_revoke(house):
    with pytest.raises(commands.RightsImpossible):
        house.narrow(house.grant(), rights=[])


def test_renewing_moves_the_end_and_nothing_else(house):
    proxy = house.grant()
    longer = house.renew(proxy)
    assert (longer.rights, longer.block, longer.replaces) == (proxy.rights, proxy.block, proxy)
    assert longer.during.upper == end_of(house.today + timedelta(days=60))
    assert house.decide(Right.SIGN, at=end_of(house.until) + timedelta(days=1))
    assert told()[-1] == "ProxyRenewed"


def test_renewing_goes_no_further_than_a_proxy_may(house):
    with pytest.raises(commands.ProxyTooLong):
        house.renew(house.grant(), days=800)
    with pytest.raises(commands.NotLonger):
        house.renew(house.person.proxies.get(), days=30)


def test_nobody_renews_or_restores_their_own_proxy(house):
    own = ProxyFactory(enterprise=house.firm, person=house.rse.person)
    with pytest.raises(commands.SelfGrant):
        house.renew(own)
    with pytest.raises(commands.SelfGrant):
        commands.restore_proxy(proxy_id=own.public_id, by=house.rse)


def test_nobody_renews_more_than_they_hold(house):
    proxy = house.grant()
    house.registration.state = "suspended"
    house.registration.save()
    with pytest.raises(AccessDenied):
        house.renew(proxy)


def test_a_renewal_of_whoever_is_no_user_any_more_is_refused(house):
    proxy = house.grant()
    house.person.memberships.get().revoke(at=now(), under={}, reason="Départ")
    with pytest.raises(commands.NotAUser):
        house.renew(proxy)


def test_a_change_asked_twice_is_made_once(house):
    proxy, key = house.grant(), uuid.uuid4()
    asked = {"key": key, "proxy_id": proxy.public_id, "until": house.today + timedelta(days=60), "by": house.rse}
    assert commands.renew_proxy(**asked) == commands.renew_proxy(**asked)


@pytest.mark.parametrize("change", [House.narrow, House.renew], ids=["narrow", "renew"])
def test_what_is_over_is_not_changed(house, change):
    ended = ProxyFactory(enterprise=house.firm, person=house.person, ended=True)
    with pytest.raises(commands.AlreadyOver):
        change(house, ended)
    proxy = house.grant()
    commands.revoke_proxy(proxy_id=proxy.public_id, reason="", by=house.rse)
    with pytest.raises(commands.AlreadyRevoked):
        change(house, proxy)


def test_a_suspended_proxy_gives_nothing_until_it_is_restored(house):
    proxy = house.grant()
    first = now()
    commands.suspend_proxy(proxy_id=proxy.public_id, reason="Congé", by=house.rse)
    during = now()
    refused = house.decide(Right.SIGN)
    assert refused.ground == Ground.SUSPENDED
    assert "suspendue depuis le" in in_words(refused)
    assert house.person not in people_who_can(house.firm, Right.SIGN, BLOCK, during)
    assert not proxies_given(house.firm, during).exists()
    assert not place_of(house.person, house.firm, during).may_open
    commands.restore_proxy(proxy_id=proxy.public_id, by=house.other)
    assert [bool(house.decide(Right.SIGN, at=at)) for at in (first, during, now())] == [True, False, True]
    assert house.person in people_who_can(house.firm, Right.SIGN, BLOCK, now())
    assert told()[-2:] == ["ProxySuspended", "ProxyRestored"]
    assert [each.move for each in proxy.history.all()] == ["suspend", "restore"]


def test_a_suspension_that_lasted_no_time_leaves_a_proxy_that_serves(house, at):
    """Two machines' clocks, or one instant: the range would be empty, and an empty range has no beginning to compare."""
    proxy = house.grant()
    at(now() + timedelta(hours=1))
    commands.suspend_proxy(proxy_id=proxy.public_id, reason="", by=house.rse)
    commands.restore_proxy(proxy_id=proxy.public_id, by=house.other)
    assert house.decide(Right.SIGN)
    assert not house.firm.proxies_given.get(pk=proxy.pk).is_suspended(now())
    assert place_of(house.person, house.firm, now()).decide(Right.SIGN, BLOCK)


def test_a_suspension_outlives_a_narrowing(house):
    proxy = house.grant()
    commands.suspend_proxy(proxy_id=proxy.public_id, reason="Congé", by=house.rse)
    house.narrow(proxy)
    assert house.decide(Right.VIEW).ground == Ground.SUSPENDED


def test_suspending_twice_or_restoring_what_serves_is_refused(house):
    proxy = house.grant()
    with pytest.raises(commands.NotSuspended):
        commands.restore_proxy(proxy_id=proxy.public_id, by=house.rse)
    commands.suspend_proxy(proxy_id=proxy.public_id, reason="", by=house.rse)
    with pytest.raises(commands.AlreadySuspended):
        commands.suspend_proxy(proxy_id=proxy.public_id, reason="", by=house.rse)


# Two persons


@pytest.fixture
def careful(house):
    house.firm.second_person_for = ["sign"]
    house.firm.save()
    house.registration.refresh_from_db()
    return house


def test_where_the_firm_asks_for_two_a_grant_gives_nothing_until_another_confirms(careful):
    proxy = careful.grant()
    before = now()
    assert careful.decide(Right.VIEW).ground == Ground.UNCONFIRMED
    assert careful.person not in people_who_can(careful.firm, Right.VIEW, BLOCK, before)
    commands.confirm_proxy(proxy_id=proxy.public_id, by=careful.other)
    assert careful.decide(Right.SIGN)
    assert not careful.decide(Right.SIGN, at=before)
    assert careful.person in people_who_can(careful.firm, Right.SIGN, BLOCK, now())


def test_a_grant_without_the_rights_in_question_takes_one_person(careful):
    assert not careful.grant(rights=[Right.VIEW]).needs_second
    assert careful.decide(Right.VIEW)


def test_two_logins_of_one_person_are_one_person(careful):
    proxy = careful.grant()
    again = Actor(careful.rse.person, LoginFactory(), now(), careful.rse.assurance, ())
    with pytest.raises(commands.SamePerson):
        commands.confirm_proxy(proxy_id=proxy.public_id, by=again)


def test_nobody_confirms_what_they_are_given(careful):
    UserFactory(enterprise=careful.firm, person=careful.other.person)
    careful.person = careful.other.person
    proxy = careful.grant()
    with pytest.raises(commands.SamePerson):
        commands.confirm_proxy(proxy_id=proxy.public_id, by=careful.other)


def test_a_renewal_takes_two_again_and_a_narrowing_does_not(careful):
    proxy = careful.grant()
    commands.confirm_proxy(proxy_id=proxy.public_id, by=careful.other)
    narrower = careful.narrow(proxy, rights=[Right.SIGN])
    assert careful.decide(Right.SIGN)
    careful.renew(narrower)
    assert careful.decide(Right.SIGN).ground == Ground.UNCONFIRMED


def test_what_asks_for_nobody_is_not_confirmed(house):
    proxy = house.grant()
    with pytest.raises(commands.NothingToConfirm):
        commands.confirm_proxy(proxy_id=proxy.public_id, by=house.other)


# How surely one is known


def test_nobody_gives_a_right_for_which_they_are_not_known_surely_enough(house):
    weak = actor(house.rse.person, assurance=Assurance.ONE_FACTOR)
    with pytest.raises(commands.AssuranceTooLow):
        house.grant(by=weak)
    assert house.grant(by=weak, rights=[Right.VIEW])


# On one thing


def test_a_proxy_on_one_thing_counts_for_that_one_only(house):
    one, another = uuid.uuid4(), uuid.uuid4()
    ProxyFactory(enterprise=house.firm, person=house.person, provider=house.registration.provider, subject=one)
    place = place_of(house.person, house.firm, now())
    for matter, expected in ((Matter(subject=one), True), (Matter(subject=another), False), (Matter(), False)):
        assert bool(house.decide(Right.SIGN, matter=matter)) is expected
        assert bool(place.decide(Right.SIGN, BLOCK, matter)) is expected
    assert place.may_open
    assert place.subjects == (one,)
    assert not place.viewable
    assert house.person not in people_who_can(house.firm, Right.SIGN, BLOCK, now())


def test_a_proxy_on_one_thing_stands_beside_one_on_the_block_and_is_the_one_recorded(house):
    one = uuid.uuid4()
    whole = ProxyFactory(enterprise=house.firm, person=house.person, provider=house.registration.provider)
    narrow = ProxyFactory(enterprise=house.firm, person=house.person, provider=whole.provider, subject=one)
    assert house.decide(Right.SIGN, matter=Matter(subject=one)).chain[-1].public_id == narrow.public_id
    assert house.decide(Right.SIGN).chain[-1].public_id == whole.public_id


# How many in charge


def test_where_the_policy_asks_for_two_rses_the_second_last_is_not_revoked(house, monkeypatch):
    monkeypatch.setattr("mandat.access.commands.designations.policy", lambda code, on: 2)
    with pytest.raises(commands.LastRSE):
        commands.revoke_designation(
            designation_id=house.other.person.designations.get().public_id, reason="", by=house.rse
        )


def test_a_stranger_changes_nothing(house):
    proxy, stranger = house.grant(), actor(PersonFactory())
    for attempt in (
        lambda: house.narrow(proxy, by=stranger),
        lambda: house.renew(proxy, by=stranger),
        lambda: commands.suspend_proxy(proxy_id=proxy.public_id, reason="", by=stranger),
        lambda: commands.confirm_proxy(proxy_id=proxy.public_id, by=stranger),
        lambda: commands.restore_proxy(proxy_id=proxy.public_id, by=stranger),
    ):
        with pytest.raises(AccessDenied):
            attempt()
