"""
What a filing type is: data and pure functions, gathered in one object that the engine reads.

A type lives in a folder of `mandat/filing_types`; docs/add-a-filing-type.md says how to write one. The engine knows no
type: it is handed them at start (`registry`).
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import TYPE_CHECKING, Any, ClassVar, Generic, TypeVar

from django import forms
from django.utils.translation import gettext as _

from mandat.access.links import Matter
from mandat.filings.workflow import STANDARD, Move, State
from mandat.platform.sin import holds_a_sin
from mandat.platform.workflow import Workflow

if TYPE_CHECKING:
    from mandat.access.decision import Authority
    from mandat.filings.models import Filing
    from mandat.register.models import Registrant

#: What was typed, by field; and what it means once a form has read it.
Typed = Mapping[str, Any]
Answers = Mapping[str, Any]
F = TypeVar("F")


class Weight(StrEnum):
    """Whether a finding holds a filing back."""

    ERROR = "error"
    WARNS = "warns"


@dataclass(frozen=True, kw_only=True)
class Finding:
    """What a form or a check has to say of an answer."""

    field: str
    message: str
    rule: Any = ""  # where it comes from; blank for the mere form of an answer
    weight: Weight = Weight.ERROR


@dataclass(frozen=True)
class Section:
    """Some answers as people read them, under the title of their step."""

    step: str
    title: str
    rows: tuple[tuple[str, str], ...]


class Step(forms.Form):
    """One page of a filing: a form whose choices come from the facts of the file, handed in."""

    code: ClassVar[str]
    title: ClassVar[Any]
    do_not_call_in_templates = True  # a page names steps: it must not fill them in
    use_required_attribute = False  # what is missing is said by the engine, after saving what is there

    def __init__(self, typed: Typed | None = None, *, facts: Any, **options: Any) -> None:
        super().__init__(typed, **options)
        self.facts = facts
        self.prepare()

    def prepare(self) -> None:
        """Fit the fields to the facts of the file. A step without choices of its own has nothing to do."""


Check = Callable[[Answers, F], Finding | None]


@dataclass(frozen=True, kw_only=True)
class FilingType(Generic[F]):
    """A kind of filing, in one version. A filing keeps the version that it was begun with."""

    code: str
    version: int
    title: Any
    block: str
    #: The version of its block that opened it: who accepted an earlier one does not have it yet.
    opened_by: int = 1
    steps: Sequence[type[Step]]
    checks: Sequence[Check[F]]
    #: What the register and the reference data say of a registrant on a day: all that forms and checks may know.
    facts: "Callable[[Registrant, date], F]"
    #: What the filing is about, in a few words for lists: a name, a period. Blank while it cannot be said.
    about: Callable[[Typed, F], str]
    #: Answers as people read them, before they sign and ever after.
    summary: "Callable[[FilingType[F], Answers, F], list[Section]]"
    #: What acceptance changes, in the same transaction.
    effect: "Callable[[Filing, Answers, Authority], None]"
    #: The same in words, for whoever is about to accept: what was filed in, sentences out.
    effect_in_words: Callable[[Answers, F], list[str]]
    workflow: Workflow[Move, State] = field(default=STANDARD)

    def __post_init__(self) -> None:
        names = [name for step in self.steps for name in step.base_fields]
        if len(names) != len(set(names)):
            raise ValueError(f"{self.code}: a field name serves once in a type, in whatever step")

    @property
    def matter(self) -> Matter:
        """Return what a decision about beginning one is about."""
        return Matter(version=self.opened_by)

    def step(self, code: str) -> type[Step] | None:
        """Return a step by its code."""
        return next((step for step in self.steps if step.code == code), None)

    def step_of(self, name: str) -> type[Step] | None:
        """Return the step where a field is: what a correction opens."""
        return next((step for step in self.steps if name in step.base_fields), None)

    def read(self, typed: Typed, facts: F) -> tuple[dict[str, Any], list[Finding]]:
        """Return the answers that are well formed, and what is wrong with the form of the others."""
        return read_steps(self.steps, typed, facts)

    def examine(self, typed: Typed, facts: F) -> tuple[dict[str, Any], list[Finding]]:
        """Return the answers, and all that there is to say of them, errors first."""
        answers, findings = self.read(typed, facts)
        findings += social_insurance_numbers(answers)
        findings += [found for check in self.checks if (found := check(answers, facts))]
        return answers, sorted(findings, key=lambda each: each.weight != Weight.ERROR)


def read_steps(steps: Sequence[type[Step]], typed: Typed, facts: Any) -> tuple[dict[str, Any], list[Finding]]:
    """Return the answers to some steps that are well formed, and what is wrong with the form of the others."""
    answers: dict[str, Any] = {}
    findings: list[Finding] = []
    for step in steps:
        found = findings_of_form(form := step(typed, facts=facts))
        answers |= {name: value for name, value in form.cleaned_data.items() if name in form.fields}
        findings += found
    return answers, findings


def findings_of_form(form: forms.Form) -> list[Finding]:
    """Return what is wrong with the form of some answers."""
    return [
        Finding(field=name, message=str(message))
        for name, messages in form.errors.items()
        for message in messages
    ]  # fmt: skip


def social_insurance_numbers(answers: Answers) -> list[Finding]:
    """Return the answers that hold a social insurance number: we have no use for one, and keep none."""
    message = _("Retirez le numéro d’assurance sociale : nous ne le demandons jamais.")
    texts = ((name, value) for name, value in answers.items() if isinstance(value, str))
    return [
        Finding(field=name, message=message, rule=_("Protection des renseignements personnels"))
        for name, text in texts
        if holds_a_sin(text)
    ]
