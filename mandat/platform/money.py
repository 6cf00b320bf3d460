"""Money: an exact decimal amount with its currency."""

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Context, Decimal, Inexact
from functools import total_ordering

from babel.numbers import format_currency

_CENT = Decimal("0.01")
#: Arithmetic that raises rather than drop a digit.
_EXACT = Context(prec=60, traps=[Inexact])
_LOCALES = {"fr": "fr_CA", "en": "en_CA"}


class CurrenciesDiffer(Exception):
    """Two amounts are not in the same currency."""


@total_ordering
@dataclass(frozen=True)
class Money:
    """An amount: exact until `rounded`."""

    amount: Decimal
    currency: str = "CAD"

    def __post_init__(self) -> None:
        if not isinstance(self.amount, Decimal) or not self.amount.is_finite():
            raise TypeError(f"an amount is a finite Decimal, not {self.amount!r}")

    def __add__(self, other: "Money") -> "Money":
        return Money(_EXACT.add(self.amount, self._same(other)), self.currency)

    def __sub__(self, other: "Money") -> "Money":
        return Money(_EXACT.subtract(self.amount, self._same(other)), self.currency)

    def __neg__(self) -> "Money":
        return Money(_EXACT.minus(self.amount), self.currency)

    def __mul__(self, factor: Decimal | int) -> "Money":
        if isinstance(factor, bool) or not isinstance(factor, Decimal | int):
            raise TypeError(f"an amount is multiplied by a Decimal or an int, not {factor!r}")
        return Money(_EXACT.multiply(self.amount, Decimal(factor)), self.currency)

    __rmul__ = __mul__

    def __lt__(self, other: "Money") -> bool:
        return self.amount < self._same(other)

    def __bool__(self) -> bool:
        return bool(self.amount)

    def rounded(self) -> "Money":
        """Return the amount to the cent, a half cent going away from zero."""
        return Money(self.amount.quantize(_CENT, rounding=ROUND_HALF_UP), self.currency)

    def shown_in(self, language: str) -> str:
        """Return the amount as it is written in Canadian French or English."""
        return format_currency(self.rounded().amount, self.currency, locale=_LOCALES[language])

    def _same(self, other: "Money") -> Decimal:
        if not isinstance(other, Money):
            raise TypeError(f"money and {other!r} do not mix")
        if other.currency != self.currency:
            raise CurrenciesDiffer(f"{self.currency} and {other.currency}")
        return other.amount


def total(amounts: "list[Money]", *, currency: str = "CAD") -> Money:
    """
    Return the sum of amounts, which may be none.

    :raises CurrenciesDiffer: if one is in another currency
    """
    return sum(amounts, start=Money(Decimal(0), currency))
