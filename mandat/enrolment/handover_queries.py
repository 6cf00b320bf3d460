"""What is asked about handovers."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from mandat.access.queries import may
from mandat.access.rights import Right
from mandat.enrolment import codes
from mandat.enrolment.models import Answer, Handover, HandoverDocument, HandoverNotice, Statement
from mandat.enrolment.number import read_number
from mandat.enrolment.queries import found_by_code
from mandat.enrolment.workflow import OPEN_TO_ANSWERS, WAITING_HANDOVERS, HandoverMove, HandoverState
from mandat.enterprises.models import Enterprise
from mandat.identity.models import Person
from mandat.platform.clock import last_day, legal_day
from mandat.reference.queries import policy


def read_handover_number(typed: str) -> str:
    """
    Return the number of a handover as it is kept: that of an enrolment, but for its letter.

    :raises NotAnEnrolmentNumber: if it cannot be one
    """
    return read_number(typed, letter=Handover.LETTER)


def handover_with(*, number: str, code: str) -> Handover:
    """
    Return the handover of a number and a follow-up code.

    :raises WrongFollowUpCode: if there is none: which of the two is wrong is not told
    """
    return found_by_code(Handover, number=number, code=code)


def handovers_verifiable_by(person: Person, at: datetime) -> QuerySet[Handover]:
    """Return the handovers that a verification officer may see: those submitted, never a draft."""
    officer = may(person, Right.VERIFY, enterprise="pk", at=at)
    return Handover.objects.filter(officer, submitted_at__isnull=False).select_related("enterprise")


def competing(handover: Handover) -> QuerySet[Handover]:
    """Return the other requests about the same enterprise that wait: repeated ones, or those of another side."""
    others = Handover.objects.filter(enterprise=handover.enterprise_id, state__in=WAITING_HANDOVERS)
    others = others.exclude(pk=handover.pk).order_by("submitted_at", "id")
    return others if handover.enterprise_id else others.none()


def neighbours(handover: Handover) -> QuerySet[Handover]:
    """Return the other requests about the same enterprise, decided or not, save drafts."""
    others = Handover.objects.filter(enterprise=handover.enterprise_id, submitted_at__isnull=False)
    others = others.exclude(pk=handover.pk).order_by("submitted_at", "id")
    return others if handover.enterprise_id else others.none()


def documents_of_handover(handover: Handover) -> QuerySet[HandoverDocument]:
    """Return the documents of both sides."""
    return handover.documents.filter(removed_at=None).select_related("file__scan", "notice")


def words_of(handover: Handover) -> QuerySet[Statement]:
    """Return what each side and the desk have said, in order."""
    return handover.statements.select_related("notice", "by").order_by("id")


def what_it_says(handover: Handover) -> dict[str, Any]:
    """Return the answers as they were submitted, frozen; or as they stand in a draft."""
    submitted = handover.history.filter(move=HandoverMove.SUBMIT).order_by("id").last()
    return dict(submitted.said["answers"]) if submitted else dict(handover.answers)


def notice_of(token: str) -> HandoverNotice | None:
    """Return the notice that a link names: by mail a token, on a letter a code that is typed."""
    named = Q(token_hash=codes.digest(token)) | Q(is_letter=True, token_hash=codes.digest(codes.plain(token)))
    return HandoverNotice.objects.filter(named).select_related("handover__enterprise").first()


def notices_to(person: Person, enterprise: Enterprise) -> QuerySet[HandoverNotice]:
    """Return the notices that somebody may still answer about an enterprise."""
    theirs = HandoverNotice.objects.filter(person=person, handover__enterprise=enterprise)
    return theirs.filter(handover__state__in=OPEN_TO_ANSWERS).select_related("handover").order_by("id")


def both_have_answered(handover: Handover) -> bool:
    """Return whether whoever asked and each who objects have said something since they were asked to."""
    since = handover.statements.filter(at__gte=handover.heard_at, by=None)
    objecting = set(handover.notices.filter(answer=Answer.OBJECTS).values_list("pk", flat=True))
    answered = set(since.values_list("notice_id", flat=True))
    return answered >= objecting | {None}


def may_decide_contested(handover: Handover, at: datetime) -> bool:
    """Return whether both sides of a contested handover have been heard, or have had the time to be."""
    if handover.heard_at is None or handover.heard_until is None:
        return False
    return at >= handover.heard_until or both_have_answered(handover)


def expected_step(handover: Handover, at: datetime) -> date | None:
    """Return by when the next step of a handover is expected, or may come at the earliest; none when none is due."""
    if handover.submitted_at is None or not handover.is_waiting:
        return None
    if handover.state == HandoverState.NOTIFIED and handover.objections_until:
        return last_day(handover.objections_until)
    if handover.state == HandoverState.HEARING and handover.heard_until:
        return last_day(handover.heard_until)
    days = timedelta(days=int(policy("enrolment-expected-days", legal_day(at))))
    return legal_day(handover.changed_at + days)


def handovers_by_id(ids: Iterable[UUID]) -> dict[UUID, Handover]:
    """Return some handovers by their public ids: what a queue names its cases by."""
    found = Handover.objects.filter(public_id__in=list(ids)).select_related("enterprise")
    return {each.public_id: each for each in found}
