"""
The open data's format: one ZIP of six CSV files, joined by the NEQ. Pure.

Source: the Registraire's guide IN-537 (2025-11) and its code lists. UTF-8 with a byte-order mark, commas, indicators
`O` and `N`, blank for nothing. The files hold no natural person but the names of sole proprietors' firms. Only what
Mandat asks of them is kept; their other columns may come and go.
"""

import csv
import zipfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from io import TextIOWrapper
from typing import Any, Final, NamedTuple

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

#: A row in the order of its table's columns: text, or a day as `2026-07-01`, blank if there is none.
Row = list[str]
NEQ_LENGTH: Final = 10
LONGEST_TOLD: Final = 100
#: How many rows go by before one is told how far it is.
STRIDE: Final = 50_000
#: Stands for a row that the reader of CSV gave up.
GIVEN_UP: Final[list[str]] = []


class Reason(TextChoices):
    """Why a row is refused."""

    COLUMNS = "columns", _("la ligne n’a pas autant de colonnes que la ligne de titres")
    NEQ = "neq", _("ce n’est pas un NEQ de dix chiffres")
    DATE = "date", _("ce n’est pas une date (AAAA-MM-JJ)")
    INDICATOR = "indicator", _("ce n’est ni O ni N")
    UNREADABLE = "unreadable", _("des caractères ne se lisent pas")
    TOO_LONG = "too_long", _("une valeur est trop longue pour être vraie")


class Refused(Exception):
    """A value that its column cannot hold."""

    def __init__(self, reason: Reason, value: str) -> None:
        super().__init__(reason, value)
        self.reason, self.value = reason, value.replace("\0", "")[:LONGEST_TOLD]


class BadRow(NamedTuple):
    """A row that is refused: where it stands, and why."""

    file: str
    line: int
    reason: Reason
    value: str


class Unusable(Exception):
    """The ZIP is not an extract of the register: its message says what is wrong with it."""


def text(value: str) -> str:
    """Return a text without the spaces around it."""
    if "\ufffd" in value or "\0" in value:
        raise Refused(Reason.UNREADABLE, value)
    return value.strip()


def neq(value: str) -> str:
    """Return a NEQ. Its check digit is not looked at: the register's own numbers are what they are."""
    bare = value.strip()
    if len(bare) != NEQ_LENGTH or not (bare.isascii() and bare.isdigit()):
        raise Refused(Reason.NEQ, value)
    return bare


def indicator(value: str) -> bool | None:
    """Return whether an indicator says yes; nothing if it is blank."""
    try:
        return _INDICATORS[value]
    except KeyError:
        raise Refused(Reason.INDICATOR, value) from None


class Days(dict[str, str]):
    """Days by the text that they are written as. A register of millions of rows has some forty thousand of them."""

    def __missing__(self, value: str) -> str:
        bare = value.strip()
        try:
            read = self[value] = date.fromisoformat(bare).isoformat() if bare else ""
        except ValueError:
            raise Refused(Reason.DATE, value) from None
        return read


_INDICATORS: Final = {"O": True, "N": False, "": None}


class Column(NamedTuple):
    """A column of a table, and the column of the file that it is read from."""

    name: str
    source: str
    read: Callable[[str], str]

    @property
    def is_text(self) -> bool:
        """Tell whether blank is a value of the column, and not the lack of one."""
        return self.read is not DAY


@dataclass(frozen=True)
class File:
    """One of the six files, and the table that its rows go to."""

    name: str
    table: str
    columns: tuple[Column, ...]
    only: str = ""  # the indicator that a row must say yes to; others are left out

    @property
    def part(self) -> str:
        """Return what its table is named by, in its context."""
        return self.table.removeprefix("business_register_")


def _address(of: str = "") -> tuple[Column, ...]:
    return tuple(Column(f"line{each}", f"{of}LIGN{each}_ADR", text) for each in range(1, 5))


DAY: Final = Days().__getitem__

FILES: Final = (
    File(
        "DomaineValeur.csv", "business_register_code",
        (
            Column("domain", "TYP_DOM_VAL", text),
            Column("code", "COD_DOM_VAL", text),
            Column("label", "VAL_DOM_FRAN", text),
        ),
    ),
    File(
        "Entreprise.csv", "business_register_enterprise",
        (
            Column("neq", "NEQ", neq),
            Column("status", "COD_STAT_IMMAT", text),
            Column("status_on", "DAT_STAT_IMMAT", DAY),
            Column("form", "COD_FORME_JURI", text),
            Column("insolvency", "IND_FAIL", text),
            Column("registered_on", "DAT_IMMAT", DAY),
            *_address(of="ADR_DOMCL_"),
        ),
    ),
    File(
        "Nom.csv", "business_register_name",
        (
            Column("neq", "NEQ", neq),
            Column("name", "NOM_ASSUJ", text),
            Column("name_elsewhere", "NOM_ASSUJ_LANG_ETRNG", text),
            Column("state", "STAT_NOM", text),
            Column("kind", "TYP_NOM_ASSUJ", text),
            Column("since", "DAT_INIT_NOM_ASSUJ", DAY),
            Column("until", "DAT_FIN_NOM_ASSUJ", DAY),
        ),
    ),
    File(
        "Etablissements.csv", "business_register_establishment",
        (Column("neq", "NEQ", neq), Column("suffix", "NO_SUF_ETAB", text), *_address()),
        only="IND_ETAB_PRINC",
    ),
    File(
        "FusionScissions.csv", "business_register_relation",
        (
            Column("neq", "NEQ", neq),
            Column("other", "NEQ_ASSUJ_REL", text),
            Column("name", "DENOMN_SOC", text),
            Column("kind", "COD_RELA_ASSUJ", text),
            Column("took_effect_on", "DAT_EFCTVT", DAY),
        ),
    ),
    File(
        "ContinuationsTransformations.csv", "business_register_change",
        (
            Column("neq", "NEQ", neq),
            Column("kind", "COD_TYP_CHANG", text),
            Column("regime", "COD_REGIM_JURI", text),
            Column("place", "NOM_LOCLT", text),
            Column("took_effect_on", "DAT_EFCTVT", DAY),
        ),
    ),
)  # fmt: skip


def members(archive: zipfile.ZipFile) -> dict[str, zipfile.ZipInfo]:
    """
    Return the six files of an archive by name, in whatever folder and case they were put.

    :raises Unusable: if one is missing
    """
    present = {info.filename.rsplit("/", 1)[-1].casefold(): info for info in archive.infolist() if not info.is_dir()}
    missing = [file.name for file in FILES if file.name.casefold() not in present]
    if missing:
        raise Unusable(_("Il manque à l’archive : %(files)s.") % {"files": ", ".join(missing)})
    return {file.name: present[file.name.casefold()] for file in FILES}


def day_of(archive: zipfile.ZipFile) -> date:
    """Return the day that an archive was made: the latest of its files."""
    return date(*max(info.date_time for info in members(archive).values())[:3])


def rows_of(
    archive: zipfile.ZipFile, info: zipfile.ZipInfo, file: File, *,
    left_out: Callable[[BadRow | None], None], progress: Callable[[float], None],
) -> Iterator[Row]:  # fmt: skip
    """
    Yield the rows of a file as its table takes them, in constant memory.

    What is left out is told: a row that is refused, or None for one that the table does not want. So is how far the
    reading is, as a share of the file.

    :raises Unusable: if a column that is needed is not in the line of titles
    """
    with archive.open(info) as packed, TextIOWrapper(packed, "utf-8-sig", errors="replace", newline="") as unpacked:
        lines = csv.reader(unpacked)
        titles = [title.strip() for title in next(lines, [])]
        plan, wanted = _plan(file, titles), titles.index(file.only) if file.only else None
        for count, row in enumerate(_each(lines), 1):
            if count % STRIDE == 0:
                progress(packed.tell() / info.file_size)
            try:
                _refuse_unless_whole(row, len(titles))
                if wanted is not None and not indicator(row[wanted]):
                    left_out(None)
                    continue
                yield [read(row[place]) for read, place in plan]
            except Refused as refused:
                left_out(BadRow(file.name, lines.line_num, refused.reason, refused.value))


def _refuse_unless_whole(row: list[str], width: int) -> None:
    if row is GIVEN_UP:
        raise Refused(Reason.TOO_LONG, "")
    if len(row) != width:
        raise Refused(Reason.COLUMNS, str(len(row)))


def _plan(file: File, titles: Sequence[str]) -> list[tuple[Callable[[str], str], int]]:
    needed = [column.source for column in file.columns] + [file.only] * bool(file.only)
    missing = [source for source in needed if source not in titles]
    if missing:
        said = {"file": file.name, "columns": ", ".join(missing)}
        raise Unusable(_("Il manque à %(file)s les colonnes : %(columns)s.") % said)
    return [(column.read, titles.index(column.source)) for column in file.columns]


def _each(lines: Any) -> Iterator[list[str]]:
    """Yield each row that is not blank; `GIVEN_UP` in place of one that cannot be read, and go on after it."""
    while True:
        try:
            row = next(lines)
        except StopIteration:
            return
        except csv.Error:
            row = GIVEN_UP
        if row or row is GIVEN_UP:
            yield row
