"""Keys changed without anybody noticing (OP-9)."""

import json
from datetime import timedelta
from io import StringIO

import jwt
import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from mandat.openid.commands import keys
from mandat.openid.commands.keys import NextKeyTooYoung, key_in_use, published_keys, rotate_keys, rotate_when_due
from mandat.openid.models import SigningKey
from mandat.openid.tests.world import claims_in
from mandat.platform.clock import now

pytestmark = pytest.mark.django_db
A_DAY = timedelta(hours=24)


def kids(at) -> list[str]:
    return [each["kid"] for each in published_keys(at)]


def test_op9_a_key_is_published_a_day_before_it_signs_and_a_day_after(at):
    at(begun := now())
    key_in_use()
    in_use, waiting = kids(begun)
    assert key_in_use().kid == in_use
    with pytest.raises(NextKeyTooYoung):
        rotate_keys()
    at(begun + A_DAY)
    assert rotate_keys() == waiting == key_in_use().kid
    assert len(published := kids(begun + A_DAY)) == 3
    assert published[:2] == [in_use, waiting]
    assert in_use not in kids(begun + 2 * A_DAY)
    assert kids(begun + 2 * A_DAY) == published[1:]


@pytest.mark.drill("OP-9")
def test_op9_nothing_fails_to_verify_while_keys_change(world, at, drill):
    """A service keeps our keys for an hour; we change keys each day; every token verifies with what it has kept."""
    at(begun := now())
    key_in_use()
    kept, kept_at, failures = published_keys(begun), begun, 0
    trials = drill.size(60, full=10_000)
    for trial in range(trials):
        instant = begun + timedelta(minutes=17) * trial
        at(instant)
        if trial and trial % 100 == 0:
            rotate_keys()
        if instant - kept_at >= timedelta(hours=1):
            kept, kept_at = published_keys(instant), instant
        key = key_in_use()
        token = keys.jose.sign({"sub": "x"}, key=key.private, kid=key.kid, typ="JWT")
        known = {each["kid"]: each for each in kept}
        try:
            jwt.decode(token, jwt.PyJWK(known[jwt.get_unverified_header(token)["kid"]]), algorithms=["RS256"])
        except (KeyError, jwt.InvalidTokenError):
            failures += 1
    assert failures == 0


def test_op9_a_token_signed_before_a_change_verifies_after(world, at):
    at(begun := now())
    tokens = world.party.enters()
    at(begun + A_DAY)
    rotate_keys()
    assert claims_in(tokens["id_token"], world.client)


def test_op9_a_compromised_key_leaves_at_once(world):
    tokens = world.party.enters()
    in_use = key_in_use().kid
    rotate_keys(is_urgent=True)
    assert in_use not in kids(now())
    with pytest.raises(KeyError):
        claims_in(tokens["id_token"], world.client)


def test_op9_the_private_half_is_encrypted_and_forgotten(at, settings):
    at(begun := now())
    key_in_use()
    kept = SigningKey.objects.order_by("id").first()
    assert "PRIVATE" not in kept.private
    at(begun + A_DAY)
    rotate_keys()
    kept.refresh_from_db()
    assert kept.private == ""
    with connection.cursor() as cursor:
        cursor.execute("SELECT private || public::text FROM openid_signingkey")
        assert not any("PRIVATE KEY" in row[0] or '"d"' in row[0] for row in cursor.fetchall())


def test_op9_the_secret_of_the_deployment_may_be_changed(settings):
    kid = key_in_use().kid
    settings.SECRET_KEY_FALLBACKS, settings.SECRET_KEY = [settings.SECRET_KEY], "another"
    assert key_in_use().kid == kid


def test_keys_change_by_themselves_when_they_have_served_their_time(at):
    at(begun := now())
    assert rotate_when_due() is None
    first = key_in_use().kid
    at(begun + timedelta(days=89))
    assert rotate_when_due() is None
    at(begun + timedelta(days=91))
    assert rotate_when_due() not in {None, first}
    assert rotate_when_due() is None


def test_the_command_shows_changes_and_refuses(at):
    at(begun := now())
    key_in_use()
    said = StringIO()
    call_command("rotate_keys", "--show", stdout=said)
    assert len(json.loads(said.getvalue())["keys"]) == 2
    with pytest.raises(CommandError, match="--urgent"):
        call_command("rotate_keys", stdout=said)
    at(begun + A_DAY)
    call_command("rotate_keys", stdout=(said := StringIO()))
    assert len(json.loads(said.getvalue())["keys"]) == 3
