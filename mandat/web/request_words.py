"""Requests for rights as pages tell them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from mandat.access.requests import RightsRequest, RightsRequestHistory
from mandat.access.workflow import RequestState
from mandat.platform.clock import legal_day
from mandat.reference.queries import entries

NODES = {
    RequestState.ASKED: "due",
    RequestState.GRANTED: "done",
    RequestState.NARROWED: "done",
    RequestState.REFUSED: "no",
    RequestState.WITHDRAWN: "silent",
    RequestState.LAPSED: "no",
}


@dataclass(frozen=True)
class Told:
    """A request, the name of its block, and how it ended."""

    asked: RightsRequest
    block: str
    waits: bool
    last: RightsRequestHistory | None

    @property
    def state(self) -> RequestState:
        """Return its state; one whose time is over fell, even before the hour says so."""
        is_over = self.asked.state == RequestState.ASKED and not self.waits
        return RequestState.LAPSED if is_over else RequestState(self.asked.state)

    @property
    def node(self) -> str:
        """Return the node that shows its state."""
        return NODES[self.state]


def told_of(requests: Iterable[RightsRequest], at: datetime) -> list[Told]:
    """Return requests with what their pages tell: one statement for the names, one for how each ended."""
    shown = list(requests)
    if not shown:
        return []
    named = {each.code: each.label for each in entries("block", legal_day(at))}
    last = {each.request_id: each for each in RightsRequestHistory.objects.filter(request__in=shown).order_by("id")}
    return [Told(each, named.get(each.block, each.block), each.waits(at), last.get(each.pk)) for each in shown]
