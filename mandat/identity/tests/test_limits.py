"""How often one may be wrong: in bursts, spread over addresses, and without keeping out whom it protects."""

from datetime import UTC, datetime, timedelta

import pytest

from mandat.access.tests.parallel import Worker, together
from mandat.identity.limits import TooManyTries, count_asked, count_try, forget_old_tries, forget_tries
from mandat.identity.models import Tries

NOON = datetime(2026, 11, 23, 17, tzinfo=UTC)
PER_PAIR, PER_LOGIN, PER_ADDRESS, PER_DEVICE, IN_ALL = 5, 20, 50, 10, 100


def let_through(tries, of="login:1", **more) -> int:
    """Return how many of some tries were let through; each comes from what `more` says, in turn."""
    passed = 0
    for number in range(tries):
        try:
            count_try(of, **{name: each(number) if callable(each) else each for name, each in more.items()})
        except TooManyTries:
            continue
        passed += 1
    return passed


@pytest.mark.django_db
def test_one_address_tries_one_login_five_times_then_again_later(at):
    at(NOON)
    assert let_through(40, address="1.1.1.1") == PER_PAIR
    at(NOON + timedelta(minutes=5))
    assert let_through(40, address="1.1.1.1") == PER_PAIR


@pytest.mark.django_db
def test_says_when_to_try_again(at):
    at(NOON)
    let_through(5, address="1.1.1.1")
    at(NOON + timedelta(minutes=2))
    with pytest.raises(TooManyTries) as refused:
        count_try("login:1", address="1.1.1.1")
    assert (refused.value.until, refused.value.seconds) == (NOON + timedelta(minutes=5), 180)


@pytest.mark.django_db
def test_many_addresses_together_try_one_login_no_oftener_than_its_own_bound(at):
    at(NOON)
    assert let_through(300, address=lambda each: f"1.1.{each}.1") == PER_LOGIN


@pytest.mark.django_db
def test_one_address_that_sprays_many_logins_is_held_by_its_own_bound(at):
    at(NOON)
    passed = sum(let_through(1, of=f"login:{each}", address="1.1.1.1") for each in range(300))
    assert passed == PER_ADDRESS


@pytest.mark.django_db
def test_hour_after_hour_a_login_is_never_tried_more_than_a_hundred_times_in_a_row(at):
    passed = 0
    for hour in range(20):
        at(NOON + timedelta(hours=hour))
        passed += let_through(60, address=lambda each: f"1.1.{each}.1")
    assert passed == IN_ALL


@pytest.mark.django_db
def test_a_known_device_is_not_kept_out_by_what_others_try_even_from_its_own_address(at):
    at(NOON)
    let_through(300, address="1.1.1.1")
    let_through(300, address=lambda each: f"1.1.{each}.1")
    assert let_through(50, address="1.1.1.1", device="known") == PER_DEVICE


@pytest.mark.django_db
def test_what_one_address_may_not_try_does_not_count_against_the_login(at):
    at(NOON)
    let_through(200, address="1.1.1.1")
    assert let_through(1, address="2.2.2.2") == 1


@pytest.mark.django_db
def test_a_right_try_is_given_back(at):
    at(NOON)
    for _ in range(60):
        count_try("login:1", address="1.1.1.1").rollback()
    assert let_through(40, address="1.1.1.1") == PER_PAIR


@pytest.mark.django_db
def test_whoever_proves_who_they_are_ends_what_others_tried_against_their_login(at):
    at(NOON)
    let_through(300, address=lambda each: f"1.1.{each}.1")
    forget_tries("login:1")
    assert let_through(1, address="9.9.9.9") == 1


@pytest.mark.django_db
def test_asking_is_bound_where_it_is_asked_and_nobody_asks_in_anothers_place(at):
    at(NOON)
    for each in range(30):
        count_asked("eloise@exemple.test", address=f"1.1.1.{each}")
    for _ in range(5):
        count_asked("eloise@exemple.test", address="2.2.2.2")
    with pytest.raises(TooManyTries):
        count_asked("eloise@exemple.test", address="2.2.2.2")


@pytest.mark.django_db
def test_nothing_typed_and_no_address_is_kept_and_what_is_over_is_forgotten(at):
    at(NOON)
    count_try("unknown:eloise@exemple.test", address="1.2.3.4")
    kept = str(list(Tries.objects.values()))
    assert "eloise" not in kept
    assert "1.2.3.4" not in kept
    at(NOON + timedelta(days=31))
    forget_old_tries()
    assert not Tries.objects.exists()


@pytest.fixture
def workers(transactional_db):
    hands = [Worker() for _ in range(25)]
    yield hands
    for each in hands:
        each.close()


def test_a_burst_of_fifty_is_let_through_no_further_than_the_bound(workers):
    def twice():
        return let_through(2, address="1.1.1.1")

    assert sum(together(*((each, twice) for each in workers))) == PER_PAIR


def test_a_burst_from_fifty_addresses_is_let_through_no_further_than_the_bound(workers):
    def twice(own):
        return let_through(2, address=lambda each: f"1.1.{own}.{each}")

    assert sum(together(*((each, lambda own=own: twice(own)) for own, each in enumerate(workers)))) == PER_LOGIN
