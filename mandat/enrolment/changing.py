"""What follows from a change of who is in charge of an enterprise: those who stand for it are told."""

from mandat.access.queries import effective_rses, people_who_can
from mandat.access.rights import Right
from mandat.enrolment import addresses
from mandat.enrolment.events import RSENamed
from mandat.enrolment.telling import tell
from mandat.enterprises.models import Designation
from mandat.identity.handlers import addresses_of
from mandat.platform.clock import now


def tell_of_naming(event: RSENamed) -> None:
    """Write to those who stand for an enterprise that somebody is newly in charge; they are invited apart."""
    at = now()
    named = Designation.objects.select_related("enterprise", "person").get(public_id=event.designation)
    firm = named.enterprise
    readers = {*effective_rses(firm, at), *people_who_can(firm, Right.DESIGNATE, None, at)} - {named.person}
    former = Designation.objects.select_related("person").get(public_id=event.replaces) if event.replaces else None
    for reader in sorted(readers, key=lambda each: each.pk):
        page = addresses.person_of_firm(firm.public_id, named.person.public_id, reader.language)
        context = {
            "reader": reader, "someone": named.person, "enterprise": firm, "former": former and former.person,
            "page": page,
        }  # fmt: skip
        for to in addresses_of(reader, at):
            key = f"{event.event_id} named {reader.public_id} {to}"
            tell("rse_named", key=key, to=to, language=reader.language, context=context)
