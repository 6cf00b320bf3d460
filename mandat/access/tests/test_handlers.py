"""Whoever a proxy concerns is told, once, in their language."""

import uuid
from datetime import timedelta

import pytest

from mandat.access import commands, handlers
from mandat.access.commands.proxies import last_day_of_a_proxy
from mandat.access.events import ProxiesGranted, ProxyRevoked
from mandat.access.models import Proxy
from mandat.access.rights import Right
from mandat.access.tests.factories import (
    DesignationFactory,
    PersonFactory,
    ServiceRegistrationFactory,
    UserFactory,
    actor,
)
from mandat.platform.clock import end_of, legal_day, now
from mandat.platform.models import EventRow, Mail

pytestmark = pytest.mark.django_db
RIGHTS = {"BF-REP": [Right.VIEW, Right.SIGN], "BF-FIN": [Right.VIEW]}


class Firm:
    def __init__(self):
        self.registration = ServiceRegistrationFactory(accepted_blocks=["BF-FIN", "BF-REP"])
        self.firm = self.registration.enterprise
        self.rse = actor(DesignationFactory(enterprise=self.firm).person)
        self.user = actor(UserFactory(enterprise=self.firm, person=PersonFactory(language="en")).person)
        self.until = legal_day(now()) + timedelta(days=10)

    def grant(self, **changes):
        asked = {
            "key": uuid.uuid4(), "registration": self.registration, "person": self.user.person, "rights": RIGHTS,
            "until": self.until, "by": self.rse,
        }  # fmt: skip
        commands.grant_proxies(**asked | changes)


@pytest.fixture
def firm():
    return Firm()


def last(event):
    row = EventRow.objects.filter(name=event.__name__).latest("id")
    return event(**row.body, event_id=str(row.public_id))


def test_several_proxies_given_by_one_gesture_are_told_by_one_message(firm):
    firm.grant()
    event = last(ProxiesGranted)
    for _ in range(2):
        handlers.tell_of_grant(event)
    mail = Mail.objects.get()
    assert (mail.to, mail.language) == (firm.user.login.email, "en")
    assert "Manage representatives: view, sign" in mail.text
    assert str(firm.rse.person) in mail.text


def test_a_revocation_is_told_to_its_holder(firm):
    firm.grant()
    proxy = Proxy.objects.get(block="BF-REP")
    commands.revoke_proxy(proxy_id=proxy.public_id, reason="Départ", by=firm.rse)
    handlers.tell_of_revocation(last(ProxyRevoked))
    assert "Manage representatives" in Mail.objects.get().text
    assert "Départ" not in Mail.objects.get().text


def test_all_is_given_or_nothing(firm):
    firm.grant(rights={"BF-FIN": [Right.VIEW]})
    with pytest.raises(commands.AlreadyGranted):
        firm.grant()
    assert Proxy.objects.get().block == "BF-FIN"


def test_the_same_gesture_twice_is_one(firm):
    key = uuid.uuid4()
    firm.grant(key=key)
    firm.grant(key=key)
    assert Proxy.objects.count() == 2
    assert EventRow.objects.filter(name="ProxiesGranted").count() == 1


def test_nothing_and_too_long_are_refused(firm):
    longest = last_day_of_a_proxy(legal_day(now()))
    with pytest.raises(commands.RightsImpossible):
        firm.grant(rights={})
    with pytest.raises(commands.ProxyTooLong):
        firm.grant(until=longest + timedelta(days=1))
    firm.grant(until=longest)
    assert Proxy.objects.first().during.upper == end_of(longest)
