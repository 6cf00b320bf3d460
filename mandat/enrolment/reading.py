"""What the answers of an enrolment mean: who is who, what matters of what was typed, how it reads. Pure."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from mandat.enrolment.models import Purpose
from mandat.enrolment.steps import DOCUMENT_FIELDS, STEPS, YES, documents_needed
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
    return _named(answers, "ra")


def in_charge(answers: Answers) -> Named:
    """Return the person in charge of electronic services."""
    return _named(answers, "ra" if answers["rse_is_ra"] == YES else "rse")


def _named(answers: Answers, who: str) -> Named:
    said = {name: answers[f"{who}_{name}"] for name in ("given_name", "family_name", "email", "language")}
    return Named(**said | {"email": canonical_email(said["email"])})


def letter_address(answers: Answers) -> list[str]:
    """Return the lines of the letter to the person in charge."""
    return [str(in_charge(answers)), *_lines(answers, "rse_")]


def firm_address(answers: Answers) -> list[str]:
    """Return the lines of a letter to the authorized representative, at the enterprise."""
    return [str(representative(answers)), answers["name"][:200], *_lines(answers, "")]


def _lines(answers: Answers, prefix: str) -> list[str]:
    street, city, province, code = (answers[prefix + name] for name in ("street", "city", "province", "postal_code"))
    return [street, f"{city} ({province})", code]


def read(typed: Typed) -> tuple[dict[str, Any], list[Finding]]:
    """Return the answers that are well formed and that matter, and what holds the enrolment back."""
    answers, findings = read_steps(STEPS, typed, None)
    aside = {name for each in STEPS for name in each.set_aside(answers)}
    kept = {name: value for name, value in answers.items() if name not in aside}
    return kept, findings + one_address_each(kept) + social_insurance_numbers(kept)


def one_address_each(answers: Answers) -> list[Finding]:
    """Return what to correct when two persons have one address: one mailbox cannot prove both."""
    if not answers.get("rse_email") or canonical_email(answers["rse_email"]) != canonical_email(
        answers.get("ra_email", "")
    ):
        return []
    message = _("Le représentant et le responsable ont la même adresse. Chacun doit avoir la sienne.")
    return [Finding(field="rse_email", message=message)]


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
    return sections_of(STEPS, answers, None)
