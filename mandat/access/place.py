"""
Where a person stands in an enterprise: every edge between them, read at once.

A page decides with it as often as it likes for one statement, by the same rules. Commands do not: they ask again, under
their locks, with `require`.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property
from uuid import UUID

from mandat.access.decision import Decision, evaluate
from mandat.access.links import WHATEVER, WITHOUT_THE_BLOCK, WITHOUT_THE_VERSION, Kind, Link, Matter
from mandat.access.rights import RIGHTS_OF_STAFF, Right
from mandat.access.standing import Versions, staff_standing_of, whole_standing_of
from mandat.enterprises.models import Enterprise, Role
from mandat.enterprises.workflow import RegistrationState
from mandat.identity.models import Person


@dataclass(frozen=True)
class Place:
    """What a person stands on in an enterprise at an instant: edges, each with the blocks it speaks of (None: all)."""

    edges: tuple[tuple[Link, Versions | None], ...]
    at: datetime

    def decide(self, right: Right, block: str | None = None, matter: Matter = WHATEVER) -> Decision:
        """Decide on a right, in a block if it lies in one, about something there if that is named."""
        return replace(evaluate(self._standing_in(block, matter), right, self.at, block), matter=matter)

    @cached_property
    def may_open(self) -> bool:
        """Tell whether the enterprise's pages open to the person at all: they have a role or a proxy there."""
        is_closed = any(link.state == Enterprise.State.CLOSED for link in self._of(Kind.ENTERPRISE))
        is_active = any(link.carries for link in self._of(Kind.PERSON))
        return is_active and not is_closed and bool(self.roles or self.blocks_by_proxy)

    @cached_property
    def is_stopped(self) -> bool:
        """Tell whether the account is suspended, or the services only let one view."""
        stopped = {(Kind.ENTERPRISE, Enterprise.State.SUSPENDED), (Kind.REGISTRATION, RegistrationState.SUSPENDED)}
        return any((link.kind, link.state) in stopped for link, _blocks in self.edges)

    @cached_property
    def roles(self) -> tuple[Role, ...]:
        """Return the roles in force."""
        kinds = {Role.RA: Kind.RA, Role.RSE: Kind.RSE}
        return tuple(role for role, kind in kinds.items() if any(link.is_in_force(self.at) for link in self._of(kind)))

    @cached_property
    def blocks_by_proxy(self) -> tuple[str, ...]:
        """Return the blocks where a proxy of the person counts, or one of a mandatary that named them."""
        return tuple(sorted({link.state for link in self._proxies_that_count}.union(self.blocks_by_mandatary)))

    @cached_property
    def blocks_by_mandatary(self) -> tuple[str, ...]:
        """Return the blocks where a mandatary of the enterprise named the person, each link of the way in force."""
        named = {(link.under, link.state) for link in self._of(Kind.NAMING) if link.is_in_force(self.at)}
        standing = {link.mandatary for link in self._of(Kind.MANDATARY) if link.carries}
        places = (*self._of(Kind.MEMBER), *self._of(Kind.LEADER))
        here = standing.intersection(link.mandatary for link in places if link.is_in_force(self.at))
        received = (link for link in self._of(Kind.EXTERNAL) if link.is_in_force(self.at) and link.mandatary in here)
        counting = (link for link in received if link.provider in self._serving(link.state))
        return tuple(sorted({link.state for link in counting if (link.under, link.state) in named}))

    @cached_property
    def subjects(self) -> tuple[UUID, ...]:
        """Return the single things, such as filings, that a proxy lets the person view."""
        return tuple(
            link.subject for link in self._proxies_that_count if link.subject and Right.VIEW in link.carries
        )  # fmt: skip

    @cached_property
    def _proxies_that_count(self) -> tuple[Link, ...]:
        held = [link for link in self._of(Kind.PROXY) if link.is_in_force(self.at)]
        return tuple(link for link in held if link.provider in self._serving(link.state))

    @cached_property
    def blocks(self) -> tuple[str, ...]:
        """Return every block that a proxy, or the general proxy of an RSE, covers."""
        general = self.blocks_used if Role.RSE in self.roles else frozenset()
        return tuple(sorted(general.union(self.blocks_by_proxy)))

    @cached_property
    def blocks_used(self) -> frozenset[str]:
        """Return every block that the enterprise uses, whoever may."""
        return frozenset(
            block
            for link, blocks in self.edges
            if link.kind == Kind.REGISTRATION and Right.VIEW in link.carries
            for block in blocks or ()
        )

    @cached_property
    def viewable(self) -> tuple[str, ...]:
        """Return the blocks where the person may view."""
        return tuple(block for block in self.blocks if self.decide(Right.VIEW, block))

    def _of(self, kind: Kind) -> Iterator[Link]:
        return (link for link, _ in self.edges if link.kind == kind)

    def _serving(self, block: str) -> set[int | None]:
        """Return the providers that let the enterprise use a block, if only to view."""
        return {
            link.provider
            for link, blocks in self.edges
            if link.kind == Kind.REGISTRATION and Right.VIEW in link.carries and block in (blocks or ())
        }

    @cached_property
    def _standings(self) -> dict[tuple[str | None, Matter], list[Link]]:
        return {}

    def _standing_in(self, block: str | None, matter: Matter) -> list[Link]:
        """Return the edges as they stand for one block, put together once: what the statement of a decision reads."""
        if (block, matter) not in self._standings:
            self._standings[block, matter] = self._put_together(block, matter)
        return self._standings[block, matter]

    def _put_together(self, block: str | None, matter: Matter) -> list[Link]:
        standing = []
        for link, blocks in self.edges:
            is_of_the_block = blocks is None or block in blocks
            if link.kind == Kind.REGISTRATION and not is_of_the_block:
                standing.append(replace(link, state=WITHOUT_THE_BLOCK, carries=frozenset()))
            elif link.kind == Kind.REGISTRATION and (blocks or {}).get(block or "", 1) < matter.version:
                standing.append(replace(link, state=WITHOUT_THE_VERSION, carries=frozenset()))
            elif is_of_the_block and link.subject in (None, matter.subject):
                standing.append(link)
        return standing


def staff_decisions(person: Person, at: datetime) -> dict[Right, Decision]:
    """Decide on each right of the staff, in whatever queue: what opens their pages, not what may be done on them."""
    standing = staff_standing_of(person)
    return {right: evaluate(standing, right, at) for right in sorted(RIGHTS_OF_STAFF)}


def place_of(person: Person, enterprise: Enterprise, at: datetime) -> Place:
    """Return where a person stands in an enterprise."""
    return Place(tuple(whole_standing_of(person, enterprise)), at)
