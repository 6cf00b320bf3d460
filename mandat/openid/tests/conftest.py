import pytest

from mandat.openid.commands import keys
from mandat.openid.tests.world import World

#: Keys take a tenth of a second to draw: the tests of one process share a few.
_DRAWN = []


@pytest.fixture(autouse=True)
def keys_drawn_once(monkeypatch):
    """Draw each key of a process once, in the order that tests ask for them."""
    draw, place = keys.jose.make_key, iter(range(1000))

    def drawn():
        at = next(place)
        while len(_DRAWN) <= at:
            _DRAWN.append(draw())
        return _DRAWN[at]

    monkeypatch.setattr(keys.jose, "make_key", drawn)


@pytest.fixture
def world(db) -> World:
    return World()
