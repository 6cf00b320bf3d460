"""What the designation form asks: the questions of the online enrolment, and what only paper needs."""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from mandat.enrolment.fields import EnrolmentStep, choice, text
from mandat.enrolment.steps import STEPS

BY_POST, BY_EMAIL = "post", "email"
#: Beyond this many choices, paper has a line to write on rather than a box for each.
MOST_BOXES = 8
CLIENT_NUMBER = 10
REASONS = [
    ("no_number", gettext_lazy("L’entreprise n’a pas les numéros demandés en ligne")),
    ("outside", gettext_lazy("La personne ou l’entreprise est établie hors du Québec")),
    ("no_means", gettext_lazy("Ni accès à Internet, ni courriel sûr")),
    ("other", gettext_lazy("Une autre raison")),
]


class UnknownKindOfQuestion(Exception):
    """A field of the online enrolment is of a kind that the paper form does not know how to ask."""


class Conditions(EnrolmentStep):
    """Who may use the paper route, and what a signature says there."""

    code = "conditions"
    title = gettext_lazy("Voie papier")

    paper_reason = choice(gettext_lazy("Pourquoi l’inscription en ligne ne convient-elle pas?"), REASONS)
    paper_client_number = text(
        gettext_lazy("Numéro de client à l’Autorité"),
        missing=gettext_lazy("Indiquez le numéro de client : la voie papier est réservée à qui exerce au Québec."),
        help_text=gettext_lazy("10 chiffres : celui de la firme ou de la personne qui exerce au Québec."),
        longest=20,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off", "class": "short"}),
    )
    paper_delivery = choice(
        gettext_lazy("Comment l’accès doit-il être envoyé?"),
        [
            (BY_EMAIL, gettext_lazy("Un lien par courriel et un code par la poste")),
            (BY_POST, gettext_lazy("Une lettre, qui s’ouvre avec le code de suivi du formulaire")),
        ],
    )
    paper_signed_on = text(
        gettext_lazy("Date de la signature"), help_text=gettext_lazy("Année, mois, jour : 2026-11-23."), longest=10
    )
    paper_consent = forms.BooleanField(
        label=gettext_lazy("J’accepte ces conditions, et je déclare que ces renseignements sont exacts et complets."),
        error_messages={"required": gettext_lazy("Sans cet accord sur le papier, rien ne peut être transmis.")},
    )

    def clean_paper_client_number(self) -> str:
        """
        Return the client number as it is kept.

        :raises ValidationError: if it has another form
        """
        digits = "".join(self.cleaned_data["paper_client_number"].split())
        if len(digits) != CLIENT_NUMBER or not digits.isascii() or not digits.isdigit():
            raise ValidationError(_("Un numéro de client compte dix chiffres."))
        return digits

    def clean_paper_signed_on(self) -> str:
        """
        Return the day of the signature as it is kept.

        :raises ValidationError: if it is no day
        """
        try:
            return date.fromisoformat(self.cleaned_data["paper_signed_on"].strip()).isoformat()
        except ValueError as wrong:
            raise ValidationError(_("Écrivez la date ainsi : 2026-11-23.")) from wrong


PAPER_STEPS: tuple[type[EnrolmentStep], ...] = (*STEPS, Conditions)


@dataclass(frozen=True)
class Question:
    """One question as the paper asks it."""

    name: str
    label: str
    help: str
    kind: str  # text, lines, choice or box
    longest: int
    choices: tuple[tuple[str, str], ...]

    @property
    def is_short(self) -> bool:
        """Return whether half a line is enough to answer."""
        return self.kind == "text" and 0 < self.longest <= 30  # noqa: PLR2004 - a number, a code, a date


@dataclass(frozen=True)
class Group:
    """The questions of one step, under its title."""

    code: str
    title: str
    questions: tuple[Question, ...]


def groups() -> list[Group]:
    """Return everything that the form asks, in the language of the moment."""
    return [
        Group(step.code, str(step.title), tuple(_question(name, each) for name, each in step.base_fields.items()))
        for step in PAPER_STEPS
    ]


def questions() -> Iterator[Question]:
    """Yield every question."""
    return (question for group in groups() for question in group.questions)


def _question(name: str, field: forms.Field) -> Question:
    choices = tuple((str(code), str(label)) for code, label in getattr(field, "choices", ()) if code != "")
    kind = kind_of(field, len(choices))
    longest = getattr(field, "max_length", None) or 0
    return Question(name, str(field.label), str(field.help_text), kind, longest, choices)


def kind_of(field: forms.Field, choices: int) -> str:
    """
    Return how paper asks what a field asks online.

    :raises UnknownKindOfQuestion: if it cannot yet
    """
    if isinstance(field, forms.BooleanField) and not isinstance(field, forms.NullBooleanField):
        return "box"
    if isinstance(field, forms.ChoiceField) and not isinstance(field, forms.MultipleChoiceField):
        return "choice" if choices <= MOST_BOXES else "text"
    if isinstance(field, forms.FileField | forms.MultiValueField | forms.MultipleChoiceField):
        raise UnknownKindOfQuestion(type(field).__name__)
    if isinstance(field, forms.CharField | forms.DateField | forms.IntegerField):
        return "lines" if isinstance(field.widget, forms.Textarea) else "text"
    raise UnknownKindOfQuestion(type(field).__name__)


def version() -> str:
    """Return the version of the form: it changes when a question, a choice or a word of it does, in either language."""
    asked = {}
    for language in ("fr", "en"):
        with translation.override(language):
            asked[language] = [
                [group.title, *([each.name, each.label, each.help, each.kind, each.longest, each.choices])]
                for group in groups()
                for each in group.questions
            ]
    return hashlib.sha256(json.dumps(asked, ensure_ascii=False).encode()).hexdigest()[:8]


def understood(read: dict[str, Any], choices: dict[str, list[str]]) -> dict[str, Any]:
    """
    Return what the fields of a filled form say, in the terms of the online questions.

    A circle says the place of its choice in the form that was handed out, which `choices` names; a box says whether.
    """
    said: dict[str, Any] = {}
    for each in questions():
        value = read.get(each.name)
        if each.kind == "box":
            said[each.name] = value not in (None, "", "/Off", "Off", False)
        elif each.kind == "choice":
            said[each.name] = _chosen(value, choices.get(each.name, [code for code, _label in each.choices]))
        elif each.choices:
            said[each.name] = _named(str(value or ""), each.choices)
        else:
            said[each.name] = str(value or "").replace("\r\n", "\n").replace("\r", "\n").strip()
    return said


def _chosen(value: Any, codes: list[str]) -> str:
    place = str(value or "").removeprefix("/")
    if place in codes:
        return place
    return codes[int(place)] if place.isascii() and place.isdigit() and int(place) < len(codes) else ""


def _named(written: str, choices: tuple[tuple[str, str], ...]) -> str:
    plain = written.strip().casefold()
    return next((code for code, label in choices if plain in {code.casefold(), label.casefold()}), written.strip())
