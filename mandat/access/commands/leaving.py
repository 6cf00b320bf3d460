"""Leaving an enterprise by oneself: whatever one holds there ends, and coming back begins with nothing."""

from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet

from mandat.access.commands.designations import LastRSE, locked
from mandat.access.decision import Authority
from mandat.access.events import PersonLeft
from mandat.access.mandataries import Naming
from mandat.access.models import Proxy
from mandat.access.queries import effective_rses
from mandat.access.retries import in_one_transaction
from mandat.enterprises.grants import not_over
from mandat.enterprises.models import Designation, Enterprise, Role, User
from mandat.identity.actor import Actor
from mandat.platform.clock import now
from mandat.platform.events import publish


class NothingHeld(Exception):
    """The person holds nothing in the enterprise."""


class RepresentativeStays(Exception):
    """An authorized representative is so by what was proven on file: only the verification desk ends that."""


@in_one_transaction
def leave_enterprise(*, enterprise: Enterprise, reason: str, by: Actor) -> None:
    """
    End, at their own wish, whatever a person holds in an enterprise: place, standing and proxies, those to come too.

    It asks for no right: nobody is kept where they do not want to act. It gives none either.

    :raises NothingHeld: if there is nothing to end
    :raises RepresentativeStays: if the person is an authorized representative there
    :raises LastRSE: if nobody effective would be left
    """
    enterprise = locked(enterprise)
    held = [list(_under_lock(each)) for each in what_is_held(enterprise, by, now())]
    at = now()
    grants = [each for kind in held for each in kind]
    if not grants:
        raise NothingHeld
    if any(isinstance(each, Designation) and each.role == Role.RA for each in grants):
        raise RepresentativeStays
    was_effective = effective_rses(enterprise, at).exists()
    authority = Authority(by, on_behalf_of=enterprise, chain=(), at=at)
    for each in grants:
        each.revoke(at=at, under=authority.as_record(), reason=reason)
    if was_effective and not effective_rses(enterprise, at).exists():
        raise LastRSE
    person, firm = str(by.person.public_id), str(enterprise.public_id)
    publish(PersonLeft(enterprise=firm, person=person, proxies=len(held[2]), was_rse=bool(held[0])))


def what_is_held(enterprise: Enterprise, by: Actor, at: datetime) -> list[QuerySet[Any]]:
    """
    Return what a person holds in an enterprise, or will: designations, standing as a user, proxies, namings.

    Who leaves a mandatary may act for none of its clients any more; who leaves a client, no more for that one.
    """
    kinds: list[Any] = [Designation, User, Proxy]
    whose = {"enterprise": enterprise, "person": by.person, "revoked_at": None}
    named = Naming.objects.filter(Q(proxy__enterprise=enterprise) | Q(proxy__mandatary=enterprise))
    named = named.filter(not_over(at), person=by.person, revoked_at=None).order_by("id")
    return [*(kind.objects.filter(not_over(at), **whose).order_by("id") for kind in kinds), named]


def _under_lock(held: QuerySet[Any]) -> QuerySet[Any]:
    return held.select_for_update(of=("self",), no_key=True)
