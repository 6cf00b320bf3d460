"""Loading the files into the database, as often as one likes."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db import connection, transaction
from django.db.backends.postgresql.psycopg_any import DateRange

from mandat.reference.files import FilesRefused, Line, faults_of_several
from mandat.reference.models import Correction, Entry

#: Two loads at once would each see the other's rows as missing: the second waits.
ONE_LOAD_AT_A_TIME = "SELECT pg_advisory_xact_lock(hashtext('mandat.reference.load'))"


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What parts the database from the files."""

    new: Sequence[Line]
    differing: Sequence[tuple[Entry, Line]]
    ending: Sequence[Entry]  # in force, and gone from the files
    coming: Sequence[Entry]  # never in force yet, and gone from the files
    unchanged: int

    def report(self) -> dict[str, Any]:
        """Return what the load does, in the names of entries."""
        return {
            "added": [f"{line.kind} {line.code} from {line.first}" for line in self.new],
            "changed": [named(entry) for entry, _ in self.differing],
            "ended": [named(entry) for entry in self.ending],
            "removed": [named(entry) for entry in self.coming],
            "unchanged": self.unchanged,
        }


@transaction.atomic
def load(lines: Sequence[Line], *, on: date, dry: bool) -> dict[str, Any]:
    """
    Make the database say what the files say, from a day on, and report what that took.

    An entry that was in force is never deleted. Gone from its file, it ends at the close of the day; corrected, what it
    said is kept. One that was still to come is removed.

    :raises FilesRefused: if an entry of the files overlaps one that was in force and that they no longer name
    """
    with connection.cursor() as cursor:
        cursor.execute(ONE_LOAD_AT_A_TIME)
    present = {(each.kind, each.code, each.during.lower): each for each in Entry.objects.order_by("id")}
    refuse_overlaps(lines, present.values(), on)
    plan = compare(lines, present, on)
    if not dry:
        carry_out(plan, on)
    return plan.report()


def compare(lines: Sequence[Line], present: dict[tuple[str, str, date], Entry], on: date) -> Plan:
    """Return what parts the database from the files."""
    wanted = {line.key for line in lines}
    gone = [entry for key, entry in present.items() if key not in wanted]
    both = [(present[line.key], line) for line in lines if line.key in present]
    differing = [(entry, line) for entry, line in both if differs(entry, line)]
    return Plan(
        new=[line for line in lines if line.key not in present],
        differing=differing,
        ending=[each for each in gone if each.during.lower <= on and each.during.upper != closing(each, on)],
        coming=[each for each in gone if each.during.lower > on],
        unchanged=len(both) - len(differing),
    )


def carry_out(plan: Plan, on: date) -> None:
    """Write a plan: what makes room first."""
    Entry.objects.filter(id__in=[each.id for each in plan.coming]).delete()
    corrected = [*plan.ending, *(entry for entry, _ in plan.differing)]
    Correction.objects.bulk_create(Correction(entry=each, before=as_record(each)) for each in corrected)
    for entry in plan.ending:
        entry.during = DateRange(entry.during.lower, closing(entry, on))
        entry.save(update_fields=["during"])
    for entry, line in plan.differing:
        for column, value in columns(line).items():
            setattr(entry, column, value)
        entry.save()
    Entry.objects.bulk_create(Entry(**columns(line)) for line in plan.new)


def refuse_overlaps(lines: Sequence[Line], present: Iterable[Entry], on: date) -> None:
    """Refuse the files if an entry they no longer name, and which the load would end, overlaps one that they do."""
    wanted = {line.key for line in lines}
    ended = [as_line(each, on) for each in present if each.during.lower <= on]
    faults = faults_of_several([*lines, *(each for each in ended if each.key not in wanted)])
    advice = "give the entry that was in force a “to” date in its file, rather than moving or removing it"
    if told := [f"{fault}: {advice}" for fault in faults]:
        raise FilesRefused(told)


def closing(entry: Entry, on: date) -> date:
    """Return the first day on which an entry gone from its file no longer holds."""
    tomorrow = on + timedelta(days=1)
    return min(entry.during.upper or tomorrow, tomorrow)


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


def as_line(entry: Entry, on: date) -> Line:
    """Return an entry gone from the files as the line it would have there, once ended."""
    return Line(
        file="the database", kind=entry.kind, code=entry.code, label_fr=entry.label_fr, label_en=entry.label_en,
        first=entry.during.lower, end=closing(entry, on), source=entry.source, is_verified=entry.is_verified,
        position=entry.position,
    )  # fmt: skip


def as_record(entry: Entry) -> dict[str, Any]:
    """Return what an entry says, as it is kept when it is corrected."""
    said = {column: getattr(entry, column) for column in ("label_fr", "label_en", "values", "source", "is_verified")}
    dates = {"from": entry.during.lower.isoformat(), "to": entry.during.upper and entry.during.upper.isoformat()}
    return said | dates | {"to_confirm": entry.to_confirm}


def named(entry: Entry) -> str:
    """Return an entry as a report names it."""
    return f"{entry.kind} {entry.code} from {entry.during.lower}"
