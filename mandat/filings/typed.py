"""What people type, made fit to be kept, and nothing more: a wrong answer is kept as it is."""

from collections.abc import Mapping
from typing import Any

from mandat.filings.definition import Step, Typed
from mandat.filings.errors import AnswerTooLong

_LONGEST = 20_000
_MOST_CHOICES = 500


def typed_in(step: type[Step], given: Typed) -> dict[str, Any]:
    """
    Return what a step was given, for each of its fields; what was left out is an empty answer.

    :raises AnswerTooLong: if an answer is longer than any that a person would type
    """
    return {name: _kept(given.get(name)) for name in step.base_fields}


def typed_from(step: type[Step], form_data: Any) -> dict[str, Any]:
    """Return what a page sent for a step (a QueryDict), a list where the field takes several values."""
    several = {
        name for name, field in step.base_fields.items() if getattr(field.widget, "allow_multiple_selected", False)
    }
    return {name: form_data.getlist(name) if name in several else form_data.get(name) for name in step.base_fields}


def _kept(value: Any) -> Any:
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, list | tuple):
        if len(value) > _MOST_CHOICES:
            raise AnswerTooLong
        return [_kept(each) for each in value]
    if isinstance(value, Mapping):
        raise TypeError("an answer is a text, a yes or no, or a list of texts")
    text = str(value)
    if len(text) > _LONGEST:
        raise AnswerTooLong
    # PostgreSQL keeps neither of these; no person types them.
    return text.encode("utf-8", "replace").decode().replace("\0", "")
