"""Forms and check digits, on made-up numbers."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mandat.enterprises.identifiers import (
    NotANumber,
    client_number,
    luhn,
    modulo_11,
    neq,
    nrd_number,
    revenu_quebec,
)

NEQS = ["1199999013", "1199999021", "1199999039", "1199999104", "2299999013", "2299999153", "3399999013", "8899999013"]
REVENU_QUEBEC = ["1099999019", "1099999027", "1299999013", "1299999021", "1299999056", "4099999018"]
NINE_DIGITS = st.text("0123456789", min_size=9, max_size=9)


@pytest.mark.parametrize("value", NEQS)
def test_the_check_digit_of_an_neq_agrees(value):
    assert neq(value).agrees


@pytest.mark.parametrize("value", REVENU_QUEBEC)
def test_the_check_digit_of_a_revenu_quebec_number_agrees(value):
    assert revenu_quebec(value).agrees


@pytest.mark.parametrize(("read", "value"), [(neq, "1199999014"), (neq, "2299999014"), (revenu_quebec, "1099999010")])
def test_a_check_digit_that_disagrees_only_warns(read, value):
    number = read(value)
    assert (number.value, number.agrees) == (value, False)


@pytest.mark.parametrize("read", [neq, revenu_quebec, client_number])
@pytest.mark.parametrize("typed", ["", "119999901", "11999990133", "119999901A", "١١٩٩٩٩٩٠١٣", "1299999013TQ0001"])
def test_another_form_is_refused(read, typed):
    with pytest.raises(NotANumber):
        read(typed)


def test_an_neq_belongs_to_a_family():
    with pytest.raises(NotANumber):
        neq("4499999013")


@pytest.mark.parametrize("typed", ["1199 999 013", " 11-9999-9013 ", "1199\u00a0999\u202f013", "11.99999013"])
def test_separators_are_not_part_of_a_number(typed):
    assert neq(typed).value == "1199999013"


@pytest.mark.parametrize("typed", ["1", "1234567", "1234567890"])
def test_an_nrd_number_has_one_to_ten_digits(typed):
    assert nrd_number(typed).value == typed


@given(NINE_DIGITS)
def test_exactly_one_last_digit_agrees_by_luhn(first):
    assert sum(luhn(f"{first}{last}") for last in range(10)) == 1


@given(NINE_DIGITS)
def test_exactly_one_last_digit_agrees_modulo_11(first):
    assert sum(modulo_11(f"{first}{last}") for last in range(10)) == 1


@given(st.text(max_size=14))
def test_anything_typed_is_a_number_or_is_refused(typed):
    for read in (neq, revenu_quebec, client_number, nrd_number):
        try:
            assert read(typed).value.isascii()
        except NotANumber:
            continue
