"""Waking an access that slept: a firm may lift the suspension that time alone made, and no other."""

from mandat.access.decision import require
from mandat.access.retries import in_one_transaction
from mandat.access.rights import Right
from mandat.enterprises.grants import in_force
from mandat.enterprises.models import Designation, Enterprise, User
from mandat.identity.actor import Actor
from mandat.identity.commands import restore_person
from mandat.identity.commands.dormancy import DORMANT
from mandat.identity.models import Person


class NotAsleep(Exception):
    """The person is not suspended, or for another reason than time: the regulator decides of it."""


class NotOfTheFirm(Exception):
    """The person has no place in the enterprise."""


def is_asleep(person: Person) -> bool:
    """Return whether a person is suspended for not having signed in, and for nothing else."""
    last = person.history.order_by("-id").first()
    return person.state == Person.State.SUSPENDED and last is not None and last.authority.get("policy") == DORMANT


@in_one_transaction
def wake_access(*, enterprise: Enterprise, person: Person, reason: str, by: Actor) -> None:
    """
    Let a person of the enterprise sign in again, whose access slept: their factors still prove who they are.

    :raises AccessDenied: if `by` is no RSE of the enterprise
    :raises NotOfTheFirm: if the person has no place there
    :raises NotAsleep: if they are not suspended, or for another reason
    """
    authority = require(by, Right.ADMINISTER, enterprise=enterprise)
    person = Person.objects.select_for_update(of=("self",), no_key=True).get(pk=person.pk)
    kinds = (User.objects, Designation.objects)
    if not any(kind.filter(in_force(authority.at), enterprise=enterprise, person=person).exists() for kind in kinds):
        raise NotOfTheFirm
    if not is_asleep(person):
        raise NotAsleep
    restore_person(person_id=person.public_id, reason=reason, under=authority.as_record())
