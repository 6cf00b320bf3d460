"""
What may be done to persons.

Rights are decided above, by `access`: where a command needs an authority, its caller hands down the record of it.
"""

from collections.abc import Mapping
from uuid import UUID

from django.db import transaction

from mandat.identity.commands.sessions import end_sessions_of_person
from mandat.identity.events import PersonCreated, PersonRestored, PersonSuspended
from mandat.identity.models import Ending, Person
from mandat.identity.workflow import PersonMove
from mandat.platform.clock import now
from mandat.platform.events import publish
from mandat.platform.idempotency import claim


@transaction.atomic
def create_person(*, key: UUID, given_name: str, family_name: str, language: str, asked_by: UUID) -> Person:
    """Create a person, to whom rights may attach."""
    request = claim(key, "create_person", asked_by=asked_by)
    if request.result:
        return Person.objects.get(public_id=request.result)
    person = Person.objects.create(given_name=given_name, family_name=family_name, language=language)
    request.keep(result=person.public_id)
    publish(PersonCreated(person=str(person.public_id)))
    return person


@transaction.atomic
def suspend_person(*, person_id: UUID, reason: str, under: Mapping[str, object]) -> Person:
    """
    Keep a person out: no new sign-in, and every session ends at its next request.

    :raises MoveNotAllowed: if the person is suspended already
    """
    person = Person.objects.select_for_update(of=["self"]).get(public_id=person_id)
    person.make(PersonMove.SUSPEND, at=now(), reason=reason, under=under)
    end_sessions_of_person(person=person, ending=Ending.SUSPENDED)
    publish(PersonSuspended(person=str(person.public_id)))
    return person


@transaction.atomic
def restore_person(*, person_id: UUID, reason: str, under: Mapping[str, object]) -> Person:
    """
    Let a suspended person sign in again.

    :raises MoveNotAllowed: if the person is not suspended
    """
    person = Person.objects.select_for_update(of=["self"]).get(public_id=person_id)
    person.make(PersonMove.RESTORE, at=now(), reason=reason, under=under)
    publish(PersonRestored(person=str(person.public_id)))
    return person
