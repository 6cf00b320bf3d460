"""Whom a firm is known to have, by what others than its applicant say: they are told, and may object."""

from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import override

from mandat.business_register.queries import ask
from mandat.enrolment.facts import offices_of, registrant_of, twins_of
from mandat.enrolment.models import Enrolment
from mandat.enterprises.grants import in_force
from mandat.enterprises.models import Designation, Enterprise, Identifier
from mandat.identity.handlers import addresses_of
from mandat.platform.clock import AppNow, legal_day, now
from mandat.register.models import Establishment, IndividualLink


@dataclass(frozen=True)
class Contact:
    """Where to write to, and in which language."""

    email: str
    language: str


def contacts_of(enrolment: Enrolment) -> list[Contact]:
    """Return who is written to: those who act for the firm, its officers who sign in here, competing applicants."""
    known = [*people_in_charge(enrolment.neq), *_officers(enrolment)]
    twins = twins_of(enrolment, enrolment.neq, enrolment.client_number)
    known += [Contact(each.email, each.language) for each in twins]
    return [each for each in dict.fromkeys(known) if each.email != enrolment.email]


def people_in_charge(neq: str) -> list[Contact]:
    """Return how those who are in charge of the account that has a NEQ are written to; nobody if there is none."""
    if not neq:
        return []
    at = now()
    held = Identifier.objects.filter(kind=Identifier.Kind.NEQ, value=neq, during__contains=AppNow())
    firms = Enterprise.objects.filter(pk__in=held.values("enterprise")).exclude(state=Enterprise.State.CLOSED)
    designated = Designation.objects.filter(in_force(at), enterprise__in=firms).select_related("person")
    people = dict.fromkeys(each.person for each in designated.order_by("person__sort_name", "id"))
    return [Contact(to, each.language) for each in people for to in addresses_of(each, at)]


def _officers(enrolment: Enrolment) -> list[Contact]:
    at = now()
    registrant = registrant_of(enrolment.neq, enrolment.client_number)
    if registrant is None:
        return []
    individuals = offices_of(registrant, legal_day(at)).values("individual")
    links = IndividualLink.objects.filter(individual__in=individuals, during__contains=at).select_related("person")
    people = dict.fromkeys(each.person for each in links.order_by("id"))
    return [Contact(to, each.language) for each in people for to in addresses_of(each, at)]


def letter_addresses_of(enrolment: Enrolment) -> list[list[str]]:
    """Return where the firm is by the registers, whatever its applicant says: two addresses at most."""
    with override("fr"):
        attention = _("À la direction de %(name)s") % {"name": enrolment.name[:150]}
    lines = []
    found = ask(enrolment.neq).enterprise if enrolment.neq else None
    if found and found.addresses:
        lines.append([attention, str(found.addresses[0])])
    registrant = registrant_of(enrolment.neq, enrolment.client_number)
    if registrant is not None:
        place = Establishment.objects.filter(
            registrant=registrant, kind=Establishment.Kind.PRINCIPAL, during__contains=legal_day(now())
        ).first()  # fmt: skip
        if place is not None:
            lines.append([attention, place.street, f"{place.city} {place.province}".strip(), place.postal_code])
    return lines
