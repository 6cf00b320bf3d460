"""Answers as people read them: each step under its title, each choice by its label."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from django import forms
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from mandat.filings.definition import Answers, FilingType, Section, Step


def summary_of(kind: FilingType[Any], answers: Answers, facts: Any) -> list[Section]:
    """Return the summary that serves most types: every field that is answered, in the order of the steps."""
    return sections_of(kind.steps, answers, facts)


def sections_of(steps: Sequence[type[Step]], answers: Answers, facts: Any) -> list[Section]:
    """Return what some steps were answered, each under its title."""
    sections = []
    for each in steps:
        step = each(answers, facts=facts)
        rows = tuple(
            (str(field.label), shown(field, answers[name]))
            for name, field in step.fields.items()
            if answers.get(name) not in (None, "", [])
        )
        sections.append(Section(each.code, str(each.title), rows))
    return sections


def shown(field: forms.Field, value: Any) -> str:
    """Return one answer as text."""
    if isinstance(value, bool):
        return _("Oui") if value else _("Non")
    if isinstance(value, date):
        return date_format(value)
    labels = {str(code): str(label) for code, label in getattr(field, "choices", ())}
    several = value if isinstance(value, Iterable) and not isinstance(value, str) else [value]
    return ", ".join(labels.get(str(each), str(each)) for each in several)
