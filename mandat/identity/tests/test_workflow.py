"""Every move of a person's state, from every state."""

import pytest

from mandat.identity.workflow import PERSON, PersonMove, PersonState
from mandat.platform.workflow import MoveNotAllowed

ALLOWED = {PersonState.ACTIVE: {PersonMove.SUSPEND}, PersonState.SUSPENDED: {PersonMove.RESTORE}}


@pytest.mark.parametrize("state", PersonState)
@pytest.mark.parametrize("move", PersonMove)
def test_every_move_from_every_state(move, state):
    if move in ALLOWED[state]:
        assert PERSON.target(move, state) in PersonState
    else:
        with pytest.raises(MoveNotAllowed):
            PERSON.target(move, state)
