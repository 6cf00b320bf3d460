"""Social insurance numbers: nine digits, the last a check digit after Luhn. Recognised in order to be refused."""

import re

#: Not within an identifier such as a UUID: its digits stand beside letters from a to f.
_NINE_DIGITS = re.compile(r"(?<![\da-f-])(\d{3})[ -]?(\d{3})[ -]?(\d{3})(?![\da-f-])", re.ASCII)
_ITS_NAME = re.compile(r"\b(?:NAS|SIN|N\.A\.S|S\.I\.N|assurances? sociales?|social insurance)\b", re.IGNORECASE)
#: Characters between the name of the number and the number.
_NEAR = 80


def holds_a_sin(text: str) -> bool:
    """Tell whether a text holds what reads as a social insurance number."""
    return any(map(_passes_luhn, _NINE_DIGITS.finditer(text)))


def is_said_to_hold_a_sin(text: str) -> bool:
    """
    Tell whether a document holds a social insurance number and says so, shortly before it.

    In a document nine digits alone are too often an amount: one in ten would pass for such a number.
    """
    found = (each for each in _NINE_DIGITS.finditer(text) if _passes_luhn(each))
    return any(_ITS_NAME.search(text, max(each.start() - _NEAR, 0), each.start()) for each in found)


def _passes_luhn(found: re.Match[str]) -> bool:
    digits = "".join(found.groups())
    doubled = (int(digit) * (1 + place % 2) for place, digit in enumerate(digits))
    return digits != "000000000" and sum(each // 10 + each % 10 for each in doubled) % 10 == 0
