"""`mandat import-register FOLDER`: the regulator's file, from CSV files."""

import json
import sys
from argparse import ArgumentParser
from dataclasses import asdict
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from mandat.platform.supervisor.words import speaks_english
from mandat.register.importing.commands import Manner, Report, import_folder
from mandat.register.importing.findings import Finding
from mandat.register.importing.reading import FolderUnusable

BAD_ROWS, UNUSABLE = 1, 2


class Command(BaseCommand):
    """Exits 0 when every row is good, 1 when a row is bad, 2 when the folder cannot be used."""

    help = "Import the register from the six CSV files of a folder, in one transaction. See docs/operate/import.md."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the folder and the manner."""
        parser.add_argument("folder", type=Path, help="folder of registrants.csv, individuals.csv, registrations.csv…")
        parser.add_argument("--dry-run", action="store_true", help="do everything, report, then take it all back")
        manner = parser.add_mutually_exclusive_group()
        manner.add_argument("--skip-bad-rows", action="store_true", help="import the good rows though some are bad")
        manner.add_argument("--end-missing", action="store_true", help="end today the facts that the files lack")
        parser.add_argument("--json", action="store_true", help="report as JSON, for programs")
        parser.add_argument("--progress", action="store_true", help="say how far it is, even if nobody looks")

    def handle(self, *_args: Any, **asked: Any) -> None:
        """Import, and report in the language of the operator's terminal."""
        manner = Manner(
            is_dry=asked["dry_run"], skips_bad_rows=asked["skip_bad_rows"], ends_missing=asked["end_missing"]
        )
        self.shows_progress = asked["progress"] or sys.stderr.isatty()
        with translation.override("en" if speaks_english() else "fr"):
            try:
                report = (self.as_json if asked["json"] else self.as_text)(asked["folder"], manner)
            except FolderUnusable as unusable:
                raise CommandError(str(unusable), returncode=UNUSABLE) from unusable
            if report.refused:
                raise CommandError(verdict(report), returncode=BAD_ROWS)

    def as_text(self, folder: Path, manner: Manner) -> Report:
        """Import, and write each finding as it comes, then what was done to each file."""
        report = import_folder(folder, manner=manner, tell=self.tell, progress=self.progress)
        for file, counts in report.files.items():
            said = _(
                "%(file)s : %(read)s lues, %(added)s ajoutées, %(changed)s changées, %(ended)s terminées,"
                " %(removed)s retirées, %(refused)s refusées"
            )
            self.stdout.write(said % {"file": file, **asdict(counts)})
        if not report.refused:
            self.stdout.write(verdict(report))
        return report

    def as_json(self, folder: Path, manner: Manner) -> Report:
        """Import, and write one JSON object, its findings as they come."""
        separators = iter(["\n"])

        def tell(finding: Finding) -> None:
            record = asdict(finding) | {"weight": str(finding.weight), "sentence": finding.sentence}
            self.stdout.write(next(separators, ",\n") + json.dumps(record, ensure_ascii=False), ending="")

        self.stdout.write('{"findings": [', ending="")
        try:
            report = import_folder(folder, manner=manner, tell=tell, progress=self.progress)
        except FolderUnusable as unusable:
            self.stdout.write(f'], "unusable": {json.dumps(str(unusable), ensure_ascii=False)}}}')
            raise
        rest = {"files": {file: asdict(counts) for file, counts in report.files.items()}, "is_kept": report.is_kept}
        self.stdout.write(f"], {json.dumps(rest | {'is_dry': manner.is_dry})[1:]}")
        return report

    def tell(self, finding: Finding) -> None:
        """Write a finding."""
        self.stdout.write(str(finding))

    def progress(self, file: str, count: int) -> None:
        """Say how far a file was read, on the channel that no program reads."""
        if self.shows_progress:
            rows = ngettext("%(count)s ligne lue", "%(count)s lignes lues", count) % {"count": count}
            self.stderr.write(self.style.NOTICE(f"{file} : {rows}"))
            self.stderr.flush()


def verdict(report: Report) -> str:
    """Return what became of the import, in one sentence."""
    if not report.refused:
        if not report.is_change:
            return _("Le registre dit déjà tout cela : rien n’a changé.")
        return _("Essai : rien n’a été écrit.") if report.manner.is_dry else _("Le registre est à jour.")
    if report.manner.is_dry or not report.is_kept:
        return ngettext(
            "%(count)s ligne refusée : rien n’a été importé.",
            "%(count)s lignes refusées : rien n’a été importé.",
            report.refused,
        ) % {"count": report.refused}
    return ngettext(
        "%(count)s ligne refusée; les autres ont été importées.",
        "%(count)s lignes refusées; les autres ont été importées.",
        report.refused,
    ) % {"count": report.refused}
