"""
The functional blocks in their versions, and what a firm has not accepted of them.

A version that widens a block is a new entry of the reference data, with the next `version` and, in `added_fr` and
`added_en`, what it adds. A service says which version of its block opened it; it opens to a firm once that firm has
accepted the version, and changes nothing for it before.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from mandat.enterprises.models import ServiceRegistration
from mandat.reference.models import Entry
from mandat.reference.queries import entries

FIRST = 1


@dataclass(frozen=True)
class News:
    """A block that a firm uses in an older version than today's."""

    block: Entry
    accepted: int
    version: int
    additions: list[str]  # in the language of the page, the oldest first


def version_of(block: Entry) -> int:
    """Return which version of a block an entry of the catalogue is."""
    return int(block.values.get("version", FIRST))


def versions_on(day: date) -> Mapping[str, int]:
    """Return the version of each block on a day."""
    return {each.code: version_of(each) for each in entries("block", day)}


def accepted_version(registration: ServiceRegistration, block: str) -> int:
    """Return the version of a block that a registration has accepted."""
    return int(registration.versions.get(block, FIRST))


def news_for(registration: ServiceRegistration, day: date) -> list[News]:
    """Return what the catalogue of a day adds to the blocks of a registration, and that it has not accepted."""
    known: dict[str, list[Entry]] = {}
    used = Entry.objects.filter(kind="block", code__in=registration.accepted_blocks, during__startswith__lte=day)
    for each in used.order_by("code", "during"):
        known.setdefault(each.code, []).append(each)
    news = [
        News(last, accepted, version_of(last), _added_since(accepted, versions))
        for code, versions in known.items()
        if version_of(last := versions[-1]) > (accepted := accepted_version(registration, code))
    ]
    return sorted(news, key=lambda each: each.block.position)


def _added_since(accepted: int, versions: list[Entry]) -> list[str]:
    return [each.value("added") for each in versions if version_of(each) > accepted and "added_fr" in each.values]
