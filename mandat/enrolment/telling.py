"""How people are written to: the words of `templates/mandat/enrolment/mail`, days in theirs."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.utils.translation import override

from mandat.platform.mail import queue_mail, write
from mandat.platform.text import day_in_words


def tell(template: str, *, key: str, to: str, language: str, context: Mapping[str, Any]) -> None:
    """Order a message in the current transaction; the same key orders it once."""
    said = in_words(context, language=language)
    words = write(f"mandat/enrolment/mail/{template}", language=language, context=said)
    queue_mail(key=key, to=to, subject=words.subject, text=words.text, language=language)


def in_words(context: Mapping[str, Any], *, language: str) -> dict[str, Any]:
    """Return what a message says, its days as its language writes them."""
    with override(language):
        return {name: day_in_words(each) if isinstance(each, date) else each for name, each in context.items()}
