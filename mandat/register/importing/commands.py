"""One import of a folder: read, stage, hold against the register, merge; in one transaction, all of it or nothing."""

from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass, field
from datetime import timedelta
from functools import partial
from pathlib import Path

from django.db import connection, transaction

from mandat.platform.clock import legal_day, now
from mandat.platform.events import publish
from mandat.reference.models import Entry
from mandat.register.events import RegisterImported
from mandat.register.importing import facts, merging, parties, staging
from mandat.register.importing.findings import Finding, Weight
from mandat.register.importing.reading import files_of, rows_of
from mandat.register.importing.shape import SHAPES, Lists
from mandat.register.models import Import
from mandat.register.standing import push_standings

LISTS = ("jurisdiction", "firm_category", "individual_category", "discipline")
PARTIES = (parties.REGISTRANT, parties.INDIVIDUAL)
FACTS = (facts.REGISTRATION, facts.ESTABLISHMENT, facts.OFFICE, facts.ATTACHMENT)
#: Every command on a registrant's file locks its row first: it waits, then sees what was imported. Readers do not wait.
NOBODY_ELSE_WRITES = "LOCK TABLE register_registrant, register_individual IN EXCLUSIVE MODE"
NO_TIME_LIMIT = "SET LOCAL statement_timeout = 0"
#: Tables just filled have no statistics: a plan made for a few rows would read one whole table for each row of another.
JOIN_BY_HASH = "SET LOCAL enable_nestloop = off; SET LOCAL jit = off"

Progress = Callable[[str, int], None]


@dataclass(frozen=True, kw_only=True)
class Manner:
    """How an import is made: whether it writes; what becomes of bad rows, and of facts that the files lack."""

    is_dry: bool = False
    skips_bad_rows: bool = False
    ends_missing: bool = False


@dataclass
class Counts:
    """What an import did, or would do, with one file."""

    read: int = 0
    added: int = 0
    changed: int = 0
    ended: int = 0
    removed: int = 0
    refused: int = 0

    @property
    def is_change(self) -> bool:
        """Return whether the register is not what it was."""
        return bool(self.added or self.changed or self.ended or self.removed)


@dataclass
class Report:
    """What an import did, or would do, file by file; whether it was kept."""

    manner: Manner
    files: dict[str, Counts] = field(default_factory=dict)
    is_kept: bool = False

    @property
    def is_change(self) -> bool:
        """Return whether the register is not what it was, or would not be."""
        return any(each.is_change for each in self.files.values())

    @property
    def refused(self) -> int:
        """Return how many rows were bad."""
        return sum(each.refused for each in self.files.values())


class ImpossibleManner(ValueError):
    """A bad row would be taken for one that is missing, and its fact ended."""


def import_folder(
    folder: Path, *, manner: Manner, tell: Callable[[Finding], None], progress: Progress
) -> Report:  # fmt: skip
    """
    Make the register say what the files of a folder say; done again, it changes nothing.

    A bad row keeps the whole import out, unless bad rows are skipped. `tell` is given each finding, in the order of the
    files. A dry import does everything, and takes it back.

    :raises FolderUnusable: if a file is missing, or its columns are not those expected
    :raises ImpossibleManner: if bad rows are to be skipped and missing ones ended
    """
    if manner.skips_bad_rows and manner.ends_missing:
        raise ImpossibleManner
    report = Report(manner)
    files = files_of(folder)
    with transaction.atomic():
        for each in (NO_TIME_LIMIT, JOIN_BY_HASH, NOBODY_ELSE_WRITES):
            staging.run(each)
        staging.prepare()
        lists = lists_on_file()
        for shape, path in files:
            read = staging.stage(shape, rows_of(path, shape, lists), tell=partial(progress, shape.file))
            report.files[shape.file] = Counts(read=read)
            progress(shape.file, read)
        apply(report)
        for finding in staging.findings():
            tell(finding)
        report.is_kept = not manner.is_dry and (manner.skips_bad_rows or not report.refused)
        if not report.is_kept:
            transaction.set_rollback(True)
    if report.is_kept and report.is_change:
        push_standings()  # apart: whom the register stops is locked once the register is free again
    return report


def apply(report: Report) -> None:
    """Hold what is staged against the register, and merge it: whom the facts are about, then the facts."""
    manner, tomorrow = report.manner, (legal_day(now()) + timedelta(days=1)).isoformat()
    imported = next_import()
    for party in PARTIES:
        parties.check(party)
        count(report, party.shape.file, parties.merge(party, imported).items())
    unpaired = merging.unpaired(tomorrow=tomorrow, ends_missing=manner.ends_missing)
    for each in FACTS:
        facts.check(each, unpaired=unpaired)
        done = merging.merge(each, imported, tomorrow=tomorrow, ends_missing=manner.ends_missing)
        count(report, each.shape.file, done.items())
    for shape in SHAPES:
        report.files[shape.file].refused = staging.count_of(shape, Weight.REFUSES)
    if report.is_change:
        kept = Import.objects.create(id=imported, counts={name: asdict(each) for name, each in report.files.items()})
        publish(RegisterImported(register_import=str(kept.public_id)))


def count(report: Report, file: str, done: Iterable[tuple[str, int]]) -> None:
    """Write down what was done with a file."""
    for what, how_many in done:
        setattr(report.files[file], what, how_many)


def next_import() -> int:
    """Return the key of the import that begins: what it changes names it before it is written, once it is counted."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval(pg_get_serial_sequence('register_import', 'id'))")
        return int(cursor.fetchone()[0])


def lists_on_file() -> Lists:
    """Return the codes that each list has, or has had."""
    lists: dict[str, set[str]] = {kind: set() for kind in LISTS}
    for kind, code in Entry.objects.filter(kind__in=LISTS).order_by("id").values_list("kind", "code"):
        lists[kind].add(code)
    return {kind: frozenset(codes) for kind, codes in lists.items()}
