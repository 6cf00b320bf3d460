"""What an import finds in its files, and how it is said to the operator."""

from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy


class Weight(StrEnum):
    """What a finding does to its row: keeps it out, or nothing but tell."""

    REFUSES = "refuses"
    WARNS = "warns"
    TELLS = "tells"


class Reason(NamedTuple):
    """Why a row is told of, and how heavily."""

    weight: Weight
    text: Promise


def _refuses(text: Promise) -> Reason:
    return Reason(Weight.REFUSES, text)


#: `value` is what the row says, `detail` what it is held against.
REASONS = {
    # The text of the file.
    "not_csv": _refuses(
        gettext_lazy("ce n’est pas du CSV : un guillemet est mal placé ou jamais fermé, ou la valeur est trop longue.")
    ),
    "not_utf8": _refuses(gettext_lazy("ce texte n’est pas en UTF-8. Enregistrez le fichier en UTF-8.")),
    "control_character": _refuses(
        gettext_lazy("la valeur contient un caractère de contrôle ou un saut de ligne. Retirez-le.")
    ),
    "wrong_count": _refuses(gettext_lazy("la ligne a %(value)s valeurs pour %(detail)s colonnes.")),
    # One value.
    "blank": _refuses(gettext_lazy("la valeur est requise, et rien n’est écrit.")),
    "too_long": _refuses(gettext_lazy("la valeur dépasse %(detail)s caractères.")),
    "not_a_day": _refuses(gettext_lazy("« %(value)s » n’est pas une date écrite comme 2026-01-31.")),
    "not_one_of": _refuses(gettext_lazy("« %(value)s » n’est pas un de ces mots : %(detail)s.")),
    "not_a_number": _refuses(gettext_lazy("« %(value)s » n’a pas la forme de ce numéro.")),
    "unknown_code": _refuses(
        gettext_lazy("« %(value)s » n’est pas dans la liste « %(detail)s » des données de référence.")
    ),
    # One row.
    "no_number": _refuses(gettext_lazy("ni client_number ni nrd_number n’est donné; il en faut un.")),
    "nobody_named": _refuses(
        gettext_lazy(
            "la personne n’est pas nommée; donnez individual_client_number, individual_nrd_number, ou les deux."
        )
    ),
    "ends_before_it_begins": _refuses(
        gettext_lazy("la fin, premier jour où le fait ne vaut plus, doit venir après le %(detail)s.")
    ),
    "distribution_outside_quebec": _refuses(
        gettext_lazy("une inscription en distribution est du Québec; écrivez QC et non « %(value)s ».")
    ),
    # Several rows, and the register.
    "same_number": _refuses(gettext_lazy("« %(value)s » est déjà à la ligne %(detail)s.")),
    "same_fact": _refuses(gettext_lazy("la ligne %(detail)s dit déjà ce fait, depuis le même jour.")),
    "same_individual": _refuses(
        gettext_lazy("la ligne %(detail)s est déjà celle de cette personne, par un autre numéro.")
    ),
    "number_of_another": _refuses(gettext_lazy("« %(value)s » est, au registre, le numéro d’une autre personne.")),
    "unknown_registrant": _refuses(gettext_lazy("aucun inscrit n’a le numéro de client « %(value)s ».")),
    "unknown_individual": _refuses(gettext_lazy("personne n’a le numéro « %(value)s ».")),
    "two_individuals": _refuses(gettext_lazy("« %(value)s » et « %(detail)s » sont les numéros de deux personnes.")),
    "overlaps": _refuses(
        gettext_lazy(
            "depuis le %(value)s, ce fait vaudrait en même temps qu’un autre qui l’exclut, dans le fichier ou au"
            " registre. Corrigez les dates de l’un ou de l’autre."
        )
    ),
    # What does not keep a row out.
    "check_digit": Reason(
        Weight.WARNS, gettext_lazy("le chiffre de contrôle de « %(value)s » ne concorde pas. La ligne est acceptée.")
    ),
    "decided_here": Reason(
        Weight.TELLS,
        gettext_lazy("une décision prise ici fait finir ce fait le %(value)s (ouvert si vide). Elle demeure."),
    ),
    "gone": Reason(Weight.TELLS, gettext_lazy("au registre, et plus dans le fichier : %(value)s.")),
}


@dataclass(frozen=True)
class Finding:
    """What was found, and where. `line` is 0 for what is no longer in the file; `column` is blank for a whole row."""

    file: str
    line: int
    column: str
    reason: str
    value: str = ""
    detail: str = ""

    @property
    def weight(self) -> Weight:
        """Return what it does to its row."""
        return REASONS[self.reason].weight

    @property
    def sentence(self) -> str:
        """Return the reason in the language of the operator."""
        return str(REASONS[self.reason].text) % {"value": self.value, "detail": self.detail}

    def __str__(self) -> str:
        if not self.line:
            return f"{self.file} — {self.sentence}"
        place = _("%(file)s, ligne %(line)s") % {"file": self.file, "line": self.line}
        return f"{place}, {self.column} — {self.sentence}" if self.column else f"{place} — {self.sentence}"
