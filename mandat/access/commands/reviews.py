"""What follows from reviews that nobody made, and from proposals that nobody answered: a rule's acts, no person's."""

from datetime import datetime, timedelta

from mandat.access.commands.staff import lapse_proposals, leaves_too_few, lock_supervisors
from mandat.access.events import AssignmentEnded, StaffReviewsMissed
from mandat.access.models import StaffAssignment
from mandat.access.retries import in_one_transaction
from mandat.access.reviews import Rhythm, rhythm_on, to_review
from mandat.access.workflow import AssignmentMove
from mandat.platform.clock import now
from mandat.platform.events import publish

#: Under whose authority: nobody's.
MISSED = {"rule": "a role of the staff that nobody reviews is told of, then ends"}


@in_one_transaction
def tend_staff_roles() -> StaffReviewsMissed | None:
    """
    Let fall proposals without an answer; note the reviews that were missed; end what was told of and still not made.

    No role ends that was not told of long enough before, however late this runs; nor the role of a supervisor without
    whom fewer than two would be left: it stays, overdue, in sight of both. Run twice, it does once what it does.
    """
    lock_supervisors()
    at = now()
    lapse_proposals(at)
    rhythm = rhythm_on(at)
    overdue = to_review(at, rhythm, ahead=timedelta()).select_related("person")
    roles = list(overdue.select_for_update(of=("self",), no_key=True))
    waiting = [each for each in roles if _missed_at(each, rhythm) is None]
    for each in waiting:
        each.make(AssignmentMove.MISS_REVIEW, at=at, under=MISSED)
    ended = [each for each in roles if _ends(each, rhythm, at)]
    if not waiting and not ended:
        return None
    event = StaffReviewsMissed(
        instant=at.isoformat(), waiting=[str(each.public_id) for each in waiting],
        ended=[str(each.public_id) for each in ended],
    )  # fmt: skip
    publish(event)
    return event


def _missed_at(role: StaffAssignment, rhythm: Rhythm) -> datetime | None:
    """Return when it was told that the review now due was missed, if it was."""
    told = role.history.filter(move=AssignmentMove.MISS_REVIEW, at__gte=rhythm.due_at(role)).order_by("id").first()
    return told.at if told else None


def _ends(role: StaffAssignment, rhythm: Rhythm, at: datetime) -> bool:
    """End a role whose days of grace are over, if enough supervisors are left without it."""
    missed = _missed_at(role, rhythm)
    if missed is None or missed + rhythm.grace > at:
        return False
    if leaves_too_few(role, at):
        return False
    role.make(AssignmentMove.END_UNREVIEWED, at=at, under=MISSED)
    publish(AssignmentEnded(person=str(role.person.public_id), assignment=str(role.public_id)))
    return True
