from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mandat.platform.money import CurrenciesDiffer, Money, total

AMOUNTS = st.decimals(min_value=-(10**12), max_value=10**12, allow_nan=False, places=4).map(Money)


def money(text, currency="CAD"):
    return Money(Decimal(text), currency)


def test_taxes_are_rounded_to_the_cent():
    contribution = money("384.00")
    gst, qst = (contribution * Decimal(rate) for rate in ("0.05", "0.09975"))
    assert (gst.rounded(), qst.rounded()) == (money("19.20"), money("38.30"))
    assert qst == money("38.304")
    assert total([contribution, gst.rounded(), qst.rounded()]) == money("441.50")


@pytest.mark.parametrize(
    ("exact", "rounded"), [("0.005", "0.01"), ("-0.005", "-0.01"), ("2.675", "2.68"), ("1.0049", "1.00")]
)
def test_a_half_cent_goes_away_from_zero(exact, rounded):
    assert money(exact).rounded() == money(rounded)


@given(AMOUNTS, AMOUNTS, AMOUNTS)
def test_no_cent_is_made_or_lost(a, b, c):
    assert (a + b) - b == a
    assert a + (b + c) == (a + b) + c
    assert total([a, b, c]) == a + b + c
    assert -(-a) == a


@given(AMOUNTS, st.integers(-1000, 1000))
def test_multiplying_is_adding_over_and_over(a, times):
    assert a * times == times * a
    assert a * (times + 1) == a * times + a


@pytest.mark.parametrize("amount", [384.0, 384, "384", Decimal("NaN"), Decimal("Infinity"), None])
def test_refuses_an_amount_that_is_not_exact(amount):
    with pytest.raises(TypeError, match="finite Decimal"):
        Money(amount)


@pytest.mark.parametrize("factor", [0.05, True, "2"])
def test_refuses_a_factor_that_is_not_exact(factor):
    with pytest.raises(TypeError, match="multiplied by a Decimal"):
        money("384") * factor


@pytest.mark.parametrize(
    "mix", [lambda a, b: a + b, lambda a, b: a - b, lambda a, b: a < b, lambda a, b: total([a, b])]
)
def test_refuses_to_mix_currencies(mix):
    with pytest.raises(CurrenciesDiffer):
        mix(money("1"), money("1", "USD"))


def test_refuses_to_mix_money_and_numbers():
    with pytest.raises(TypeError, match="do not mix"):
        money("1") + 1
    with pytest.raises(TypeError, match="do not mix"):
        money("1") > Decimal(0)


def test_the_same_amount_in_another_currency_is_not_the_same():
    assert money("1") != money("1", "USD")
    assert money("1.0") == money("1.00")
    assert hash(money("1.0")) == hash(money("1.00"))


def test_is_written_as_in_quebec():
    assert money("1240").shown_in("fr") == "1\u00a0240,00\u00a0$"
    assert money("1240").shown_in("en") == "$1,240.00"
    assert money("-19.2").shown_in("fr") == "-19,20\u00a0$"
    assert money("5", "USD").shown_in("fr") == "5,00\u00a0$\u00a0US"


def test_nothing_is_no_money():
    assert not total([])
    assert money("0.01")
    assert money("2") > money("1")
