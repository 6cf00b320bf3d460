"""What rests on one person in charge of a firm's accesses: told before their place ends, by them or by another."""

from dataclasses import dataclass
from datetime import datetime

from mandat.access.models import Proxy
from mandat.access.queries import effective_rses, standing_proxies
from mandat.enrolment.queries import pending_invitations
from mandat.enterprises.models import Enterprise
from mandat.filings.models import Filing
from mandat.filings.workflow import OPEN_TO_CHANGE
from mandat.identity.models import Person

#: How many of each a page names.
RECALLED = 10


@dataclass(frozen=True)
class Resting:
    """What rests on a person, and who goes on without them."""

    others: list[Person]  # who stay in charge
    given: int  # proxies that they gave, and that stay
    invited: list[Person]  # whose invitation falls with them
    waiting: list[Proxy]  # proxies that wait for a second person, with nobody left to be that person
    drafts: list[Filing]
    takes_two: bool  # something takes two persons in the firm, and fewer than two are left


def what_rests_on(person: Person, firm: Enterprise, at: datetime) -> Resting:
    """Return what rests on a person in charge."""
    me = str(person.public_id)
    others = list(effective_rses(firm, at).exclude(pk=person.pk)[: RECALLED + 1])
    standing = list(standing_proxies(firm, at).exclude(person=None).select_related("person"))
    ids = {str(each.public_id) for each in others}
    stuck = [each for each in standing if each.awaits and not ids - _barred(each)]
    drafts = Filing.objects.filter(
        registrant__service_registration__enterprise=firm, begun_by=person, state__in=OPEN_TO_CHANGE
    )
    return Resting(
        others=others,
        given=sum(each.granted_under.get("person") == me for each in standing),
        invited=[each.person for each in pending_invitations(firm.pk) if each.issued_under.get("person") == me],
        waiting=stuck[:RECALLED],
        drafts=list(drafts.select_related("registrant").order_by("id")[:RECALLED]),
        takes_two=bool(firm.second_person_for) and len(others) < 2,  # noqa: PLR2004 - two persons
    )


def _barred(proxy: Proxy) -> set[str]:
    """Return the public ids of those who cannot be the second person of a proxy: who gave it, and who holds it."""
    held = {str(proxy.person.public_id)} if proxy.person else set()
    return held | {str(proxy.granted_under.get("person", ""))}
