"""What is kept of those who sign in and out."""

from collections.abc import Collection

from django.db import transaction

from mandat.identity.actor import Actor
from mandat.identity.events import SignedIn, SignedOut
from mandat.identity.models import Login, Person
from mandat.platform.events import publish


@transaction.atomic
def record_sign_in(*, login: Login, person: Person, methods: Collection[str]) -> None:
    """Tell that a person has signed in, and how."""
    publish(SignedIn(login=str(login.public_id), person=str(person.public_id), methods="+".join(methods)))


@transaction.atomic
def record_sign_out(*, by: Actor) -> None:
    """Tell that a person has signed out."""
    publish(SignedOut(login=str(by.login.public_id), person=str(by.person.public_id)))
