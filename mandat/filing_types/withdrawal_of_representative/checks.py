"""
What is checked of a withdrawal, one rule to a function. Pure: they know the answers and the facts, and nothing else.

An answer may be missing: its form has then said so, and a check has nothing to add.
"""

from datetime import timedelta
from itertools import groupby

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from mandat.filing_types.withdrawal_of_representative.facts import Facts
from mandat.filing_types.withdrawal_of_representative.forms import OTHER, SOMEBODY_ELSE, YES
from mandat.filings.definition import Answers, Finding, Weight

#: The rule is our own: an answer must agree with another, or with the file.
COHERENCE = gettext_lazy("Cohérence des réponses et du dossier")
F1 = gettext_lazy("Règlement 33-109, annexe 33-109A1, rubriques 1 à 4")


def cessation_follows_attachment(answers: Answers, facts: Facts) -> Finding | None:
    """Refuse a cessation that does not come after the attachment began."""
    if not {"representative", "attachments", "cessation_date"} <= answers.keys():
        return None
    began = [each.since for each in facts.of(answers["representative"]) if each.code in answers["attachments"]]
    if not began or max(began) < answers["cessation_date"]:
        return None
    return Finding(
        field="cessation_date",
        message=_("La cessation doit suivre le début du rattachement, le %(day)s.") % {"day": date_format(max(began))},
        rule=COHERENCE,
    )


def cessation_is_not_too_old(answers: Answers, facts: Facts) -> Finding | None:
    """Refuse a date so old that it is more likely mistyped."""
    days = facts.days("withdrawal_past")
    if "cessation_date" not in answers or answers["cessation_date"] >= facts.on - timedelta(days=days):
        return None
    return Finding(
        field="cessation_date",
        message=_(
            "Cette date remonte à plus de %(days)s jours. Vérifiez l’année. Si la date est juste, écrivez à l’Autorité."
        )
        % {"days": days},
        rule=COHERENCE,
    )


def cessation_is_not_too_far_ahead(answers: Answers, facts: Facts) -> Finding | None:
    """Refuse a date so far ahead that it announces an intention, not a fact."""
    days = facts.days("withdrawal_ahead")
    if "cessation_date" not in answers or answers["cessation_date"] <= facts.on + timedelta(days=days):
        return None
    return Finding(
        field="cessation_date",
        message=_("Un retrait s’annonce au plus %(days)s jours d’avance. Revenez plus tard, ou vérifiez la date.")
        % {"days": days},
        rule=COHERENCE,
    )


def notice_is_given_in_time(answers: Answers, facts: Facts) -> Finding | None:
    """Warn of a late notice (33-109, Form 33-109F1, items 1 to 4); it is owed all the same, and is not held back."""
    if not {"representative", "attachments", "cessation_date"} <= answers.keys():
        return None
    concerned = [each for each in facts.of(answers["representative"]) if each.code in answers["attachments"]]
    days = facts.days("33-109F1")
    is_late = facts.on > answers["cessation_date"] + timedelta(days=days)
    if not is_late or all(each.regime == "distribution" for each in concerned):
        return None
    return Finding(
        field="cessation_date",
        message=_(
            "L’avis vient plus de %(days)s jours après la cessation. Vous pouvez le déposer, mais il sera en retard."
        )
        % {"days": days},
        rule=F1,
        weight=Weight.WARNS,
    )


def other_reason_is_explained(answers: Answers, facts: Facts) -> Finding | None:  # noqa: ARG001
    """Ask what another reason is."""
    if answers.get("reason") != OTHER or answers.get("reason_details"):
        return None
    return Finding(field="reason_details", message=_("Précisez le motif."), rule=COHERENCE)


def complaints_are_described(answers: Answers, facts: Facts) -> Finding | None:  # noqa: ARG001
    """Ask what the pending complaints are."""
    if answers.get("complaints") != YES or answers.get("complaints_details"):
        return None
    return Finding(
        field="complaints_details", message=_("Décrivez les plaintes ou les enquêtes en cours."), rule=COHERENCE
    )


def custodian_is_named(answers: Answers, facts: Facts) -> Finding | None:  # noqa: ARG001
    """Ask who keeps the files, when the firm does not."""
    if answers.get("custody") != SOMEBODY_ELSE or answers.get("custodian"):
        return None
    return Finding(
        field="custodian", message=_("Indiquez le nom et l’adresse de qui conserve les dossiers."), rule=COHERENCE
    )


def somebody_else_remains(answers: Answers, facts: Facts) -> Finding | None:
    """Warn that nobody would be left in a category or discipline of the firm."""
    leaving = answers.get("representative")
    by_code = groupby(sorted(facts.attached, key=lambda each: each.code), key=lambda each: each.code)
    deserted = [
        everyone[0]
        for code, everyone in ((code, list(group)) for code, group in by_code)
        if code in answers.get("attachments", ()) and {each.individual for each in everyone} == {leaving}
    ]
    if not deserted:
        return None
    return Finding(
        field="attachments",
        message=_(
            "La firme n’aurait plus personne pour ceci : %(codes)s. Vous pouvez déposer, et l’Autorité vous en parlera."
        )
        % {"codes": ", ".join(facts.label_of(each) for each in deserted)},
        rule=COHERENCE,
        weight=Weight.WARNS,
    )
