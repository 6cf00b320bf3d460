"""What makes a paper form one to look at twice. Pure: what was read, and what was handed out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from mandat.enrolment.paper.code import FormCode, read_code


class Flag(TextChoices):
    """One reason to look twice. None of them is ever passed over: an officer sees it, and decides."""

    NO_REFERENCE = "no_reference", _("Aucun numéro de formulaire n’a pu être lu.")
    UNKNOWN_REFERENCE = "unknown_reference", _("Aucun formulaire ne porte ce numéro.")
    TWO_REFERENCES = (
        "two_references",
        _("Le numéro écrit et le code à deux dimensions ne disent pas le même formulaire."),
    )
    STALE = "stale", _("Le formulaire est d’une version qui n’est plus en vigueur : des questions ont pu changer.")
    EXPIRED = "expired", _("Le délai pour envoyer ce formulaire est passé.")
    ALTERED_WORDS = "altered_words", _("Le texte imprimé n’est pas celui du formulaire remis.")
    ALTERED_FIELDS = "altered_fields", _("Des champs ne sont plus ceux du formulaire remis.")
    MISSING_FIELDS = "missing_fields", _("Des champs du formulaire remis ont disparu.")
    ADDED_FIELDS = "added_fields", _("Des champs ont été ajoutés au formulaire remis.")
    MARKS = "marks", _("Des notes ou des dessins ont été ajoutés par-dessus les pages.")
    SAME_FILE = "same_file", _("Ce même fichier a déjà été reçu.")


@dataclass(frozen=True)
class Read:
    """What a program read in a paper."""

    fields: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    words: str = ""
    codes: Sequence[str] = ()
    marks: int = 0

    @property
    def written(self) -> str:
        """Return the reference that the field says; blank if it was left out."""
        return str(self.fields.get("reference", {}).get("value", "")).strip()

    @property
    def code(self) -> FormCode | None:
        """Return what the two-dimensional code says, if one of them is ours."""
        return next((found for each in self.codes if (found := read_code(each))), None)

    @property
    def references(self) -> list[str]:
        """Return the references that the paper bears, the code's first: ink and screens change it least."""
        found = [*(code.reference for each in self.codes if (code := read_code(each))), self.written]
        return list(dict.fromkeys(each for each in found if each))


@dataclass(frozen=True)
class HandedOut:
    """What the form of that reference looked like when it was handed out, and whether it is still the one in force."""

    shape: Mapping[str, Any]
    words: str
    is_current: bool
    is_open: bool


def flags_of(read: Read, handed_out: HandedOut | None) -> list[Flag]:
    """Return what to look at twice."""
    found = []
    if not read.references:
        found.append(Flag.NO_REFERENCE)
    elif len(read.references) > 1:
        found.append(Flag.TWO_REFERENCES)
    if handed_out is None:
        return [*found, Flag.UNKNOWN_REFERENCE] if read.references else found
    if not handed_out.is_current:
        found.append(Flag.STALE)
    if not handed_out.is_open:
        found.append(Flag.EXPIRED)
    return [*found, *_altered(read, handed_out)] if read.fields else found


def _altered(read: Read, handed_out: HandedOut) -> list[Flag]:
    found = []
    if read.words != handed_out.words:
        found.append(Flag.ALTERED_WORDS)
    shape = {name: each["shape"] for name, each in read.fields.items()}
    if handed_out.shape.keys() - shape.keys():
        found.append(Flag.MISSING_FIELDS)
    if shape.keys() - handed_out.shape.keys():
        found.append(Flag.ADDED_FIELDS)
    if any(list(shape[name]) != list(handed_out.shape[name]) for name in shape.keys() & handed_out.shape.keys()):
        found.append(Flag.ALTERED_FIELDS)
    if read.marks:
        found.append(Flag.MARKS)
    return found
