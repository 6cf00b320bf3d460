"""
AZ-1: random lives of four firms and six persons, told gesture by gesture to the product and to the oracle.

After each gesture the decision on everything is compared with the oracle's; what a command refused is compared, in the
gesture, with what the oracle would have refused. A life is a savepoint, undone at its end; its dice come from its
number, so that any life can be lived again.
"""

import random
from contextlib import contextmanager
from datetime import timedelta
from functools import cache
from unittest import mock

from django.db import connection, transaction

from mandat.access.commands import enterprises
from mandat.access.decision import Matter, Right, decide_each
from mandat.access.place import Place
from mandat.access.rights import RIGHTS_OF_A_PROXY, RIGHTS_OF_A_ROLE
from mandat.access.standing import IN_AN_ENTERPRISE, WHOLE, _link_and_blocks
from mandat.access.tests.factories import LoginFactory, ServiceRegistrationFactory
from mandat.access.tests.gestures import GESTURES
from mandat.access.tests.oracle import INSIDE_A_BLOCK
from mandat.access.tests.outside import OUTSIDE
from mandat.access.tests.told import (
    BLOCKS,
    FIRMS,
    PEOPLE,
    THINGS,
    THINGS_IN,
    WIDENED,
    Told,
    World,
    catalogue_of_a_life,
    wind,
)
from mandat.platform.postgres.address import PREPARED_AFTER

STEPS = 50
#: How often everything is decided afresh; otherwise a place that did not change is, once one of its dates came near.
AFRESH = 25
#: After how many gestures the statement of commands is asked about one place more than what a gesture touched.
SAMPLED = 3
NEAR = timedelta(seconds=1)
RIGHTS_ASKED = sorted(RIGHTS_OF_A_PROXY | RIGHTS_OF_A_ROLE)
RIGHTS_IN_A_BLOCK = [Right(each) for each in INSIDE_A_BLOCK]
#: Where each question lies: as the oracle names it, and as the decision is asked.
WHERE = {
    **{block: (block, Matter()) for block in BLOCKS},
    f"{WIDENED}@2": (WIDENED, Matter(version=2)),
    **{f"{block}#{name}": (block, Matter(subject=THINGS[name])) for block in THINGS_IN for name in THINGS_IN[block]},
}  # fmt: skip
DECISIONS = len(PEOPLE) * len(FIRMS) * (len(WHERE) * len(RIGHTS_IN_A_BLOCK) + len(RIGHTS_OF_A_ROLE))


class Wrong(AssertionError):
    """The decision and the oracle disagree."""


class Life(Told):
    """One life, and what the product decides in it."""

    def __init__(self, world, number):
        super().__init__(world)
        self.number, self.givers, self.invitation = number, {}, None
        self.accepters, self.confirmers = {}, {}  # of the proxies of organisations
        self.compared = self.afresh = 0
        self.answers = {}  # person and firm → (edges, instant, what they permitted)
        self.happened = []

    def live(self, steps, *, only=None):
        """Live so many gestures, or only those of these turns; compare after each."""
        dice = random.Random(self.number)
        gestures = GESTURES if self.number % 2 else GESTURES | OUTSIDE  # a known life goes on as it went
        names, weights = zip(*gestures.items(), strict=True)
        for turn in range(steps):
            gesture, seed = dice.choices(names, weights)[0], dice.random()
            if only is None or turn in only:
                self.happened.append(gesture.__name__)
                gesture(self, random.Random(seed))
                self.compare(turn)

    def compare(self, turn):
        expected, found = self.permitted, set()
        for where, edges in self.world.standings():
            found |= self.answers_of(where, edges, is_afresh=turn % AFRESH == 0)
        self.compared += DECISIONS
        if found != expected:
            raise Wrong({"too much": found - expected, "too little": expected - found, "at": self.at})
        self.compare_commands(turn)

    def answers_of(self, where, edges, *, is_afresh):
        """Return what a person may in a firm: pure, so that what neither the edges nor their dates changed is kept."""
        known = self.answers.get(where)
        if known and not is_afresh and known[0] == edges and (known[1] == self.at or not self.turns(edges, known[1])):
            return known[2]
        place = Place(edges, self.at)
        found = {(*where[:1], right.value, where[1], "") for right in sorted(RIGHTS_OF_A_ROLE) if place.decide(right)}
        for name, (block, matter) in WHERE.items():
            for right in RIGHTS_IN_A_BLOCK:
                if place.decide(right, block, matter):
                    found.add((where[0], right.value, where[1], name))
        self.afresh += len(WHERE) * len(RIGHTS_IN_A_BLOCK) + len(RIGHTS_OF_A_ROLE)
        self.answers[where] = (edges, self.at, found)
        return found

    def turns(self, edges, before):
        """Tell whether one of the dates of these edges lies between an instant and now, or near."""
        for link, _ in edges:
            dates = [link.start, link.end, link.revoked_at, *(each for pause in link.pauses for each in pause)]
            if any(each and before - NEAR <= each <= self.at + NEAR for each in dates):
                return True
        return False

    def compare_commands(self, turn):
        """Ask the statement that commands use about what a gesture touched, and about one place more."""
        sampled = [(PEOPLE[turn % 6], FIRMS[turn % 4], BLOCKS[turn * 3 % 8])] if turn % SAMPLED == 0 else []
        asked = {*sampled, *self.touched}
        self.touched = set()
        for person, firm, touched in asked:
            block = touched or BLOCKS[0]
            rows = self.world.people[person], self.world.firms[firm]
            for right, decision in decide_each(rows[0], RIGHTS_ASKED, rows[1], block, self.at).items():
                where = "" if right in RIGHTS_OF_A_ROLE else block
                if bool(decision) is not self.may(person, right.value, firm, where):
                    raise Wrong((person, right, firm, where, self.at))
        self.compared += len(asked) * len(RIGHTS_ASKED)
        self.afresh += len(asked) * len(RIGHTS_ASKED)


class Living(World):
    """The world, with one statement that reads where everybody stands: the product's own, once per person and firm."""

    def __init__(self):
        super().__init__()
        pairs = [(person, firm) for person in PEOPLE for firm in FIRMS]
        self.pairs = dict(enumerate(pairs))
        rows = ", ".join(
            f"({n}, {self.people[who].pk}, {self.firms[firm].pk})" for n, (who, firm) in self.pairs.items()
        )
        each = " UNION ALL ".join(f"({WHOLE[kind]})" for kind in IN_AN_ENTERPRISE)
        each = each % {"person": "asked.person", "enterprise": "asked.enterprise"}
        with connection.cursor() as cursor:
            cursor.connection.prepare_threshold = None  # psycopg gives up all that is prepared when a life is undone
            cursor.execute("SET LOCAL enable_seqscan = off")
            cursor.execute(
                f"PREPARE standings AS SELECT asked.n, edge.* FROM (VALUES {rows}) AS asked (n, person, enterprise)"
                f" CROSS JOIN LATERAL ({each}) AS edge ORDER BY asked.n"
            )

    def standings(self):
        """Return, for each person and firm, the edges between them."""
        found = {pair: [] for pair in self.pairs.values()}
        with connection.cursor() as cursor:
            cursor.execute("EXECUTE standings")
            for n, *row in cursor.fetchall():
                found[self.pairs[n]].append(_link_and_blocks(*row))
        return [(where, tuple(edges)) for where, edges in found.items()]


@contextmanager
def living(hand=0):
    """Open a world, undone at the end; several hands may have one each, at once, in one database."""
    for factory in (LoginFactory, ServiceRegistrationFactory):
        factory.reset_sequence(hand * 100_000 + 1_000, force=True)
    try:
        with mock.patch.object(enterprises, "versions_on", cache(catalogue_of_a_life)), transaction.atomic():
            yield Living()
            transaction.set_rollback(True)
    finally:
        wind(None)
        with connection.cursor() as cursor:
            cursor.execute("DEALLOCATE standings")
            cursor.connection.prepare_threshold = PREPARED_AFTER


def live(world, number, *, steps=STEPS, only=None):
    """Live one life and undo it; return what it compared."""
    life = Life(world, number)
    wind(life.at)
    save = transaction.savepoint()
    try:
        life.live(steps, only=only)
    except AssertionError as wrong:
        wrong.add_note(f"life {number}: {life.happened}")
        raise
    finally:
        transaction.savepoint_rollback(save)
    return life


def shortest(world, number, *, steps=STEPS):
    """Return the turns of a wrong life that are enough for it to be wrong."""
    kept = list(range(steps))
    for turn in reversed(range(steps)):
        fewer = [each for each in kept if each != turn]
        try:
            live(world, number, steps=steps, only=set(fewer))
        except Exception:  # noqa: BLE001 - whatever goes wrong in it, it still goes wrong
            kept = fewer
    return kept
