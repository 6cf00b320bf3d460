"""Leaving a firm by oneself: everything there ends at once, somebody in charge is left, coming back begins at nothing."""

from functools import partial

import pytest

from mandat.access.commands import LastRSE
from mandat.access.commands.leaving import NothingHeld, RepresentativeStays, leave_enterprise
from mandat.access.decision import decide
from mandat.access.events import PersonLeft
from mandat.access.leavers import tell_of_leaving
from mandat.access.models import Proxy
from mandat.access.queries import effective_rses
from mandat.access.rights import Right
from mandat.access.tests.factories import (
    BLOCK,
    DesignationFactory,
    PersonFactory,
    ProxyFactory,
    ServiceRegistrationFactory,
    UserFactory,
    actor,
)
from mandat.access.tests.parallel import Worker, together
from mandat.enterprises.models import Designation, User
from mandat.platform.clock import now
from mandat.platform.models import EventRow, Mail

pytestmark = pytest.mark.django_db


@pytest.fixture
def firm():
    return ServiceRegistrationFactory().enterprise


def leave(firm, who):
    leave_enterprise(enterprise=firm, reason="Départ volontaire", by=who)


def user_of(firm):
    who = actor(PersonFactory())
    UserFactory(enterprise=firm, person=who.person)
    ProxyFactory(enterprise=firm, person=who.person)
    return who


def may_view(who, firm):
    return bool(decide(who.person, Right.VIEW, firm, BLOCK, now()))


def test_ends_everything_at_once_and_keeps_why(firm):
    who = user_of(firm)
    ProxyFactory(enterprise=firm, person=who.person, block="BF-FIN", not_yet=True)
    assert may_view(who, firm)
    leave(firm, who)
    assert not may_view(who, firm)
    for kind in (Proxy, User):
        for each in kind.objects.filter(person=who.person):
            assert each.revocation_reason == "Départ volontaire"
            assert each.revoked_under["person"] == str(who.person.public_id)


def test_touches_nothing_of_others_nor_of_other_firms(firm):
    who, colleague = user_of(firm), user_of(firm)
    elsewhere = ServiceRegistrationFactory().enterprise
    UserFactory(enterprise=elsewhere, person=who.person)
    ProxyFactory(enterprise=elsewhere, person=who.person)
    leave(firm, who)
    assert may_view(who, elsewhere)
    assert may_view(colleague, firm)


def test_refuses_the_last_in_charge_and_changes_nothing(firm):
    rse = actor(DesignationFactory(enterprise=firm).person)
    ProxyFactory(enterprise=firm, person=rse.person)
    with pytest.raises(LastRSE):
        leave(firm, rse)
    assert effective_rses(firm, now()).get() == rse.person
    assert not Proxy.objects.get(person=rse.person).revoked_at


def test_one_in_charge_may_leave_when_another_stays(firm):
    first, second = (actor(DesignationFactory(enterprise=firm).person) for _ in range(2))
    leave(firm, first)
    assert effective_rses(firm, now()).get() == second.person
    with pytest.raises(LastRSE):
        leave(firm, second)


def test_a_representative_stays(firm):
    ra = actor(DesignationFactory(enterprise=firm, as_ra=True).person)
    with pytest.raises(RepresentativeStays):
        leave(firm, ra)
    assert not Designation.objects.get(person=ra.person).revoked_at


def test_refuses_whoever_holds_nothing_and_a_second_departure(firm):
    with pytest.raises(NothingHeld):
        leave(firm, actor())
    who = user_of(firm)
    leave(firm, who)
    with pytest.raises(NothingHeld):
        leave(firm, who)


def test_coming_back_begins_with_nothing(firm):
    who = user_of(firm)
    leave(firm, who)
    UserFactory(enterprise=firm, person=who.person)
    assert not may_view(who, firm)
    ProxyFactory(enterprise=firm, person=who.person)
    assert may_view(who, firm)


def test_those_in_charge_are_told_in_their_language_and_the_person_too(firm):
    DesignationFactory(enterprise=firm, person=actor(PersonFactory(language="en")).person)
    who = user_of(firm)
    leave(firm, who)
    row = EventRow.objects.get(name="PersonLeft")
    for _ in range(2):
        tell_of_leaving(PersonLeft(**row.body, event_id=str(row.public_id)))
    told = {each.language: each for each in Mail.objects.all()}
    assert f"{who.person} has left {firm}" == told["en"].subject
    assert told["fr"].subject == f"Vous avez quitté {firm}"
    assert "Their proxies have ended: 1." in told["en"].text


@pytest.fixture
def workers(transactional_db):
    hands = [Worker() for _ in range(2)]
    yield hands
    for each in hands:
        each.close()


def test_two_in_charge_who_leave_at_once_do_not_leave_the_firm_with_nobody(workers):
    for _ in range(10):
        firm = ServiceRegistrationFactory().enterprise
        both = [actor(DesignationFactory(enterprise=firm).person) for _ in range(2)]
        acts = [(hand, partial(leave, firm, who)) for hand, who in zip(workers, both, strict=True)]
        answers = together(*acts)
        assert sum(isinstance(each, LastRSE) for each in answers) == 1
        assert effective_rses(firm, now()).count() == 1
