"""User codes: how they are drawn, typed, shown."""

import re

import pytest

from mandat.identity import user_code


def test_draws_codes_that_the_database_accepts_and_that_differ():
    drawn = {user_code.draw() for _ in range(2000)}
    assert len(drawn) == 2000
    assert all(re.fullmatch(user_code.CANONICAL, each) for each in drawn)


def test_is_unguessable():
    """Ten guesses a minute from one address for ten years find one code in a million with a chance below one in 200."""
    possible = len(user_code.LETTERS) ** user_code.LETTER_COUNT * len(user_code.SIGNS) ** user_code.SIGN_COUNT
    assert possible > 2**43
    assert 10 * 60 * 24 * 3653 * 1_000_000 / possible < 1 / 0.18


@pytest.mark.parametrize(
    "typed", ["KTR7M20Q1", "ktr7m20q1", "KTR-7M2-0Q1", " ktr 7m2 0q1 ", "KTR-7M2-OQI", "ktr7m2oql"]
)
def test_reads_a_code_however_it_was_typed(typed):
    assert user_code.canonical(typed) == "KTR7M20Q1"


def test_shows_a_code_grouped_to_its_holder_and_masked_to_others():
    assert user_code.grouped("KTR7M2Q9X") == "KTR-7M2-Q9X"
    assert user_code.masked("KTR7M2Q9X") == "•••-•••-Q9X"
