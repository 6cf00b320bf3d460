"""Who of the staff holds which role: seen by supervisors and auditors."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.functional import Promise
from django.views.decorators.http import require_safe

from mandat.access.models import StaffAssignment
from mandat.access.reviews import Rhythm, rhythm_on, to_review
from mandat.access.rights import Right
from mandat.access.workflow import AssignmentMove, AssignmentState
from mandat.enrolment.queries import staff_invitations
from mandat.identity.models import Person
from mandat.platform.clock import legal_day
from mandat.web.asking import Request
from mandat.web.paging import paged
from mandat.web.staff.role_forms import queues_on
from mandat.web.staff.role_history import life_of

LIST, PAST, PAGE = (f"mandat/web/staff/{page}.html" for page in ("roles", "past_roles", "role"))
#: How many roles to review the page names; there are no more in a year of a large desk.
SHOWN = 50
_WHOLE = StaffAssignment.objects.select_related("person", "granted_by", "confirmed_by")


@dataclass(frozen=True)
class Row:
    """A role, the name of its queue, and how it stands."""

    role: StaffAssignment
    queue: str | Promise
    state: AssignmentState
    due: date | None  # the day of its next review, while it is held
    is_due: bool
    is_overdue: bool
    is_to_come: bool

    @property
    def by(self) -> list[Person]:
        """Return who gave it: one who proposed, and one who confirmed."""
        return [each for each in (self.role.granted_by, self.role.confirmed_by) if each]


class Reader:
    """What tells of roles at an instant: the queues' names and the rhythm of reviews, looked up once."""

    def __init__(self, at: datetime) -> None:
        self.at = at
        self.queues = dict(queues_on(legal_day(at)))
        self.rhythm: Rhythm = rhythm_on(at)

    def row(self, role: StaffAssignment) -> Row:
        """Return a role as a page tells of it."""
        state = role.state_at(self.at)
        is_held = state == AssignmentState.HELD
        due_at = self.rhythm.due_at(role)
        return Row(
            role=role, queue=self.queues.get(role.queue, role.queue), state=state,
            due=legal_day(due_at) if is_held else None,
            is_due=is_held and due_at - self.rhythm.notice <= self.at,
            is_overdue=is_held and due_at <= self.at,
            is_to_come=is_held and role.during.lower > self.at,
        )  # fmt: skip

    def rows(self, roles: Iterable[StaffAssignment]) -> list[Row]:
        """Return roles as a page tells of them."""
        return [self.row(each) for each in roles]


def proposals(at: datetime) -> QuerySet[StaffAssignment]:
    """Return the roles that wait for a second supervisor."""
    waiting = _WHOLE.filter(confirmed_at=None, first=None, revoked_at=None, during__endswith__gt=at)
    return waiting.filter(Q(answer_by=None) | Q(answer_by__gt=at)).order_by("id")


def held(at: datetime) -> QuerySet[StaffAssignment]:
    """Return the roles that are confirmed and not over, those to come included, in the order of names."""
    kept = _WHOLE.filter(Q(first__isnull=False) | Q(confirmed_at__isnull=False), revoked_at=None)
    lasting = kept.filter(Q(during__upper_inf=True) | Q(during__endswith__gt=at))
    return lasting.order_by("person__sort_name", "person_id", "role", "id")


def waiting_for(person: Person, at: datetime) -> tuple[int, int]:
    """Return how many proposals a supervisor may confirm, and how many roles they may review."""
    to_confirm = proposals(at).exclude(granted_by=person).exclude(person=person).count()
    rhythm = rhythm_on(at)
    return to_confirm, to_review(at, rhythm, ahead=rhythm.notice).exclude(person=person).count()


@require_safe
def roles(request: Request) -> HttpResponse:
    """Show what waits for a supervisor, then who holds which role."""
    reader = Reader(request.at)
    due = to_review(request.at, reader.rhythm, ahead=reader.rhythm.notice).select_related(
        "person", "granted_by", "confirmed_by"
    )
    page, kept = paged(held(request.at), request)
    context = {
        "proposals": reader.rows(proposals(request.at)),
        "due": reader.rows(due[:SHOWN]),
        "page": page,
        "kept": kept,
        "rows": reader.rows(page.object_list),
        "may_supervise": (may_supervise := Right.SUPERVISE in request.staff_rights),
        "invited": [(each, each.is_usable(request.at)) for each in staff_invitations()] if may_supervise else [],
    }
    return render(request, LIST, context)


@require_safe
def past(request: Request) -> HttpResponse:
    """Show the roles and the proposals that are over, the last first."""
    over = (
        Q(revoked_at__isnull=False)
        | Q(during__endswith__lte=request.at)
        | Q(confirmed_at=None, answer_by__lte=request.at)
    )
    page, kept = paged(_WHOLE.filter(over).order_by("-id"), request)
    context = {"page": page, "kept": kept, "rows": Reader(request.at).rows(page.object_list)}
    return render(request, PAST, context)


@require_safe
def role(request: Request, role: UUID) -> HttpResponse:
    """Show one role: what it is, what happened to it, and what the reader may do about it."""
    return render(request, PAGE, told_of(request, found_role(role)))


def found_role(role: UUID) -> StaffAssignment:
    """
     Return a role of the staff.

    :raises Http404: if there is none
    """
    return get_object_or_404(_WHOLE, public_id=role)


def told_of(request: Request, found: StaffAssignment) -> dict[str, Any]:
    """Return what every page about one role shows, and which gestures are the reader's."""
    row = Reader(request.at).row(found)
    return {"row": row, "life": life_of(found), "moves": moves_of(request, found, row.state)}


def moves_of(request: Request, found: StaffAssignment, state: AssignmentState) -> list[AssignmentMove]:
    """Return the moves that the reader may make: the table's, less those of another person."""
    if Right.SUPERVISE not in request.staff_rights:
        return []
    me = request.actor.person
    proposed, is_own = found.granted_by == me, found.person == me
    if state == AssignmentState.PROPOSED:
        if proposed:
            return [AssignmentMove.WITHDRAW]
        return [AssignmentMove.REFUSE] if is_own else [AssignmentMove.CONFIRM, AssignmentMove.REFUSE]
    if state == AssignmentState.HELD:
        return [AssignmentMove.END] if is_own else [AssignmentMove.KEEP, AssignmentMove.END]
    return []
