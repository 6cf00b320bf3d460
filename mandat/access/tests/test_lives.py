"""AZ-1, AZ-3: on random lives of four firms, after each gesture the decision on everything is what the oracle says."""

import multiprocessing
import os
from dataclasses import replace

import pytest
from django.db import DEFAULT_DB_ALIAS, connections

from mandat.access import standing
from mandat.access.links import WITHOUT_THE_BLOCK, WITHOUT_THE_VERSION, Ground, Kind, Link
from mandat.access.rights import Right
from mandat.access.tests.lives import STEPS, live, living
from mandat.access.tests.told import INSTANT
from mandat.enterprises.models import Enterprise, ServiceRegistration
from mandat.identity.models import Person
from tests.drills.recorder import FULL_SIZE

pytestmark = pytest.mark.django_db

#: `make drill` lives so many; MANDAT_LIVES=10000 asks for the whole catalogue, half an hour or more of two cores.
LIVES = int(os.environ.get("MANDAT_LIVES", "500"))
HANDS = 2
INHERITED: list[object] = []
#: How many gestures a life has in the ordinary suite.
FEW = 8
#: A bug is found in one of the first lives, or the lives are worth nothing.
SOON = 60
#: Lives known to reach a rare bug, tried first: a matter of seconds only.
KNOWN = {
    "_in_recovery_accesses_are_administered": [19], "nobody_needs_confirm": [5], "_a_closed_firm_acts": [24],
    "_a_mandatary_that_is_suspended_acts": [42],
}  # fmt: skip


@pytest.mark.drill("AZ-1")
def test_whatever_happens_the_decision_is_the_oracles(drill):
    lives = drill.size(200, full=LIVES)
    compared, afresh = lived_by_hands(lives) if FULL_SIZE else lived(0, range(lives), FEW)
    drill.figure("decisions compared", compared)
    drill.figure("of them decided afresh, the others unchanged since", afresh)
    assert compared > 1_000 * lives


def lived(hand, numbers, steps):
    """Live these lives; return how many decisions were compared, and how many of them were taken anew."""
    compared = afresh = 0
    with living(hand) as world:
        for number in numbers:
            life = live(world, number, steps=steps)
            compared, afresh = compared + life.compared, afresh + life.afresh
    return compared, afresh


def lived_by_hands(lives):
    """Share the lives between processes, each with a connection and a world of its own."""
    fork = multiprocessing.get_context("fork")
    shares = [(hand, range(hand, lives, HANDS), STEPS) for hand in range(1, HANDS + 1)]
    with fork.Pool(HANDS, initializer=connect_anew) as hands:
        sums = hands.starmap(lived, shares)
    return tuple(map(sum, zip(*sums, strict=True)))


def connect_anew():
    """Leave the parent's connection alone, neither used nor closed; the next statement opens another."""
    INHERITED.append(connections[DEFAULT_DB_ALIAS])
    del connections[DEFAULT_DB_ALIAS]


# Bugs put into the rules


def _a_suspended_service_carries_all(patch):
    kind = (Kind.REGISTRATION, ServiceRegistration.State.SUSPENDED)
    patch.setitem(standing.CARRIED, kind, frozenset(Right))


def _a_suspended_firm_acts(patch):
    patch.setitem(standing.CARRIED, (Kind.ENTERPRISE, Enterprise.State.SUSPENDED), frozenset(Right))


def _a_closed_firm_acts(patch):
    patch.setitem(standing.CARRIED, (Kind.ENTERPRISE, Enterprise.State.CLOSED), frozenset(Right))


def _in_recovery_accesses_are_administered(patch):
    patch.setitem(standing.CARRIED, (Kind.ENTERPRISE, Enterprise.State.IN_RECOVERY), frozenset(Right))


def _a_person_kept_out_acts(patch):
    patch.setitem(standing.CARRIED, (Kind.PERSON, Person.State.SUSPENDED), frozenset(Right))


def _seen_as(name, change):
    """Return a bug: every edge is judged as if it were another, and at another instant."""

    def bug(patch):
        rule = Link.ground_against

        def lenient(link, right, at):
            seen, instant = change(link, at)
            return rule(seen, right, instant)

        patch.setattr(Link, "ground_against", lenient)

    bug.__name__ = name
    return bug


SEEN_AS = [
    _seen_as("a_revocation_is_forgotten", lambda link, at: (replace(link, revoked_at=None), at)),
    _seen_as("an_end_is_included", lambda link, at: (link, at if link.end != at else at - INSTANT)),
    _seen_as(
        "an_end_comes_an_instant_early", lambda link, at: (link, at + INSTANT if link.end == at + INSTANT else at)
    ),
    _seen_as("a_start_is_excluded", lambda link, at: (link, at if link.start != at else at - INSTANT)),
    _seen_as("a_proxy_set_aside_serves", lambda link, at: (replace(link, pauses=()), at)),
    _seen_as("nobody_needs_confirm", lambda link, at: (replace(link, awaits=False), at)),
]


def _what_is_new_opens_unaccepted(patch):
    _grounds_let_pass(patch, WITHOUT_THE_VERSION, Ground.VERSION_NOT_ACCEPTED)


def _a_block_opens_that_was_not_chosen(patch):
    _grounds_let_pass(patch, WITHOUT_THE_BLOCK, Ground.BLOCK_NOT_ACCEPTED)


def _grounds_let_pass(patch, state, ground):
    rule = Link.ground_against

    def lenient(link, right, at):
        return None if link.state == state and rule(link, right, at) == ground else rule(link, right, at)

    patch.setattr(Link, "ground_against", lenient)


def _a_mandatary_that_is_suspended_acts(patch):
    patch.setitem(standing.CARRIED, (Kind.MANDATARY, Enterprise.State.SUSPENDED), frozenset(Right))


def _a_name_taken_back_serves(patch):
    _passes(patch, Kind.NAMING, Ground.REVOKED)


def _passes(patch, kind, ground):
    rule = Link.ground_against

    def lenient(link, right, at):
        found = rule(link, right, at)
        return None if (link.kind, found) == (kind, ground) else found

    patch.setattr(Link, "ground_against", lenient)


def _a_proxy_on_one_thing_opens_its_block(patch):
    made = standing._link

    def broad(*row):
        return made(*row[:-1], None)

    patch.setattr(standing, "_link", broad)


BUGS = [
    _a_suspended_service_carries_all, _a_suspended_firm_acts, _a_closed_firm_acts,
    _in_recovery_accesses_are_administered, _a_person_kept_out_acts, _what_is_new_opens_unaccepted,
    _a_block_opens_that_was_not_chosen, _a_proxy_on_one_thing_opens_its_block, _a_mandatary_that_is_suspended_acts,
    _a_name_taken_back_serves,
]  # fmt: skip


@pytest.mark.parametrize("bug", [*BUGS, *SEEN_AS], ids=lambda bug: bug.__name__.strip("_"))
def test_a_bug_put_into_the_rules_is_found(bug, monkeypatch):
    bug(monkeypatch)
    with living() as world:
        for number in [*KNOWN.get(bug.__name__, []), *range(SOON)]:
            try:
                live(world, number)
            except AssertionError:
                return
    pytest.fail(f"not found in {SOON} lives")
