"""The mail of a demo: a folder where each message is a file, named by its time and recipient."""

import re
from collections.abc import Sequence
from email.utils import parsedate_to_datetime
from pathlib import Path
from uuid import uuid4

from django.conf import settings
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend

from mandat.platform.clock import LEGAL_ZONE
from mandat.platform.durable import write_durably


class EmailBackend(BaseEmailBackend):
    """Writes messages as `.eml` files into `EMAIL_FILE_PATH`, each whole or absent."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        """Write each message; one sent twice is written once, for its name comes from its date and Message-ID."""
        for message in email_messages:
            write_durably(Path(settings.EMAIL_FILE_PATH) / name_of(message), [message.message().as_bytes()])
        return len(email_messages)


def name_of(message: EmailMessage) -> str:
    """Return a message's file name."""
    sent = parsedate_to_datetime(str(message.message()["Date"])).astimezone(LEGAL_ZONE)
    recipient = re.sub(r"[^a-z0-9@.+-]", "_", message.to[0].lower())[:80]
    known = re.sub(r"[^a-f0-9]", "", message.extra_headers.get("Message-ID", uuid4().hex))[:8]
    return f"{sent:%Y-%m-%d_%Hh%M%S}_{recipient}_{known}.eml"
