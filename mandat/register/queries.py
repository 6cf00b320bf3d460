"""What is asked of the regulator's file, as of a legal day."""

from dataclasses import dataclass
from datetime import date
from typing import TypeVar

from django.db.models import Q, QuerySet

from mandat.enterprises.models import Enterprise
from mandat.platform.text import fold
from mandat.register.agreement import Known, disagreements
from mandat.register.models import Attachment, Establishment, Fact, Office, Registrant, Registration

F = TypeVar("F", bound=Fact)


@dataclass(frozen=True)
class File:
    """What holds of a registrant on a day."""

    registrant: Registrant
    on: date
    registrations: list[Registration]
    offices: list[Office]
    establishments: list[Establishment]
    attachments: list[Attachment]


@dataclass(frozen=True)
class Match:
    """The registrant that bears a client number, if there is one, and what does not agree with what was said."""

    registrant: Registrant | None
    disagreements: tuple[str, ...]

    def __bool__(self) -> bool:
        return self.registrant is not None and not self.disagreements


def file_of(registrant: Registrant, on: date) -> File:
    """Return what holds of a registrant on a day, in four statements however large the firm."""
    registrations = _holding(registrant.registrations.all(), on).order_by("regime", "code", "jurisdiction")
    offices = _holding(registrant.offices.all(), on).select_related("individual")
    establishments = _holding(registrant.establishments.all(), on).order_by("-kind", "city", "id")
    return File(
        registrant, on, list(registrations), list(offices.order_by("role", "individual__sort_name", "id")),
        list(establishments), list(attachments_in_force(registrant, on)),
    )  # fmt: skip


def attachments_in_force(registrant: Registrant, on: date) -> QuerySet[Attachment]:
    """Return the attachments that hold on a day, each with its individual, in the order of names."""
    held = _holding(registrant.attachments.all(), on).select_related("individual")
    return held.order_by("individual__sort_name", "individual_id", "code", "id")


def registrant_by_client_number(client_number: str) -> Registrant | None:
    """Return the registrant that bears a number, if there is one."""
    return Registrant.objects.filter(client_number=client_number).order_by("id").first()


def matches(*, client_number: str, neq: str, name: str) -> Match:
    """Compare what an enterprise says of itself with the file."""
    found = registrant_by_client_number(client_number)
    if found is None:
        return Match(None, ("client_number",))
    on_file = Known(found.client_number, found.neq, found.name)
    return Match(found, disagreements(Known(client_number, neq, name), on_file))


def _holding(facts: QuerySet[F], on: date) -> QuerySet[F]:
    return facts.filter(during__contains=on)


def registrant_of(enterprise: Enterprise) -> Registrant | None:
    """Return the registrant that an enterprise stands for online, if it is linked to one."""
    return Registrant.objects.filter(service_registration__enterprise=enterprise).order_by("id").first()


def registrants_found(words: str) -> QuerySet[Registrant]:
    """Return the registrants whose client number, NEQ or name holds some words, accents and capitals apart."""
    typed = words.strip()
    digits = "".join(typed.split())
    by_number = Q(client_number=digits) | Q(neq=digits) if digits.isascii() and digits.isdigit() else Q(pk=None)
    return Registrant.objects.filter(by_number | Q(sort_name__contains=fold(typed))).order_by("sort_name", "id")
