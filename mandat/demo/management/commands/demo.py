"""`mandat demo totp NAME`, `mandat demo service`."""

import json
import sys
import time
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from mandat.demo.example_service import HOME, connect
from mandat.demo.people import PEOPLE, login_of
from mandat.identity.actor import Method, actor_of
from mandat.identity.deployment import is_demo
from mandat.identity.models import Login
from mandat.identity.queries import link_of
from mandat.identity.second_factor import step_at, unused_codes
from mandat.openid.commands.clients import renew_secret
from mandat.platform.clock import now

PERIOD = 30


class Command(BaseCommand):
    """What the people of the demonstration hold in their hands."""

    help = (
        "totp: say the present code of the second factor of somebody of the demonstration. "
        "service: give the example service a new secret, and say it. Refused on a real deployment."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare what is asked, and of whom."""
        parser.add_argument("what", choices=["totp", "service"])
        parser.add_argument("name", nargs="?", default="supervisor", help="the sign-in, such as rse or rse@demo.test")
        parser.add_argument("--return-to", default=f"{HOME}/retour", help="of a service: where persons come back")
        parser.add_argument("--json", action="store_true", help="for a program: code, and seconds it has left")

    def handle(self, *_args: Any, name: str, **options: Any) -> None:
        """
        Say a code that has not been used yet, waiting for the next one if need be.

        :raises CommandError: if this database is no demonstration, or nobody has this name
        """
        if not is_demo():
            raise CommandError("This database is not a demonstration.")
        if options["what"] == "service":
            self.stdout.write(json.dumps(new_secret(options["return_to"])))
            return
        try:
            login = login_of(name)
        except Login.DoesNotExist as unknown:
            raise CommandError(
                "Nobody has this name. Names: " + ", ".join(each.sign_in for each in PEOPLE)
            ) from unknown
        step, code = next_code(login)
        left = (step + 1) * PERIOD - int(now().timestamp())
        self.stdout.write(json.dumps({"code": code, "seconds_left": left}) if options["json"] else code)


def new_secret(return_to: str) -> dict[str, str]:
    """
    Return what a service that persons come back to at an address needs, with a secret made now.

    :raises CommandError: if the demonstration has no supervisor
    """
    login = login_of("supervisor")
    link = link_of(login)
    if link is None:
        raise CommandError("The demonstration has no supervisor.")
    supervisor = actor_of(login, person=link.person, at=now(), methods=[Method.PASSWORD, Method.TOTP])
    client, secret = renew_secret(client_id=connect(return_to, supervisor).public_id, by=supervisor)
    return {"issuer": settings.PUBLIC_URL, "client_id": client.client_id, "client_secret": secret}


def next_code(login: Login) -> tuple[int, str]:
    """Return the first code that would be accepted, and its step; that of now was perhaps used already."""
    while True:
        found = next(unused_codes(login, now()), None)
        if found is not None:
            return found
        left = PERIOD - int(now().timestamp()) % PERIOD
        sys.stderr.write(f"{step_at(now())}: the present code was used; the next comes in {left} s\n")
        time.sleep(1)
