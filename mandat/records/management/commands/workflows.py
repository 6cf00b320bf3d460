"""Print the page of workflows, or write it into the documentation."""

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from mandat.records.workflows import page


class Command(BaseCommand):
    """Keep docs/workflows.md what the tables say."""

    help = "Print every table of states as Markdown with diagrams."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the options."""
        parser.add_argument("--write", action="store_true", help="write docs/workflows.md")
        parser.add_argument("--check", action="store_true", help="exit 1 if docs/workflows.md is not up to date")

    def handle(self, *_: Any, **options: Any) -> None:
        """Run the command."""
        path = settings.ROOT / "docs" / "workflows.md"
        if options["write"]:
            path.write_text(page())
        elif options["check"]:
            if not path.exists() or path.read_text() != page():
                raise CommandError("docs/workflows.md is out of date: run `mandat workflows --write`.")
        else:
            self.stdout.write(page())
