"""
The number that people know an enrolment by, E-2026-000123-C, its check digit that of filings.

That of a handover has another letter.
"""

import re

from mandat.filings.number import check_digit

_FORM = re.compile(r"([A-Z])-?(\d{4})-?(\d{6,})-?(\d)", re.ASCII)


class NotAnEnrolmentNumber(ValueError):
    """What was typed does not have the form of such a number, or its check digit does not agree."""


def enrolment_number(year: int, serial: int, *, letter: str = "E") -> str:
    """Return the number of an enrolment, or of what has another letter."""
    digits = f"{year:04}{serial:06}"
    return f"{letter}-{digits[:4]}-{digits[4:]}-{check_digit(digits)}"


def read_number(typed: str, *, letter: str = "E") -> str:
    """
    Return a number as it is kept, whatever its case, hyphens and spaces.

    :raises NotAnEnrolmentNumber: if it cannot be one
    """
    found = _FORM.fullmatch("".join(typed.split()).upper().replace("–", "-").replace("‑", "-"))
    if found is None or found[1] != letter or check_digit("".join(found.groups()[1:])):
        raise NotAnEnrolmentNumber(typed)
    return "-".join(found.groups())
