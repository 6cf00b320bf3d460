"""Goal 12: reading the open data of the enterprises register, beside a bare COPY of the same rows, then its indexes."""

import csv
import io
import os
import subprocess
import sys
import time
import zipfile
from pathlib import Path

import psycopg

from mandat.business_register.format import FILES, members, rows_of
from mandat.business_register.synthetic import write_extract
from mandat.platform.postgres.address import OWNER
from tests.bench.figures import Figures

ROOT = Path(__file__).parents[2]
ENTERPRISES, FULL = 150_000, 1_150_000  # the rows of all files are some three times as many
BLOCK = 1 << 20


def business_register(environment: dict[str, str], folder: Path, figures: Figures, *, enterprises: int) -> None:
    """Read one archive by the product's command, and by COPY alone, its rows ready in memory."""
    path = folder / "register.zip"
    write_extract(path, enterprises=enterprises)
    blocks, count = ready(path)
    with psycopg.connect(host=environment["BENCH_SOCKET"], dbname="mandat", user=OWNER, autocommit=True) as connection:
        peer = bare(connection, blocks)
    since = time.monotonic()
    read = [sys.executable, "manage.py", "import_business_register", str(path)]
    subprocess.run(read, env=os.environ | environment, cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
    taken = time.monotonic() - since
    figures.ratio_at_least(f"enterprises register, {count:,} rows", count / taken, count / peer, 0.6, "rows/s")


def ready(path: Path) -> tuple[dict[str, list[bytes]], int]:
    """Return the rows of each file as blocks of CSV, and how many there are."""
    blocks, count = {}, 0
    with zipfile.ZipFile(path) as archive:
        for file in FILES:
            written = io.StringIO()
            to = csv.writer(written)
            for row in rows_of(
                archive, members(archive)[file.name], file, left_out=lambda _bad: None, progress=lambda _share: None
            ):
                to.writerow(row)
                count += 1
            whole = written.getvalue().encode()
            blocks[file.part] = [whole[start : start + BLOCK] for start in range(0, len(whole), BLOCK)]
    return blocks, count


def bare(connection: psycopg.Connection[object], blocks: dict[str, list[bytes]]) -> float:
    """Return the seconds that COPY and the same indexes take on tables of their own."""
    since = time.monotonic()
    for file in FILES:
        columns = ", ".join(f"{column.name} text" for column in file.columns)
        connection.execute(f"CREATE TABLE bare_{file.part} ({columns})")
        with connection.cursor() as cursor, cursor.copy(f"COPY bare_{file.part} FROM STDIN (FORMAT csv)") as copy:
            for block in blocks[file.part]:
                copy.write(block)
        connection.execute(f"CREATE INDEX ON bare_{file.part} ({file.columns[0].name})")
        connection.execute(f"ANALYZE bare_{file.part}")
    taken = time.monotonic() - since
    for file in FILES:
        connection.execute(f"DROP TABLE bare_{file.part}")
    return taken
