"""
What the desk does of somebody who died, left or was dismissed, and whose firm cannot, or does not, end their place.

It ends one place, outside any handover: nobody is named instead. Where the cause or the place asks for two officers,
one reports and another ends. Nobody ends a place of their own, nor one in a firm of theirs.
"""

from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import override

from mandat.access.commands import AlreadyRevoked
from mandat.access.commands.designations import locked
from mandat.access.commands.recovery import end_designation_in_fact_over
from mandat.access.decision import Authority, Right, require
from mandat.access.retries import in_one_transaction
from mandat.enrolment.commands.handovers import spoken
from mandat.enrolment.departure_queries import asked_for, departures_of
from mandat.enrolment.errors import DepartureReportedAlready, EvidenceMissing, SameOfficer, VerifiedByTheSamePerson
from mandat.enrolment.events import DepartureDecided, DepartureReported
from mandat.enrolment.models import Departure
from mandat.enrolment.relations import has_or_had_a_place
from mandat.enrolment.workflow import DepartureMove, DepartureState
from mandat.enterprises.models import Designation
from mandat.filings.errors import ReasonMissing
from mandat.identity.actor import Actor
from mandat.platform.clock import legal_day
from mandat.platform.events import publish
from mandat.platform.files import shown_name
from mandat.platform.idempotency import claim
from mandat.platform.models import StoredFile
from mandat.reference.queries import entry


@in_one_transaction
def report_departure(
    *, key: UUID, designation: UUID, cause: str, words: str, file: StoredFile | None, by: Actor
) -> Departure:  # fmt: skip
    """
    Keep that a place is over, why and how it is known; end it at once where one officer is enough.

    :raises AccessDenied: if `by` is no verification officer
    :raises VerifiedByTheSamePerson: if `by` has, or had, a place in the firm
    :raises NoEntry: if there is no such cause today
    :raises WordsMissing: if it is not said how it is known
    :raises HandoverIncomplete: if the words hold a social insurance number
    :raises EvidenceMissing: if the cause asks for a document, and there is none
    :raises AlreadyRevoked: if the place has ended already
    :raises DepartureReportedAlready: if it was reported, and waits for a second officer
    """
    request = claim(key, f"report_departure {designation}", asked_by=by.person.public_id)
    if request.result:
        return Departure.objects.get(public_id=request.result)
    places = Designation.objects.select_related("enterprise", "person")
    locked(places.get(public_id=designation).enterprise)  # who would be the last is known until this is done
    held = places.get(public_id=designation)
    authority = _verified(held, by)
    listed = entry("departure_cause", cause, legal_day(authority.at))
    asked = asked_for(listed, held, authority.at)
    words = spoken(words)
    if asked.needs_evidence and file is None:
        raise EvidenceMissing
    _refuse_what_is_done(held, authority.at)
    made = Departure.objects.create(
        designation=held, cause=listed.code, cause_fr=listed.label_fr, cause_en=listed.label_en, words=words,
        is_of_two=asked.is_of_two, reported_by=by.person, reported_at=authority.at, authority=authority.as_record(),
    )  # fmt: skip
    if file is not None:
        made.documents.create(file=file, name=shown_name(file.name))
    request.keep(result=made.public_id)
    publish(DepartureReported(departure=str(made.public_id), reported_by=str(by.person.public_id)))
    if not asked.is_of_two:
        _ended(made, authority)
    return made


@in_one_transaction
def confirm_departure(*, departure: UUID, by: Actor) -> Departure:
    """
    End, as a second officer, the place of somebody whose departure another has reported.

    :raises AccessDenied: if `by` is no verification officer
    :raises VerifiedByTheSamePerson: if `by` has, or had, a place in the firm
    :raises SameOfficer: if `by` reported it
    :raises AlreadyRevoked: if the place has ended otherwise since
    :raises MoveNotAllowed: if it was ended or set aside already
    """
    found, authority = _waiting(departure, by)
    if found.state == DepartureState.REPORTED and found.reported_by_id == by.person.pk:
        raise SameOfficer
    return _ended(found, authority)


@in_one_transaction
def drop_departure(*, departure: UUID, reason: str, by: Actor) -> Departure:
    """
    Set aside what was reported, and say why. Whoever reported it may too.

    :raises AccessDenied: if `by` is no verification officer
    :raises VerifiedByTheSamePerson: if `by` has, or had, a place in the firm
    :raises ReasonMissing: if no reason is given
    :raises MoveNotAllowed: if it was ended or set aside already
    """
    found, authority = _waiting(departure, by)
    if not reason.strip():
        raise ReasonMissing
    return _moved(found, DepartureMove.DROP, authority, reason=reason.strip())


def _verified(held: Designation, by: Actor) -> Authority:
    authority = require(by, Right.VERIFY)
    if has_or_had_a_place(by.person, held.enterprise):
        raise VerifiedByTheSamePerson
    return authority


def _waiting(departure: UUID, by: Actor) -> tuple[Departure, Authority]:
    """Lock a departure for an officer who has no part in it, after the enterprise that it concerns."""
    known = Departure.objects.select_related("designation__enterprise").get(public_id=departure)
    locked(known.designation.enterprise)
    found = Departure.objects.select_for_update(of=("self",)).select_related("designation__enterprise")
    found = found.select_related("designation__person")
    departed = found.get(pk=known.pk)
    return departed, _verified(departed.designation, by)


def _refuse_what_is_done(held: Designation, at: datetime) -> None:
    if held.revoked_at is not None or (held.during.upper and held.during.upper <= at):
        raise AlreadyRevoked
    if waiting := departures_of(held).filter(state=DepartureState.REPORTED).first():
        raise DepartureReportedAlready(waiting)


def _ended(departure: Departure, authority: Authority) -> Departure:
    _moved(departure, DepartureMove.END, authority)
    held = departure.designation
    with override(held.person.language):
        reason = _("%(cause)s, constaté par le bureau de vérification") % {
            "cause": departure.cause_in(held.person.language)
        }
    end_designation_in_fact_over(designation_id=held.public_id, reason=reason, by=authority.by)
    return departure


def _moved(departure: Departure, move: DepartureMove, authority: Authority, *, reason: str = "") -> Departure:
    departure.make(move, at=authority.at, under=authority, reason=reason[:2000])
    by = str(authority.by.person.public_id)
    publish(DepartureDecided(departure=str(departure.public_id), move=move, decided_by=by))
    return departure
