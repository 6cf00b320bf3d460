"""Writing to persons: in the language of each, at each of their addresses, once for each thing that happened."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.conf import settings
from django.utils.translation import override

from mandat.identity.handlers import addresses_of
from mandat.identity.models import Person
from mandat.platform.clock import legal_day, now
from mandat.platform.mail import queue_mail, write
from mandat.platform.text import day_in_words


def tell_each(template: str, readers: Iterable[Person], *, key: str, path: str, context: dict[str, Any]) -> None:
    """
    Write to each reader by a template of this context; `path` is the address that the message leads to, in French.

    An instant among what it tells is written as its day, in the language of the reader.
    """
    at = now()
    for reader in readers:
        site = settings.PUBLIC_URL + ("/en" if reader.language == "en" else "")
        with override(reader.language):
            said = {name: _said(value) for name, value in context.items()}
        told = {**said, "reader": reader, "address": site + path}
        words = write(f"mandat/access/mail/{template}", language=reader.language, context=told)
        for to in addresses_of(reader, at):
            queue_mail(
                key=f"{key} {template} {reader.public_id} {to}", to=to, subject=words.subject, text=words.text,
                language=reader.language,
            )  # fmt: skip


def _said(value: Any) -> Any:
    return day_in_words(legal_day(value)) if isinstance(value, datetime) else value
