"""What follows from requests for rights: the RSEs are told that one waits, then the asker what became of it."""

from django.utils.translation import override

from mandat.access.events import RightsRequestClosed, RightsRequested
from mandat.access.queries import effective_rses
from mandat.access.requests import RightsRequest
from mandat.access.rights import Right
from mandat.access.telling import tell_each
from mandat.access.workflow import RequestState
from mandat.identity.models import Person
from mandat.platform.clock import last_day, legal_day, now, start_of
from mandat.reference.queries import entries


def tell_of_request(event: RightsRequested) -> None:
    """Write to the RSEs, save to whoever asks, that somebody asks for rights."""
    asked = _request(event.request)
    readers = effective_rses(asked.enterprise, now()).exclude(pk=asked.person_id).order_by("sort_name", "id")
    for reader in readers:
        path = f"/d/{asked.enterprise.public_id}/acces/demandes/{asked.public_id}/"
        tell_each("request_asked", [reader], key=event.event_id, path=path, context=_told_of(asked, reader))


def tell_of_answer(event: RightsRequestClosed) -> None:
    """Write to whoever asked what became of it; not to somebody who withdrew it."""
    asked = _request(event.request)
    if event.state == RequestState.WITHDRAWN:
        return
    last = asked.history.order_by("-id")[0]
    proxy = asked.proxy
    context = _told_of(asked, asked.person) | {
        "state": event.state,
        "answer": last.reason,
        "given": [right for right in Right if proxy and right in proxy.rights],
        "end": start_of(last_day(proxy.during.upper)) if proxy else "",
        "awaits": proxy is not None and proxy.needs_second,
    }
    path = f"/compte/droits/demandes/{asked.public_id}/"
    tell_each("request_answered", [asked.person], key=event.event_id, path=path, context=context)


def _request(public_id: str) -> RightsRequest:
    return RightsRequest.objects.select_related("enterprise", "person", "answered_by", "proxy").get(public_id=public_id)


def _told_of(asked: RightsRequest, reader: Person) -> dict[str, object]:
    block = next((each for each in entries("block", legal_day(now())) if each.code == asked.block), None)
    with override(reader.language):
        name = block.label if block else asked.block
    return {
        "enterprise": asked.enterprise,
        "asker": asked.person,
        "answerer": asked.answered_by,
        "block": name,
        "rights": [right for right in Right if right in asked.rights],
        "until": start_of(asked.until),
        "reason": asked.reason,
        "answer_by": start_of(last_day(asked.answer_by)),
    }
