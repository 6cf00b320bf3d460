import uuid

import pytest

from mandat.filings.commands import accept, refuse, return_for_correction, submit_filing, take_up, withdraw
from mandat.filings.errors import ClosedToChange
from mandat.filings.models import Filing
from mandat.filings.tests.world import Effects, World
from mandat.filings.workflow import STANDARD, Move, State
from mandat.platform.workflow import MoveNotAllowed

ALLOWED = {
    State.DRAFT: {Move.SUBMIT: State.SUBMITTED, Move.WITHDRAW: State.WITHDRAWN},
    State.SUBMITTED: {Move.TAKE_UP: State.UNDER_REVIEW, Move.WITHDRAW: State.WITHDRAWN},
    State.UNDER_REVIEW: {Move.RETURN: State.RETURNED, Move.ACCEPT: State.ACCEPTED, Move.REFUSE: State.REFUSED},
    State.RETURNED: {Move.SUBMIT: State.SUBMITTED, Move.WITHDRAW: State.WITHDRAWN},
}
CROSSED = pytest.mark.parametrize(("state", "move"), [(state, move) for state in State for move in Move])


@CROSSED
def test_every_move_from_every_state_of_the_table(state, move):
    if move in ALLOWED.get(state, ()):
        assert STANDARD.target(move, state) == ALLOWED[state][move]
    else:
        with pytest.raises(MoveNotAllowed):
            STANDARD.target(move, state)


def make(world, move, filing):
    by_the_firm, by_the_officer = (
        {"filing": filing.public_id, "by": world.signer},
        {"filing": filing.public_id, "by": world.officer},
    )
    if move == Move.SUBMIT and filing.state == State.RETURNED:
        world.save(filing, "who", name="Ulysse fils de Laërte")
        filing.refresh_from_db()
    return {
        Move.SUBMIT: lambda: submit_filing(key=uuid.uuid4(), revision=filing.revision, **by_the_firm),
        Move.TAKE_UP: lambda: take_up(**by_the_officer),
        Move.RETURN: lambda: return_for_correction(corrections={"name": "Lequel ?"}, **by_the_officer),
        Move.ACCEPT: lambda: accept(**by_the_officer),
        Move.REFUSE: lambda: refuse(reason="Hors sujet", **by_the_officer),
        Move.WITHDRAW: lambda: withdraw(reason="Erreur", **by_the_firm),
    }[move]()


@CROSSED
@pytest.mark.django_db
def test_every_command_in_every_state_of_a_filing(state, move):
    world = World()
    filing = world.in_state(state)
    moves = filing.history.count()
    if move in ALLOWED.get(state, ()):
        make(world, move, filing)
        filing.refresh_from_db()
        last = filing.history.latest("id")
        assert filing.state == ALLOWED[state][move]
        assert (last.move, last.before, last.after) == (move, state, filing.state)
        assert last.authority["person"] == str(last.by.public_id)
        assert filing.history.count() == moves + 1
    else:
        with pytest.raises((MoveNotAllowed, ClosedToChange)):
            make(world, move, filing)
        filing = Filing.objects.get(pk=filing.pk)
        assert (filing.state, filing.history.count()) == (state, moves)


@pytest.mark.django_db
def test_what_acceptance_changes_and_the_acceptance_are_one_act(monkeypatch):
    world = World()
    filing = world.under_review()
    monkeypatch.setattr(Effects, "done", [])
    monkeypatch.setattr(Effects, "fails", True)
    with pytest.raises(RuntimeError):
        accept(filing=filing.public_id, by=world.officer)
    assert Filing.objects.get(pk=filing.pk).state == State.UNDER_REVIEW
    monkeypatch.setattr(Effects, "fails", False)
    accept(filing=filing.public_id, by=world.officer)
    ((number, filed, under),) = Effects.done
    assert (number, filed["day"], under.by) == (filing.number, "2099-01-31", world.officer)
