"""Why an enrolment was returned or refused, in the language of whoever reads it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from mandat.enrolment.errors import ReasonOfAnotherField
from mandat.enrolment.models import EnrolmentMove
from mandat.enrolment.steps import label_of, step_of
from mandat.filings.errors import ReasonMissing
from mandat.reference.models import Entry
from mandat.reference.queries import entries, entry

#: Of the reasons for a return, the one that says nothing by itself.
OTHER = "OTHER"
KIND = "enrolment_return_reason"


@dataclass(frozen=True)
class Correction:
    """One thing to correct: the field by its name, why, and the step that it is in; blank for the documents."""

    field: str
    label: str
    message: str
    step: str


def return_reasons_for(field: str, on: date) -> list[tuple[str, str]]:
    """Return the reasons that may be given for a field, or for a document."""
    return [(each.code, each.label) for each in entries(KIND, on) if is_for(each, field)]


def is_for(reason: Entry, field: str) -> bool:
    """Tell whether a reason may be given for a field, or for a document: one that names none serves for all."""
    return field in reason.values.get("fields", (field,))


def asked(field: str, code: str, words: str, on: date) -> dict[str, Any]:
    """
    Return one correction as it is kept: a reason of the list in both languages, and words.

    :raises ReasonMissing: if it is the reason that words must explain, and there are none
    :raises NoEntry: if there is no such reason today
    :raises ReasonOfAnotherField: if the reason says nothing of this field
    """
    listed, words = entry(KIND, code or OTHER, on), words.strip()
    if not is_for(listed, field):
        raise ReasonOfAnotherField(f"{listed.code} for {field}")
    if listed.code == OTHER:
        if not words:
            raise ReasonMissing
        return {"field": field, "message": words}
    reason = {"code": listed.code, "fr": listed.label_fr, "en": listed.label_en}
    return {"field": field, "message": words, "reason": reason}


def corrections_in(returned: EnrolmentMove | None, language: str) -> list[Correction]:
    """Return what a return asks to correct; the caller has that language in force."""
    said = returned.said.get("corrections", []) if returned else []
    return [
        Correction(
            field=each["field"],
            label=label_of(each["field"]),
            message=_together(_listed(each, language), each["message"]),
            step=where.code if (where := step_of(each["field"])) else "",
        )
        for each in said
    ]


def refusal_in(refused: EnrolmentMove, language: str) -> str:
    """Return why an enrolment was refused: the reason of the list, and the words."""
    return _together(_listed(refused.said, language), refused.reason)


def _listed(said: Mapping[str, Any], language: str) -> str:
    reason = said.get("reason", {})
    return str(reason.get(language) or reason.get("fr", ""))


def _together(*said: str) -> str:
    return ". ".join(each.rstrip(".") if place == 0 and said[1] else each for place, each in enumerate(said) if each)
