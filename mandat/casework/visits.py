"""
The visits of support: how the staff look at a firm's account, when it asks for help.

Read-only, for a reason, under a ticket, for a while; each look is kept, and the firm sees them all. Nobody visits a
firm where they have, or had, a place.
"""

from datetime import timedelta
from uuid import UUID

from mandat.access.decision import require
from mandat.access.queries import people_of
from mandat.access.retries import in_one_transaction
from mandat.access.rights import Right
from mandat.casework.events import SupportVisitOpened
from mandat.casework.models import SupportLook, SupportVisit, VisitReason
from mandat.enterprises.models import Enterprise
from mandat.identity.actor import Actor
from mandat.platform.clock import legal_day, now
from mandat.platform.events import publish
from mandat.reference.queries import policy


class OwnFirm(Exception):
    """Whoever would visit this firm has, or had, a place in it."""


class VisitOver(Exception):
    """The visit was closed, or its time has passed."""


@in_one_transaction
def open_visit(*, enterprise: Enterprise, reason: VisitReason, ticket: str, by: Actor) -> SupportVisit:
    """
    Open a visit, and tell the firm. One that `by` has open there under the same ticket is given back.

    :raises AccessDenied: if `by` may not verify identities
    :raises OwnFirm: if `by` has, or had, a place in the firm
    """
    authority = require(by, Right.VERIFY)
    locked = Enterprise.objects.select_for_update().get(pk=enterprise.pk)
    if people_of(locked).filter(pk=by.person.pk).exists():
        raise OwnFirm
    open_ones = SupportVisit.objects.filter(enterprise=locked, by=by.person, ticket=ticket, closed_at=None)
    if already := open_ones.filter(ends_at__gt=authority.at).first():
        return already
    lasts = timedelta(minutes=policy("support-visit-minutes", legal_day(authority.at)))
    visit = SupportVisit.objects.create(
        enterprise=locked, by=by.person, reason=reason, ticket=ticket, opened_at=authority.at,
        ends_at=authority.at + lasts, authority=authority.as_record(),
    )  # fmt: skip
    publish(SupportVisitOpened(enterprise=str(locked.public_id), visit=str(visit.public_id)))
    return visit


@in_one_transaction
def look(*, visit: UUID, by: Actor) -> SupportVisit:
    """
    Keep on record that the page of a visit is opened, and return it.

    :raises SupportVisit.DoesNotExist: if it is not a visit of `by`
    :raises VisitOver: if it is closed, or its time has passed
    """
    found = SupportVisit.objects.select_related("enterprise").get(public_id=visit, by=by.person)
    at = now()
    if not found.is_open(at):
        raise VisitOver(found)
    SupportLook.objects.create(visit=found, at=at)
    return found


@in_one_transaction
def close_visit(*, visit: UUID, by: Actor) -> None:
    """
    Close a visit; a second time is harmless.

    :raises SupportVisit.DoesNotExist: if it is not a visit of `by`
    """
    found = SupportVisit.objects.select_for_update().get(public_id=visit, by=by.person)
    if found.closed_at is None:
        found.closed_at = now()
        found.save(update_fields=["closed_at"])
