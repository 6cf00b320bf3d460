"""What follows when somebody leaves an enterprise: those in charge there are told, and the person has it in writing."""

from django.conf import settings

from mandat.access.events import PersonLeft
from mandat.access.queries import effective_rses
from mandat.enterprises.models import Enterprise
from mandat.identity.handlers import addresses_of
from mandat.identity.models import Person
from mandat.platform.clock import now
from mandat.platform.mail import queue_mail, write


def tell_of_leaving(event: PersonLeft) -> None:
    """Write to those in charge of an enterprise that somebody left it, and to that person that it is done."""
    enterprise = Enterprise.objects.get(public_id=event.enterprise)
    leaver, at = Person.objects.get(public_id=event.person), now()
    told = [("left", each) for each in effective_rses(enterprise, at).order_by("sort_name", "id")]
    for template, reader in [*told, ("left_yourself", leaver)]:
        site = settings.PUBLIC_URL + ("/en" if reader.language == "en" else "")
        context = {
            "enterprise": enterprise, "leaver": leaver, "reader": reader, "proxies": event.proxies,
            "was_rse": event.was_rse, "address": f"{site}/d/{enterprise.public_id}/acces/",
        }  # fmt: skip
        words = write(f"mandat/access/mail/{template}", language=reader.language, context=context)
        for to in addresses_of(reader, at):
            queue_mail(
                key=f"{event.event_id} {reader.public_id} {to}", to=to, subject=words.subject, text=words.text,
                language=reader.language,
            )  # fmt: skip
