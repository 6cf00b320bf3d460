"""Temporary tables that rows are copied to as they are read, and the table of what was found in them."""

import json
from collections.abc import Callable, Iterable, Iterator

from django.db import connection

from mandat.platform.text import fold
from mandat.register.importing.findings import REASONS, Finding, Weight
from mandat.register.importing.reading import Read
from mandat.register.importing.shape import SHAPES, Row, Shape

#: How many rows go by before one is told how far it is.
STRIDE = 10_000
REFUSING = ", ".join(f"'{name}'" for name, reason in REASONS.items() if reason.weight == Weight.REFUSES)

STEPS = ("staged", "sound", "pair", "gone")

PREPARE = """
CREATE TEMPORARY TABLE finding (
  file text, line integer, column_name text, reason text, value text, detail text
) ON COMMIT DROP
"""
STAGE = "CREATE TEMPORARY TABLE staged_{name} (line integer, {columns}, sort_name text, wrong jsonb) ON COMMIT DROP"
TELL = """
INSERT INTO finding SELECT '{file}', line, each->>0, each->>1, each->>2, each->>3
  FROM staged_{name}, jsonb_array_elements(wrong) each WHERE wrong IS NOT NULL
"""
SOUND = "NOT EXISTS (SELECT FROM finding WHERE file = '{file}' AND finding.line = s.line AND reason IN ({refusing}))"
DROP_UNSOUND = """
DELETE FROM sound_{name} s WHERE EXISTS (
  SELECT FROM finding f WHERE f.file = '{file}' AND f.line = s.line AND f.reason IN ({refusing})
)
"""


def run(statement: str, **names: object) -> int:
    """Run a statement, its names put in (never a value of the files); return how many rows it touched."""
    with connection.cursor() as cursor:
        cursor.execute(statement.format(**names) if names else statement)
        return int(cursor.rowcount)


def prepare() -> None:
    """Make the table of findings; drop the tables of an import before in this same transaction."""
    tables = ["finding"] + [f"{prefix}_{shape.name}" for shape in SHAPES for prefix in STEPS]
    run(f"DROP TABLE IF EXISTS {', '.join(f'pg_temp.{each}' for each in tables)}")
    run(PREPARE)


def stage(shape: Shape, rows: Iterable[Read], *, tell: Callable[[int], None]) -> int:
    """Copy the rows of a file to its table as they come, with what is wrong with each; return how many there are."""
    columns = ", ".join(f'"{column.name}" {column.type}' for column in shape.columns)
    run(STAGE, name=shape.name, columns=columns)
    count = 0
    with connection.cursor() as cursor, cursor.copy(f"COPY staged_{shape.name} FROM STDIN") as copy:
        for count, (line, row, wrong) in enumerate(rows, 1):
            told = json.dumps(wrong) if wrong else None
            copy.write_row([line, *(row[column.name] for column in shape.columns), sort_name(row), told])
            if count % STRIDE == 0:
                tell(count)
    run(TELL, name=shape.name, file=shape.file)
    run("ANALYZE staged_{name}", name=shape.name)
    return count


def sort_name(row: Row) -> str:
    """Return the name that lists sort by, as the models fold it; nothing for what has none."""
    if row.get("family_name") and row.get("given_name"):
        return fold(f"{row['family_name']} {row['given_name']}")
    return fold(row["name"]) if row.get("name") else ""


def sound(shape: Shape) -> str:
    """Return the condition that nothing keeps out a staged row, `s`."""
    return SOUND.format(file=shape.file, refusing=REFUSING)


def drop_unsound(shape: Shape) -> None:
    """Take the rows that something keeps out from those that are sound."""
    run(DROP_UNSOUND, name=shape.name, file=shape.file, refusing=REFUSING)


def findings() -> Iterator[Finding]:
    """Yield what was found, in the order of the files and of their lines, in constant memory."""
    order = ", ".join(f"'{shape.file}'" for shape in SHAPES)
    with connection.chunked_cursor() as cursor:
        cursor.execute(f"SELECT * FROM finding ORDER BY array_position(ARRAY[{order}], file), line, column_name, value")  # noqa: S608
        for row in cursor:
            yield Finding(*row)


def count_of(shape: Shape, weight: Weight) -> int:
    """Return how many rows of a file have a finding of a weight."""
    names = ", ".join(f"'{name}'" for name, reason in REASONS.items() if reason.weight == weight)
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT count(DISTINCT line) FROM finding WHERE file = %s AND reason IN ({names})",  # noqa: S608
            [shape.file],
        )
        return int(cursor.fetchone()[0])
