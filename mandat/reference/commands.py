"""Loading the files into the database, as often as one likes."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import chain
from typing import Any

from django.db import connection, transaction
from django.db.backends.postgresql.psycopg_any import DateRange

from mandat.reference.files import FilesRefused, Line, faults_of_several
from mandat.reference.models import Correction, Entry

#: Two loads at once would each see the other's rows as missing: the second waits.
ONE_LOAD_AT_A_TIME = "SELECT pg_advisory_xact_lock(hashtext('mandat.reference.load'))"


@dataclass
class Report:
    """What a load did, or would do: names of entries."""

    added: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    ended: list[str] = field(default_factory=list)
    removed: list[str] = field(default_factory=list)
    unchanged: int = 0

    @property
    def is_empty(self) -> bool:
        return not (self.added or self.changed or self.ended or self.removed)


@transaction.atomic
def load(lines: Sequence[Line], *, on: date, dry: bool) -> Report:
    """
    Make the database say what the files say, from a day on.

    An entry that was in force is never deleted. Gone from its file, it ends at the close of the day; corrected, what it
    said is kept. One that was still to come is removed.

    :raises FilesRefused: if an entry of the files overlaps one that was in force and that they no longer name
    """
    with connection.cursor() as cursor:
        cursor.execute(ONE_LOAD_AT_A_TIME)
    wanted = {line.key: line for line in lines}
    present = {(each.kind, each.code, each.during.lower): each for each in Entry.objects.order_by("id")}
    gone = [each for key, each in present.items() if key not in wanted]
    refuse_overlaps(lines, [each for each in gone if each.during.lower <= on], on)
    report = Report()
    if not dry:
        Entry.objects.filter(id__in=[each.id for each in gone if each.during.lower > on]).delete()
    report.removed = [name(each) for each in gone if each.during.lower > on]
    report.ended = [name(each) for each in gone if each.during.lower <= on and end(each, on=on, dry=dry)]
    differing = [
        (present[line.key], line) for line in lines if line.key in present and differs(present[line.key], line)
    ]
    report.changed = [name(entry) for entry, _ in differing]
    new = [line for line in lines if line.key not in present]
    report.added = [f"{line.kind} {line.code} from {line.first}" for line in new]
    report.unchanged = len(lines) - len(new) - len(differing)
    if not dry:
        for entry, line in differing:
            correct(entry, line)
        Entry.objects.bulk_create(Entry(**columns(line)) for line in new)
    return report


def refuse_overlaps(lines: Sequence[Line], ending: Iterable[Entry], on: date) -> None:
    """Refuse the files if an entry they no longer name, and which the load would end, overlaps one that they do."""
    kept = [
        Line(
            file="database", kind=each.kind, code=each.code, label_fr=each.label_fr, label_en=each.label_en,
            first=each.during.lower, end=closing(each, on), source=each.source, is_verified=each.is_verified, position=0,
        )
        for each in ending
    ]  # fmt: skip
    advice = "give the entry that was in force a “to” date in its file, rather than moving or removing it"
    if faults := [f"{fault}: {advice}" for fault in faults_of_several([*lines, *kept])]:
        raise FilesRefused(faults)


def closing(entry: Entry, on: date) -> date:
    """Return the first day on which an entry gone from its file no longer holds."""
    tomorrow = on + timedelta(days=1)
    return min(entry.during.upper or tomorrow, tomorrow)


def end(entry: Entry, *, on: date, dry: bool) -> bool:
    """End an entry that was in force; return whether it had not ended before."""
    last = closing(entry, on)
    if entry.during.upper == last:
        return False
    if not dry:
        Correction.objects.create(entry=entry, before=as_record(entry))
        entry.during = DateRange(entry.during.lower, last)
        entry.save(update_fields=["during"])
    return True


def correct(entry: Entry, line: Line) -> None:
    """Write what the file now says over an entry, and keep what it said."""
    Correction.objects.create(entry=entry, before=as_record(entry))
    for column, value in columns(line).items():
        setattr(entry, column, value)
    entry.save()


def differs(entry: Entry, line: Line) -> bool:
    """Return whether a file says something else than the database."""
    return any(getattr(entry, column) != value for column, value in columns(line).items())


def columns(line: Line) -> dict[str, Any]:
    """Return a line as the columns of its row."""
    return {
        "kind": line.kind,
        "code": line.code,
        "label_fr": line.label_fr,
        "label_en": line.label_en,
        "values": dict(line.values),
        "during": DateRange(line.first, line.end),
        "source": line.source,
        "is_verified": line.is_verified,
        "to_confirm": list(line.to_confirm),
        "position": line.position,
    }


def as_record(entry: Entry) -> dict[str, Any]:
    """Return what an entry says, as it is kept when it is corrected."""
    said = {column: getattr(entry, column) for column in ("label_fr", "label_en", "values", "source", "is_verified")}
    dates = {"from": entry.during.lower.isoformat(), "to": entry.during.upper and entry.during.upper.isoformat()}
    return said | dates | {"to_confirm": entry.to_confirm}


def name(entry: Entry) -> str:
    """Return an entry as a report names it."""
    return f"{entry.kind} {entry.code} from {entry.during.lower}"


def everything(report: Report) -> Iterable[str]:
    """Return the lines of a report that somebody should read."""
    groups = {"added": report.added, "changed": report.changed, "ended": report.ended, "removed": report.removed}
    return chain.from_iterable([f"{word}: {each}" for each in names] for word, names in groups.items())
