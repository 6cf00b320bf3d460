"""
What a program can check of an enrolment, one rule to a function. Pure: they know the answers and the facts, no more.

No check decides: a person does, with what they found and where. Some of them also warn the applicant.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from django.utils.translation import gettext_lazy as _

from mandat.business_register.queries import Answer
from mandat.enrolment.fields import NO, YES
from mandat.enrolment.models import Outcome, Purpose
from mandat.enrolment.reading import everybody, representative
from mandat.enrolment.steps import OTHER, documents_needed
from mandat.enterprises import identifiers
from mandat.enterprises.models import EnterpriseKind
from mandat.filings.definition import Answers, Finding, Weight
from mandat.register.agreement import is_near, plain_name

#: The families of NEQ (domain knowledge, not an official text: it never blocks).
FAMILIES = {
    "11": {EnterpriseKind.LEGAL_PERSON},
    "22": {EnterpriseKind.SOLE_PROPRIETOR},
    "33": {EnterpriseKind.PARTNERSHIP, EnterpriseKind.OTHER},
    "88": {EnterpriseKind.LEGAL_PERSON, EnterpriseKind.OTHER},
}
IN_QUEBEC = re.compile(r"[GHJ]\d[A-Z] ?\d[A-Z]\d", re.IGNORECASE)


@dataclass(frozen=True)
class Facts:
    """What the sources say, on the day of the submission."""

    is_enrolled: bool = False  # an account has this NEQ
    has_twin: bool = False  # another enrolment in course has it
    name_on_file: str = ""  # of the registrant with this NEQ, or client number; blank if there is none
    may_practise: bool = False  # whether who has the client number holds an active right to practise in Québec
    officers: tuple[str, ...] = ()  # the names of those who hold an office there, by the regulator's file
    names_by_email: Mapping[str, str] = field(default_factory=dict)  # of the persons who sign in by these addresses
    documents: frozenset[str] = frozenset()  # what is joined, by what it proves
    business: Answer = field(default_factory=Answer)  # of the enterprises register


class Found(NamedTuple):
    """What a check found, and what its source says."""

    outcome: Outcome
    said: str = ""


class Check(NamedTuple):
    """One check: what it looks at, where, by which rule; and what the applicant is told when it differs."""

    code: str
    title: Any
    source: Any
    rule: Callable[[Answers, Facts], Found | None]
    field: str
    warning: Any = ""


def family(answers: Answers, facts: Facts) -> Found | None:  # noqa: ARG001
    """Compare the first two digits of the NEQ with the form of the enterprise."""
    if not answers.get("neq"):
        return None
    return _found(answers["kind"] in FAMILIES[answers["neq"][:2]])


def neq_digit(answers: Answers, facts: Facts) -> Found | None:  # noqa: ARG001
    """Reckon the check digit of the NEQ."""
    if not answers.get("neq"):
        return None
    return _found(identifiers.neq(answers["neq"]).agrees)


def not_enrolled(answers: Answers, facts: Facts) -> Found:  # noqa: ARG001
    """Look for an account with the same NEQ, or client number."""
    return _found(not facts.is_enrolled)


def no_twin(answers: Answers, facts: Facts) -> Found:  # noqa: ARG001
    """Look for another enrolment in course with the same NEQ, or client number."""
    return _found(not facts.has_twin)


def name_on_file(answers: Answers, facts: Facts) -> Found:
    """Compare the name with that of whoever has the same NEQ, or client number, on the regulator's file."""
    if not facts.name_on_file:
        return Found(Outcome.UNKNOWN if answers.get("neq") else Outcome.DIFFERS)
    if plain_name(facts.name_on_file) == plain_name(answers["name"]):
        return Found(Outcome.AGREES, facts.name_on_file)
    return Found(Outcome.NEAR if is_near(answers["name"], facts.name_on_file) else Outcome.DIFFERS, facts.name_on_file)


def right_to_practise(answers: Answers, facts: Facts) -> Found | None:
    """Look for an active right to practise in Québec: without one, nobody without an NEQ is enrolled."""
    return None if answers.get("neq") else _found(facts.may_practise)


def known_officer(answers: Answers, facts: Facts) -> Found | None:
    """Look for the representative among those who hold an office in the firm, by the regulator's file."""
    if not facts.officers:
        return None
    named = str(representative(answers))
    same = [each for each in facts.officers if plain_name(each) == plain_name(named)]
    near = [each for each in facts.officers if is_near(each, named)]
    outcome = Outcome.AGREES if same else Outcome.NEAR if near else Outcome.UNKNOWN
    return Found(outcome, ", ".join(same or near or facts.officers))


def outside(answers: Answers, facts: Facts) -> Found | None:  # noqa: ARG001
    """Compare the want of an NEQ with where the enterprise says that it is."""
    return _found(answers["is_established_in_quebec"] == NO) if answers["has_neq"] == NO else None


def registered(answers: Answers, facts: Facts) -> Found | None:
    """Look the NEQ up in the enterprises register: it must be registered there now, and not bankrupt."""
    if not answers.get("neq"):
        return None
    if facts.business.is_silent:
        return Found(Outcome.SILENT)
    found = facts.business.enterprise
    if found is None:
        return Found(Outcome.DIFFERS, f"– ({facts.business.as_of})")
    status = f"{found.status_label}, faillite" if found.is_bankrupt else found.status_label
    is_sound = found.is_registered and not found.is_bankrupt
    return Found(Outcome.AGREES if is_sound else Outcome.DIFFERS, f"{status} ({facts.business.as_of})")


def registered_name(answers: Answers, facts: Facts) -> Found | None:
    """Compare the name with those that the enterprises register gives this NEQ now."""
    found = facts.business.enterprise
    if not answers.get("neq") or facts.business.is_silent or found is None:
        return None
    typed = plain_name(answers["name"])
    if typed in {plain_name(each) for each in (found.name, *found.other_names)}:
        return Found(Outcome.AGREES, found.name)
    return Found(Outcome.NEAR if is_near(answers["name"], found.name) else Outcome.DIFFERS, found.name)


def registered_address(answers: Answers, facts: Facts) -> Found | None:
    """Compare the address with the domicile and the principal establishment in the enterprises register."""
    found = facts.business.enterprise
    if not answers.get("neq") or facts.business.is_silent or found is None or not found.addresses:
        return None
    same = [each for each in found.addresses if plain_name(each.postal_code) == plain_name(answers["postal_code"])]
    near = [each for each in found.addresses if plain_name(each.city) == plain_name(answers["city"])]
    outcome = Outcome.AGREES if same else Outcome.NEAR if near else Outcome.DIFFERS
    return Found(outcome, str((same or near or found.addresses)[0]))


def revenu_quebec_digit(answers: Answers, facts: Facts) -> Found | None:  # noqa: ARG001
    """Reckon the check digit of the Revenu Québec number. Nothing here can tell whose number it is."""
    if answers.get("has_neq") == NO or answers["rq_source"] == OTHER:
        return None
    return _found(identifiers.revenu_quebec(answers["rq_number"]).agrees)


def proof(answers: Answers, facts: Facts) -> Found | None:
    """Hand a proof of the enterprise over to a person: no program reads it."""
    return _document(Purpose.FIRM, answers, facts)


def mandate(answers: Answers, facts: Facts) -> Found | None:
    """Hand the mandate of the representative over to a person: no program reads it."""
    return _document(Purpose.MANDATE, answers, facts)


def postal_code(answers: Answers, facts: Facts) -> Found:  # noqa: ARG001
    """Compare the postal code with where the enterprise says that it is."""
    says_quebec = answers["is_established_in_quebec"] == YES
    return _found(not says_quebec or IN_QUEBEC.fullmatch(answers["postal_code"].strip()) is not None)


def addresses_of_others(answers: Answers, facts: Facts) -> Found:
    """Look for somebody of another name who signs in by one of these addresses."""
    for named in everybody(answers):
        known = facts.names_by_email.get(named.email)
        if known and plain_name(known) != plain_name(str(named)):
            return Found(Outcome.DIFFERS, f"{named.email} – {known}")
    return Found(Outcome.AGREES)


def _found(agrees: bool) -> Found:  # noqa: FBT001
    return Found(Outcome.AGREES if agrees else Outcome.DIFFERS)


def _document(purpose: Purpose, answers: Answers, facts: Facts) -> Found | None:
    if purpose not in documents_needed(answers):
        return None
    return Found(Outcome.UNKNOWN if purpose in facts.documents else Outcome.DIFFERS)


RECKONED = _("Calcul, selon les formats des données de référence")
OURS = _("Comptes et inscriptions en cours")
REGISTER = _("Dossier des inscrits de l’Autorité")
BUSINESS = _("Registre des entreprises")
DOCUMENTS = _("Pièces jointes")
COHERENCE = _("Cohérence des réponses")

CHECKS = (
    Check(
        "neq_family", _("Famille du NEQ et forme de l’entreprise"), RECKONED, family, "neq",
        _("Les deux premiers chiffres du NEQ ne vont pas avec la forme de l’entreprise. Vérifiez les deux."),
    ),
    Check(
        "neq_digit", _("Chiffre de contrôle du NEQ"), RECKONED, neq_digit, "neq",
        _("Ce NEQ semble mal tapé : son dernier chiffre ne concorde pas. S’il est juste, continuez."),
    ),
    Check(
        "outside", _("Absence de NEQ et établissement au Québec"), COHERENCE, outside, "has_neq",
        _("Vous dites avoir un établissement au Québec, et pas de NEQ. Vérifiez ces deux réponses."),
    ),
    Check("neq_enrolled", _("Numéro libre : aucune entreprise inscrite ne l’a"), OURS, not_enrolled, "neq"),
    Check("neq_twin", _("Seule inscription en cours pour ce numéro"), OURS, no_twin, "neq"),
    Check("registered", _("Immatriculation"), BUSINESS, registered, "neq"),
    Check("registered_name", _("Nom au registre des entreprises"), BUSINESS, registered_name, "name"),
    Check("registered_address", _("Adresse au registre des entreprises"), BUSINESS, registered_address, "postal_code"),
    Check("name_on_file", _("Nom au dossier de l’Autorité"), REGISTER, name_on_file, "name"),
    Check("practice", _("Droit d’exercer au Québec, en vigueur"), REGISTER, right_to_practise, "client_number"),
    Check("known_officer", _("Représentant parmi les dirigeants connus"), REGISTER, known_officer, "ra_family_name"),
    Check(
        "rq_digit", _("Chiffre de contrôle du numéro de Revenu Québec"), RECKONED, revenu_quebec_digit, "rq_number",
        _("Ce numéro semble mal tapé : son dernier chiffre ne concorde pas. S’il est juste, continuez."),
    ),
    Check("proof", _("Preuve de l’entreprise"), DOCUMENTS, proof, "document_firm"),
    Check("mandate", _("Mandat du représentant autorisé"), DOCUMENTS, mandate, "document_mandate"),
    Check(
        "postal_code", _("Code postal et établissement au Québec"), COHERENCE, postal_code, "postal_code",
        _("Un code postal du Québec commence par G, H ou J. Vérifiez le code, ou la réponse sur l’établissement."),
    ),
    Check("addresses_of_others", _("Adresses qui ne sont à personne d’autre"), OURS, addresses_of_others, "ra_email"),
)  # fmt: skip
BY_CODE = {each.code: each for each in CHECKS}


def run(answers: Answers, facts: Facts) -> list[tuple[Check, Found]]:
    """Return what every check that applies found. The answers are complete: their forms have said so."""
    return [(check, found) for check in CHECKS if (found := check.rule(answers, facts)) is not None]


def warnings(answers: Answers) -> list[Finding]:
    """Return what the applicant is warned of: checks that need no source, on answers that are there."""
    found = []
    for check in CHECKS:
        if not check.warning:
            continue
        try:
            answer = check.rule(answers, Facts())
        except KeyError:  # what it looks at was not answered, or not well
            continue
        if answer and answer.outcome == Outcome.DIFFERS:
            found.append(Finding(field=check.field, message=str(check.warning), rule=check.source, weight=Weight.WARNS))
    return found
