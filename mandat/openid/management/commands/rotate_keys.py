"""`mandat rotate-keys`."""

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from mandat.openid.commands.keys import NextKeyTooYoung, published_keys, rotate_keys
from mandat.platform.clock import now


class Command(BaseCommand):
    """Change the key that signs ID tokens."""

    help = "Have the next published key sign ID tokens, retire the one in use, publish another; print the public keys."

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the options."""
        parser.add_argument("--show", action="store_true", help="print the public keys and change nothing")
        parser.add_argument(
            "--urgent",
            action="store_true",
            help="the key in use is compromised: unpublish it now, even if the next one was published lately",
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        """
        Change keys.

        :raises CommandError: if the next key was not published for long enough
        """
        if not options["show"]:
            try:
                rotate_keys(is_urgent=options["urgent"])
            except NextKeyTooYoung as young:
                raise CommandError(
                    "The next key was published too lately: services that keep our keys would not know it. "
                    "Try again later, or say --urgent if the key in use is compromised."
                ) from young
        self.stdout.write(json.dumps({"keys": published_keys(now())}, indent=1))
