"""What is asked about departures: what a cause asks for, which places they may end, which of them wait."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet

from mandat.access.queries import designations_of, effective_rses, may
from mandat.access.rights import Right
from mandat.enrolment.models import Departure
from mandat.enrolment.workflow import DepartureState
from mandat.enterprises.models import Designation, Role
from mandat.identity.models import Person
from mandat.reference.models import Entry


@dataclass(frozen=True)
class AskedFor:
    """What the end of a place takes."""

    needs_evidence: bool
    is_of_two: bool


def asked_for(cause: Entry, designation: Designation, at: datetime) -> AskedFor:
    """Return what ending a place for a cause takes: nobody ends the last one of a kind alone."""
    return AskedFor(
        needs_evidence=bool(cause.values["evidence"]),
        is_of_two=bool(cause.values["two"]) or is_the_last(designation, at),
    )


def is_the_last(designation: Designation, at: datetime) -> bool:
    """Tell whether nobody else would hold the role: no other RSE who can act, or no other representative."""
    firm = designation.enterprise
    if designation.role == Role.RSE:
        return not effective_rses(firm, at).exclude(pk=designation.person_id).exists()
    return not designations_of(firm, at).filter(role=designation.role).exclude(pk=designation.pk).exists()


def places_verifiable_by(person: Person, at: datetime) -> QuerySet[Designation]:
    """Return the places that a verification officer may see, over or not."""
    officer = may(person, Right.VERIFY, enterprise="enterprise", at=at)
    return Designation.objects.filter(officer).select_related("enterprise", "person")


def departures_of(place: Designation) -> QuerySet[Departure]:
    """Return what was reported of a place, the last first, but for what was set aside."""
    return Departure.objects.filter(designation=place).exclude(state=DepartureState.DROPPED)


def departures_verifiable_by(person: Person, at: datetime) -> QuerySet[Departure]:
    """Return the departures that a verification officer may see: all of them."""
    officer = may(person, Right.VERIFY, enterprise="designation__enterprise", at=at)
    found = Departure.objects.filter(officer)
    return found.select_related("designation__enterprise", "designation__person", "reported_by")


def departures_by_id(ids: Iterable[UUID]) -> dict[UUID, Departure]:
    """Return some departures by their public ids: what a queue names its cases by."""
    found = Departure.objects.filter(public_id__in=list(ids)).order_by("id")
    return {each.public_id: each for each in found.select_related("designation__enterprise", "designation__person")}
