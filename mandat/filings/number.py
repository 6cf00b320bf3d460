"""
The number that people know a filing by: F-2026-000123-C.

The year is that of the first submission; the digits after it come from one sequence, never begun again and not without
gaps; C is a check digit after Damm (2004), over the digits of the year and of the sequence. It detects every single
wrong digit and every swap of two neighbours, its own place included.
"""

import re

#: A quasigroup of order ten, totally anti-symmetric, with zeros on its diagonal: what makes the promise above true.
_TABLE = (
    (0, 3, 1, 7, 5, 9, 8, 6, 4, 2), (7, 0, 9, 2, 1, 5, 4, 8, 6, 3), (4, 2, 0, 6, 8, 7, 1, 3, 5, 9),
    (1, 7, 5, 0, 9, 8, 3, 4, 2, 6), (6, 1, 2, 3, 0, 4, 5, 9, 7, 8), (3, 6, 7, 4, 2, 0, 9, 5, 8, 1),
    (5, 8, 6, 9, 7, 2, 0, 1, 3, 4), (8, 9, 4, 5, 3, 6, 2, 0, 1, 7), (9, 4, 3, 8, 6, 1, 7, 2, 0, 5),
    (2, 5, 8, 1, 4, 3, 6, 7, 9, 0),
)  # fmt: skip
_FORM = re.compile(r"F-(\d{4})-(\d{6,})-(\d)", re.ASCII)


def filing_number(year: int, serial: int) -> str:
    """Return the number of a filing."""
    digits = f"{year:04}{serial:06}"
    return f"F-{digits[:4]}-{digits[4:]}-{check_digit(digits)}"


def is_filing_number(text: str) -> bool:
    """Tell whether a text has the form of a filing number, and the right check digit."""
    found = _FORM.fullmatch(text)
    return found is not None and check_digit("".join(found.groups())) == 0


def check_digit(digits: str) -> int:
    """Return the digit to write after others; 0 for digits that already end with theirs."""
    interim = 0
    for digit in digits:
        interim = _TABLE[interim][int(digit)]
    return interim
