"""`mandat make-business-register FILE.zip`: an extract that tells of no enterprise there is."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand

from mandat.business_register.synthetic import write_extract


class Command(BaseCommand):
    """Writes a synthetic extract of any size, the same for the same seed."""

    help = "Write a synthetic extract of the enterprises register, to try an import: it tells of no real enterprise."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the file, its size and its seed."""
        parser.add_argument("file", type=Path)
        parser.add_argument("--enterprises", type=int, default=10_000)
        parser.add_argument("--seed", type=int, default=1)

    def handle(self, *_args: Any, **asked: Any) -> None:
        """Write it."""
        write_extract(asked["file"], enterprises=asked["enterprises"], seed=asked["seed"])
