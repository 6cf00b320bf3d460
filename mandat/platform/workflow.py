"""The state table: which moves lead where. A state is written by `make` alone, which asks the table first."""

from collections.abc import Iterable, Iterator
from enum import Enum
from typing import Generic, NamedTuple, TypeVar

Move = TypeVar("Move", bound=Enum)
State = TypeVar("State", bound=Enum)


class MoveNotAllowed(Exception):
    """The table has no such move from this state."""

    def __init__(self, move: Enum, state: Enum) -> None:
        super().__init__(f"{move.value} is not allowed from {state.value}")
        self.move, self.source = move, state


class Row(NamedTuple, Generic[Move, State]):
    """One line of the table."""

    move: Move
    source: State
    target: State


class Workflow(Generic[Move, State]):
    """A state machine as a table, written `(move, target, [sources])`."""

    def __init__(self, *rows: tuple[Move, State, Iterable[State]]) -> None:
        self._rows = [Row(move, source, target) for move, target, sources in rows for source in sources]
        self._targets = {(row.move, row.source): row.target for row in self._rows}
        if len(self._targets) != len(self._rows):
            raise ValueError("a move leads from one state to one other")

    def __iter__(self) -> Iterator[Row[Move, State]]:
        """Yield every row, in the order written."""
        return iter(self._rows)

    def target(self, move: Move, state: State) -> State:
        """
        Return where a move leads.

        :raises MoveNotAllowed: if the table has no such move from this state
        """
        if (move, state) not in self._targets:
            raise MoveNotAllowed(move, state)
        return self._targets[move, state]

    def moves_from(self, state: State) -> list[Move]:
        """Return the moves open from a state: the buttons of a page."""
        return [row.move for row in self._rows if row.source == state]
