"""Extracts that tests write by hand: each row names only the columns that matter to it."""

import csv
import zipfile
from io import StringIO
from pathlib import Path
from typing import Any

from mandat.business_register.synthetic import LABELS, TITLES

NEQ = "1199999013"
DAY = (2026, 7, 1, 8, 0, 0)


def enterprise(**said: str) -> dict[str, str]:
    return {"NEQ": NEQ, "COD_STAT_IMMAT": "IM", "IND_FAIL": "N", "COD_FORME_JURI": "CIE"} | said


def name(text: str, **said: str) -> dict[str, str]:
    return {"NEQ": NEQ, "NOM_ASSUJ": text, "STAT_NOM": "V", "TYP_NOM_ASSUJ": "N"} | said


def written(title: str, rows: list[Any], *, encoding: str = "utf-8-sig") -> bytes:
    out = StringIO(newline="")
    to = csv.writer(out)
    to.writerow(TITLES[title].split())
    for row in rows:
        to.writerow([row.get(each, "") for each in TITLES[title].split()] if isinstance(row, dict) else row)
    return out.getvalue().encode(encoding)


def archive(path: Path, *, folder: str = "", without: str = "", day: tuple[int, ...] = DAY, **files: Any) -> Path:
    """Write an archive: `Nom=[rows]`, or bytes as they are; files that are not named have no row."""
    contents = {
        "DomaineValeur": LABELS,
        "Entreprise": [enterprise()],
        "Nom": [name("Courtage Rive-Haute inc.")],
    } | files
    with zipfile.ZipFile(path, "w") as to:
        for title in TITLES:
            if title != without:
                rows = contents.get(title.removesuffix(".csv"), [])
                info = zipfile.ZipInfo(folder + title, date_time=day)
                to.writestr(info, rows if isinstance(rows, bytes) else written(title, rows))
    return path
