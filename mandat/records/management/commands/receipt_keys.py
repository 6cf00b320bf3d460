"""Show the public keys of receipts, making the first if there is none; or renew the key in use."""

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from mandat.records.keys import renew, signing_key
from mandat.records.queries import keys_folder, receipt_keys


class Command(BaseCommand):
    """Keep the keys of receipts. The private one never leaves its folder."""

    help = "Print the public keys of receipts as a JWK set, making the first if there is none."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the options."""
        parser.add_argument(
            "--renew", action="store_true", help="put a new key in use and destroy the private one before"
        )  # fmt: skip

    def handle(self, *_: Any, **options: Any) -> None:
        """Run the command."""
        if options["renew"]:
            renew(keys_folder())
        signing_key(keys_folder())
        self.stdout.write(json.dumps(receipt_keys(), indent=1))
