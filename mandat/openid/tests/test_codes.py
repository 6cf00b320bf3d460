"""Codes: bound to their verifier (OP-2), used once however many come together (OP-3), dead when they should be (OP-4)."""

from datetime import timedelta
from functools import partial

import pytest
from django.test import Client as Browser

from mandat.access.tests.parallel import Worker, together
from mandat.identity.commands import suspend_person
from mandat.identity.models import Tries
from mandat.openid.commands.clients import disable_client
from mandat.openid.commands.entering import withdraw_consent
from mandat.openid.models import Authorization, Consent
from mandat.openid.tests.world import CALLBACK, World, supervisor, verifier_and_challenge
from mandat.platform.clock import now
from mandat.platform.models import EventRow

UNDER = {"by": "a test"}


def refused(answer) -> bool:
    return (answer.status_code, answer.json()["error"]) == (400, "invalid_grant") and "token" not in answer.json()


# OP-2: proof of possession


@pytest.mark.django_db
@pytest.mark.parametrize(
    "more",
    [
        {"code_challenge": None},
        {"code_challenge_method": None},
        {"code_challenge_method": "plain"},
        {"code_challenge_method": "s256"},
        {"code_challenge": None, "code_challenge_method": None},
        {"code_challenge": "a" * 42},
        {"code_challenge": "a" * 44},
        {"code_challenge": "a" * 42 + "="},
        {"code_challenge": "a" * 42 + "+"},
    ],
)
def test_op2_no_code_without_a_challenge_in_order(world, more):
    world.party.enters()
    assert "error=invalid_request" in world.party.asks(**more).headers["Location"]


@pytest.mark.django_db
@pytest.mark.parametrize(
    "wrong",
    ["a" * 43, "a" * 42, "a" * 129, "é" * 43, "", None, " " + "a" * 43],
    ids=["other", "42", "129", "é", "empty", "none", "space"],
)
def test_op2_no_token_without_the_verifier(world, wrong):
    code, _ = world.party.obtains()
    assert world.party.redeems(code, wrong).status_code == 400


@pytest.mark.django_db
def test_op2_a_short_or_long_verifier_is_refused_even_if_its_hash_is_the_challenge(world):
    import base64
    import hashlib

    for length in (42, 129):
        verifier = "v" * length
        challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
        world.party.enters() if length == 42 else None
        location = world.party.asks(challenge=challenge).headers["Location"]
        code = location.partition("code=")[2].partition("&")[0]
        assert refused(world.party.redeems(code, verifier))


@pytest.mark.django_db
def test_op2_a_challenge_that_has_served_serves_no_more(world):
    verifier, challenge = verifier_and_challenge()
    world.party.enters()
    for _ in range(2):  # asked twice before it serves: the person has reloaded the page
        location = world.party.asks(challenge=challenge).headers["Location"]
    code = location.partition("code=")[2].partition("&")[0]
    assert world.party.redeems(code, verifier).status_code == 200
    assert "error=invalid_request" in world.party.asks(challenge=challenge).headers["Location"]


# OP-3: once


@pytest.mark.django_db
@pytest.mark.parametrize("seconds", [0, 1, 30])
def test_op3_a_code_used_twice_takes_back_what_it_gave(world, at, seconds):
    begun = now()
    at(begun)
    code, verifier = world.party.obtains()
    tokens = world.party.redeems(code, verifier).json()
    assert world.party.reads(tokens["access_token"]).status_code == 200
    at(begun + timedelta(seconds=seconds))
    assert refused(world.party.redeems(code, verifier))
    assert world.party.reads(tokens["access_token"]).status_code == 401
    assert refused(world.party.refreshes(tokens["refresh_token"]))
    assert EventRow.objects.filter(name="CodeReplayed").count() == 1


def redeemed(world, code, verifier) -> int:
    return world.party.redeems(code, verifier).status_code


@pytest.mark.django_db(transaction=True)
@pytest.mark.drill("OP-3")
def test_op3_of_a_hundred_together_one_is_given_tokens(drill):
    world = World()
    workers = [Worker() for _ in range(8 if drill.size(2, full=200) == 2 else 100)]
    try:
        for _ in range(drill.record.trials):
            code, verifier = world.party.obtains()
            answers = together(*((each, partial(redeemed, world, code, verifier)) for each in workers))
            assert answers.count(200) == 1
            assert set(answers) <= {200, 400, 429}  # so many are told to wait, too
            assert Authorization.objects.order_by("-id").first().ending == "replayed"
    finally:
        for each in workers:
            each.close()


# OP-4: dead when it should be


@pytest.mark.django_db
def test_op4_another_client_gets_nothing_and_spoils_nothing(world):
    other = world.another_party(redirect_uris=[CALLBACK])
    code, verifier = world.party.obtains()
    assert refused(other.redeems(code, verifier))
    assert world.party.redeems(code, verifier).status_code == 200


@pytest.mark.django_db
@pytest.mark.parametrize("address", ["https://agence.example/autre", CALLBACK + "/", "", None])
def test_op4_the_address_must_be_the_one_of_the_request(world, address):
    code, verifier = world.party.obtains()
    assert world.party.redeems(code, verifier, redirect_uri=address).status_code == 400


@pytest.mark.django_db
@pytest.mark.parametrize(("seconds", "status"), [(59, 200), (60, 400), (3600, 400)])
def test_op4_a_code_lives_a_minute(world, at, seconds, status):
    at(begun := now())
    code, verifier = world.party.obtains()
    at(begun + timedelta(seconds=seconds))
    assert world.party.redeems(code, verifier).status_code == status


def sign_out(world):
    world.browser.post("/sortir")


def suspend(world):
    suspend_person(person_id=world.person.public_id, reason="Essai", under=UNDER)


def unlink(world):
    from mandat.identity.commands import link_login
    from mandat.identity.tests.people import person

    link_login(login=world.actor.login, person=person())


def stop_login(world):
    world.actor.login.is_active = False
    world.actor.login.save()


def withdraw(world):
    withdraw_consent(consent_id=Consent.objects.get().public_id, by=world.actor)


def disable(world):
    disable_client(client_id=world.client.public_id, by=supervisor())


ENDS = [sign_out, suspend, unlink, stop_login, withdraw, disable]


@pytest.mark.django_db
@pytest.mark.parametrize("end", ENDS)
def test_op4_whatever_ends_the_entry_kills_the_code(world, end):
    code, verifier = world.party.obtains()
    end(world)
    answer = world.party.redeems(code, verifier)
    assert answer.status_code == 401 if end is disable else refused(answer)


@pytest.mark.django_db
@pytest.mark.parametrize("end", ENDS)
def test_op10_whatever_ends_the_entry_kills_its_tokens(world, end):
    tokens = world.party.enters()
    end(world)
    assert world.party.reads(tokens["access_token"]).status_code == 401
    answer = world.party.refreshes(tokens["refresh_token"])
    assert answer.status_code == 401 if end is disable else refused(answer)
    told = world.party.posts("/openid/verifier", {"token": tokens["access_token"]})
    assert told.status_code == 401 if end is disable else told.json() == {"active": False}


@pytest.mark.django_db
def test_op10_a_session_that_has_lasted_its_time_carries_nothing_on(world, at):
    tokens = world.party.enters()
    at(world.session.ends_at)
    assert refused(world.party.refreshes(tokens["refresh_token"]))


# OP-10: refresh tokens


@pytest.mark.django_db
def test_op10_each_refresh_gives_the_next_and_its_reuse_kills_the_family(world):
    first = world.party.enters(scope="openid email")
    second = world.party.refreshes(first["refresh_token"]).json()
    third = world.party.refreshes(second["refresh_token"]).json()
    assert len({each["refresh_token"] for each in (first, second, third)}) == 3
    assert world.party.reads(third["access_token"]).status_code == 200
    assert refused(world.party.refreshes(first["refresh_token"]))
    assert world.party.reads(third["access_token"]).status_code == 401
    assert refused(world.party.refreshes(third["refresh_token"]))


@pytest.mark.django_db
def test_op10_a_refresh_may_ask_for_less_and_never_for_more(world):
    tokens = world.party.enters(scope="openid email profile")
    fewer = world.party.refreshes(tokens["refresh_token"], scope="openid email").json()
    assert fewer["scope"] == "openid email"
    assert world.party.reads(fewer["access_token"]).json().keys() == {"sub", "email"}
    more = world.party.refreshes(fewer["refresh_token"], scope="openid enterprise")
    assert more.json()["error"] == "invalid_scope"
    assert world.party.refreshes(fewer["refresh_token"]).status_code == 200


@pytest.mark.django_db
def test_op10_a_scope_taken_back_ends_what_was_given_with_it(world):
    tokens = world.party.enters(scope="openid email")
    Consent.objects.update(scopes=["openid"])
    assert refused(world.party.refreshes(tokens["refresh_token"]))
    assert world.party.reads(tokens["access_token"]).status_code == 401


@pytest.mark.django_db
def test_op10_another_client_refreshes_nothing(world):
    other = world.another_party()
    tokens = world.party.enters()
    assert refused(other.refreshes(tokens["refresh_token"]))
    assert world.party.refreshes(tokens["refresh_token"]).status_code == 200


@pytest.mark.django_db(transaction=True)
@pytest.mark.drill("OP-10")
def test_op10_of_refreshes_together_one_passes_and_the_family_dies(drill):
    world = World()
    workers = [Worker() for _ in range(8 if drill.size(2, full=100) == 2 else 40)]
    try:
        for _ in range(drill.record.trials):
            tokens = world.party.enters()
            answers = together(*((each, partial(world.party.refreshes, tokens["refresh_token"])) for each in workers))
            statuses = [each.status_code for each in answers]
            assert statuses.count(200) == 1
            assert set(statuses) <= {200, 400, 429}
            Tries.objects.all().delete()
            won = next(each for each in answers if each.status_code == 200).json()
            assert refused(world.party.refreshes(won["refresh_token"]))
            assert world.party.reads(won["access_token"]).status_code == 401
    finally:
        for each in workers:
            each.close()


# Taken back by the client


@pytest.mark.django_db
@pytest.mark.parametrize(("kind", "status"), [("access_token", 200), ("refresh_token", 400)])
def test_a_client_gives_a_token_back(world, kind, status):
    tokens = world.party.enters()
    assert world.another_party().posts("/openid/revoquer", {"token": tokens[kind]}).status_code == 200
    assert world.party.reads(tokens["access_token"]).status_code == 200
    assert world.party.posts("/openid/revoquer", {"token": tokens[kind]}).status_code == 200
    assert world.party.reads(tokens["access_token"]).status_code == 401
    assert world.party.refreshes(tokens["refresh_token"]).status_code == status
    assert world.party.posts("/openid/revoquer", {"token": "unknown"}).status_code == 200


@pytest.mark.django_db
def test_a_client_asks_about_its_own_tokens_alone(world):
    tokens = world.party.enters(scope="openid email")
    told = world.party.posts("/openid/verifier", {"token": tokens["access_token"]}).json()
    assert told["active"] is True
    assert told["scope"] == "openid email"
    assert told["client_id"] == world.client.client_id
    assert world.party.posts("/openid/verifier", {"token": tokens["refresh_token"]}).json()["active"] is True
    for token in (tokens["id_token"], "x", ""):
        assert world.party.posts("/openid/verifier", {"token": token}).json() == {"active": False}
    other = world.another_party()
    assert other.posts("/openid/verifier", {"token": tokens["access_token"]}).json() == {"active": False}
    assert Browser().post("/openid/verifier", {"token": tokens["access_token"]}).status_code == 400
