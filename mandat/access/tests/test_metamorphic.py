"""AZ-6: whatever stands, one edge more takes no permit away, one less gives none; order and names change nothing."""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from mandat.access import decision
from mandat.access.decision import Decision, Kind, Link, evaluate
from mandat.access.links import Ground
from mandat.access.rights import RIGHTS_OF_A_PROXY, RIGHTS_OF_A_ROLE
from mandat.access.standing import CARRIED
from mandat.access.tests.factories import LONG_AGO
from tests.drills.recorder import FULL_SIZE

CASES = 20_000 if FULL_SIZE else 150
RIGHTS = sorted(RIGHTS_OF_A_PROXY | RIGHTS_OF_A_ROLE)
INSTANT = timedelta(microseconds=1)
INSTANTS = st.integers(-2, 6).map(lambda each: LONG_AGO + each * INSTANT)
PERHAPS = st.one_of(st.none(), INSTANTS)
KEPT = settings(max_examples=CASES, deadline=None, database=None, suppress_health_check=list(HealthCheck))


@st.composite
def edges(draw):
    """Return an edge of any kind, as a row might read; dates within microseconds of each other."""
    kind = draw(st.sampled_from([each for each in Kind if each != Kind.ASSIGNMENT]))
    state = draw(st.sampled_from([state for carrier, state in CARRIED if carrier == kind] + ["of no effect"]))
    carries = CARRIED.get((kind, state), frozenset())
    has_provider = kind in (Kind.REGISTRATION, Kind.PROXY)
    more = {}
    if kind in (Kind.RA, Kind.RSE, Kind.PROXY):
        more = {"start": draw(PERHAPS), "end": draw(PERHAPS), "revoked_at": draw(st.one_of(st.none(), PERHAPS))}
    if kind == Kind.PROXY:
        carries = frozenset(draw(st.sets(st.sampled_from(sorted(RIGHTS_OF_A_PROXY)), min_size=1)))
        more["awaits"] = draw(st.sampled_from([False, False, True]))
    provider = draw(st.sampled_from([1, 2])) if has_provider else None
    return Link(kind, uuid4(), state, carries, provider=provider, **more)


def held_by(standing, at):
    return {right for right in RIGHTS if evaluate(standing, right, at)}


#: Half of the worlds begin with what carries rights, or most would permit nothing.
BEGUN = [
    Link(Kind.ENTERPRISE, UUID(int=1), "active", CARRIED[Kind.ENTERPRISE, "active"]),
    Link(Kind.PERSON, UUID(int=2), "active", CARRIED[Kind.PERSON, "active"]),
    Link(Kind.REGISTRATION, UUID(int=3), "active", CARRIED[Kind.REGISTRATION, "active"], provider=1),
]
standings = st.tuples(st.sampled_from([[], BEGUN]), st.lists(edges(), max_size=7)).map(lambda both: both[0] + both[1])


@pytest.mark.drill("AZ-6")
def test_one_edge_more_takes_nothing_away_and_one_less_gives_nothing(drill):
    drill.size(CASES, full=CASES)
    KEPT(one_more(standings, edges(), INSTANTS))()


def one_more(*strategies):
    """Return the law, to be tried on what these strategies draw."""

    @given(*strategies)
    def more_takes_nothing_away(standing, edge, at):
        assert held_by(standing, at) <= held_by([*standing, edge], at)

    return more_takes_nothing_away


@pytest.mark.drill("AZ-6")
def test_neither_order_nor_names_change_anything(drill):
    drill.size(CASES, full=CASES)
    order_and_names_change_nothing()


@KEPT
@given(standings, st.randoms(use_true_random=False), INSTANTS)
def order_and_names_change_nothing(standing, dice, at):
    others = [replace(each, public_id=uuid4()) for each in dice.sample(standing, len(standing))]
    assert held_by(standing, at) == held_by(others, at)


def _the_last_edge_alone_is_followed(path, standing, right, at, *_block):
    """Return what the rules answered once: two registrations that accept one block hid a proxy with the first."""
    chain = ()
    for kind in path:
        found = {
            each.ground_against(right, at): each for each in standing if each.kind == kind and each.continues(chain)
        }
        if None not in found:
            return Decision(chain, max(found, default=Ground.ABSENT), missing=kind, right=right)
        chain += (found[None],)
    return Decision(chain, right=right)


def test_a_bug_that_was_there_is_found(monkeypatch):
    monkeypatch.setattr(decision, "follow", _the_last_edge_alone_is_followed)
    with pytest.raises(AssertionError):
        settings(KEPT, max_examples=20_000, phases=[Phase.generate])(one_more(standings, edges(), INSTANTS))()
