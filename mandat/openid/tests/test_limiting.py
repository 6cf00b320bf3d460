"""A service that fails too often is told to wait; nobody else’s failures keep it out."""

from datetime import timedelta

import pytest
from django.test import Client as Browser

from mandat.openid.tests.world import TOKEN, RelyingParty
from mandat.platform.clock import now

pytestmark = pytest.mark.django_db
MOST = 30


def wrong(world) -> RelyingParty:
    return RelyingParty(world.client, "pas le secret", world.browser)


def ask(party, *, address="192.0.2.1", **body):
    form = "&".join(f"{name}={value}" for name, value in ({"grant_type": "refresh_token"} | body).items())
    return Browser().post(
        TOKEN, form, content_type="application/x-www-form-urlencoded", HTTP_AUTHORIZATION=party.basic,
        REMOTE_ADDR=address,
    )  # fmt: skip


def test_wrong_proofs_from_one_address_are_bound_and_the_service_elsewhere_is_served(world):
    codes = [ask(wrong(world)).status_code for _ in range(MOST + 3)]
    assert codes == [401] * MOST + [429] * 3
    refused = ask(world.party)
    assert refused.status_code == 429, "even with the secret, from there, for a while"
    assert int(refused.headers["Retry-After"]) > 0
    assert refused.json()["error"] == "temporarily_unavailable"
    given = world.party.enters()
    assert ask(world.party, address="192.0.2.2", refresh_token=given["refresh_token"]).status_code == 200


def test_another_service_at_the_same_address_is_served(world):
    for _ in range(MOST + 1):
        ask(wrong(world))
    other = world.another_party()
    given = other.enters()
    assert ask(other, refresh_token=given["refresh_token"]).status_code == 200


def test_codes_that_give_nothing_are_bound_and_one_that_is_right_is_always_redeemed(world):
    code, verifier = world.party.obtains()
    answers = [world.party.redeems("x" * 43, verifier).status_code for _ in range(MOST + 2)]
    assert answers == [400] * MOST + [429] * 2
    assert world.party.redeems(code, verifier).status_code == 200


def test_what_is_right_is_never_counted(world):
    token = world.party.enters()["refresh_token"]
    for _ in range(MOST + 2):
        answer = ask(world.party, refresh_token=token)
        assert answer.status_code == 200
        token = answer.json()["refresh_token"]


def test_the_wait_ends(world, at):
    for _ in range(MOST + 1):
        ask(wrong(world))
    at(now() + timedelta(minutes=5))
    assert ask(world.party).status_code == 400
