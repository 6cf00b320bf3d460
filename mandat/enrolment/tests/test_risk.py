"""What weighs in a risk, what it asks of an approval, and which approvals are looked at again. Pure."""

from uuid import UUID, uuid5

import pytest

from mandat.enrolment.models import Outcome, Risk
from mandat.enrolment.risk import FACTORS, Asked, Signals, asked_of, is_drawn, weigh

POINTS = dict.fromkeys(FACTORS, 1) | {"TWIN": 5}
LEVELS = {"medium": 5, "high": 6}
NOTHING = Signals()
#: Signals that each raise one factor, and no other.
RAISED = {
    "MANDATE": Signals(is_by_mandate=True),
    "NO-NEQ": Signals(has_neq=False),
    "NO-RIGHT": Signals({"practice": Outcome.DIFFERS}),
    "TWIN": Signals({"neq_twin": Outcome.DIFFERS}),
    "ENROLLED": Signals({"neq_enrolled": Outcome.DIFFERS}),
    "OF-ANOTHER": Signals({"addresses_of_others": Outcome.DIFFERS}),
    "ON-FILE": Signals({"registered_name": Outcome.DIFFERS}),
    "RECKONED": Signals({"rq_digit": Outcome.DIFFERS}),
    "COHERENT": Signals({"postal_code": Outcome.DIFFERS}),
    "NEAR": Signals({"name_on_file": Outcome.NEAR}),
    "OFFICER": Signals({"known_officer": Outcome.UNKNOWN}),
    "SILENT": Signals({"registered": Outcome.SILENT}),
    "REFUSED": Signals(was_refused=True),
}


@pytest.mark.parametrize("code", FACTORS)
def test_each_factor_weighs_alone_and_says_so(code):
    assert [found for found, _ in weigh(RAISED[code], POINTS, LEVELS).reasons] == [code]


def test_what_agrees_weighs_nothing_nor_does_what_the_day_gives_no_points():
    agreeing = Signals(dict.fromkeys(["practice", "neq_twin", "registered", "rq_digit"], Outcome.AGREES))
    assert weigh(agreeing, POINTS, LEVELS) == weigh(NOTHING, POINTS, LEVELS)
    assert weigh(RAISED["TWIN"], {}, LEVELS).reasons == ()


@pytest.mark.parametrize(
    ("said", "level"),
    [
        (NOTHING, Risk.LOW),
        (RAISED["MANDATE"], Risk.LOW),
        (RAISED["TWIN"], Risk.MEDIUM),
        (Signals({"neq_twin": Outcome.DIFFERS}, is_by_mandate=True), Risk.HIGH),
    ],
)
def test_the_level_follows_the_sum(said, level):
    assert weigh(said, POINTS, LEVELS).level == level


def test_the_heaviest_reason_comes_first():
    said = Signals({"neq_twin": Outcome.DIFFERS}, is_by_mandate=True)
    assert weigh(said, POINTS, LEVELS).reasons == (("TWIN", 5), ("MANDATE", 1))


def test_a_risk_asks_for_what_the_policies_say_and_one_unknown_for_the_most():
    policies = {"holds": {"low": 0, "medium": 2, "high": 5}, "of_two": ["high"]}
    assert not asked_of(Risk.LOW, **policies).is_proposed_first
    assert asked_of(Risk.MEDIUM, **policies) == Asked(is_of_two=False, hold_days=2)
    assert asked_of(Risk.HIGH, **policies) == asked_of("", **policies) == Asked(is_of_two=True, hold_days=5)
    assert asked_of(Risk.HIGH, **policies).is_proposed_first


def test_the_draw_is_the_same_for_whoever_draws_again_and_takes_its_share():
    ids = [uuid5(UUID(int=0), str(each)) for each in range(2000)]
    drawn = [each for each in ids if is_drawn(each, 10)]
    assert drawn == [each for each in ids if is_drawn(each, 10)]
    assert 140 < len(drawn) < 260
    assert not any(is_drawn(each, 0) for each in ids)
    assert all(is_drawn(each, 100) for each in ids)
    assert set(drawn) <= {each for each in ids if is_drawn(each, 20)}
