"""Letters that open an access on their own paper: what goes to whoever asked for nothing by mail."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any
from uuid import UUID

import qrcode
from django.utils.safestring import SafeString, mark_safe

from mandat.access.decision import Right, require
from mandat.access.retries import in_one_transaction
from mandat.enrolment.errors import InvitationUnusable
from mandat.enrolment.events import InvitationLetterPrinted
from mandat.enrolment.models import Channel, Invitation
from mandat.enrolment.telling import in_words, tell
from mandat.enrolment.workflow import InvitationState
from mandat.identity import user_code
from mandat.identity.actor import Actor
from mandat.platform.events import publish
from mandat.platform.models import Letter
from mandat.platform.post import path_of, queue_letter


def send_by_post(invitation: Invitation, link: str, said: Mapping[str, Any]) -> None:
    """Order the letter that carries the link, and a mail that says that it is on its way, without any secret."""
    person = invitation.person
    tell(
        "invitation_post", key=_key(invitation), to=invitation.login.email, language=person.language, context=said
    )  # fmt: skip
    known = {"link": link, "drawing": drawn(link), "user_code": user_code.grouped(invitation.login.user_code)}
    queue_letter(
        key=_key(invitation), recipient=invitation.address, template="mandat/enrolment/letters/post",
        language=person.language, context=in_words(said, language=person.language) | known,
    )  # fmt: skip


def drawn(text: str) -> SafeString:
    """Return a two-dimensional code as a drawing, 32 mm wide."""
    drawing = qrcode.QRCode(border=0)
    drawing.add_data(text)
    rows = drawing.get_matrix()
    squares = "".join(f"M{x} {y}h1v1h-1z" for y, row in enumerate(rows) for x, is_dark in enumerate(row) if is_dark)
    size = len(rows)
    svg = f'<svg width="32mm" height="32mm" viewBox="0 0 {size} {size}"><path d="{squares}"/></svg>'
    return mark_safe(svg)  # noqa: S308 - numbers alone


@in_one_transaction
def print_letter_of(*, invitation: UUID, by: Actor) -> Path | None:
    """
    Return where the letter of an invitation lies, for an officer to print; none while it is being made.

    :raises AccessDenied: if `by` is no verification officer
    :raises InvitationUnusable: if it waits for nobody any more, or went by mail
    """
    authority = require(by, Right.VERIFY)
    found = Invitation.objects.get(public_id=invitation)
    if found.state != InvitationState.PENDING or found.channel != Channel.POST or authority.at >= found.expires_at:
        raise InvitationUnusable
    letter = Letter.objects.filter(key=_key(found)).order_by("id").first()
    if letter is None or letter.page or not path_of(letter).exists():
        return None
    publish(InvitationLetterPrinted(invitation=str(found.public_id), printed_by=str(by.person.public_id)))
    return path_of(letter)


def _key(invitation: Invitation) -> str:
    return f"invitation {invitation.public_id}"
