"""C1: what a simulation says is what the gesture then makes, and it writes nothing."""

from datetime import timedelta
from unittest import mock

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from mandat.access import simulation
from mandat.access.rights import Right
from mandat.access.simulation import if_changed, if_granted, simulate
from mandat.access.tests.factories import (
    BLOCK,
    ProxyFactory,
    ServiceRegistrationFactory,
    UserFactory,
)
from mandat.access.tests.graphs import REFUSAL, Stage, disagreement, rows_as_they_are
from mandat.platform.clock import end_of, legal_day, now

pytestmark = pytest.mark.django_db


@pytest.fixture
def registration():
    return ServiceRegistrationFactory()


@pytest.fixture
def someone(registration):
    return UserFactory(enterprise=registration.enterprise).person


@pytest.fixture
def end():
    return end_of(legal_day(now()) + timedelta(days=90))


@pytest.fixture
def stage():
    return Stage()


def wrongly_simulated(stage, graphs, *, most=None):
    """Return the graphs where the simulation is wrong, and of how many gestures were made."""
    wrong, made = {}, 0
    for number in graphs:
        found = disagreement(stage, number)
        made += found != REFUSAL
        if found not in (None, REFUSAL):
            wrong[number] = found
        if most and len(wrong) == most:
            break
    return wrong, made


@pytest.mark.drill("C1")
def test_what_is_simulated_is_what_the_gesture_makes(stage, drill):
    graphs = range(drill.size(20, full=10_000))
    wrong, made = wrongly_simulated(stage, graphs)
    drill.figure("gestures_made", made)
    assert wrong == {}
    assert made > len(graphs) / 2, "too few gestures were made"


@pytest.mark.parametrize(
    ("name", "broken", "graphs"),
    [
        ("takes_a_second_person", lambda *_: False, range(4, 200)),  # begun where it is soon found
        ("_over", lambda edge, _at: edge, range(34, 200)),
    ],
)  # fmt: skip
def test_a_simulation_that_forgets_the_second_person_or_what_is_replaced_is_found(stage, name, broken, graphs):
    with mock.patch.object(simulation, name, broken):
        assert wrongly_simulated(stage, graphs, most=1)[0]


def test_nothing_is_written(registration, someone, end):
    held = ProxyFactory(enterprise=registration.enterprise, person=someone, provider=registration.provider)
    before = rows_as_they_are()
    at = now()
    with CaptureQueriesContext(
        connection,
    ) as asked:
        for supposed in (
            if_granted(registration, [Right.SIGN], block=BLOCK, end=end, at=at, replacing=held),
            if_changed(held, [Right.VIEW], end=end, at=at),
        ):
            assert simulate(someone, registration.enterprise, [supposed], at).blocks
    assert all(each["sql"].lstrip("( \n").upper().startswith(("SELECT", "WITH")) for each in asked), asked
    assert rows_as_they_are() == before


def test_the_difference_from_today_is_told_block_by_block(registration, someone, end):
    firm, at = registration.enterprise, now()
    held = ProxyFactory(enterprise=firm, person=someone, provider=registration.provider, to_view=True)
    supposed = if_granted(registration, [Right.SIGN], block=BLOCK, end=end, at=at, replacing=held)
    (told,) = simulate(someone, firm, [supposed], at).changed
    assert (told.gained, told.kept, told.lost) == ((Right.SIGN,), (Right.VIEW,), ())
    (told,) = simulate(someone, firm, [if_changed(held, [Right.VIEW], end=end, at=at)], at).unchanged
    assert (told.gained, told.kept) == ((), (Right.VIEW,))


def test_what_awaits_a_second_person_gives_nothing_and_takes_away_what_it_replaces(registration, someone, end):
    firm, at = registration.enterprise, now()
    firm.second_person_for = ["sign"]
    firm.save()
    held = ProxyFactory(enterprise=firm, person=someone, provider=registration.provider, to_view=True)
    told = simulate(
        someone, firm, [if_granted(registration, [Right.SIGN], block=BLOCK, end=end, at=at, replacing=held)], at
    )
    (block,) = told.changed
    assert (block.gained, block.lost, block.awaited) == ((), (Right.VIEW,), (Right.VIEW, Right.SIGN))
    assert (told.awaits, told.takes_away) == (True, True)


def test_what_the_firm_has_not_chosen_or_accepted_is_said(registration, someone, end):
    firm, at = registration.enterprise, now()
    (block,) = simulate(
        someone, firm, [if_granted(registration, [Right.VIEW], block="BF-FIN", end=end, at=at)], at
    ).changed
    assert (block.gained, [each.right for each in block.blocked]) == ((), [Right.VIEW])
    with mock.patch.object(simulation, "versions_on", return_value={BLOCK: 2}):
        (block,) = simulate(
            someone, firm, [if_granted(registration, [Right.VIEW], block=BLOCK, end=end, at=at)], at
        ).changed
    assert (block.gained, block.without_version) == ((Right.VIEW,), (Right.VIEW,))
