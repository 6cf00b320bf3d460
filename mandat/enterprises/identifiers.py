"""
The numbers that firms are known by: how they are written, and whether their check digit agrees. Pure.

The form of a number blocks; its check digit only warns. No official text lays the check digits down: they were found by
computation on published numbers, as the list `identifier_rule` of the reference data says.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass

_SEPARATORS = re.compile(r"[\s\u00a0\u202f.\-‑–]+")
_REVENU_QUEBEC_WEIGHTS = (4, 3, 2, 7, 6, 5, 4, 3, 2)


class NotANumber(ValueError):
    """What was typed does not have the form of such a number."""


@dataclass(frozen=True)
class Number:
    """A number of the right form, as it is kept, and whether its check digit agrees."""

    value: str
    agrees: bool


def neq(typed: str) -> Number:
    """
    Return a Québec enterprise number: ten digits that begin by the two of a family.

    :raises NotANumber: if it has another form
    """
    return _read(typed, r"(11|22|33|88)[0-9]{8}", lambda value: luhn(value[2:]))


def revenu_quebec(typed: str) -> Number:
    """
    Return a Revenu Québec identification number: ten digits, without the suffix of an account.

    :raises NotANumber: if it has another form
    """
    return _read(typed, r"[0-9]{10}", modulo_11)


def client_number(typed: str) -> Number:
    """
    Return a client number of the regulator: ten digits, without a known check digit.

    :raises NotANumber: if it has another form
    """
    return _read(typed, r"[0-9]{10}", lambda _: True)


def nrd_number(typed: str) -> Number:
    """
    Return a number of the national registration database: one to ten digits, without a known check digit.

    :raises NotANumber: if it has another form
    """
    return _read(typed, r"[0-9]{1,10}", lambda _: True)


def luhn(digits: str) -> bool:
    """Return whether the last digit is the Luhn check digit of the others."""
    doubled = [int(each) * (1 + place % 2) for place, each in enumerate(reversed(digits))]
    return sum(each - 9 * (each > 9) for each in doubled) % 10 == 0  # noqa: PLR2004 – two digits are added up


def modulo_11(digits: str) -> bool:
    """Return whether the last digit is the check digit, modulo 11, of the nine others."""
    rest = sum(weight * int(each) for weight, each in zip(_REVENU_QUEBEC_WEIGHTS, digits, strict=False)) % 11
    return int(digits[-1]) == (1 if rest == 0 else (11 - rest) % 10)


def _read(typed: str, form: str, agrees: Callable[[str], bool]) -> Number:
    value = _SEPARATORS.sub("", typed)
    if not re.fullmatch(form, value):
        raise NotANumber(typed)
    return Number(value, agrees(value))
