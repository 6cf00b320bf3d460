"""
Reading an extract of the enterprises register into the slot that nobody reads, then bringing it into use at once.

Killed at any instant, it leaves the register as it was; the next reading begins by clearing what this one left.
"""

import csv
import hashlib
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import date
from io import StringIO
from pathlib import Path

from django.db import connection, transaction
from django.utils.translation import gettext as _

from mandat.business_register.events import ExtractCameIntoUse
from mandat.business_register.format import FILES, BadRow, File, Row, Unusable, day_of, members, rows_of
from mandat.business_register.models import SLOTS, Extract
from mandat.platform.clock import legal_day, now
from mandat.platform.events import publish
from mandat.reference.queries import policy

#: What one reading holds for as long as it lasts, so that two never fill the same slot.
LOCK = 7_310_537
BLOCK = 1 << 18  # characters handed to the server at once


class AlreadyReading(Exception):
    """Another reading of an extract is under way."""


@dataclass
class Counts:
    """What became of the rows of a file."""

    kept: int = 0
    left_out: int = 0  # by what they are: a secondary establishment
    refused: int = 0
    repeated: int = 0  # a NEQ that was there already: the first stays

    @property
    def read(self) -> int:
        """Return how many there were."""
        return self.kept + self.left_out + self.refused


@dataclass
class Report:
    """What a reading did."""

    as_of: date
    files: dict[str, Counts] = field(default_factory=dict)
    is_known: bool = False  # the archive is the one in use: nothing was done


def read_extract(
    path: Path, *, as_of: date | None = None, tell: Callable[[BadRow], None] = lambda _row: None,
    progress: Callable[[str, float], None] = lambda _file, _share: None,
) -> Report:  # fmt: skip
    """
    Make the register say what an archive of the open data says; bad rows are told and skipped.

    :param as_of: the day that the data tell of; by default, that of the files in the archive
    :param progress: told how far each file is read, from 0 to 1
    :raises Unusable: if the file is no such archive, holds no enterprise, or more bad rows than the policy bears
    :raises AlreadyReading: if another reading is under way
    """
    with _archive(path) as archive, _alone():
        members(archive)
        digest, day = digest_of(path), as_of or day_of(archive)
        current = Extract.objects.filter(is_current=True).first()
        if current and current.sha256 == digest and current.as_of == day:
            return Report(day, is_known=True)
        extract = Extract.objects.create(
            slot=SLOTS[0] if current is None else SLOTS[1 - current.slot], as_of=day, sha256=digest, began_at=now()
        )
        report = Report(day)
        for file in FILES:
            _run("SELECT business_register_clear(%s, %s::smallint)", file.part, extract.slot)
            report.files[file.name] = _fill(archive, file, extract.slot, tell=tell, progress=progress)
        _refuse_unless_credible(report, legal_day(extract.began_at))
        for file in FILES:
            repeated = _run("SELECT business_register_index(%s, %s::smallint)", file.part, extract.slot)
            report.files[file.name].repeated = repeated
        _bring_into_use(extract, report)
        return report


@contextmanager
def _archive(path: Path) -> Iterator[zipfile.ZipFile]:
    try:
        with zipfile.ZipFile(path) as archive:
            yield archive
    except FileNotFoundError as missing:
        raise Unusable(_("Ce fichier n’existe pas : %(path)s.") % {"path": path}) from missing
    except (zipfile.BadZipFile, zipfile.LargeZipFile, NotImplementedError, EOFError) as broken:
        raise Unusable(_("Ce fichier n’est pas une archive ZIP entière : %(path)s.") % {"path": path}) from broken


@contextmanager
def _alone() -> Iterator[None]:
    if not _run("SELECT pg_try_advisory_lock(%s)", LOCK):
        raise AlreadyReading
    try:
        yield
    finally:
        _run("SELECT pg_advisory_unlock(%s)", LOCK)


def _run(statement: str, *values: int | str) -> int:
    """Run a statement for as long as it takes, and return what it says."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL statement_timeout = 0")
        cursor.execute(statement, values)
        return int(cursor.fetchone()[0] or 0)


def digest_of(path: Path) -> str:
    """Return the SHA-256 of a file."""
    with path.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()


def _fill(
    archive: zipfile.ZipFile, file: File, slot: int, *,
    tell: Callable[[BadRow], None], progress: Callable[[str, float], None],
) -> Counts:  # fmt: skip
    counts = Counts()

    def left_out(bad: BadRow | None) -> None:
        if bad is None:
            counts.left_out += 1
        else:
            counts.refused += 1
            tell(bad)

    columns = ", ".join(column.name for column in file.columns)
    rows = rows_of(
        archive, members(archive)[file.name], file,
        left_out=left_out, progress=lambda share: progress(file.name, share),
    )  # fmt: skip
    texts = ", ".join(column.name for column in file.columns if column.is_text)
    into = f"COPY {file.table}_{slot} (slot, {columns}) FROM STDIN (FORMAT csv, FORCE_NOT_NULL ({texts}))"
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL statement_timeout = 0")
        with cursor.copy(into) as copy:
            for block in _blocks(rows, slot, counts):
                copy.write(block)
    progress(file.name, 1)
    return counts


def _blocks(rows: Iterator[Row], slot: int, counts: Counts) -> Iterator[str]:
    """Yield rows as blocks of CSV, which the server reads faster than we could hand rows over; and count them."""
    block = StringIO()
    to = csv.writer(block, lineterminator="\n")
    for row in rows:
        to.writerow([slot, *row])
        counts.kept += 1
        if block.tell() > BLOCK:
            yield block.getvalue()
            block.seek(0)
            block.truncate()
    yield block.getvalue()


def _refuse_unless_credible(report: Report, today: date) -> None:
    """Keep out a file that would empty the register: it is not one that somebody meant to be read."""
    if not report.files["Entreprise.csv"].kept:
        raise Unusable(_("Aucune entreprise ne se lit dans cette archive : l’extrait précédent reste en vigueur."))
    most = policy("business-register-bad-rows-percent", today)
    for name, counts in report.files.items():
        if counts.refused * 100 > counts.read * most:
            said = {"file": name, "bad": counts.refused, "read": counts.read, "most": most}
            raise Unusable(
                _(
                    "%(bad)s lignes de %(file)s sur %(read)s sont refusées, soit plus que les %(most)s %% admis :"
                    " l’extrait précédent reste en vigueur."
                )
                % said
            )


@transaction.atomic
def _bring_into_use(extract: Extract, report: Report) -> None:
    Extract.objects.filter(is_current=True).update(is_current=False)
    extract.is_current, extract.ended_at = True, now()
    extract.counts = {name: asdict(counts) for name, counts in report.files.items()}
    extract.save(update_fields=["is_current", "ended_at", "counts"])
    publish(ExtractCameIntoUse(extract=str(extract.public_id), as_of=extract.as_of.isoformat()))
