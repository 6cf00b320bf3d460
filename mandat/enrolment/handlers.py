"""What follows from what happened to enrolments."""

from uuid import UUID

from django.utils.formats import date_format
from django.utils.translation import override

from mandat.access.rights import Right
from mandat.casework.commands import close_case, give_case, open_case
from mandat.enrolment import addresses
from mandat.enrolment.events import EnrolmentEvent
from mandat.enrolment.models import Enrolment
from mandat.enrolment.queries import QUEUE, expected_by
from mandat.enrolment.workflow import AWAITING_VERIFICATION, Move
from mandat.platform.clock import now
from mandat.platform.mail import queue_mail, write

SUBJECT = "enrolment"


def keep_case(event: EnrolmentEvent) -> None:
    """
    Bring the case of an enrolment to where it stands: open while it awaits verification, in the hands that took it up.

    It reads the enrolment and not the event, so that late, early or twice it ends the same.
    """
    enrolment = Enrolment.objects.get(public_id=event.enrolment)
    subject = UUID(event.enrolment)
    if enrolment.state not in AWAITING_VERIFICATION:
        close_case(subject_kind=SUBJECT, subject=subject)
        return
    open_case(subject_kind=SUBJECT, subject=subject, queue=QUEUE, right=Right.VERIFY, due=expected_by(enrolment, now()))
    last = enrolment.history.order_by("id").last()
    if last and last.move == Move.TAKE_UP and last.by:
        give_case(subject_kind=SUBJECT, subject=subject, to=last.by)


def tell_applicant(event: EnrolmentEvent) -> None:
    """Write to the applicant what has become of their enrolment. What a return asks for stays on its page."""
    enrolment = Enrolment.objects.get(public_id=event.enrolment)
    language, expected = enrolment.language, expected_by(enrolment, now())
    kind = type(event).__name__.removeprefix("Enrolment").lower()
    with override(language):
        day = date_format(expected) if expected else ""
    context = {"enrolment": enrolment, "resume": addresses.resume(language), "expected": day}
    words = write(f"mandat/enrolment/mail/{kind}", language=language, context=context)
    queue_mail(
        key=f"{event.event_id} applicant", to=enrolment.email, subject=words.subject, text=words.text,
        language=language,
    )  # fmt: skip
