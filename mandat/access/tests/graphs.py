"""
C1: random graphs of rights, a gesture simulated on each, then really made: the two must agree on everything.

A graph is a savepoint, undone at its end; its dice come from its number, so that any one can be made again.
"""

import random
import uuid
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial

from django.db import connection, transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

from mandat.access import commands
from mandat.access.commands.requests import ask_for_rights, grant_request, proxies_in_the_way
from mandat.access.decision import AccessDenied
from mandat.access.links import Matter
from mandat.access.models import Proxy
from mandat.access.place import place_of
from mandat.access.rights import RIGHTS_OF_A_PROXY, Right
from mandat.access.simulation import if_changed, if_granted, simulate
from mandat.access.tests.factories import (
    UNDER,
    DesignationFactory,
    ProxyFactory,
    ServiceRegistrationFactory,
    UserFactory,
    actor,
)
from mandat.enterprises.models import Enterprise, ServiceRegistration
from mandat.identity.models import Person
from mandat.platform.clock import end_of, last_day, legal_day, now

BLOCKS = ("BF-REP", "BF-FIN", "BF-DOSSIER")
RIGHTS = sorted(RIGHTS_OF_A_PROXY)
MATTERS = (Matter(), Matter(version=2))
DAY = timedelta(days=1)
#: What a command may refuse: there is then nothing to compare.
REFUSED = (
    AccessDenied, commands.AlreadyGranted, commands.AlreadyOver, commands.AlreadyRevoked, commands.BlockNotAccepted,
    commands.DatesImpossible, commands.NotAUser, commands.NotLonger, commands.NotNarrower, commands.RightsImpossible,
)  # fmt: skip


REFUSAL = ("refused",)


class Stage:
    """What every graph has: a firm, two RSEs, somebody who is a user, and a second firm where they act as well."""

    def __init__(self) -> None:
        self.registration = ServiceRegistrationFactory()
        self.firm = self.registration.enterprise
        self.rse, _second = (actor(DesignationFactory(enterprise=self.firm).person) for _ in range(2))
        self.asker = actor(UserFactory(enterprise=self.firm).person)
        self.someone = self.asker.person
        self.elsewhere = ServiceRegistrationFactory().enterprise
        ProxyFactory(enterprise=self.elsewhere, person=self.someone)


class Graph:
    """The states and the proxies that the dice give to those of the stage."""

    def __init__(self, stage: Stage, number: int) -> None:
        self.dice = random.Random(number)
        some = self.dice.choice
        self.firm, self.someone, self.rse, self.asker = stage.firm, stage.someone, stage.rse, stage.asker
        self.registration, self.elsewhere = stage.registration, stage.elsewhere
        self.accepted = self._some(BLOCKS)
        ServiceRegistration.objects.filter(pk=self.registration.pk).update(
            accepted_blocks=self.accepted, state=some(["active"] * 9 + ["suspended"]),
            versions={"BF-FIN": 2} if self.dice.random() < 0.5 else {},
        )  # fmt: skip
        Person.objects.filter(pk=self.someone.pk).update(state=some(["active"] * 9 + ["suspended"]))
        if self.dice.random() < 0.15:
            DesignationFactory(enterprise=self.firm, person=self.someone)
        self.held = [each for block in BLOCKS for each in self._proxies_in(block)]
        Enterprise.objects.filter(pk=self.firm.pk).update(
            state=some(["active"] * 9 + ["in_recovery"]),
            second_person_for=[each.value for each in RIGHTS if self.dice.random() < 0.2],
        )

    def _some(self, among):
        return [each for each in among if self.dice.random() < 0.7] or [among[0]]

    def _proxies_in(self, block):
        if self.dice.random() < 0.45:
            return
        at, end = now(), end_of(legal_day(now()) + self.dice.choice([3, 40, 200]) * DAY)
        traits = self.dice.choice([
            {}, {}, {}, {"ended": True}, {"revoked": True}, {"needs_second": True},
            {"suspensions": [DateTimeTZRange(at - DAY, None)]},
            {"needs_second": True, "confirmed_by": self.rse.person, "confirmed_at": at - DAY, "confirmed_under": UNDER},
            {"during": DateTimeTZRange(at + DAY, end)},
        ])  # fmt: skip
        dates = {} if {"ended", "during"} & set(traits) else {"during": DateTimeTZRange(at - 9 * DAY, end)}
        yield ProxyFactory(
            enterprise=self.firm, provider=self.registration.provider, person=self.someone, block=block,
            rights=sorted({"view", *self._some([each.value for each in RIGHTS])}), **dates, **traits,
        )  # fmt: skip

    def gesture(self):
        """Return what is supposed, and the same gesture to be made."""
        kinds = [self._grant, self._grant, self._request] + ([self._change] * 3 if self.held else [])
        return self.dice.choice(kinds)()

    def _asked(self):
        rights = {Right.VIEW, *(Right(each) for each in self._some(RIGHTS))}
        free = sorted(set(self.accepted) - {each.block for each in self.held})
        block = self.dice.choice(free if free and self.dice.random() < 0.8 else BLOCKS)
        return block, rights, legal_day(now()) + self.dice.choice([10, 100]) * DAY

    def _grant(self):
        block, rights, until = self._asked()
        supposed = partial(if_granted, self._fresh(), rights, block=block, end=end_of(until))
        return supposed, lambda: commands.grant_proxy(
            key=uuid.uuid4(), registration=self.registration, person=self.someone, block=block, rights=rights,
            during=DateTimeTZRange(None, end_of(until)), by=self.rse,
        )  # fmt: skip

    def _request(self):
        block, rights, until = self._asked()
        block = self.dice.choice(self.accepted)
        asked = ask_for_rights(
            enterprise=self.firm, block=block, rights=rights, until=until, reason="Congé", by=self.asker
        ) if self._may_ask(block, rights, until) else None  # fmt: skip
        if asked is None:
            return self._grant()
        held = proxies_in_the_way(asked, now()).first()
        supposed = partial(if_granted, self._fresh(), rights, block=block, end=end_of(until), replacing=held)
        return supposed, lambda: grant_request(
            key=uuid.uuid4(), request_id=asked.public_id, rights=rights, until=until, by=self.rse
        )

    def _may_ask(self, block, rights, until):
        place = place_of(self.someone, self.firm, now())
        is_used = self._fresh().state == "active"
        return is_used and not all(place.decide(each, block) for each in rights)

    def _change(self):
        alive = [each for each in self.held if each.revoked_at is None and each.during.upper > now()]
        chosen = self.dice.choice(alive or self.held)
        proxy = Proxy.objects.select_related("enterprise").get(pk=chosen.pk)
        if self.dice.random() < 0.5:
            until = last_day(proxy.during.upper) + 30 * DAY
            supposed = partial(if_changed, proxy, proxy.rights, end=end_of(until))
            renewed = partial(commands.renew_proxy, key=uuid.uuid4(), proxy_id=proxy.public_id, until=until)
            return supposed, partial(renewed, by=self.rse)
        rights = sorted({"view", *self._some(proxy.rights)} & set(proxy.rights))
        until = last_day(proxy.during.upper) - self.dice.choice([0, 1, 30]) * DAY
        supposed = partial(if_changed, proxy, rights, end=end_of(until))
        narrowed = partial(commands.narrow_proxy, key=uuid.uuid4(), proxy_id=proxy.public_id, rights=rights)
        return supposed, partial(narrowed, until=until, reason="Moins", by=self.rse)

    def _fresh(self):
        return ServiceRegistration.objects.select_related("enterprise").get(pk=self.registration.pk)


@contextmanager
def undone():
    """Undo what is done within."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def answers(place, at: datetime) -> dict:
    """Return what a place permits at an instant: every block, right and version."""
    seen = replace(place, at=at)
    return {(block, right, each.version): bool(seen.decide(right, block, each))
            for block in BLOCKS for right in RIGHTS for each in MATTERS}  # fmt: skip


def disagreement(stage: Stage, number: int) -> tuple | None:
    """Return where the simulation of one graph is wrong: nothing if it is right; `refused` if there was no gesture."""
    with undone():
        graph = Graph(stage, number)
        suppose, make = graph.gesture()
        at = now()
        other = answers(place_of(graph.someone, graph.elsewhere, at), at)
        simulated = simulate(graph.someone, graph.firm, [suppose(at=at)], at)
        before = answers(place_of(graph.someone, graph.firm, at), at)
        try:
            with transaction.atomic():
                make()
        except REFUSED:
            return REFUSAL
        done = now()
        real, real_other = (place_of(graph.someone, each, done) for each in (graph.firm, graph.elsewhere))
        if other != answers(real_other, done) or before != answers(simulated.before, at):
            return ("elsewhere",)
        for when in (done, done + 5 * DAY, done + 60 * DAY, done + 150 * DAY):
            told, true = answers(simulated.after, when), answers(real, when)
            if told != true:
                return tuple(key for key in told if told[key] != true[key])
        return None


def rows_as_they_are() -> dict[str, str]:
    """Return the content of every table, condensed."""
    names = [each for each in connection.introspection.table_names() if each.startswith(("access_", "enterprises_"))]
    with connection.cursor() as cursor:
        found = {}
        for name in (*names, "identity_person", "platform_eventrow", "platform_mail", "platform_idempotencykey"):
            cursor.execute(f"SELECT md5(coalesce(string_agg(t::text, '|' ORDER BY t::text), '')) FROM {name} AS t")
            found[name] = cursor.fetchone()[0]
        return found
