"""What the answers of an enrolment mean: who is who, what matters of what was typed, how it reads. Pure."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from mandat.enrolment.fields import YES
from mandat.enrolment.models import Purpose
from mandat.enrolment.steps import DOCUMENT_FIELDS, documents_needed, is_alone, steps_for
from mandat.enterprises.models import Basis
from mandat.filings.definition import Answers, Finding, Section, Typed, read_steps, social_insurance_numbers
from mandat.filings.summary import sections_of
from mandat.identity.models import canonical_email


@dataclass(frozen=True)
class Named:
    """Somebody whom an enrolment names."""

    given_name: str
    family_name: str
    email: str
    language: str

    def __str__(self) -> str:
        return f"{self.given_name} {self.family_name}"


def representative(answers: Answers) -> Named:
    """Return the authorized representative."""
    return _named(answers, "owner" if is_alone(answers) else "ra")


def in_charge(answers: Answers) -> Named:
    """Return the first person in charge of electronic services."""
    if is_alone(answers) or answers["rse_is_ra"] == YES:
        return representative(answers)
    return _named(answers, "rse")


def others_in_charge(answers: Answers) -> list[Named]:
    """Return whoever else is to be in charge."""
    more = 0 if is_alone(answers) else int(answers.get("rse_more") or 0)
    return [_named(answers, f"rse{place}") for place in range(2, 2 + more)]


def everybody(answers: Answers) -> list[Named]:
    """Return all those whom an enrolment names, each once, the representative first."""
    return list(dict.fromkeys([representative(answers), in_charge(answers), *others_in_charge(answers)]))


def basis_of(answers: Answers) -> tuple[Basis, str]:
    """Return by what the representative acts, and in what function. Who is the enterprise needs neither."""
    if is_alone(answers):
        return Basis.OFFICE, str(_("Propriétaire"))
    return Basis(answers["ra_basis"]), answers["ra_function"]


def _named(answers: Answers, who: str) -> Named:
    said = {name: answers[f"{who}_{name}"] for name in ("given_name", "family_name", "email", "language")}
    return Named(**said | {"email": canonical_email(said["email"])})


def letter_address(answers: Answers) -> list[str]:
    """Return the lines of the letter to the first person in charge."""
    if is_alone(answers):
        return [str(in_charge(answers)), *_lines(answers, "")]
    return [str(in_charge(answers)), *_lines(answers, "rse_")]


def firm_address(answers: Answers, named: Named) -> list[str]:
    """Return the lines of a letter to somebody at the enterprise."""
    return [str(named), answers["name"][:200], *_lines(answers, "")]


def _lines(answers: Answers, prefix: str) -> list[str]:
    street, city, province, code = (answers[prefix + name] for name in ("street", "city", "province", "postal_code"))
    return [street, f"{city} ({province})", code]


def read(typed: Typed) -> tuple[dict[str, Any], list[Finding]]:
    """Return the answers that are well formed and that matter, and what holds the enrolment back."""
    steps = steps_for(typed)
    answers, findings = read_steps(steps, typed, None)
    aside = {name for each in steps for name in each.set_aside(answers)}
    kept = {name: value for name, value in answers.items() if name not in aside}
    return kept, findings + one_address_each(kept) + social_insurance_numbers(kept)


def one_address_each(answers: Answers) -> list[Finding]:
    """Return what to correct when two persons have one address: one mailbox cannot prove both."""
    findings, seen = [], set[str]()
    for name in ("ra_email", "rse_email", "rse2_email", "rse3_email"):
        if not (given := answers.get(name)):
            continue
        if (address := canonical_email(given)) in seen:
            message = _("Deux des personnes nommées ont la même adresse. Chacune doit avoir la sienne.")
            findings.append(Finding(field=name, message=message))
        seen.add(address)
    return findings


def missing_documents(answers: Answers, given: Collection[str]) -> list[Finding]:
    """Return what should be proven by a document that is not there."""
    words = {
        Purpose.FIRM: _("Joignez le document qui prouve l’identité de l’entreprise."),
        Purpose.MANDATE: _("Joignez la résolution ou la procuration qui prouve le mandat."),
    }
    fields = {purpose: name for name, purpose in DOCUMENT_FIELDS.items()}
    return [
        Finding(field=fields[purpose], message=words[purpose])
        for purpose in documents_needed(answers)
        if purpose not in given
    ]


def summary(answers: Answers) -> list[Section]:
    """Return the answers as people read them."""
    return [each for each in sections_of(steps_for(answers), answers, None) if each.rows]
