"""What an officer of the verification desk says with a decision."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from mandat.enrolment.reasons import OTHER, return_reasons_for
from mandat.enrolment.steps import DOCUMENT_FIELDS, STEPS
from mandat.filings.summary import shown
from mandat.reference.queries import entries


class ReturnForm(forms.Form):
    """Beside each answer and each document, what is to be corrected: a reason of the list, words, or both."""

    reason = forms.CharField(
        label=gettext_lazy("Mot d’introduction"),
        help_text=gettext_lazy("Qui a fait l’inscription le lit en premier."),
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 4}),
    )

    def __init__(self, *args: Any, answers: Mapping[str, Any], on: date, **more: Any) -> None:
        super().__init__(*args, **more)
        self.names: dict[str, list[str]] = {}
        for step in STEPS:
            for name, each in step.base_fields.items():
                if answers.get(name):
                    self._ask(str(step.title), name, each.label, shown(each, answers[name]), on)
        for name, purpose in DOCUMENT_FIELDS.items():
            self._ask(_("Pièces jointes"), name, purpose.label, "", on)

    def _ask(self, group: str, name: str, label: Any, declared: str, on: date) -> None:
        self.names.setdefault(group, []).append(name)
        choices = [("", _("Rien à corriger")), *return_reasons_for(name, on)]
        self.fields[f"why_{name}"] = forms.ChoiceField(
            label=label, help_text=declared, required=False, choices=choices
        )  # fmt: skip
        self.fields[name] = forms.CharField(label=_("Mot"), required=False, max_length=500)

    @property
    def groups(self) -> list[tuple[str, list[tuple[forms.BoundField, forms.BoundField]]]]:
        """Return the fields as the enrolment has them, step by step: the reason, then the words."""
        return [
            (group, [(self[f"why_{name}"], self[name]) for name in names]) for group, names in self.names.items()
        ]  # fmt: skip

    def clean(self) -> dict[str, Any]:
        """Ask for at least one correction, and for words where the reason says nothing by itself."""
        for names in self.names.values():
            for name in names:
                if self.cleaned_data.get(f"why_{name}") == OTHER and not self.cleaned_data.get(name):
                    self.add_error(name, _("Dites ce qui est à corriger."))
        if not self.errors and not self.corrections:
            self.add_error(None, _("Dites ce qui est à corriger, à côté d’au moins une réponse."))
        return self.cleaned_data

    @property
    def corrections(self) -> dict[str, str]:
        """Return the words on what is to be corrected, by field; blank where the reason says it all."""
        said = {name: self.cleaned_data.get(name, "") for names in self.names.values() for name in names}
        return {name: words for name, words in said.items() if words or name in self.codes}

    @property
    def codes(self) -> dict[str, str]:
        """Return the reasons of the list, by field."""
        return {
            name: code
            for names in self.names.values()
            for name in names
            if (code := self.cleaned_data.get(f"why_{name}"))
        }


class RefuseForm(forms.Form):
    """Why: a reason of the list, and words."""

    code = forms.ChoiceField(
        label=gettext_lazy("Motif"),
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Choisissez un motif.")},
    )
    reason = forms.CharField(
        label=gettext_lazy("Explication"),
        help_text=gettext_lazy("Il est montré tel quel à qui a fait l’inscription."),
        max_length=2000,
        widget=forms.Textarea,
        error_messages={"required": gettext_lazy("Dites pourquoi l’inscription est refusée.")},
    )

    def __init__(self, *args: Any, on: date, **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["code"].choices = choices_of("enrolment_reason", on)  # type: ignore[attr-defined]


def choices_of(kind: str, on: date) -> list[tuple[str, str]]:
    """Return the choices of a list of the reference data."""
    return [(each.code, each.label) for each in entries(kind, on)]


class ApproveForm(forms.Form):
    """How one made sure, which is asked where a source is silent."""

    reason = forms.CharField(
        label=gettext_lazy("Comment vous vous en êtes assuré"),
        help_text=gettext_lazy("Gardé au dossier. À dire si une source est muette ou ne concorde pas."),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": gettext_lazy("Une source est muette : dites comment vous vous en êtes assuré.")},
    )
