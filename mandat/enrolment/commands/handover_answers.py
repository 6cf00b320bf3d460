"""What those who were told of a handover do: agree or object, by the link of their notice or signed in."""

from uuid import UUID

from mandat.access.retries import in_one_transaction
from mandat.enrolment.commands.handovers import locked_handover, spoken
from mandat.enrolment.errors import NoticeUnusable
from mandat.enrolment.events import HandoverAnswered, HandoverMoved
from mandat.enrolment.models import Answer, HandoverNotice
from mandat.enrolment.workflow import HANDOVER, OPEN_TO_ANSWERS, HandoverMove, HandoverState
from mandat.platform.clock import now
from mandat.platform.events import publish


@in_one_transaction
def answer_notice(*, notice: UUID, answer: Answer, words: str) -> HandoverNotice:
    """
    Say whether one agrees or objects, and why. The last answer counts; each stays on record.

    Whoever holds the link may: it was sent to one mailbox, or to one address, alone.

    :raises NoticeUnusable: if the handover is decided or withdrawn
    :raises WordsMissing: if an objection gives no reason
    :raises HandoverIncomplete: if the words hold a social insurance number
    """
    told = HandoverNotice.objects.select_related("handover").get(public_id=notice)
    handover, at = locked_handover(told.handover.public_id), now()
    if handover.state not in OPEN_TO_ANSWERS:
        raise NoticeUnusable
    if answer == Answer.OBJECTS or words.strip():
        words = spoken(words)
    told.refresh_from_db()
    told.answer, told.answered_at = answer, at
    told.save(update_fields=["answer", "answered_at"])
    handover.statements.create(notice=told, answer=answer, words=words, at=at)
    publish(HandoverAnswered(handover=str(handover.public_id), notice=str(told.public_id)))
    if answer == Answer.OBJECTS and HandoverMove.OBJECT in HANDOVER.moves_from(HandoverState(handover.state)):
        handover.make(HandoverMove.OBJECT, at=at)
        publish(HandoverMoved(handover=str(handover.public_id), move=HandoverMove.OBJECT))
    return told
