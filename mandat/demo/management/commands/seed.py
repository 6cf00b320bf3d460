"""`mandat seed demo`."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import translation
from django.utils.translation import gettext as _

from mandat.demo.people import PASSWORD, PEOPLE
from mandat.demo.world import World
from mandat.identity.deployment import is_demo


class Command(BaseCommand):
    """Fill a database with invented people and firms."""

    help = "Make the people and the firms of the demonstration. Safe to run again; refused on a real deployment."

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare what to seed."""
        parser.add_argument("what", choices=["demo"])

    def handle(self, *_args: Any, **_options: Any) -> None:
        """
        Make the demonstration, and say its sign-ins.

        :raises CommandError: if this database is no demonstration
        """
        if not is_demo():
            raise CommandError("This database is not a demonstration: mandat mark-deployment demo, while it is empty.")
        with translation.override("fr"):
            world = World()
            world.make()
            world.fill()
            self.stdout.write(_("Accès de démonstration, mot de passe « %(password)s » :") % {"password": PASSWORD})
        for each in PEOPLE:
            self.stdout.write(f"  {each.email:<24} {each.given_name} {each.family_name}")
