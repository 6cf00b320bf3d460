"""A folder of CSV files, read row by row in constant memory: what cannot be read is told with its line."""

import csv
import re
from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from typing import NamedTuple

from django.utils.translation import gettext as _

from mandat.register.importing.shape import SHAPES, Column, Lists, Refused, Row, Shape, Wrong

#: No line of such a file is so long; one that is belongs to another kind of file, and would not fit in memory.
LONGEST_LINE = 1_000_000
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")


class FolderUnusable(Exception):
    """The folder cannot be read as an import at all; the sentence says why, and what to do."""


class Read(NamedTuple):
    """A row as it was read: its line, its values (None where one is wrong), and what is wrong with it."""

    line: int
    row: Row
    wrong: list[Wrong]


def files_of(folder: Path) -> list[tuple[Shape, Path]]:
    """
    Return the six files of a folder, in the order that they are read.

    :raises FolderUnusable: if one is missing
    """
    found = [(shape, folder / shape.file) for shape in SHAPES]
    missing = [path.name for _shape, path in found if not path.is_file()]
    if missing:
        told = _(
            "Dans %(folder)s, il manque %(files)s. Les six fichiers sont requis; un fichier vide garde ses titres."
        )
        raise FolderUnusable(told % {"folder": folder, "files": ", ".join(missing)})
    return found


def rows_of(path: Path, shape: Shape, lists: Lists) -> Iterator[Read]:
    """
    Yield each row of a file.

    :raises FolderUnusable: if it cannot be opened, or its first line does not hold the titles of its columns
    """
    try:
        with path.open(encoding="utf-8-sig", errors="surrogateescape", newline="") as opened:
            pieces = iter(lambda: opened.readline(LONGEST_LINE), "")
            yield from _rows(_bounded(pieces, path.name), shape, lists)
    except OSError as refused:
        told = _("%(file)s ne peut pas être lu : %(why)s.") % {"file": path.name, "why": refused.strerror}
        raise FolderUnusable(told) from refused


def _bounded(lines: Iterator[str], file: str) -> Iterator[str]:
    for line in lines:
        if len(line) == LONGEST_LINE:
            raise FolderUnusable(_("%(file)s a une ligne démesurée : ce n’est pas un fichier CSV.") % {"file": file})
        yield line


def _rows(lines: Iterator[str], shape: Shape, lists: Lists) -> Iterator[Read]:
    first = next(lines, "")
    delimiter = ";" if ";" in first and "," not in first else ","
    reader = csv.reader(chain([first], lines), strict=True, delimiter=delimiter)
    columns = columns_of(reader, shape)
    line = reader.line_num + 1
    while True:
        try:
            values = next(reader)
        except StopIteration:
            return
        except csv.Error:
            yield Read(line, blank_row(shape), [("", "not_csv", "", "")])
        else:
            if values:
                yield read_row(line, values, columns, shape, lists)
        line = reader.line_num + 1


def columns_of(reader: Iterator[list[str]], shape: Shape) -> list[Column]:
    """
    Return the columns in the order of the first line.

    :raises FolderUnusable: if it lacks one that is required, or has one that is unknown or there twice
    """
    try:
        titles = [each.strip() for each in next(reader, [])]
    except csv.Error:
        titles = []
    known = {column.name: column for column in shape.columns}
    told = {
        _("il manque"): [name for name, column in known.items() if column.required and name not in titles],
        _("inconnus"): [each for each in titles if each not in known],
        _("répétés"): sorted({each for each in titles if titles.count(each) > 1}),
    }
    if wrong := "; ".join(f"{what} {', '.join(map(ascii, which))}" for what, which in told.items() if which):
        said = _("Les titres de %(file)s ne conviennent pas : %(wrong)s. Voyez docs/operate/import.md.")
        raise FolderUnusable(said % {"file": shape.file, "wrong": wrong})
    return [known[each] for each in titles]


def blank_row(shape: Shape) -> Row:
    """Return a row that says nothing."""
    return {column.name: None if column.required else column.blank for column in shape.columns}


def read_row(line: int, values: list[str], columns: list[Column], shape: Shape, lists: Lists) -> Read:
    """Return a row with everything that is wrong with it."""
    row = blank_row(shape)
    if len(values) != len(columns):
        return Read(line, row, [("", "wrong_count", str(len(values)), str(len(columns)))])
    wrong: list[Wrong] = []
    whole = "".join(values)
    is_plain = whole.isascii() and whole.isprintable()
    for column, written in zip(columns, values, strict=True):
        text = written.strip()
        try:
            if not is_plain:
                refuse_odd_characters(text)
            if text:
                row[column.name] = column.read(text)
            elif column.required:
                raise Refused("blank")  # noqa: TRY301 – told like any other fault of the value
        except Refused as refused:
            row[column.name] = None
            wrong.append((column.name, refused.reason, shown(text), refused.detail))
    wrong += shape.check(row, lists)
    return Read(line, row, wrong)


def refuse_odd_characters(text: str) -> None:
    """
    Refuse what a database could not hold, or a list not show.

    :raises Refused: if the text was not UTF-8, or holds a control character
    """
    if any("\ud800" <= each <= "\udfff" for each in text):
        raise Refused("not_utf8")
    if _CONTROL.search(text):
        raise Refused("control_character")


def shown(text: str) -> str:
    """Return a value as a report may show it: short, and without a character that would disturb it."""
    bare = _CONTROL.sub("\ufffd", text.encode("utf-8", "replace").decode())
    return f"{bare[:60]}…" if len(bare) > 60 else bare  # noqa: PLR2004 – a value of a report
