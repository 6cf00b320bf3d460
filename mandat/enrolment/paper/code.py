"""What the two-dimensional code of a form says: `MANDAT-F1;E-2026-000123-7;a1b2c3d4;fr`. Nothing personal."""

import re
from typing import NamedTuple

_FORM = re.compile(r"MANDAT-F1;(E-\d{4}-\d{6,}-\d);([0-9a-f]{8});(fr|en)", re.ASCII)


class FormCode(NamedTuple):
    """Which form it is."""

    reference: str
    version: str
    language: str

    def __str__(self) -> str:
        return ";".join(("MANDAT-F1", *self))


def read_code(said: str) -> FormCode | None:
    """Return what a code says, if it is one of ours."""
    found = _FORM.fullmatch(said)
    return FormCode(*found.groups()) if found else None
