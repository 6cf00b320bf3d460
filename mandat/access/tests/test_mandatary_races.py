"""Each link of the way through a mandatary against its end, on real parallel connections: no act comes after."""

from datetime import date

import pytest
from django.db import transaction

from mandat.access.commands import narrow_proxy, revoke_designation, revoke_proxy, suspend_proxy
from mandat.access.commands.external import give_up_external
from mandat.access.commands.leaving import leave_enterprise
from mandat.access.commands.namings import revoke_naming
from mandat.access.decision import AccessDenied, Right, require
from mandat.access.retries import in_one_transaction
from mandat.access.tests.factories import (
    BLOCK,
    UNDER,
    DesignationFactory,
    EnterpriseFactory,
    NamingFactory,
    ProxyFactory,
    ServiceRegistrationFactory,
    actor,
)
from mandat.access.tests.parallel import Worker, waits_or_ends
from mandat.enterprises.models import Enterprise, EnterpriseHistory
from mandat.platform.clock import now

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def worker():
    made = Worker()
    yield made
    made.close()


class World:
    """A client, its mandatary, a user of that one who is named and an RSE who is too."""

    def __init__(self):
        self.client = ServiceRegistrationFactory().enterprise
        self.by_client = actor(DesignationFactory(enterprise=self.client).person)
        self.mandatary = EnterpriseFactory()
        self.by_mandatary = actor(DesignationFactory(enterprise=self.mandatary).person)
        self.leader = DesignationFactory(enterprise=self.mandatary)
        self.proxy = ProxyFactory(enterprise=self.client, person=None, mandatary=self.mandatary)
        self.naming = NamingFactory(proxy=self.proxy)
        NamingFactory(proxy=self.proxy, person=self.leader.person)
        self.user = actor(self.naming.person)

    def ends(self):
        """Return, for each link, who relies on it and the act that ends it."""
        proxy, naming = self.proxy.public_id, self.naming.public_id
        return {
            "external": (self.user, lambda: revoke_proxy(proxy_id=proxy, reason="", by=self.by_client)),
            "external suspended": (self.user, lambda: suspend_proxy(proxy_id=proxy, reason="", by=self.by_client)),
            "external narrowed": (
                self.user,
                lambda: narrow_proxy(
                    key=proxy, proxy_id=proxy, rights=[Right.VIEW], until=date(2099, 12, 30), reason="",
                    by=self.by_client,
                ),
            ),
            "given up": (self.user, lambda: give_up_external(proxy_id=proxy, reason="", by=self.by_mandatary)),
            "mandatary": (self.user, self._suspend_the_mandatary),
            "member": (self.user, lambda: leave_enterprise(enterprise=self.mandatary, reason="", by=self.user)),
            "leader": (
                actor(self.leader.person),
                lambda: revoke_designation(designation_id=self.leader.public_id, reason="", by=self.by_mandatary),
            ),
            "naming": (self.user, lambda: revoke_naming(naming_id=naming, reason="", by=self.by_mandatary)),
        }  # fmt: skip

    @in_one_transaction
    def _suspend_the_mandatary(self):
        firm = Enterprise.objects.select_for_update().get(pk=self.mandatary.pk)
        firm.make(Enterprise.Move.SUSPEND, at=now(), under=UNDER)

    def act(self, by):
        @in_one_transaction
        def run():
            authority = require(by, Right.SIGN, enterprise=self.client, block=BLOCK)
            EnterpriseHistory.objects.create(
                enterprise=self.client, move="act", before="", after="", at=authority.at,
                authority=authority.as_record(),
            )  # fmt: skip

        return run


EDGES = [
    "external", "external suspended", "external narrowed", "given up", "mandatary", "member", "leader", "naming",
]  # fmt: skip


def test_the_end_of_a_link_waits_for_the_act_that_relies_on_it(worker):
    for edge in EDGES:
        world = World()
        by, end = world.ends()[edge]
        act = world.act(by)
        with transaction.atomic():
            act()
            ending = worker.begin(end)
            assert waits_or_ends(worker, ending) == "waits", edge
        ending.result(30)
        with pytest.raises(AccessDenied):
            act()


def test_an_act_waits_for_the_end_of_its_link_and_is_refused(worker):
    for edge in EDGES:
        world = World()
        by, end = world.ends()[edge]
        act = world.act(by)
        with transaction.atomic():
            end()
            acting = worker.begin(act)
            assert waits_or_ends(worker, acting) == "waits", edge
        assert isinstance(acting.exception(30), AccessDenied), edge
    assert not EnterpriseHistory.objects.filter(move="act").exists()
