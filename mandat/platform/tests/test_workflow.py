from enum import Enum

import pytest

from mandat.platform.workflow import MoveNotAllowed, Row, Workflow


class Door(Enum):
    OPEN = "open"
    SHUT = "shut"
    WALLED_UP = "walled up"


class Push(Enum):
    SHUT = "shut"
    OPEN = "open"
    WALL_UP = "wall up"


DOOR = Workflow(
    (Push.SHUT, Door.SHUT, [Door.OPEN]),
    (Push.OPEN, Door.OPEN, [Door.SHUT]),
    (Push.WALL_UP, Door.WALLED_UP, [Door.SHUT, Door.OPEN]),
)
ALLOWED = {Door.OPEN: {Push.SHUT, Push.WALL_UP}, Door.SHUT: {Push.OPEN, Push.WALL_UP}}


@pytest.mark.parametrize("state", Door)
@pytest.mark.parametrize("move", Push)
def test_every_move_from_every_state(move, state):
    if move in ALLOWED.get(state, ()):
        assert DOOR.target(move, state) in Door
    else:
        with pytest.raises(MoveNotAllowed, match=f"{move.value} is not allowed from {state.value}"):
            DOOR.target(move, state)


@pytest.mark.parametrize("state", Door)
def test_a_page_asks_the_table_for_its_buttons(state):
    assert set(DOOR.moves_from(state)) == ALLOWED.get(state, set())


def test_every_row_can_be_read():
    assert list(DOOR)[-2:] == [
        Row(Push.WALL_UP, Door.SHUT, Door.WALLED_UP),
        Row(Push.WALL_UP, Door.OPEN, Door.WALLED_UP),
    ]


def test_refuses_a_move_that_leads_to_two_places():
    with pytest.raises(ValueError, match="one other"):
        Workflow((Push.OPEN, Door.OPEN, [Door.SHUT]), (Push.OPEN, Door.WALLED_UP, [Door.SHUT]))
