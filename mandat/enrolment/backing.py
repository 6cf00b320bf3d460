"""
Whether a confirmation of somebody's identity still stands: it falls with the standing of whoever gave it.

It falls too when it would be asked of somebody else today: the person has become staff, or acts for several firms.
"""

from collections.abc import Callable
from datetime import datetime

from mandat.access.decision import decide, holds_under_lock
from mandat.access.links import Kind
from mandat.access.queries import roles_of
from mandat.access.rights import Right
from mandat.enrolment.helping import helpers_of, rights_that_confirm
from mandat.enrolment.models import Reproof, ReproofMoveMade
from mandat.enrolment.queries import QUEUE
from mandat.enrolment.workflow import ReproofMove
from mandat.enterprises.models import Enterprise
from mandat.identity.models import Person

#: By which right of a firm somebody confirmed, by the capacity that is on record.
BY_CAPACITY = {Kind.RSE.value: Right.ADMINISTER, Kind.RA.value: Right.DESIGNATE}
Holds = Callable[[Person, Right, Enterprise | None, str | None], bool]


def is_backed(reproof: Reproof, at: datetime) -> bool:
    """Return whether whoever confirmed an identity could do so still: what a page asks."""
    return _is_backed(reproof, at, lambda who, right, firm, queue: bool(decide(who, right, firm, queue, at)))


def is_backed_under_lock(reproof: Reproof, at: datetime) -> bool:
    """Return the same, with what it depends on locked until the end of the transaction."""
    return _is_backed(
        reproof, at, lambda who, right, firm, queue: holds_under_lock(who, right, enterprise=firm, block=queue)
    )


def _is_backed(reproof: Reproof, at: datetime, holds: Holds) -> bool:
    made = reproof.history.filter(move__in=[ReproofMove.START, ReproofMove.AGAIN]).order_by("-id").first()
    helper = Person.objects.filter(public_id=made.authority["person"]).first() if made else None
    if made is None or helper is None or helper.pk == reproof.person_id:
        return False
    asked = helpers_of(reproof.person, at)
    if asked.right == Right.SUPERVISE:
        return reproof.enterprise is None and holds(helper, Right.SUPERVISE, None, QUEUE)
    if asked.is_in_several and not _waited(reproof, made):
        return False
    if reproof.enterprise is None:
        return holds(helper, Right.VERIFY, None, QUEUE)
    return not asked.is_in_several and _is_backed_by_firm(reproof.enterprise, reproof, made, helper, holds, at)


def _is_backed_by_firm(  # noqa: PLR0913, PLR0917 - what was read once is handed on
    firm: Enterprise, reproof: Reproof, made: ReproofMoveMade, helper: Person, holds: Holds, at: datetime
) -> bool:  # fmt: skip
    roles = roles_of(reproof.person, at).get(firm.pk, [])
    used = {BY_CAPACITY[each] for each in made.authority["capacities"] if each in BY_CAPACITY}
    return any(holds(helper, each, firm, None) for each in rights_that_confirm(roles) if each in used)


def _waited(reproof: Reproof, made: ReproofMoveMade) -> bool:
    """Return whether a confirmation opened only after a wait, its other firms told."""
    return reproof.opens_at is not None and reproof.opens_at > made.at
