"""AZ-1: on random lives of four firms, after each step the decision on everything is what the oracle says."""

import os

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from mandat.access import standing
from mandat.access.links import Kind, Link
from mandat.access.rights import Right
from mandat.access.tests.lives import Lives
from mandat.enterprises.models import Enterprise, ServiceRegistration
from tests.drills.recorder import FULL_SIZE

pytestmark = pytest.mark.django_db

STEPS = 50


def live(*, lives, steps=STEPS):
    """Live a number of lives, each of so many steps. MANDAT_SHRINK looks for the shortest that fails: it takes minutes."""
    phases = [Phase.generate, Phase.shrink] if os.environ.get("MANDAT_SHRINK") else [Phase.generate]
    chosen = settings(
        max_examples=lives, stateful_step_count=steps, deadline=None, database=None, derandomize=True, phases=phases,
        suppress_health_check=list(HealthCheck), print_blob=False,
    )  # fmt: skip
    run_state_machine_as_test(Lives, settings=chosen)


@pytest.mark.drill("AZ-1")
def test_whatever_happens_the_decision_is_the_oracles(drill, monkeypatch):
    Lives.compared = 0
    monkeypatch.setattr(Lives, "every", 1 if FULL_SIZE else 5)
    live(lives=drill.size(4, full=500))
    drill.figure("decisions compared", Lives.compared)
    assert Lives.compared > 0


def _a_suspended_service_carries_all(patch):
    kind = (Kind.REGISTRATION, ServiceRegistration.State.SUSPENDED)
    patch.setitem(standing.CARRIED, kind, frozenset(Right))


def _a_suspended_firm_acts(patch):
    patch.setitem(standing.CARRIED, (Kind.ENTERPRISE, Enterprise.State.SUSPENDED), frozenset(Right))


def _a_revocation_is_forgotten(patch):
    rule = Link.ground_against

    def forgetful(link, right, at):
        link = Link(link.kind, link.public_id, link.state, link.carries, link.start, link.end, provider=link.provider)
        return rule(link, right, at)

    patch.setattr(Link, "ground_against", forgetful)


@pytest.mark.parametrize(
    "bug",
    [
        _a_suspended_service_carries_all, _a_suspended_firm_acts, _a_revocation_is_forgotten,
    ],
    ids=lambda bug: bug.__name__.strip("_"),
)  # fmt: skip
def test_a_bug_put_into_the_rules_is_found(bug, monkeypatch):
    bug(monkeypatch)
    monkeypatch.setattr(Lives, "every", 4)
    with pytest.raises(AssertionError):
        live(lives=40)
