"""SE-5: thousands of guesses at a password and at a code, serial, in bursts and sprayed; the holder gets in all along."""

import secrets
import statistics
import time

import pytest
from django.test import Client

from mandat.access.tests.parallel import Worker, together
from mandat.identity.models import Tries
from mandat.identity.tests.people import PASSWORD, code, login_with_second_factor

PER_HOUR, PER_PAIR, PER_ADDRESS = 20, 5, 50


def guess(of, *, address, password="pas la bonne phrase") -> int:
    return Client().post("/entrer", {"login": of, "password": password}, REMOTE_ADDR=address).status_code


def somewhere() -> str:
    return ".".join(str(1 + secrets.randbelow(250)) for _ in range(4))


@pytest.mark.django_db
@pytest.mark.drill("SE-5")
def test_serial_guesses_from_everywhere_are_bound_and_the_holder_gets_in(drill, client):
    someone = login_with_second_factor()
    client.post("/entrer", {"login": someone.email, "password": PASSWORD})
    client.post("/entrer/code", {"code": code(someone)})
    client.post("/sortir")
    let_through = sum(guess(someone.email, address=somewhere()) == 422 for _ in range(drill.size(30, full=10_000)))
    drill.figure("let_through", let_through)
    assert let_through <= PER_HOUR
    assert client.post("/entrer", {"login": someone.email, "password": PASSWORD}).status_code == 302


@pytest.mark.drill("SE-5")
def test_a_burst_of_fifty_hands_is_bound(transactional_db, drill):
    someone = login_with_second_factor()
    hands = [Worker() for _ in range(drill.size(10, full=50))]

    def burst():
        return sum(guess(someone.email, address="10.0.0.1") == 422 for _ in range(4))

    let_through = sum(together(*((each, burst) for each in hands)))
    for each in hands:
        each.close()
    assert let_through == PER_PAIR


@pytest.mark.django_db
@pytest.mark.drill("SE-5")
def test_one_address_that_sprays_logins_is_bound(drill):
    tries = [guess(f"inconnu-{each}@exemple.test", address="10.0.0.1") for each in range(drill.size(60, full=2_000))]
    assert tries.count(422) == PER_ADDRESS


@pytest.mark.django_db
@pytest.mark.drill("SE-5")
def test_known_and_unknown_take_the_same_time(drill):
    """Measured and kept, never asserted: the equal path is what a test of the sign-in asserts."""
    someone = login_with_second_factor()
    took: dict[str, list[float]] = {someone.email: [], "inconnu@exemple.test": []}
    for _ in range(drill.size(2, full=1_000)):
        for typed, times in took.items():
            Tries.objects.all().delete()
            began = time.perf_counter()
            guess(typed, address="10.0.0.1")
            times.append(time.perf_counter() - began)
    known, unknown = (statistics.median(each) for each in took.values())
    drill.figure("difference_of_medians_ms", abs(known - unknown) * 1_000)
    assert all(took.values())
