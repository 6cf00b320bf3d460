"""Social insurance numbers: nine digits, the last a check digit after Luhn. Recognised in order to be refused."""

import re

_NINE_DIGITS = re.compile(r"(?<![\d-])(\d{3})[ -]?(\d{3})[ -]?(\d{3})(?![\d-])", re.ASCII)


def holds_a_sin(text: str) -> bool:
    """Tell whether a text holds what reads as a social insurance number."""
    return any(_passes_luhn("".join(found.groups())) for found in _NINE_DIGITS.finditer(text))


def _passes_luhn(digits: str) -> bool:
    doubled = (int(digit) * (1 + place % 2) for place, digit in enumerate(digits))
    return digits != "000000000" and sum(each // 10 + each % 10 for each in doubled) % 10 == 0
