"""
Reference data as files: one list per TOML file, read and checked before a row is written.

A file begins with its list (`kind`, `fr`, `en`, `note_fr`, `note_en`), may give `[defaults]` to its entries, and
holds `[[entry]]` tables. `from` is the first day of an entry, `to` the first day on which it no longer holds.
"""

import tomllib
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Any

DATA = Path(__file__).parent / "data"
REQUIRED = {"code": str, "fr": str, "en": str, "from": date, "source": str, "verified": bool}
OPTIONAL = {"to": date, "values": dict, "to_confirm": list}
HEADER = {"kind", "fr", "en", "note_fr", "note_en", "defaults", "entry"}


class FilesRefused(Exception):
    """The files hold faults; each names its file and entry. Nothing was written."""

    def __init__(self, faults: Sequence[str]) -> None:
        super().__init__("\n".join(faults))
        self.faults = list(faults)


@dataclass(frozen=True, kw_only=True)
class Line:
    """One entry as a file gives it. Its list, code and first day say which it is."""

    file: str
    kind: str
    code: str
    label_fr: str
    label_en: str
    first: date
    end: date | None
    source: str
    is_verified: bool
    position: int
    values: Mapping[str, Any] = field(default_factory=dict)
    to_confirm: tuple[str, ...] = ()

    @property
    def key(self) -> tuple[str, str, date]:
        """Return what makes two loads see the same entry."""
        return self.kind, self.code, self.first

    def __str__(self) -> str:
        return f"{self.file}: {self.code} from {self.first}"


def read(folder: Path = DATA) -> list[Line]:
    """
    Return every line of every file of a folder.

    :raises FilesRefused: naming every fault found, not only the first
    """
    lines: list[Line] = []
    faults: list[str] = []
    paths = sorted(folder.glob("*.toml"))
    if not paths:
        raise FilesRefused([f"{folder}: no .toml file"])
    for position, path in enumerate(paths):
        try:
            content = tomllib.loads(path.read_text(encoding="utf-8"))
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as fault:
            faults.append(f"{path.name}: not TOML: {fault}")
            continue
        found = list(faults_of_file(path.name, content))
        faults += found
        if not found:
            lines += lines_of(path.name, content, position)
    faults += faults_of_several(lines)
    if faults:
        raise FilesRefused(faults)
    return lines


def lines_of(file: str, content: Mapping[str, Any], position: int) -> Iterator[Line]:
    """Return the lines of a file that has no fault: its list, then its entries."""
    entries = [content.get("defaults", {}) | each for each in content["entry"]]
    yield Line(
        file=file, kind="list", code=content["kind"], label_fr=content["fr"], label_en=content["en"],
        first=min(each["from"] for each in entries), end=None, source=f"reference/data/{file}", is_verified=True,
        position=position, values={"note_fr": content["note_fr"], "note_en": content["note_en"]},
    )  # fmt: skip
    for place, each in enumerate(entries):
        yield Line(
            file=file, kind=content["kind"], code=each["code"], label_fr=each["fr"], label_en=each["en"],
            first=each["from"], end=each.get("to"), source=each["source"], is_verified=each["verified"],
            position=place, values=each.get("values", {}), to_confirm=tuple(each.get("to_confirm", ())),
        )  # fmt: skip


def faults_of_file(file: str, content: Mapping[str, Any]) -> Iterator[str]:
    """Return what is wrong with a file, read alone."""
    for name in ("kind", "fr", "en", "note_fr", "note_en"):
        if not isinstance(content.get(name), str) or not content[name].strip():
            yield f"{file}: “{name}” is missing or empty"
    for name in sorted(set(content) - HEADER):
        yield f"{file}: “{name}” is not a word of these files"
    if not content.get("entry"):
        yield f"{file}: no entry"
    for place, given in enumerate(content.get("entry", ()), start=1):
        each = content.get("defaults", {}) | given
        named = f"{file}: {each.get('code') or f'entry {place}'}"
        yield from (f"{named}: {fault}" for fault in faults_of_entry(each))


def faults_of_entry(each: Mapping[str, Any]) -> Iterator[str]:
    """Return what is wrong with an entry, read alone."""
    for name, kind in REQUIRED.items():
        if type(each.get(name)) is not kind or each[name] == "":
            yield f"“{name}” is missing, empty or not a {kind.__name__}"
    for name, kind in OPTIONAL.items():
        if name in each and type(each[name]) is not kind:
            yield f"“{name}” is not a {kind.__name__}"
    for name in sorted(set(each) - set(REQUIRED) - set(OPTIONAL)):
        yield f"“{name}” is not a word of these files"
    if isinstance(each.get("from"), date) and isinstance(each.get("to"), date) and each["to"] <= each["from"]:
        yield "“to” is not after “from”"
    yield from faults_of_values(each)


def faults_of_values(each: Mapping[str, Any]) -> Iterator[str]:
    """Return what is wrong with the values of an entry, and with its doubts."""
    values, doubts = each.get("values", {}), each.get("to_confirm", [])
    for name in values:
        for one, other in (("_fr", "_en"), ("_en", "_fr")):
            if name.endswith(one) and not values.get(name.removesuffix(one) + other):
                yield f"“{name}” has no “{name.removesuffix(one) + other}”"
        if isinstance(values[name], float):
            yield f'“{name}” is a float: write an amount as text, such as "25000.00"'
    for name in doubts:
        if name not in {"fr", "en", *values}:
            yield f"“to_confirm” names “{name}”, which the entry does not have"
    if each.get("verified") is True and doubts:
        yield "“verified” is true though “to_confirm” names values"


def faults_of_several(lines: Sequence[Line]) -> Iterator[str]:
    """Return the lines that claim the same list and code on the same day."""
    by_code = defaultdict(list)
    for line in lines:
        by_code[line.kind, line.code].append(line)
    for same in by_code.values():
        for earlier, later in pairwise(sorted(same, key=lambda line: line.first)):
            if earlier.end is None or earlier.end > later.first:
                yield f"{later} overlaps {earlier}"
