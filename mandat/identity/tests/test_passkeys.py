"""Passkeys: what is accepted, and everything that is not (reliability SE-6)."""

import json
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from allauth.mfa.models import Authenticator
from cryptography.hazmat.primitives.asymmetric import ec
from django.db import IntegrityError, transaction
from fido2 import cbor
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from mandat.identity.commands import (
    HasFactors,
    LastFactor,
    NoPasskey,
    add_passkey,
    prove_passkey,
    remove_passkey,
    rename_passkey,
)
from mandat.identity.factor_policy import Factor, FactorPolicy
from mandat.identity.passkeys import (
    PasskeyLooksCopied,
    PasskeyRefused,
    Purpose,
    ask_to_prove,
    ask_to_register,
    passkeys_of,
)
from mandat.identity.second_factor import recovery_codes
from mandat.identity.tests.authenticator import PRESENT, VERIFIED, Passkey
from mandat.identity.tests.people import acting, login, login_with_second_factor
from mandat.platform.clock import now
from mandat.platform.models import EventRow

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 11, 23, 17, 0, 5, tzinfo=UTC)
ANY = FactorPolicy((Factor.PASSKEY, Factor.TOTP))
STRICT = FactorPolicy((Factor.PASSKEY,))


def asked_to_register(of):
    return ask_to_register(of, name="Éloïse Tremblay", at=now())


def add(of, passkey=None, *, name="Mon téléphone", policy=ANY, methods=(), **forged):
    """Register a passkey as a browser would, honestly but for what is forged."""
    passkey = passkey or Passkey()
    options, ceremony = asked_to_register(of)
    answer = passkey.made(options, **forged)
    add_passkey(login=of, ceremony=ceremony, answer=answer, name=name, policy=policy, methods=methods)
    return passkey


def prove(of, passkey, purpose=Purpose.SECOND_FACTOR, **forged):
    options, ceremony = ask_to_prove(purpose, login=of, at=now())
    return prove_passkey(ceremony=ceremony, answer=passkey.proven(options, **forged), login=of)


@pytest.fixture
def someone(at):
    """Return a login without a factor, at noon."""
    at(NOON)
    return login()


@pytest.fixture
def passkey(someone):
    """Return the one passkey of that login."""
    return add(someone)


# What is accepted


def test_a_passkey_is_asked_to_work_alone_and_behind_a_gesture_of_its_own(someone):
    options, _ = asked_to_register(someone)
    assert options["rp"]["id"] == "localhost"
    assert options["authenticatorSelection"] == {
        "residentKey": "required", "requireResidentKey": True, "userVerification": "required",
    }  # fmt: skip
    assert {each["alg"] for each in options["pubKeyCredParams"]} == {-7, -8, -257}
    assert json.dumps(options)


def test_the_key_given_to_the_browser_tells_nothing_of_the_login(someone):
    options, _ = asked_to_register(someone)
    assert someone.user_code not in json.dumps(options)


def test_a_passkey_proves_its_login_alone_and_as_a_second_factor(someone, passkey):
    assert prove(None, passkey, Purpose.ENTER) == someone
    assert prove(someone, passkey) == someone
    assert prove(someone, passkey, Purpose.STEP_UP) == someone
    assert passkeys_of(someone).get().last_used_at == NOON


def test_a_login_has_several_passkeys_and_is_asked_for_any(someone, passkey):
    other = add(someone, name="Ma clé", methods=["webauthn"])
    options, _ = ask_to_prove(Purpose.STEP_UP, login=someone, at=now())
    assert len(options["allowCredentials"]) == 2
    assert prove(someone, passkey) == prove(someone, other) == someone


def test_a_synchronised_passkey_has_no_counter_and_serves_all_the_same(someone):
    passkey = add(someone, Passkey(counter=0))
    for _ in range(3):
        assert prove(someone, passkey) == someone


def test_with_the_first_passkey_come_recovery_codes_where_the_policy_accepts_them(someone):
    add(someone, policy=ANY)
    assert len(recovery_codes(someone)) == 10
    strict = login(email="agente@exemple.test")
    add(strict, policy=STRICT)
    assert recovery_codes(strict) == []


# What is not: forged registrations

FORGED = {
    "origin": {"said": {"origin": "https://localhost.ailleurs.test"}},
    "another port": {"said": {"origin": "http://localhost:1"}},
    "http for https": {"said": {"origin": "https://localhost:8000"}},
    "inside another's page": {"said": {"crossOrigin": True}},
    "type": {"said": {"type": "payment.get"}},
    "challenge": {"said": {"challenge": "bm90IHRoZSBjaGFsbGVuZ2U"}},
    "party": {"party": "ailleurs.test"},
    "a part of the party": {"party": "host"},
    "nobody present": {"flags": VERIFIED},
    "nobody verified": {"flags": PRESENT},
}


@pytest.mark.parametrize("what", FORGED)
def test_a_forged_registration_is_refused(someone, what):
    with pytest.raises(PasskeyRefused):
        add(someone, **FORGED[what])
    assert not passkeys_of(someone).exists()


@pytest.mark.parametrize("what", FORGED)
def test_a_forged_proof_is_refused(someone, passkey, what):
    for of, purpose in ((None, Purpose.ENTER), (someone, Purpose.SECOND_FACTOR), (someone, Purpose.STEP_UP)):
        with pytest.raises(PasskeyRefused):
            prove(of, passkey, purpose, **FORGED[what])


def test_a_key_of_an_algorithm_that_was_not_asked_for_is_refused(someone):
    weak = cbor.encode({1: 3, 3: -65535, -1: b"\x01" * 256, -2: b"\x01\x00\x01"})  # RS1: SHA-1
    with pytest.raises(PasskeyRefused):
        add(someone, public=weak)


def test_another_key_cannot_sign_for_a_passkey(someone, passkey):
    with pytest.raises(PasskeyRefused):
        prove(someone, passkey, key=ec.generate_private_key(ec.SECP256R1()))


def test_a_counter_that_goes_back_or_stands_still_is_refused_and_told(someone, passkey):
    prove(someone, passkey)
    for counter in (passkey.counter, 1, 0):
        with pytest.raises(PasskeyLooksCopied):
            prove(someone, passkey, counter=counter)
    told = EventRow.objects.filter(name="PasskeyCopied", aggregate_id=someone.public_id)
    assert told.count() == 3
    assert prove(someone, passkey, counter=50) == someone


def test_a_challenge_serves_once(someone, passkey):
    options, ceremony = ask_to_prove(Purpose.STEP_UP, login=someone, at=now())
    prove_passkey(ceremony=ceremony, answer=passkey.proven(options), login=someone)
    with pytest.raises(PasskeyRefused):
        prove_passkey(ceremony=ceremony, answer=passkey.proven(options), login=someone)


def test_a_challenge_to_register_serves_once(someone):
    options, ceremony = asked_to_register(someone)
    sent = {"login": someone, "ceremony": ceremony, "name": "x", "policy": ANY}
    add_passkey(**sent, answer=Passkey().made(options))
    with pytest.raises(PasskeyRefused):
        add_passkey(**sent, answer=Passkey().made(options), methods=["webauthn"])
    assert passkeys_of(someone).count() == 1


@pytest.mark.parametrize("asked", [Purpose.REGISTER, Purpose.ENTER])
def test_a_challenge_serves_only_what_it_was_made_for(someone, passkey, asked):
    """A registration’s is no proof; what was asked of nobody proves nobody in particular, nor the other way round."""
    if asked == Purpose.REGISTER:
        options, ceremony = asked_to_register(someone)
    else:
        options, ceremony = ask_to_prove(Purpose.ENTER, login=None, at=now())
    with pytest.raises(PasskeyRefused):
        prove_passkey(ceremony=ceremony, answer=passkey.proven(options), login=someone)


def test_a_challenge_of_a_second_factor_registers_nothing(someone, passkey):
    options, ceremony = ask_to_prove(Purpose.STEP_UP, login=someone, at=now())
    with pytest.raises(PasskeyRefused):
        add_passkey(
            login=someone, ceremony=ceremony, answer=Passkey().made(options | {"user": {"id": passkey.handle}}),
            name="x", policy=ANY, methods=["webauthn"],
        )  # fmt: skip


def test_a_challenge_lasts_five_minutes(someone, passkey, at):
    options, ceremony = ask_to_prove(Purpose.STEP_UP, login=someone, at=now())
    at(NOON + timedelta(minutes=5))
    with pytest.raises(PasskeyRefused):
        prove_passkey(ceremony=ceremony, answer=passkey.proven(options), login=someone)


# Of another account


def test_nobodys_passkey_proves_another_login(someone, passkey):
    other = login(email="marc@exemple.test")
    theirs = add(other)
    with pytest.raises(PasskeyRefused):
        prove(someone, theirs)
    with pytest.raises(PasskeyRefused):
        prove(None, theirs, Purpose.ENTER, handle=passkey.handle)
    with pytest.raises(PasskeyRefused):
        prove(None, theirs, Purpose.ENTER, handle="")
    assert prove(None, theirs, Purpose.ENTER) == other


def test_a_challenge_made_for_one_login_proves_no_other(someone, passkey):
    other = login(email="marc@exemple.test")
    theirs = add(other)
    options, ceremony = ask_to_prove(Purpose.STEP_UP, login=someone, at=now())
    with pytest.raises(PasskeyRefused):
        prove_passkey(ceremony=ceremony, answer=theirs.proven(options), login=other)


def test_a_passkey_is_one_logins(someone, passkey):
    other = login(email="marc@exemple.test")
    with pytest.raises(PasskeyRefused):
        add(other, Passkey(credential_id=passkey.credential_id))
    kept = passkeys_of(someone).get()
    with pytest.raises(IntegrityError), transaction.atomic():
        Authenticator.objects.create(user=other, type="webauthn", data=kept.data)


def test_a_removed_passkey_proves_nothing(someone, passkey):
    add(someone, methods=["webauthn"])
    remove_passkey(passkey=UUID(passkeys_of(someone).first().data["id"]), policy=STRICT, by=acting(someone))
    with pytest.raises(PasskeyRefused):
        prove(None, passkey, Purpose.ENTER)


# Junk

JSON = some.recursive(
    some.none() | some.booleans() | some.integers() | some.text(),
    lambda each: some.lists(each) | some.dictionaries(some.text(), each),
    max_leaves=8,
)
PARTS = ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"]
RESPONSE = some.fixed_dictionaries({}, optional=dict.fromkeys(PARTS, JSON))
LIKELY = some.fixed_dictionaries({}, optional={"id": JSON, "rawId": JSON, "type": JSON, "response": RESPONSE | JSON})


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(junk=JSON | LIKELY)
def test_junk_is_refused_and_breaks_nothing(someone, junk):
    _, asked = asked_to_register(someone)
    with pytest.raises(PasskeyRefused):
        add_passkey(login=someone, ceremony=asked, answer=junk, name="x", policy=ANY)
    _, asked = ask_to_prove(Purpose.ENTER, login=None, at=now())
    with pytest.raises(PasskeyRefused):
        prove_passkey(ceremony=asked, answer=junk, login=None)


@pytest.mark.parametrize("part", ["clientDataJSON", "attestationObject"])
@pytest.mark.parametrize("bad", ["", "AA", "!!!", "oA", "gg" * 5000, "e30", "W10"])
def test_a_broken_part_is_refused(someone, part, bad):
    options, ceremony = asked_to_register(someone)
    answer = Passkey().made(options)
    answer["response"][part] = bad
    with pytest.raises(PasskeyRefused):
        add_passkey(login=someone, ceremony=ceremony, answer=answer, name="x", policy=ANY)


@pytest.mark.parametrize("part", ["clientDataJSON", "authenticatorData", "signature"])
@pytest.mark.parametrize("bad", ["", "AA", "!!!", "oA", "gg" * 5000, "e30", "W10"])
def test_a_broken_part_of_a_proof_is_refused(someone, passkey, part, bad):
    options, ceremony = ask_to_prove(Purpose.STEP_UP, login=someone, at=now())
    answer = passkey.proven(options)
    answer["response"][part] = bad
    with pytest.raises(PasskeyRefused):
        prove_passkey(ceremony=ceremony, answer=answer, login=someone)


# Adding, naming, removing


def test_a_password_alone_adds_no_passkey_to_a_login_that_has_a_factor(at):
    at(NOON)
    made = login_with_second_factor()
    with pytest.raises(HasFactors):
        add(made)
    assert add(made, methods=["password", "totp"])


def test_never_removes_the_last_that_the_policy_asks_for(someone, passkey):
    its_id = UUID(passkeys_of(someone).get().data["id"])
    for policy in (STRICT, ANY):
        with pytest.raises(LastFactor):
            remove_passkey(passkey=its_id, policy=policy, by=acting(someone))
    assert prove(someone, passkey) == someone


def test_nobody_names_or_removes_the_passkey_of_another(someone, passkey):
    other = login_with_second_factor(email="marc@exemple.test")
    its_id = UUID(passkeys_of(someone).get().data["id"])
    with pytest.raises(NoPasskey):
        rename_passkey(passkey=its_id, name="À moi", by=acting(other))
    with pytest.raises(NoPasskey):
        remove_passkey(passkey=its_id, policy=ANY, by=acting(other))
    rename_passkey(passkey=its_id, name="Mon portable", by=acting(someone))
    assert passkeys_of(someone).get().data["name"] == "Mon portable"
