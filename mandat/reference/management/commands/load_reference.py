"""Load the dated reference data from their files."""

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from mandat.reference.commands import load
from mandat.reference.files import DATA, FilesRefused, read

WORDS = ("added", "changed", "ended", "removed")


class Command(BaseCommand):
    """Make the database say what the files say: one transaction, safe to run again."""

    help = "Load reference data from TOML files. An entry gone from its file ends today; it is never deleted."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the folder, and the two ways to look without touching."""
        parser.add_argument("folder", nargs="?", type=Path, default=DATA, help="of .toml files (ours by default)")
        parser.add_argument("--check", action="store_true", help="write nothing; exit 1 if something would change")
        parser.add_argument("--json", action="store_true", help="report as JSON")

    def handle(self, **options: Any) -> None:
        """Load, and say what that took; or name every fault of the files, and load nothing."""
        try:
            report = load(read(options["folder"]), on=timezone.localdate(), dry=options["check"])
        except FilesRefused as refused:
            if options["json"]:
                self.stdout.write(json.dumps({"faults": refused.faults}, ensure_ascii=False))
            raise CommandError("Nothing was loaded.\n" + "\n".join(refused.faults)) from refused
        if options["json"]:
            self.stdout.write(json.dumps(report, ensure_ascii=False))
        elif options["verbosity"]:
            self.tell(report, options["verbosity"])
        if options["check"] and any(report[word] for word in WORDS):
            raise CommandError("The database does not say what the files say: run `mandat load-reference`.")

    def tell(self, report: dict[str, Any], verbosity: int) -> None:
        """Say the counts, and name what was in force and is no longer the same."""
        counts = ", ".join(f"{len(report[word])} {word}" for word in WORDS)
        self.stdout.write(f"Reference data: {counts}, {report['unchanged']} unchanged.")
        for word in WORDS if verbosity > 1 else WORDS[1:]:
            for each in report[word]:
                self.stdout.write(f"  {word}: {each}")
