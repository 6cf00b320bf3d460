"""The forms of the paper route at the desk: a file that came in, what it says, why it is taken or set aside."""

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from mandat.enrolment.models import Purpose
from mandat.enrolment.paper.questions import PAPER_STEPS
from mandat.enrolment.steps import DOCUMENT_FIELDS
from mandat.filings.definition import Finding
from mandat.platform.inspection.findings import Kind
from mandat.web.documents import DocumentField


class ReceiveForm(forms.Form):
    """A paper that came in."""

    document = DocumentField(
        label=gettext_lazy("Formulaire reçu"),
        help_text=gettext_lazy("Le PDF rempli, ou la numérisation du papier : PDF, PNG ou JPEG."),
        kinds=(Kind.PDF, Kind.PNG, Kind.JPEG),
    )

    def __init__(self, *args: Any, largest: int) -> None:
        super().__init__(*args)
        self.fields["document"].largest = largest  # type: ignore[attr-defined]


def _enclosed(purpose: Purpose) -> forms.BooleanField:
    return forms.BooleanField(label=purpose.label, required=False)


class TypingForm(forms.Form):
    """Every question of the paper, from the steps of the online enrolment; their own forms judge the answers."""

    use_required_attribute = False  # what is missing is said by the steps

    reason = forms.CharField(
        label=gettext_lazy("Pourquoi ce papier est accepté malgré ce qui est signalé"),
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, *args: Any, is_flagged: bool, **more: Any) -> None:
        super().__init__(*args, **more)
        self.groups_of: list[tuple[Any, list[str]]] = []
        for step in PAPER_STEPS:
            asked = step(facts=None).fields
            self.fields.update(asked)
            self.groups_of.append((step.title, list(asked)))
        proofs = {name: _enclosed(purpose) for name, purpose in DOCUMENT_FIELDS.items()}
        self.fields.update(proofs)
        self.groups_of.append((gettext_lazy("Preuves dans ce même fichier"), list(proofs)))
        self.move_to_end("reason", is_kept=is_flagged)

    def move_to_end(self, name: str, *, is_kept: bool) -> None:
        """Ask a question last, or not at all."""
        field = self.fields.pop(name)
        if is_kept:
            self.fields[name] = field
            self.groups_of.append((gettext_lazy("Ce qui est signalé"), [name]))

    @property
    def groups(self) -> list[tuple[Any, list[forms.BoundField]]]:
        """Return the fields as the paper has them, step by step."""
        return [(title, [self[name] for name in names]) for title, names in self.groups_of]

    def typed(self) -> Mapping[str, Any]:
        """Return what was typed, good or bad."""
        return {
            name: self[name].value() if not isinstance(field, forms.BooleanField) else bool(self[name].value())
            for name, field in self.fields.items()
            if name != "reason" and name not in DOCUMENT_FIELDS
        }

    def enclosed(self) -> list[Purpose]:
        """Return the proofs that the file holds."""
        return [purpose for name, purpose in DOCUMENT_FIELDS.items() if self[name].value()]

    def add(self, findings: Iterable[Finding]) -> None:
        """Say at each answer what the steps have to say of it, and nothing else."""
        self.full_clean()
        self.errors.clear()
        for each in findings:
            self.add_error(each.field if each.field in self.fields else None, each.message)


class LinkForm(forms.Form):
    """Which enrolment it goes with."""

    number = forms.CharField(
        label=gettext_lazy("Numéro de l’inscription"),
        max_length=40,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false", "class": "short"}),
        error_messages={"required": gettext_lazy("Indiquez le numéro de l’inscription.")},
    )


class SetAsideForm(forms.Form):
    """Why."""

    reason = forms.CharField(
        label=gettext_lazy("Motif"),
        help_text=gettext_lazy("Il est envoyé tel quel à qui a demandé le formulaire, si son courriel est connu."),
        max_length=2000,
        widget=forms.Textarea,
        error_messages={"required": gettext_lazy("Dites pourquoi ce papier est écarté.")},
    )
