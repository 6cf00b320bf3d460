"""`mandat mark-deployment demo|real`."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from mandat.identity.deployment import AlreadyInUse, AlreadyMarked, mark
from mandat.identity.models import Deployment


class Command(BaseCommand):
    """Mark this database."""

    help = "Write, once for all, whether this new database is a demonstration or a real deployment."

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the kind."""
        parser.add_argument("kind", choices=Deployment.Kind.values)

    def handle(self, *_args: Any, kind: str, **_options: Any) -> None:
        """
        Mark this database.

        :raises CommandError: if it is marked otherwise, or in use
        """
        try:
            mark(Deployment.Kind(kind))
        except AlreadyMarked as marked:
            raise CommandError(f"This database is marked “{marked}” for ever. Create another one.") from marked
        except AlreadyInUse as used:
            raise CommandError("This database holds persons: it cannot become a demonstration.") from used
