"""
Mail: ordered with an act, sent by a job.

A message is ordered once per key, and sent once; a second time if its worker is killed between sending and saying so;
never lost. Its Message-ID comes from its key, so that the second of two looks like the first.
"""

import hashlib
from email.utils import format_datetime
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMessage
from django.core.validators import validate_email
from django.template import Context
from django.template.engine import Engine
from django.utils import translation
from procrastinate.contrib.django import app

from mandat.platform.clock import LEGAL_ZONE, now
from mandat.platform.effects import WAITS, attempt, defer, require_transaction
from mandat.platform.models import Mail


class Written(NamedTuple):
    """A message's words."""

    subject: str
    text: str


def write(template: str, *, language: str, context: dict[str, Any]) -> Written:
    """Return a message from its template `NAME.fr.txt` or `NAME.en.txt`, whose first line is the subject."""
    with translation.override(language):
        source = Engine.get_default().get_template(f"{template}.{language}.txt")
        subject, _, text = source.render(Context(context, autoescape=False)).strip().partition("\n")
    return Written(subject.strip(), text.strip() + "\n")


def queue_mail(*, key: str, to: str, subject: str, text: str, language: str) -> Mail:
    """
    Order a message in the current transaction; the same key orders it once.

    :raises ValidationError: if the address is not one plain address
    :raises ValueError: if the subject is not one line of text
    :raises TransactionManagementError: outside a transaction
    """
    require_transaction()
    validate_email(to)
    if not (subject.strip() and subject.isprintable()):
        raise ValueError("a subject is one line of text")
    mail, is_new = Mail.objects.get_or_create(
        key=key,
        defaults={"to": to, "subject": subject, "text": text, "language": language, "ordered_at": now()},
    )
    if is_new:
        defer(mail)
    return mail


@app.task(name=Mail.job, retry=WAITS)
def send_mail(effect: str) -> None:
    """Send a message."""
    attempt(Mail, effect, send)


def send(mail: Mail) -> None:
    """Send a message now, and forget its text."""
    message_of(mail).send()
    mail.text = ""
    mail.save(update_fields=["text"])


def message_of(mail: Mail) -> EmailMessage:
    """Return a message as it goes out: the same each time."""
    digest, host = hashlib.sha256(mail.key.encode()).hexdigest(), urlsplit(settings.PUBLIC_URL).hostname
    headers = {
        "Message-ID": f"<{digest[:32]}@{host}>",
        "Date": format_datetime(mail.ordered_at.astimezone(LEGAL_ZONE)),
        "Auto-Submitted": "auto-generated",
        "Content-Language": mail.language,
    }
    return EmailMessage(mail.subject, mail.text, to=[mail.to], headers=headers)
