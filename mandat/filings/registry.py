"""The filing types that the engine knows: handed down once, at start, by the catalogue."""

from collections.abc import Iterable
from typing import Any

from mandat.filings.definition import FilingType

_TYPES: dict[tuple[str, int], FilingType[Any]] = {}


class UnknownFilingType(LookupError):
    """No filing type has this code, or this version of it is gone from the catalogue."""


class InstalledTwice(ValueError):
    """Two filing types claim the same code and version."""


def install(types: Iterable[FilingType[Any]]) -> None:
    """
    Make filing types known to the engine; the same one twice is harmless.

    :raises InstalledTwice: if another type has its code and version
    """
    for each in types:
        if _TYPES.setdefault((each.code, each.version), each) is not each:
            raise InstalledTwice(f"{each.code}, version {each.version}")


def filing_type(code: str, version: int) -> FilingType[Any]:
    """
    Return the type that a filing was begun with.

    :raises UnknownFilingType: if it is not in the catalogue
    """
    try:
        return _TYPES[code, version]
    except KeyError as unknown:
        raise UnknownFilingType(code) from unknown


def current(code: str) -> FilingType[Any]:
    """
    Return the version of a type that new filings are begun with: the last.

    :raises UnknownFilingType: if no type has this code
    """
    versions = [version for known, version in _TYPES if known == code]
    if not versions:
        raise UnknownFilingType(code)
    return _TYPES[code, max(versions)]


def current_types() -> list[FilingType[Any]]:
    """Return what may be filed, in the order of the catalogue."""
    return [current(code) for code in dict.fromkeys(code for code, _ in _TYPES)]
