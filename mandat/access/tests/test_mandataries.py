"""Organisations that act for others: proposed, accepted, whom they name, never wider, and whatever ends it."""

import uuid
from datetime import timedelta

import pytest
from django.db.models import CharField, Value

from mandat.access.commands import SamePerson, SelfGrant, confirm_proxy, narrow_proxy, revoke_proxy
from mandat.access.commands.external import (
    AlreadyAnswered,
    AlreadyProposed,
    NoLongerBacked,
    OneselfAsMandatary,
    accept_external,
    decline_external,
    give_up_external,
    lapse_what_nobody_answered,
    propose_external,
    withdraw_external,
)
from mandat.access.commands.leaving import leave_enterprise
from mandat.access.commands.namings import WiderThanReceived, name_person, narrow_naming, revoke_naming
from mandat.access.commands.proxies import NotAUser
from mandat.access.decision import AccessDenied, Ground, Kind, Right, decide, require
from mandat.access.mandataries import ExternalProposal, Naming
from mandat.access.place import place_of
from mandat.access.queries import enterprises_of, may, people_who_can, who_can_supply
from mandat.access.remedies import Remedy, remedy_for
from mandat.access.tests.factories import (
    BLOCK,
    UNDER,
    DesignationFactory,
    EnterpriseFactory,
    NamingFactory,
    PersonFactory,
    ProxyFactory,
    ServiceRegistrationFactory,
    UserFactory,
    actor,
)
from mandat.access.words import in_words
from mandat.enterprises.models import Enterprise, User
from mandat.platform.clock import last_day, legal_day, now

pytestmark = pytest.mark.django_db
EVERY = [Right.VIEW, Right.PREPARE, Right.SIGN, Right.PAY]


class Sides:
    """A client and a mandatary, each with an RSE, and a user of the mandatary."""

    def __init__(self):
        self.registration = ServiceRegistrationFactory()
        self.client, self.mandatary = self.registration.enterprise, EnterpriseFactory(name="Comptables associés")
        self.rse = actor(DesignationFactory(enterprise=self.client).person)
        self.leader = actor(DesignationFactory(enterprise=self.mandatary).person)
        self.user = actor(UserFactory(enterprise=self.mandatary).person)
        self.until = legal_day(now()) + timedelta(days=90)

    def propose(self, *, rights=EVERY, by=None, **more):
        asked = {"key": uuid.uuid4(), "registration": self.registration, "mandatary": self.mandatary}
        asked |= {"rights": {BLOCK: rights}, "until": self.until, "by": by or self.rse}
        return propose_external(**asked | more)

    def accepted(self, **more):
        return accept_external(proposal_id=self.propose(**more).public_id, by=self.leader)[0]

    def name(self, proxy, *, person=None, rights=EVERY, by=None, until=None):
        return name_person(
            key=uuid.uuid4(), proxy_id=proxy.public_id, person=(person or self.user.person), rights=rights,
            until=until or self.until, by=by or self.leader,
        )  # fmt: skip

    def may(self, right=Right.SIGN, who=None):
        return bool(self.decision(right, who))

    def decision(self, right=Right.SIGN, who=None):
        return decide(who or self.user.person, right, self.client, BLOCK, now())


@pytest.fixture
def sides():
    return Sides()


def test_nothing_is_given_before_the_mandatary_accepts_and_names(sides):
    proposal = sides.propose()
    assert not sides.may()
    proxy = accept_external(proposal_id=proposal.public_id, by=sides.leader)[0]
    assert not sides.may()
    sides.name(proxy, rights=[Right.VIEW, Right.SIGN])
    assert sides.may(Right.SIGN)
    assert sides.may(Right.VIEW)
    assert not sides.may(Right.PAY)
    assert [link.kind for link in sides.decision().chain] == [
        Kind.ENTERPRISE, Kind.REGISTRATION, Kind.PERSON, Kind.EXTERNAL, Kind.MANDATARY, Kind.MEMBER, Kind.NAMING,
    ]  # fmt: skip


def test_the_list_the_place_and_the_gate_say_what_the_decision_says(sides):
    sides.name(sides.accepted())
    at, who = now(), sides.user.person
    assert sides.client in enterprises_of(who, at)
    assert who in people_who_can(sides.client, Right.SIGN, BLOCK, at)
    assert place_of(who, sides.client, at).may_open
    assert place_of(who, sides.client, at).decide(Right.SIGN, BLOCK).chain == sides.decision().chain
    assert require(sides.user, Right.SIGN, enterprise=sides.client, block=BLOCK).capacities == ["naming"]
    Enterprise.objects.filter(pk=sides.mandatary.pk).update(state="suspended")
    assert sides.client not in enterprises_of(who, at)
    assert not place_of(who, sides.client, at).may_open
    assert not people_who_can(sides.client, Right.SIGN, BLOCK, at).filter(pk=who.pk).exists()


def test_whoever_proposed_does_not_accept_by_any_login(sides):
    DesignationFactory(enterprise=sides.mandatary, person=sides.rse.person)
    with pytest.raises(SamePerson):
        accept_external(proposal_id=sides.propose().public_id, by=actor(sides.rse.person))


def test_only_an_rse_of_the_mandatary_answers(sides):
    proposal = sides.propose()
    for stranger in (sides.rse, sides.user, actor()):
        with pytest.raises(AccessDenied):
            accept_external(proposal_id=proposal.public_id, by=stranger)
        with pytest.raises(AccessDenied):
            decline_external(proposal_id=proposal.public_id, reason="", by=stranger)
    with pytest.raises(AccessDenied):
        withdraw_external(proposal_id=proposal.public_id, reason="", by=sides.leader)


def test_a_proposal_is_answered_once_and_falls_when_its_time_is_over(sides, at):
    proposal = sides.propose()
    decline_external(proposal_id=proposal.public_id, reason="Complet", by=sides.leader)
    with pytest.raises(AlreadyAnswered):
        accept_external(proposal_id=proposal.public_id, by=sides.leader)
    late = sides.propose()
    with pytest.raises(AlreadyProposed):
        sides.propose()
    at(late.answer_by)
    with pytest.raises(AlreadyAnswered):
        accept_external(proposal_id=late.public_id, by=sides.leader)
    lapse_what_nobody_answered()
    late.refresh_from_db()
    assert late.state == "fallen"
    assert sides.propose(until=legal_day(now()) + timedelta(days=5))


def test_what_was_proposed_by_somebody_who_could_not_today_is_not_accepted(sides):
    DesignationFactory(enterprise=sides.client)
    proposal = sides.propose()
    sides.rse.person.designations.update(revoked_at=now(), revoked_under=UNDER)
    with pytest.raises(NoLongerBacked):
        accept_external(proposal_id=proposal.public_id, by=sides.leader)


def test_no_firm_is_its_own_mandatary_and_the_same_request_is_made_once(sides):
    with pytest.raises(OneselfAsMandatary):
        sides.propose(mandatary=sides.client)
    key = uuid.uuid4()
    assert sides.propose(key=key) == sides.propose(key=key)
    assert ExternalProposal.objects.count() == 1


def test_what_takes_two_persons_takes_them_here_too_and_neither_has_a_part_elsewhere(sides):
    Enterprise.objects.filter(pk=sides.client.pk).update(second_person_for=["sign"])
    second = DesignationFactory(enterprise=sides.client).person
    both = DesignationFactory(enterprise=sides.client, person=sides.leader.person).person
    proxy = sides.accepted()
    sides.name(proxy)
    assert sides.decision().ground == Ground.UNCONFIRMED
    for same in (sides.rse, actor(both)):
        with pytest.raises(SamePerson):
            confirm_proxy(proxy_id=proxy.public_id, by=same)
    confirm_proxy(proxy_id=proxy.public_id, by=actor(second))
    assert sides.may()
    UserFactory(enterprise=sides.mandatary, person=second)
    with pytest.raises(SelfGrant):
        sides.name(proxy, person=second)


def test_whoever_is_named_does_not_confirm(sides):
    Enterprise.objects.filter(pk=sides.client.pk).update(second_person_for=["sign"])
    second = DesignationFactory(enterprise=sides.client).person
    UserFactory(enterprise=sides.mandatary, person=second)
    proxy = sides.accepted()
    sides.name(proxy, person=second)
    with pytest.raises(SamePerson):
        confirm_proxy(proxy_id=proxy.public_id, by=actor(second))


def test_nobody_is_named_wider_or_longer_than_was_received(sides):
    proxy = sides.accepted(rights=[Right.VIEW])
    with pytest.raises(WiderThanReceived):
        sides.name(proxy, rights=[Right.VIEW, Right.SIGN])
    with pytest.raises(WiderThanReceived):
        sides.name(proxy, rights=[Right.VIEW], until=sides.until + timedelta(days=1))


def test_only_an_rse_of_the_mandatary_names_and_only_people_of_its_own(sides):
    proxy = sides.accepted()
    for stranger in (sides.rse, sides.user):
        with pytest.raises(AccessDenied):
            sides.name(proxy, by=stranger)
    with pytest.raises(NotAUser):
        sides.name(proxy, person=PersonFactory())
    UserFactory(enterprise=sides.mandatary, person=sides.rse.person)
    with pytest.raises(SelfGrant):
        sides.name(proxy, person=sides.rse.person)
    assert sides.name(proxy, person=sides.leader.person)
    assert sides.may(who=sides.leader.person)


def test_nobody_who_is_named_gives_any_further(sides):
    sides.name(sides.accepted())
    with pytest.raises(AccessDenied):
        require(sides.user, Right.ADMINISTER, enterprise=sides.client)


@pytest.mark.parametrize("end", ["revoked", "given up", "name", "left", "suspended", "narrowed"])
def test_whatever_ends_the_next_act_is_refused(end, sides):
    proxy = sides.accepted()
    naming = sides.name(proxy)
    assert sides.may()
    match end:
        case "revoked":
            revoke_proxy(proxy_id=proxy.public_id, reason="", by=sides.rse)
        case "given up":
            give_up_external(proxy_id=proxy.public_id, reason="", by=sides.leader)
        case "name":
            revoke_naming(naming_id=naming.public_id, reason="", by=sides.leader)
        case "left":
            leave_enterprise(enterprise=sides.mandatary, reason="", by=sides.user)
            assert not Naming.objects.filter(revoked_at=None).exists()
        case "suspended":
            sides.mandatary.make(Enterprise.Move.SUSPEND, at=now(), under=UNDER)
        case "narrowed":
            asked = {"rights": [Right.VIEW], "until": sides.until, "reason": "", "by": sides.rse}
            narrow_proxy(key=uuid.uuid4(), proxy_id=proxy.public_id, **asked)
            assert sides.may(Right.VIEW)
    assert not sides.may()
    with pytest.raises(AccessDenied):
        require(sides.user, Right.SIGN, enterprise=sides.client, block=BLOCK)


def test_whoever_is_no_user_of_the_mandatary_any_more_does_not_act_though_their_name_stands(sides):
    sides.name(sides.accepted())
    assert sides.may()
    place = User.objects.get(enterprise=sides.mandatary, person=sides.user.person)
    place.revoke(at=now(), under=UNDER, reason="")
    assert Naming.objects.filter(revoked_at=None).exists()
    assert not sides.may()


def test_a_name_is_narrowed_and_never_widened(sides):
    naming = sides.name(sides.accepted(), rights=[Right.VIEW, Right.SIGN])
    asked = {"naming_id": naming.public_id, "until": sides.until, "reason": "", "by": sides.leader}
    narrow_naming(key=uuid.uuid4(), rights=[Right.VIEW], **asked)
    assert sides.may(Right.VIEW)
    assert not sides.may(Right.SIGN)


def test_a_new_proposal_takes_the_place_of_the_old_proxy_and_keeps_who_was_named(sides):
    first = sides.accepted(rights=[Right.VIEW, Right.SIGN])
    sides.name(first, rights=[Right.VIEW])
    wider = sides.accepted()
    first.refresh_from_db()
    assert first.revoked_at
    assert wider.replaces == first
    assert sides.may(Right.VIEW)
    assert not sides.may(Right.SIGN)


def test_a_proxy_given_anew_revives_nobody(sides):
    proxy = sides.accepted()
    sides.name(proxy)
    revoke_proxy(proxy_id=proxy.public_id, reason="", by=sides.rse)
    sides.accepted()
    assert sides.decision().missing == Kind.NAMING


def test_a_refusal_names_the_missing_link_and_who_can_supply_it(sides):
    sides.accepted()
    decision = sides.decision()
    assert (decision.missing, decision.ground) == (Kind.NAMING, Ground.ABSENT)
    assert remedy_for(decision) == Remedy.NAME_PERSON
    assert sides.leader.person in who_can_supply(decision, sides.client, now()).people
    assert "pas habilité" in in_words(decision)


def test_a_name_at_one_mandatary_does_not_count_by_the_proxy_of_another(sides):
    mine = ProxyFactory(enterprise=sides.client, person=None, mandatary=sides.mandatary, rights=[Right.VIEW])
    NamingFactory(proxy=mine, person=sides.user.person)
    ProxyFactory(enterprise=sides.client, person=None, mandatary=EnterpriseFactory())
    assert sides.may(Right.VIEW)
    assert not sides.may(Right.SIGN)


def test_a_direct_proxy_is_decided_by_the_statement_that_it_always_was(sides, django_assert_num_queries):
    """Whoever holds a proxy of their own never pays for the way through a mandatary."""
    sides.name(sides.accepted())
    direct = ProxyFactory(enterprise=sides.client).person
    at = now()
    for who, statements in ((direct, 1), (sides.user.person, 2)):
        with django_assert_num_queries(statements):
            assert decide(who, Right.SIGN, sides.client, BLOCK, at)


def test_the_list_of_another_never_holds_the_client(sides):
    sides.name(sides.accepted())
    other = actor(UserFactory(enterprise=sides.mandatary).person)
    rows = Enterprise.objects.annotate(block=Value(BLOCK, output_field=CharField()))
    rows = rows.filter(may(other.person, Right.VIEW, enterprise="pk", block="block", at=now()))
    assert sides.client not in rows
    assert sides.client not in enterprises_of(other.person, now())
    assert last_day(Naming.objects.get().during.upper) == sides.until
