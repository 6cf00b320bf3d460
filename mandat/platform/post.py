"""
Letters: ordered with an act, printed as PDF into a folder by a job. Whoever runs the service posts what lies there.

The page is written when the letter is ordered, so that it says what was true then; the worker turns it into PDF.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.text import slugify
from procrastinate.contrib.django import app

from mandat.platform.clock import LEGAL_ZONE, legal_day, now
from mandat.platform.durable import write_durably
from mandat.platform.effects import WAITS, attempt, defer, require_transaction
from mandat.platform.models import Letter


def queue_letter(
    *, key: str, recipient: Sequence[str], template: str, language: str, context: Mapping[str, Any]
) -> Letter:
    """
    Order a letter in the current transaction, from its template `NAME.fr.html` or `NAME.en.html`.

    The same key orders it once. The template extends `mandat/platform/letter.html`.

    :raises TransactionManagementError: outside a transaction
    """
    require_transaction()
    at = now()
    with translation.override(language):
        known = {"recipient": recipient, "language": language, "day": legal_day(at), "site": settings.PUBLIC_URL}
        page = render_to_string(f"{template}.{language}.html", {**known, **context})
    letter, is_new = Letter.objects.get_or_create(
        key=key,
        defaults={"recipient": "\n".join(recipient), "page": page, "language": language, "ordered_at": at},
    )
    if is_new:
        defer(letter)
    return letter


@app.task(name=Letter.job, retry=WAITS)
def print_letter(effect: str) -> None:
    """Print a letter."""
    attempt(Letter, effect, print_to_folder)


def print_to_folder(letter: Letter) -> None:
    """Print a letter into the post folder, where a second time replaces the first, and forget its page."""
    from mandat.platform.pdf import pdf_of  # by the worker alone, at its first letter

    write_durably(path_of(letter), [pdf_of(letter.page)])
    letter.page = ""
    letter.save(update_fields=["page"])


def path_of(letter: Letter) -> Path:
    """Return where a letter lies once printed."""
    ordered = letter.ordered_at.astimezone(LEGAL_ZONE)
    to = slugify(letter.recipient.splitlines()[0])[:60]
    return Path(settings.POST_FOLDER) / f"{ordered:%Y-%m-%d_%Hh%M%S}_{to}_{letter.public_id.hex[:8]}.pdf"
