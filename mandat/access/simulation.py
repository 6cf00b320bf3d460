"""
What a person could do if something were given to them, or changed: the rules of `decide`, and one edge put in by hand.

Nothing is written: the edges between the person and the enterprise are read by one statement, the one that a gesture
would make is put among them, and `evaluate` answers on both. What a gesture makes is said here a second time, without
its rows; a test holds the two together, on random graphs.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property
from uuid import UUID

from mandat.access.catalogue import versions_on
from mandat.access.commands.proxies import takes_a_second_person
from mandat.access.decision import Decision
from mandat.access.links import Ground, Kind, Link, Matter
from mandat.access.models import Proxy
from mandat.access.place import Place, place_of
from mandat.access.rights import RIGHTS_OF_A_PROXY, Right
from mandat.access.standing import Versions
from mandat.enterprises.models import Enterprise, ServiceRegistration
from mandat.identity.models import Person
from mandat.platform.clock import legal_day

#: The edge that does not exist.
SUPPOSED = UUID(int=0)
Edge = tuple[Link, Versions | None]


@dataclass(frozen=True)
class Supposed:
    """A proxy that could be given in one block; in the place of another, if `replacing` names one."""

    block: str
    rights: frozenset[Right]
    end: datetime
    provider: int
    awaits: bool
    start: datetime
    pauses: tuple[tuple[datetime, datetime | None], ...] = ()
    subject: UUID | None = None
    replacing: UUID | None = None

    @property
    def edge(self) -> Edge:
        """Return it as the edge that it would be."""
        link = Link(
            Kind.PROXY, SUPPOSED, self.block, self.rights, self.start, self.end, provider=self.provider,
            pauses=self.pauses, awaits=self.awaits, subject=self.subject,
        )  # fmt: skip
        return link, {self.block: 1}


def if_granted(  # noqa: PLR0913 - each is named at the call
    registration: ServiceRegistration, rights: Collection[Right], *, block: str, end: datetime, at: datetime,
    replacing: Proxy | None = None,
) -> Supposed:  # fmt: skip
    """Return what `grant_proxy` would make now; a proxy that it replaces leaves it its rights."""
    given = frozenset(Right(each) for each in rights) | {
        Right(each) for each in (replacing.rights if replacing else ())
    }
    return Supposed(
        block=block, rights=given, end=end, provider=registration.provider_id, start=at,
        awaits=takes_a_second_person(registration.enterprise, given, at),
        replacing=replacing.public_id if replacing else None,
    )  # fmt: skip


def if_changed(proxy: Proxy, rights: Collection[Right], *, end: datetime, at: datetime) -> Supposed:
    """Return what `narrow_proxy`, or `renew_proxy` if it ends later, would put in the place of a proxy now."""
    is_longer = end > proxy.during.upper
    given = frozenset(Right(each) for each in rights)
    start = max(proxy.during.lower, at)
    if not is_longer and proxy.confirmed_at:
        start = max(start, proxy.confirmed_at)
    return Supposed(
        block=proxy.block, rights=given, end=end, provider=proxy.provider_id, start=start, subject=proxy.subject,
        awaits=takes_a_second_person(proxy.enterprise, given, at) if is_longer else proxy.awaits,
        pauses=((at, None),) if proxy.is_suspended(at) else (), replacing=proxy.public_id,
    )  # fmt: skip


@dataclass(frozen=True)
class InBlock:
    """What becomes of the rights of one block."""

    block: str
    gained: tuple[Right, ...] = ()
    lost: tuple[Right, ...] = ()
    kept: tuple[Right, ...] = ()
    awaited: tuple[Right, ...] = ()  # given, but nothing before a second person confirms
    without_version: tuple[Right, ...] = ()  # held, save in what the firm has not accepted of the block
    blocked: tuple[Decision, ...] = ()  # given, and refused for another reason

    @property
    def changes(self) -> bool:
        """Tell whether anything does."""
        return bool(self.gained or self.lost or self.awaited or self.blocked)


@dataclass(frozen=True)
class Simulation:
    """What a person can do in an enterprise today, and what they could if something were so."""

    before: Place
    after: Place
    supposed: tuple[Supposed, ...]
    versions: Versions

    @cached_property
    def blocks(self) -> list[InBlock]:
        """Return what becomes of each block where the person has, or would have, something."""
        held = {link.state for link, _ in self.before.edges if link.kind == Kind.PROXY}
        named = held | self.before.blocks_used | {each.block for each in self.supposed}
        return [each for block in sorted(named) for each in self._in_block(block)]

    @cached_property
    def changed(self) -> list[InBlock]:
        """Return the blocks where something changes."""
        return [each for each in self.blocks if each.changes]

    @cached_property
    def unchanged(self) -> list[InBlock]:
        """Return the blocks where the person can do something, and nothing changes."""
        return [each for each in self.blocks if not each.changes]

    @property
    def awaits(self) -> bool:
        """Tell whether it takes a second person."""
        return any(each.awaits for each in self.supposed)

    @property
    def takes_away(self) -> bool:
        """Tell whether the person could do less than today, were it only until somebody confirms."""
        return any(each.lost for each in self.blocks)

    def decide(self, right: Right, block: str, matter: Matter | None = None) -> Decision:
        """Decide as if it were so."""
        return self.after.decide(right, block, matter or Matter())

    def _in_block(self, block: str) -> Iterator[InBlock]:
        before, after = self._decided(self.before, block), self._decided(self.after, block)
        can, could = {right for right in before if before[right]}, {right for right in after if after[right]}
        given = {right for each in self.supposed if each.block == block for right in each.rights} - could
        held_back = [after[right] for right in sorted(given)]
        told = InBlock(
            block, gained=_in_order(could - can), lost=_in_order(can - could), kept=_in_order(can & could),
            awaited=_in_order({each.right for each in held_back if each.ground == Ground.UNCONFIRMED}),
            without_version=_in_order(right for right in could if not self._decided_newest(block, right)),
            blocked=tuple(each for each in held_back if each.ground != Ground.UNCONFIRMED),
        )  # fmt: skip
        if told.changes or told.kept:
            yield told

    def _decided(self, place: Place, block: str) -> dict[Right, Decision]:
        subject = next((each.subject for each in self.supposed if each.block == block and each.subject), None)
        matter = Matter(subject=subject)
        return {right: place.decide(right, block, matter) for right in sorted(RIGHTS_OF_A_PROXY)}

    def _decided_newest(self, block: str, right: Right) -> Decision:
        return self.after.decide(right, block, Matter(version=self.versions.get(block, 1)))


def _in_order(rights: object) -> tuple[Right, ...]:
    found = set(rights)  # type: ignore[call-overload]
    return tuple(right for right in Right if right in found)


def simulate(person: Person, enterprise: Enterprise, supposed: Collection[Supposed], at: datetime) -> Simulation:
    """Return what a person could do in an enterprise with these proxies; elsewhere no edge changes, so nothing does."""
    before = place_of(person, enterprise, at)
    replaced = {each.replacing for each in supposed if each.replacing}
    kept = tuple(_over(edge, at) if edge[0].public_id in replaced else edge for edge in before.edges)
    after = Place((*kept, *(each.edge for each in supposed)), at)
    return Simulation(before, after, tuple(supposed), versions_on(legal_day(at)))


def _over(edge: Edge, at: datetime) -> Edge:
    link, blocks = edge
    return replace(link, revoked_at=at), blocks
