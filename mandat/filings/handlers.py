"""What follows from what happened to filings."""

from uuid import UUID

from mandat.access.rights import Right
from mandat.casework.commands import close_case, give_case, open_case
from mandat.filings.events import FilingEvent
from mandat.filings.models import Filing
from mandat.filings.workflow import AWAITING_REVIEW, Move

SUBJECT = "filing"


def keep_case(event: FilingEvent) -> None:
    """
    Bring the case of a filing to where the filing stands: open while it awaits review, in the hands that took it up.

    It reads the filing and not the event, so that late, early or twice it ends the same.
    """
    filing = Filing.objects.get(public_id=event.filing)
    subject = UUID(event.filing)
    if filing.state not in AWAITING_REVIEW:
        close_case(subject_kind=SUBJECT, subject=subject)
        return
    open_case(subject_kind=SUBJECT, subject=subject, queue=filing.block, right=Right.EXAMINE)
    last = filing.history.order_by("id").last()
    if last and last.move == Move.TAKE_UP:
        give_case(subject_kind=SUBJECT, subject=subject, to=last.by)
