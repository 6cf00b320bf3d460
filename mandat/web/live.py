"""Parts of a page that refresh themselves when the doorbell rings, and keep a link for those without JavaScript."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse

from mandat.web.doorbell import ticket


@dataclass(frozen=True)
class Live:
    """What `<c-live>` needs: where its fragment is, what it listens to, and the ticket that it shows."""

    fragment: str
    topic: str
    ticket: str
    doorbell: str


def live(request: HttpRequest, view: str, *args: Any, topics: Iterable[str], kept: str = "") -> Live:
    """
    Return a live part of a page; `kept` is what its address asks, and the fragment's must ask too.

    One page holds one stream: several parts share the ticket of the first, so give it the topics of all.
    """
    actor = getattr(request, "actor", None)
    watched = list(topics)
    return Live(
        fragment=reverse(view, args=args) + (kept and f"?{kept}"),
        topic=watched[0],
        ticket=ticket(watched, person=actor.person.public_id if actor else None),
        doorbell=settings.DOORBELL_URL,
    )
