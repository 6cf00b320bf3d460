"""What follows from what happened to handovers: a case at the desk; whoever asked and whoever was told are told."""

from uuid import UUID

from mandat.access.rights import Right
from mandat.casework.commands import close_case, open_case
from mandat.enrolment import addresses
from mandat.enrolment.events import HandoverAnswered, HandoverMoved
from mandat.enrolment.handover_queries import expected_step
from mandat.enrolment.models import Handover, HandoverDocument, HandoverNotice
from mandat.enrolment.queries import QUEUE
from mandat.enrolment.telling import tell
from mandat.enrolment.workflow import HandoverMove, HandoverState
from mandat.identity.handlers import addresses_of
from mandat.platform.clock import now
from mandat.platform.events import ring
from mandat.platform.files import FileScanned
from mandat.platform.models import Scan

SUBJECT = "handover"
#: Moves that whoever was told reads the outcome of.
OUTCOMES = {
    HandoverMove.APPROVE: HandoverState.APPROVED,
    HandoverMove.REFUSE: HandoverState.REFUSED,
    HandoverMove.SET_ASIDE: HandoverState.REFUSED,
    HandoverMove.WITHDRAW: HandoverState.WITHDRAWN,
}


def keep_handover_case(event: HandoverMoved | HandoverAnswered) -> None:
    """Bring the case of a handover to where it stands: open while it waits, with the day of its next step."""
    handover = Handover.objects.get(public_id=event.handover)
    subject = UUID(event.handover)
    if handover.is_waiting:
        due = expected_step(handover, now())
        open_case(subject_kind=SUBJECT, subject=subject, queue=QUEUE, right=Right.VERIFY, due=due)
    else:
        close_case(subject_kind=SUBJECT, subject=subject)
    ring(f"handover:{handover.public_id}")


def tell_who_asked(event: HandoverMoved) -> None:
    """Write to whoever asked what has become of their request. The reasons stay on its page."""
    handover = Handover.objects.get(public_id=event.handover)
    made = handover.history.filter(move=event.move).order_by("id").last()
    context = {
        "handover": handover, "move": event.move, "state": made and HandoverState(made.after).label,
        "expected": expected_step(handover, now()), "resume": addresses.handover_resume(handover.language),
    }  # fmt: skip
    key = f"{event.event_id} asked"
    tell("handover_moved", key=key, to=handover.email, language=handover.language, context=context)


def tell_who_was_told(event: HandoverMoved) -> None:
    """Write to those who had a notice that the request was decided, or that both sides are heard."""
    move = HandoverMove(event.move)
    if move not in {*OUTCOMES, HandoverMove.HEAR}:
        return
    handover, at = Handover.objects.select_related("enterprise").get(public_id=event.handover), now()
    asked = handover.statements.filter(by__isnull=False).order_by("id").last() if move == HandoverMove.HEAR else None
    for notice in HandoverNotice.objects.filter(handover=handover, person__isnull=False).select_related("person"):
        reader = notice.person
        assert reader is not None  # noqa: S101 - by the filter
        context = {
            "reader": reader, "handover": handover, "enterprise": handover.enterprise, "move": move.value,
            "question": asked.words if asked else "", "until": expected_step(handover, at),
            "page": addresses.handovers_of_firm(handover.enterprise.public_id, reader.language),  # type: ignore[union-attr]
        }  # fmt: skip
        for to in addresses_of(reader, at):
            key = f"{event.event_id} told {reader.public_id} {to}"
            tell("handover_outcome", key=key, to=to, language=reader.language, context=context)


def take_out_infected(event: FileScanned) -> None:
    """Take an infected file out of the handovers that it was added to."""
    scan = Scan.objects.get(public_id=event.scan)
    if not scan.is_clean:
        HandoverDocument.objects.filter(file__scan=scan, removed_at=None).update(removed_at=now())
