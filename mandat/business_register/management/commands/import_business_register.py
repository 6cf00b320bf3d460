"""`mandat import-business-register FILE.zip`: the enterprises register, from its open data."""

import json
import sys
from argparse import ArgumentParser
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import translation
from django.utils.translation import gettext as _

from mandat.business_register.commands import AlreadyReading, Report, read_extract
from mandat.business_register.format import BadRow, Reason, Unusable
from mandat.platform.supervisor.words import speaks_english

BAD_ROWS, UNUSABLE = 1, 2


class Command(BaseCommand):
    """Exits 0 when every row is good, 1 when the extract is in use without its bad rows, 2 when it is not in use."""

    help = "Read the open data of the enterprises register (one ZIP of six CSV). See docs/operate/business-register.md."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the file, its day and the manner."""
        parser.add_argument("file", type=Path, help="the ZIP, as downloaded")
        parser.add_argument("--as-of", type=date.fromisoformat, help="the day that it tells of; else its files’")
        parser.add_argument("--json", action="store_true", help="report as JSON, for programs")
        parser.add_argument("--progress", action="store_true", help="say how far it is, even if nobody looks")

    def handle(self, *_args: Any, **asked: Any) -> None:
        """Read, and report in the language of the operator's terminal."""
        self.shows_progress = asked["progress"] or sys.stderr.isatty()
        bad: list[BadRow] = []
        with translation.override("en" if speaks_english() else "fr"):
            tell = bad.append if asked["json"] else self.tell
            try:
                report = read_extract(asked["file"], as_of=asked["as_of"], tell=tell, progress=self.progress)
            except (Unusable, AlreadyReading) as refused:
                why = str(refused) or _("Une autre lecture est en cours : attendez qu’elle finisse.")
                if asked["json"]:
                    self.stdout.write(json.dumps({"unusable": why}, ensure_ascii=False))
                raise CommandError(why, returncode=UNUSABLE) from refused
            (self.as_json if asked["json"] else self.as_text)(report, bad)
        if any(counts.refused for counts in report.files.values()):
            sys.exit(BAD_ROWS)

    def tell(self, bad: BadRow) -> None:
        """Write what is wrong with a row."""
        said = {"file": bad.file, "line": bad.line, "value": bad.value, "reason": Reason(bad.reason).label}
        self.stdout.write(_("%(file)s, ligne %(line)s : « %(value)s », %(reason)s") % said)

    def progress(self, file: str, share: float) -> None:
        """Say how far a file was read, on the channel that no program reads."""
        if self.shows_progress:
            self.stderr.write(
                self.style.NOTICE(_("%(file)s : %(percent)s %%") % {"file": file, "percent": int(share * 100)})
            )
            self.stderr.flush()

    def as_text(self, report: Report, _bad: list[BadRow]) -> None:
        """Write what became of each file."""
        if report.is_known:
            self.stdout.write(_("Cet extrait est déjà en vigueur : rien n’a changé."))
            return
        for file, counts in report.files.items():
            said = _("%(file)s : %(kept)s gardées, %(left_out)s laissées, %(refused)s refusées, %(repeated)s répétées")
            self.stdout.write(said % {"file": file, **asdict(counts)})
        self.stdout.write(_("Le registre des entreprises du %(day)s est en vigueur.") % {"day": report.as_of})

    def as_json(self, report: Report, bad: list[BadRow]) -> None:
        """Write one JSON object."""
        record = {
            "as_of": report.as_of.isoformat(),
            "is_known": report.is_known,
            "files": {file: asdict(counts) for file, counts in report.files.items()},
            "refused": [each._asdict() for each in bad],
        }
        self.stdout.write(json.dumps(record, ensure_ascii=False))
