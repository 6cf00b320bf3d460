"""A simulation as pages tell it: what changes in each block, what does not, and on which conditions."""

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from mandat.access.rights import Right
from mandat.access.simulation import InBlock, Simulation
from mandat.access.words import in_words
from mandat.platform.clock import legal_day
from mandat.reference.queries import entries


@dataclass(frozen=True)
class Line:
    """One block: what the person can do there today, and what they could."""

    name: str
    block: InBlock
    blocked: tuple[tuple[Right, str], ...]  # what would be given in vain, and why

    @property
    def today(self) -> list[Right]:
        """Return what they can do today."""
        return [right for right in Right if right in {*self.block.kept, *self.block.lost}]


@dataclass(frozen=True)
class Simulated:
    """What the pages show of a simulation."""

    simulation: Simulation
    at: datetime

    @cached_property
    def changed(self) -> list[Line]:
        """Return the blocks where something changes."""
        return self._lines(self.simulation.changed)

    @cached_property
    def unchanged(self) -> list[Line]:
        """Return the blocks where they can do something, and nothing changes."""
        return self._lines(self.simulation.unchanged)

    @property
    def awaits(self) -> bool:
        """Tell whether it takes a second person."""
        return self.simulation.awaits

    @property
    def takes_away(self) -> bool:
        """Tell whether they could do less than today, were it only until somebody confirms."""
        return self.simulation.takes_away

    @cached_property
    def without_version(self) -> list[Line]:
        """Return the blocks given where something opens only once the firm has accepted it."""
        given = {each.block for each in self.simulation.supposed}
        return [each for each in self.changed if each.block.without_version and each.block.block in given]

    def _lines(self, blocks: list[InBlock]) -> list[Line]:
        return [
            Line(
                self._names.get(each.block, each.block), each,
                tuple((decision.right, in_words(decision)) for decision in each.blocked if decision.right),
            )
            for each in blocks
        ]  # fmt: skip

    @cached_property
    def _names(self) -> dict[str, str]:
        return {each.code: each.label for each in entries("block", legal_day(self.at))}
