"""What follows from a departure that the desk is told of: a case for a second officer; those with standing are told."""

from uuid import UUID

from mandat.access.queries import designations_of
from mandat.access.rights import Right
from mandat.casework.commands import close_case, open_case
from mandat.enrolment.events import DepartureDecided, DepartureReported
from mandat.enrolment.handover_notices import letters_to
from mandat.enrolment.models import Departure
from mandat.enrolment.queries import QUEUE
from mandat.enrolment.telling import tell
from mandat.enrolment.workflow import DepartureMove, DepartureState
from mandat.enterprises.models import Role
from mandat.identity.handlers import addresses_of
from mandat.platform.clock import legal_day
from mandat.platform.post import queue_letter
from mandat.reference.queries import entry

SUBJECT = "departure"
_DEPARTURES = Departure.objects.select_related("designation__enterprise", "designation__person")


def keep_departure_case(event: DepartureReported | DepartureDecided) -> None:
    """Bring the case of a departure to where it stands: open while a second officer is to decide."""
    departure, subject = Departure.objects.get(public_id=event.departure), UUID(event.departure)
    if departure.state == DepartureState.REPORTED:
        open_case(subject_kind=SUBJECT, subject=subject, queue=QUEUE, right=Right.VERIFY, weight=1)
    else:
        close_case(subject_kind=SUBJECT, subject=subject)


def tell_of_report(event: DepartureReported) -> None:
    """
    Tell everyone with standing that a place is about to end, the person themselves first; and the firm, by post.

    Where one officer is enough it has ended at once: the message of every end of a place says so, and the letter too.
    """
    departure = _DEPARTURES.get(public_id=event.departure)
    if departure.is_of_two:
        _mail(departure, "departure_reported", key=event.event_id)
    for place, (lines, language) in enumerate(letters_to(departure.designation.enterprise, departure.reported_at)):
        queue_letter(
            key=f"{event.event_id} letter {place}", recipient=lines, template="mandat/enrolment/letters/departure",
            language=language, context=_said(departure, language),
        )  # fmt: skip


def tell_of_dropping(event: DepartureDecided) -> None:
    """Tell those who were told that what was reported is set aside."""
    if event.move == DepartureMove.DROP:
        _mail(_DEPARTURES.get(public_id=event.departure), "departure_dropped", key=event.event_id)


def _mail(departure: Departure, template: str, *, key: str) -> None:
    held, at = departure.designation, departure.reported_at
    theirs = designations_of(held.enterprise, at).order_by("id")
    for person in dict.fromkeys([held.person, *(each.person for each in theirs)]):
        said = _said(departure, person.language) | {"reader": person}
        for to in addresses_of(person, at):
            tell(template, key=f"{key} {person.public_id} {to}", to=to, language=person.language, context=said)


def _said(departure: Departure, language: str) -> dict[str, object]:
    held = departure.designation
    desk = entry("contact", "enrolment-desk", legal_day(departure.reported_at))
    return {
        "someone": held.person, "enterprise": held.enterprise, "is_rse": held.role == Role.RSE,
        "cause": departure.cause_in(language), "is_over": not departure.is_of_two,
        "phone": desk.values.get("phone", ""), "email": desk.values.get("email", ""),
    }  # fmt: skip
