"""What follows from what happened to roles of the staff: whoever is to answer is told, and whoever they concern."""

from collections.abc import Iterable
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from mandat.access.events import (
    AssignmentConfirmed,
    AssignmentEnded,
    ProposalDropped,
    StaffAssigned,
    StaffReviewsMissed,
)
from mandat.access.models import AssignmentHistory, StaffAssignment
from mandat.access.queries import people_who_can
from mandat.access.reviews import rhythm_on
from mandat.access.rights import Right
from mandat.access.telling import tell_each
from mandat.access.workflow import AssignmentMove
from mandat.identity.models import Person
from mandat.platform.clock import last_day, now, start_of

#: What the queues of the staff are called, by their names in assignments. A block names its own.
QUEUES: dict[str, str | Promise] = {
    "": _("toutes les files"),
    "enrolment": _("vérification des identités"),
    "registration": _("inscriptions aux services"),
}
ROLES = "/agence/personnel/"
_WHOLE = StaffAssignment.objects.select_related("person", "granted_by", "confirmed_by")


def tell_of_proposal(event: StaffAssigned) -> None:
    """Write to the supervisors who may confirm a role that one is proposed. Those that the operator makes are not."""
    role = _WHOLE.get(public_id=event.assignment)
    if role.is_confirmed or role.granted_by is None or role.answer_by is None:
        return
    others = _supervisors(besides=[role.person, role.granted_by])
    context = _told_of(role) | {"by": role.granted_by, "answer_by": start_of(last_day(role.answer_by))}
    tell_each("staff_proposed", others, key=event.event_id, path=f"{ROLES}{role.public_id}/", context=context)


def tell_of_role(event: AssignmentConfirmed) -> None:
    """Write to somebody which role they have now, and until when."""
    role = _WHOLE.get(public_id=event.assignment)
    tell_each("staff_confirmed", [role.person], key=event.event_id, path="/entrer", context=_told_of(role))


def tell_of_end(event: AssignmentEnded) -> None:
    """Write to somebody that their role has ended, and why."""
    role = _WHOLE.get(public_id=event.assignment)
    unreviewed = _last(role).move == AssignmentMove.END_UNREVIEWED
    context = _told_of(role) | {"reason": role.revocation_reason, "unreviewed": unreviewed}
    tell_each("staff_ended", [role.person], key=event.event_id, path="/entrer", context=context)


def tell_of_dropping(event: ProposalDropped) -> None:
    """Write to the supervisor who proposed a role that another refused it, or that nobody answered in time."""
    role = _WHOLE.get(public_id=event.assignment)
    if event.move == AssignmentMove.WITHDRAW or role.granted_by is None:
        return
    under: dict[str, Any] = role.revoked_under or {}
    by = Person.objects.get(public_id=under["person"]) if "person" in under else ""
    context = _told_of(role) | {"by": by, "reason": role.revocation_reason}
    context |= {"lapsed": event.move == AssignmentMove.LAPSE}
    tell_each("staff_dropped", [role.granted_by], key=event.event_id, path=ROLES, context=context)


def tell_of_missed_reviews(event: StaffReviewsMissed) -> None:
    """Write to every supervisor which roles nobody reviewed in time, and which ended of it."""
    at = now()
    context = {
        "waiting": _listed(event.waiting), "ended": _listed(event.ended), "ends_on": at + rhythm_on(at).grace,
    }  # fmt: skip
    tell_each("staff_reviews", _supervisors(besides=[]), key=event.event_id, path=ROLES, context=context)


def _listed(ids: Iterable[str]) -> list[dict[str, Any]]:
    found = StaffAssignment.objects.filter(public_id__in=list(ids)).select_related("person")
    return [_told_of(each) | {"person": each.person} for each in found.order_by("person__sort_name", "id")]


def _told_of(role: StaffAssignment) -> dict[str, Any]:
    upper = role.during.upper
    return {
        "someone": role.person,
        "role": StaffAssignment.Role(role.role).label,
        "queue": QUEUES.get(role.queue, role.queue),
        "start": role.during.lower,
        "until": start_of(last_day(upper)) if upper else "",
    }


def _supervisors(*, besides: list[Person]) -> list[Person]:
    able = people_who_can(None, Right.SUPERVISE, None, now())
    return list(able.exclude(pk__in=[each.pk for each in besides]).order_by("sort_name", "id"))


def _last(role: StaffAssignment) -> AssignmentHistory:
    return role.history.order_by("-id")[0]
