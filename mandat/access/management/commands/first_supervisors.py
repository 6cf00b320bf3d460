"""`mandat first-supervisors CODE CODE`."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from mandat.access.commands import NotTheFirst, OneSupervisor, first_assignments
from mandat.identity.models import LoginLink, Person
from mandat.identity.user_code import canonical
from mandat.platform.clock import AppNow


class Command(BaseCommand):
    """Make two persons supervisors, when fewer than two can act: on a new database, or after an accident."""

    help = (
        "Make two persons supervisors, by their user codes, when fewer than two can act. From then on supervisors "
        "assign staff on the pages, two by two."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare whom."""
        parser.add_argument("user_codes", nargs=2, metavar="USER_CODE")

    def handle(self, *_args: Any, user_codes: list[str], **_options: Any) -> None:
        """
        Make them supervisors.

        :raises CommandError: if it is not for the operator to do, or a code is nobody's
        """
        first, second = (_holder(each) for each in user_codes)
        try:
            made = first_assignments(supervisors=(first, second))
        except OneSupervisor as same:
            raise CommandError("It takes two persons: both codes are of the same one.") from same
        except NotTheFirst as refused:
            raise CommandError(
                "Two supervisors can act, or one can who is not among these two: they assign staff themselves."
            ) from refused
        for each in made:
            self.stdout.write(f"{each.person} is now a supervisor.")


def _holder(code: str) -> Person:
    links = LoginLink.objects.select_related("person").filter(
        login__user_code=canonical(code), login__is_active=True, during__contains=AppNow()
    )
    found = links.order_by("id").first()
    if found is None:
        raise CommandError(f"Nobody signs in by the user code {code}.")
    return found.person
