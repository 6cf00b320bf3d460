"""What the steps of an enrolment are made of: fields in the words of these pages, and what a step is."""

from collections.abc import Collection, Mapping
from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy

from mandat.filings.definition import Step

YES, NO = "yes", "no"
YES_OR_NO = [(YES, gettext_lazy("Oui")), (NO, gettext_lazy("Non"))]
REQUIRED = gettext_lazy("Répondez à cette question.")
MISSING = gettext_lazy("Remplissez ce champ.")
A_NUMBER = {"inputmode": "numeric", "autocomplete": "off", "class": "short"}
AN_EMAIL = {
    "required": gettext_lazy("Indiquez une adresse de courriel."),
    "invalid": gettext_lazy("Indiquez une adresse de courriel complète, comme nom@exemple.ca."),
}


def text(label: Any, *, missing: Any = MISSING, longest: int = 100, **more: Any) -> forms.CharField:
    """Return the field of one line of text."""
    return forms.CharField(label=label, max_length=longest, error_messages={"required": missing}, **more)


def email(label: Any, **more: Any) -> forms.EmailField:
    """Return the field of an address, in the words of these pages."""
    attributes = {"autocomplete": "off", "spellcheck": "false", "autocapitalize": "none"}
    return forms.EmailField(label=label, error_messages=AN_EMAIL, widget=forms.EmailInput(attrs=attributes), **more)


def choice(label: Any, choices: Any, **more: Any) -> forms.ChoiceField:
    """Return the field of one choice among a few, all in sight."""
    errors = {"required": REQUIRED, "invalid_choice": gettext_lazy("Choisissez une des réponses proposées.")}
    return forms.ChoiceField(label=label, choices=choices, widget=forms.RadioSelect, error_messages=errors, **more)


class EnrolmentStep(Step):
    """A page of an enrolment, where one answer may decide which others are needed."""

    #: The question that decides, and the fields that each of its answers needs; no other answer needs any of them.
    decides: ClassVar[str] = ""
    needed: ClassVar[Mapping[str, Collection[str]]] = {}

    @classmethod
    def applies(cls, answers: Mapping[str, Any]) -> bool:  # noqa: ARG003
        """Tell whether an enrolment that says this goes by this step: most always do."""
        return True

    @classmethod
    def set_aside(cls, answers: Mapping[str, Any]) -> set[str]:
        """Return the fields that the deciding answer does not need; all of them while it is not given."""
        conditional = {name for names in cls.needed.values() for name in names}
        return conditional - set(cls.needed.get(answers.get(cls.decides, ""), ()))

    def prepare(self) -> None:
        """Let what is set aside be blank, once the question is answered."""
        if self.data.get(self.decides) in self.needed:
            for name in self.set_aside(self.data):
                self.fields[name].required = False

    def clean(self) -> dict[str, Any]:
        """Say nothing of what is set aside."""
        for name in self.set_aside(self.cleaned_data):
            self.errors.pop(name, None)
        return self.cleaned_data
