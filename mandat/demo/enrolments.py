"""Enrolments under way in the demonstration: what the verification desk finds in its queue, and one sent back."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.text import slugify

from mandat.demo.people import DOMAIN, key
from mandat.enrolment import consent
from mandat.enrolment.commands import (
    begin_enrolment,
    return_for_correction,
    save_answers,
    submit_enrolment,
    take_up,
)
from mandat.enrolment.models import Enrolment
from mandat.enrolment.steps import STEPS
from mandat.enrolment.workflow import State
from mandat.identity.actor import Actor
from mandat.platform.text import fold


@dataclass(frozen=True)
class Applying:
    """A firm that enrols, who acts for it, and how far it has come. Its numbers follow the patterns made for tests."""

    name: str
    neq: str
    rq_number: str
    ra: tuple[str, str]
    rse: tuple[str, str]
    to: State
    kind: str = "legal_person"


APPLYING = (
    Applying(
        "Services-conseils Fleur-de-Lin inc.", "1199999120", "1299999021", ("Ludivine", "Maheu"),
        ("Ousmane", "Kanapé"), State.SUBMITTED,
    ),
    Applying(
        "Placements Belle-Marée s.e.n.c.", "3399999054", "1099999027", ("Réjean", "Quévillon"),
        ("Réjean", "Quévillon"), State.UNDER_REVIEW, kind="partnership",
    ),
    Applying(
        "Courtage Trois-Goélands inc.", "1199999138", "1099999010", ("Thaïs", "Boissonneault"),
        ("Yacine", "D’Amours"), State.RETURNED,
    ),
)  # fmt: skip


#: Where all of them are.
PLACE = {
    "street": "18, rue de la Batture",
    "city": "Québec",
    "province": "Québec, Canada",
    "postal_code": "G1K 9Z5",
}


def apply(each: Applying, verifier: Actor) -> Enrolment:
    """Bring an enrolment to where it is meant to stand, from wherever an earlier run left it."""
    enrolment = begin_enrolment(key=key("enrolment", each.neq), email=address(each.ra), language="fr").one
    if enrolment.state == State.DRAFT:
        enrolment = submitted(enrolment, each)
    if enrolment.state == State.SUBMITTED and each.to != State.SUBMITTED:
        enrolment = take_up(enrolment=enrolment.public_id, by=verifier)
    if enrolment.state == State.UNDER_REVIEW and each.to == State.RETURNED:
        asked = {"rq_number": "Le dernier chiffre ne concorde pas avec les autres. Comparez-le à un relevé récent."}
        enrolment = return_for_correction(enrolment=enrolment.public_id, corrections=asked, by=verifier)
    return enrolment


def submitted(enrolment: Enrolment, each: Applying) -> Enrolment:
    """Answer every step, and submit."""
    said = answers(each)
    for step in STEPS:
        typed = {name: said[name] for name in step.base_fields if name in said}
        enrolment = save_answers(
            enrolment=enrolment.public_id, step=step.code, answers=typed, revision=enrolment.revision
        ).enrolment
    return submit_enrolment(
        key=key("submit enrolment", each.neq), enrolment=enrolment.public_id, revision=enrolment.revision,
        accepted=consent.CURRENT,
    )  # fmt: skip


def answers(each: Applying) -> Mapping[str, str]:
    """Return what its applicant types."""
    (ra_given, ra_family), (rse_given, rse_family) = each.ra, each.rse
    said = {
        "kind": each.kind, "has_neq": "yes", "neq": each.neq, "name": each.name,
        "is_established_in_quebec": "yes", **PLACE,
        "rq_source": "own", "rq_number": each.rq_number,
        "ra_given_name": ra_given, "ra_family_name": ra_family, "ra_function": "Direction générale",
        "ra_basis": "office", "ra_email": address(each.ra), "ra_language": "fr",
        "rse_is_ra": "yes" if each.ra == each.rse else "no",
        "rse_more": "0",
        **{f"rse_{name}": value for name, value in PLACE.items()},
    }  # fmt: skip
    if each.ra != each.rse:
        said |= {"rse_given_name": rse_given, "rse_family_name": rse_family, "rse_email": address(each.rse)}
        said |= {"rse_language": "fr"}
    return said


def address(name: tuple[str, str]) -> str:
    """Return where somebody is written to: a mailbox that the demonstration keeps in its folder."""
    given, family = name
    return slugify(fold(f"{given} {family}")) + f"@{DOMAIN}"
