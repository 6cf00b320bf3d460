"""Whether somebody of the desk has something to do with an enrolment: nobody verifies their own relation."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from mandat.access.models import Proxy
from mandat.enrolment.facts import registrant_of
from mandat.enrolment.helping import firms_of
from mandat.enrolment.models import Enrolment, PaperIntake
from mandat.enrolment.reading import everybody
from mandat.enterprises.models import Designation, Enterprise, Identifier, User
from mandat.identity.actor import Actor
from mandat.identity.models import Person
from mandat.platform.clock import AppNow, legal_day, now
from mandat.platform.text import fold
from mandat.register.agreement import plain_name
from mandat.register.models import Attachment, Office


class Relation(TextChoices):
    """How somebody is found to be related."""

    NAMED = "named", _("cette inscription vous nomme, ou vient de vous")
    TYPED = "typed", _("vous avez tapé son papier")
    ASIDE = "aside", _("vous vous en êtes récusé")
    FIRM = "firm", _("vous agissez pour cette entreprise")
    FILE = "file", _("vous êtes au dossier de cette entreprise")


def relation_of(by: Actor, enrolment: Enrolment, answers: Mapping[str, Any]) -> Relation | None:
    """Return how somebody is related to an enrolment, by what they declared or by what is on file."""
    named = everybody(answers)
    if by.login.email in {enrolment.email, *(each.email for each in named)} or plain_name(str(by.person)) in {
        plain_name(str(each)) for each in named
    }:
        return Relation.NAMED
    if PaperIntake.objects.filter(enrolment=enrolment, typed_by=by.person).exists():
        return Relation.TYPED
    if enrolment.recusals.filter(person=by.person).exists():
        return Relation.ASIDE
    at = now()
    if (
        enrolment.neq
        and Identifier.objects.filter(
            kind=Identifier.Kind.NEQ,
            value=enrolment.neq,
            during__contains=AppNow(),
            enterprise__in=firms_of(by.person, at),
        ).exists()
    ):
        return Relation.FIRM
    return Relation.FILE if _is_on_file(by, enrolment, legal_day(at)) else None


def _is_on_file(by: Actor, enrolment: Enrolment, on: date) -> bool:
    registrant = registrant_of(enrolment.neq, enrolment.client_number) if _has_number(enrolment) else None
    if registrant is None:
        return False
    same = {
        "registrant": registrant,
        "during__contains": on,
        "individual__sort_name": fold(f"{by.person.family_name} {by.person.given_name}"),
    }
    return Office.objects.filter(**same).exists() or Attachment.objects.filter(**same).exists()


def _has_number(enrolment: Enrolment) -> bool:
    return bool(enrolment.neq or enrolment.client_number)


def has_or_had_a_place(person: Person, enterprise: Enterprise) -> bool:
    """Tell whether somebody has, or had, a place in a firm, or something to do there."""
    here = {"person": person, "enterprise": enterprise}
    return any(kind.objects.filter(**here).exists() for kind in (Designation, User, Proxy))
