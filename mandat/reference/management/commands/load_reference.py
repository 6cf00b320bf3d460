"""Load the dated reference data from their files."""

import json
from argparse import ArgumentParser
from dataclasses import asdict
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from mandat.reference.commands import everything, load
from mandat.reference.files import DATA, FilesRefused, read


class Command(BaseCommand):
    """Make the database say what the files say. Safe to run again; one transaction; nothing that was in force is lost."""

    help = "Load reference data from TOML files. An entry gone from its file ends today; it is never deleted."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "folder", nargs="?", type=Path, default=DATA, help="folder of .toml files (ours by default)"
        )
        parser.add_argument("--check", action="store_true", help="write nothing; exit 1 if something would change")
        parser.add_argument("--json", action="store_true", help="report as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            report = load(read(options["folder"]), on=timezone.localdate(), dry=options["check"])
        except FilesRefused as refused:
            if options["json"]:
                self.stdout.write(json.dumps({"faults": refused.faults}, ensure_ascii=False))
            raise CommandError("Nothing was loaded.\n" + "\n".join(refused.faults)) from refused
        if options["json"]:
            self.stdout.write(json.dumps(asdict(report), ensure_ascii=False))
        else:
            self.tell(report, options["verbosity"])
        if options["check"] and not report.is_empty:
            raise CommandError("The database does not say what the files say: run `mandat load-reference`.")

    def tell(self, report: Any, verbosity: int) -> None:
        """Say what was done: counts, and names when asked for, or when something was in force before."""
        counts = {word: len(getattr(report, word)) for word in ("added", "changed", "ended", "removed")}
        said = ", ".join(f"{count} {word}" for word, count in counts.items()) + f", {report.unchanged} unchanged"
        self.stdout.write(f"Reference data: {said}.")
        for line in everything(report):
            if verbosity > 1 or not line.startswith("added"):
                self.stdout.write(f"  {line}")
