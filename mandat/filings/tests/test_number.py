from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from mandat.filings.number import filing_number, is_filing_number

numbers = st.builds(filing_number, st.integers(2000, 2999), st.integers(1, 99_999_999))


def test_a_number_is_read_aloud_in_four_parts():
    assert filing_number(2026, 123).startswith("F-2026-000123-")


@given(numbers)
def test_a_number_given_is_a_number(number):
    assert is_filing_number(number)


@given(numbers, st.data())
def test_any_single_wrong_digit_is_detected(number, data):
    place = data.draw(st.sampled_from([i for i, each in enumerate(number) if each.isdigit()]))
    other = data.draw(st.sampled_from([each for each in "0123456789" if each != number[place]]))
    assert not is_filing_number(number[:place] + other + number[place + 1 :])


@given(numbers)
def test_any_swap_of_neighbours_is_detected(number):
    places = [i for i, each in enumerate(number) if each.isdigit()]
    for one, other in pairwise(places):
        swapped = list(number)
        swapped[one], swapped[other] = swapped[other], swapped[one]
        assert "".join(swapped) == number or not is_filing_number("".join(swapped))
