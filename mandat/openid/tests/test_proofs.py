"""How a client proves itself (OP-6), and that no token passes for another (OP-7, OP-8)."""

import base64
import hashlib
import hmac
import json
import socket
import time
from datetime import timedelta
from uuid import uuid4

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1
from cryptography.hazmat.primitives.asymmetric.ec import generate_private_key as draw_ec
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key as draw_rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.conf import settings
from django.test import Client as Browser
from jwt.algorithms import ECAlgorithm, RSAAlgorithm

from mandat.openid.client_keys import KeysPrivate, KeysRefused, public_keys_in
from mandat.openid.commands.clients import renew_secret
from mandat.openid.commands.keys import published_keys
from mandat.openid.tests.world import CALLBACK, TOKEN, World, claims_in, registered, supervisor
from mandat.platform.clock import now

ASSERTION = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
RSA_KEY = draw_rsa(public_exponent=65537, key_size=2048)
OTHER_KEY = draw_rsa(public_exponent=65537, key_size=2048)
EC_KEY = draw_ec(SECP256R1())
JWKS = {
    "keys": [
        RSAAlgorithm.to_jwk(RSA_KEY.public_key(), as_dict=True) | {"kid": "r"},
        ECAlgorithm.to_jwk(EC_KEY.public_key(), as_dict=True) | {"kid": "e"},
    ]
}


@pytest.fixture
def keyed(db):
    return World(auth_method="private_key_jwt", jwks=public_keys_in(json.dumps(JWKS)))


def part(value) -> str:
    raw = value if isinstance(value, bytes) else json.dumps(value).encode()
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def said(client, **more) -> dict:
    at = int(now().timestamp())
    known = {
        "iss": client.client_id, "sub": client.client_id, "aud": settings.PUBLIC_URL, "jti": str(uuid4()),
        "iat": at, "exp": at + 60,
    }  # fmt: skip
    return {name: value for name, value in (known | more).items() if value is not None}


def signed(client, *, key=RSA_KEY, alg="RS256", kid="r", headers=None, **more) -> str:
    return jwt.encode(said(client, **more), key, algorithm=alg, headers={"kid": kid} | (headers or {}))


def proves(world, assertion, **more) -> int:
    """Return the status of a redemption proven by an assertion: 401, or 400 for a code that is not one."""
    body = {
        "grant_type": "authorization_code", "code": "none", "code_verifier": "v" * 43, "redirect_uri": CALLBACK,
        "client_assertion_type": ASSERTION, "client_assertion": assertion,
    } | more  # fmt: skip
    return Browser().post(TOKEN, body_of(body), content_type="application/x-www-form-urlencoded").status_code


def body_of(body) -> str:
    from urllib.parse import urlencode

    return urlencode(body)


PROVEN, REFUSED = 400, 401


@pytest.mark.parametrize(
    ("key", "alg", "kid"), [(RSA_KEY, "RS256", "r"), (RSA_KEY, "PS256", "r"), (EC_KEY, "ES256", "e")]
)
@pytest.mark.parametrize("audience", [settings.PUBLIC_URL, settings.PUBLIC_URL + TOKEN])
def test_a_client_proves_itself_by_a_key_of_its_own(keyed, key, alg, kid, audience):
    assert proves(keyed, signed(keyed.client, key=key, alg=alg, kid=kid, aud=audience)) == PROVEN


def test_an_entry_by_a_key_is_an_entry(keyed):
    code, verifier = keyed.party.obtains()
    body = {
        "grant_type": "authorization_code", "code": code, "code_verifier": verifier, "redirect_uri": CALLBACK,
        "client_assertion_type": ASSERTION, "client_assertion": signed(keyed.client),
    }  # fmt: skip
    answer = Browser().post(TOKEN, body_of(body), content_type="application/x-www-form-urlencoded")
    assert claims_in(answer.json()["id_token"], keyed.client)["nonce"] == "n-1"


def none(client):
    return f"{part({'alg': 'none', 'kid': 'r'})}.{part(said(client))}."


def hs256(client):
    public = RSA_KEY.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    head = f"{part({'alg': 'HS256', 'kid': 'r'})}.{part(said(client))}"
    return f"{head}.{part(hmac.new(public, head.encode(), hashlib.sha256).digest())}"


def with_header(**headers):
    return lambda client: signed(client, headers=headers)


def with_claims(**claims):
    return lambda client: signed(
        client, **{name: value(client) if callable(value) else value for name, value in claims.items()}
    )


def seconds(count):
    return lambda client: int(now().timestamp()) + count


ATTACKS = {
    "alg none": none,
    "HS256 with the public key": hs256,
    "another key": lambda client: signed(client, key=OTHER_KEY),
    "kid a path": with_header(kid="../../etc/passwd"),
    "kid SQL": with_header(kid="' OR 1=1 --"),
    "kid of another kind of key": lambda client: signed(client, kid="e"),
    "jku": with_header(jku="http://127.0.0.1:9/keys"),
    "x5u": with_header(x5u="http://127.0.0.1:9/cert"),
    "x5c": with_header(x5c=["MIIB"]),
    "jwk": lambda client: signed(client, key=OTHER_KEY, headers={"jwk": RSAAlgorithm.to_jwk(OTHER_KEY.public_key(), as_dict=True)}),
    "crit": with_header(crit=["exp"]),
    "two dots more": lambda client: signed(client) + "..",
    "one part": lambda client: "x",
    "not base64": lambda client: "é.é.é",
    "huge": lambda client: signed(client, filler="a" * 10_000),
    "payload a list": lambda client: jwt.api_jws.encode(b"[]", RSA_KEY, algorithm="RS256", headers={"kid": "r"}),
    "payload deep": lambda client: jwt.api_jws.encode(b"[" * 3000, RSA_KEY, algorithm="RS256", headers={"kid": "r"}),
    "expired": with_claims(exp=seconds(-1)),
    "no end": with_claims(exp=None),
    "end too far": with_claims(exp=seconds(86_400)),
    "end no date": with_claims(exp="soon"),
    "end infinite": with_claims(exp=1e300),
    "future": with_claims(nbf=seconds(300)),
    "issued in the future": with_claims(iat=seconds(300)),
    "wrong audience": with_claims(aud="https://other.example"),
    "audience a list": with_claims(aud=[settings.PUBLIC_URL]),
    "two audiences": with_claims(aud=[settings.PUBLIC_URL, "https://other.example"]),
    "audience with a slash": with_claims(aud=settings.PUBLIC_URL + "/"),
    "no audience": with_claims(aud=None),
    "no jti": with_claims(jti=None),
    "empty jti": with_claims(jti=""),
    "jti a number": with_claims(jti=7),
    "another issuer": with_claims(iss="someone"),
    "another subject": with_claims(sub="someone"),
    "no subject": with_claims(sub=None),
}  # fmt: skip


@pytest.mark.parametrize("attack", ATTACKS.values(), ids=ATTACKS)
def test_op6_no_forged_assertion_is_accepted_and_nothing_is_fetched(keyed, attack, monkeypatch):
    connected, connect = [], socket.socket.connect
    monkeypatch.setattr(
        socket.socket, "connect", lambda self, address: connected.append(address) or connect(self, address)
    )
    assertion = attack(keyed.client)
    assert proves(keyed, assertion) in {REFUSED, 400}
    code, verifier = keyed.party.obtains()
    body = {"code": code, "code_verifier": verifier}
    answer = proves(keyed, assertion, **body)
    assert answer in {REFUSED, 400}
    assert not connected
    assert keyed.client.authorizations.get().code.used_at is None  # it never came that far


def test_op6_an_assertion_serves_once(keyed):
    assertion = signed(keyed.client)
    assert [proves(keyed, assertion) for _ in range(3)] == [PROVEN, REFUSED, REFUSED]
    same = "the-same-jti"
    assert proves(keyed, signed(keyed.client, jti=same)) == PROVEN
    assert proves(keyed, signed(keyed.client, jti=same, exp=int(time.time()) + 90)) == REFUSED


def test_op6_an_assertion_of_another_client_is_not_one_s_own(keyed):
    other = World()
    assert proves(keyed, signed(keyed.client), client_id=other.client.client_id) == REFUSED
    assert proves(keyed, signed(keyed.client), client_assertion_type="x") == REFUSED
    assert proves(keyed, signed(other.client)) == REFUSED  # a client that has a secret


@pytest.mark.django_db
@pytest.mark.parametrize(
    "header",
    [
        "", "Basic", "Basic !", "Basic " + base64.b64encode(b"nocolon").decode(), "Basic " + base64.b64encode(b"a:b").decode(),
        "Basic " + base64.b64encode(b"\xff\xfe:\x00").decode(), "Bearer x", "Digest x",
    ],
)  # fmt: skip
def test_a_secret_that_is_not_the_client_s_proves_nothing(world, header):
    answer = Browser().post(
        TOKEN, "grant_type=refresh_token&refresh_token=x", content_type="application/x-www-form-urlencoded",
        HTTP_AUTHORIZATION=header,
    )  # fmt: skip
    assert (answer.status_code, answer.json()["error"]) == (401, "invalid_client")
    assert answer.headers["WWW-Authenticate"].startswith("Basic")


@pytest.mark.django_db
def test_a_secret_comes_in_the_header_and_once(world):
    secret = {"client_id": world.client.client_id, "client_secret": world.secret}
    body = {"grant_type": "refresh_token", "refresh_token": "x"}
    post = lambda body, **more: Browser().post(TOKEN, body, content_type="application/x-www-form-urlencoded", **more)  # noqa: E731
    assert post(body_of(body | secret)).status_code == 401
    assert world.party.posts(TOKEN, body | {"client_secret": world.secret}).status_code == 401
    assert world.party.posts(TOKEN, body | {"client_assertion": "x"}).json()["error"] == "invalid_request"
    twice = post("grant_type=refresh_token&grant_type=refresh_token", HTTP_AUTHORIZATION=world.party.basic)
    assert twice.json()["error"] == "invalid_request"
    in_the_address = Browser().post(
        TOKEN + "?grant_type=refresh_token", body_of(body), content_type="application/x-www-form-urlencoded",
        HTTP_AUTHORIZATION=world.party.basic,
    )  # fmt: skip
    assert in_the_address.json()["error"] == "invalid_request"
    as_json = Browser().post(TOKEN, body, content_type="application/json", HTTP_AUTHORIZATION=world.party.basic)
    assert as_json.json()["error"] == "invalid_request"


@pytest.mark.django_db
def test_a_renewed_secret_leaves_time_to_change(world, at):
    before = world.party
    _, fresh = renew_secret(client_id=world.client.public_id, by=supervisor())
    after = world.party
    after.secret = fresh
    unknown = {"token": "x"}
    assert [each.posts("/openid/verifier", unknown).status_code for each in (before, after)] == [200, 200]
    at(now() + timedelta(hours=25))
    assert [each.posts("/openid/verifier", unknown).status_code for each in (before, after)] == [401, 200]
    assert world.secret not in str(list(world.client.secrets.values_list("digest", flat=True)))


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", KeysRefused), ("[]", KeysRefused), ("{}", KeysRefused), ('{"keys": []}', KeysRefused),
        ('{"keys": [1]}', KeysRefused), ('{"keys": [{"kty": "RSA"}]}', KeysRefused), ("[" * 9000, KeysRefused),
        ('{"keys": [{"kty": "oct", "k": "AAAA"}]}', KeysPrivate),
        (json.dumps({"keys": [RSAAlgorithm.to_jwk(RSA_KEY, as_dict=True)]}), KeysPrivate),
        (json.dumps({"keys": [RSAAlgorithm.to_jwk(draw_rsa(public_exponent=65537, key_size=1024).public_key(), as_dict=True)]}), KeysRefused),
    ],
)  # fmt: skip
def test_only_public_keys_that_are_strong_are_registered(text, why):
    with pytest.raises(why):
        public_keys_in(text)


# OP-7: no token passes for another


@pytest.mark.django_db
def test_op7_nothing_but_an_access_token_in_the_header_opens_the_claims(world):
    tokens = world.party.enters()
    read = lambda value: Browser().get("/openid/personne", HTTP_AUTHORIZATION=value).status_code  # noqa: E731
    assert read(f"Bearer {tokens['access_token']}") == 200
    for wrong in (
        f"Bearer {tokens['id_token']}", f"Bearer {tokens['refresh_token']}", f"Basic {tokens['access_token']}",
        f"Bearer {tokens['access_token'][:-1]}", f"Bearer {tokens['access_token']}x", "Bearer ", "", "Bearer é",
    ):  # fmt: skip
        assert read(wrong) == 401, wrong
    in_the_address = Browser().get("/openid/personne", {"access_token": tokens["access_token"]})
    in_the_body = Browser().post("/openid/personne", {"access_token": tokens["access_token"]})
    assert {in_the_address.status_code, in_the_body.status_code} == {401}
    assert 'error="invalid_token"' in in_the_address.headers["WWW-Authenticate"]
    assert world.party.reads(tokens["access_token"]).json()["sub"] == claims_in(tokens["id_token"], world.client)["sub"]


@pytest.mark.django_db
def test_op7_an_access_token_lives_ten_minutes(world, at):
    at(begun := now())
    tokens = world.party.enters()
    at(begun + timedelta(seconds=599))
    assert world.party.reads(tokens["access_token"]).status_code == 200
    at(begun + timedelta(seconds=600))
    assert world.party.reads(tokens["access_token"]).status_code == 401


@pytest.mark.django_db
def test_op7_a_token_given_for_one_service_names_no_other(world):
    other = world.another_party()
    mine = world.party.enters()
    with pytest.raises(jwt.InvalidAudienceError):
        claims_in(mine["id_token"], other.client)
    for token in (mine["access_token"], mine["id_token"]):
        assert world.party.refreshes(token).json()["error"] == "invalid_grant"


# OP-8: whoever answers says who it is


@pytest.mark.django_db
def test_op8_every_answer_says_who_answers(world):
    world.party.enters()
    for more in ({}, {"scope": "profile"}, {"prompt": "none", "max_age": "0"}):
        address = world.party.asks(**more).headers["Location"]
        from mandat.openid.tests.world import asked_in

        assert asked_in(address)["iss"] == settings.PUBLIC_URL
    metadata = Browser().get("/.well-known/openid-configuration").json()
    assert metadata["issuer"] == settings.PUBLIC_URL
    assert metadata["authorization_response_iss_parameter_supported"] is True


@pytest.mark.django_db
def test_discovery_says_exactly_what_is_served():
    answer = Browser().get("/.well-known/openid-configuration")
    told = answer.json()
    assert answer.headers["Content-Type"] == "application/json"
    assert told["response_types_supported"] == ["code"]
    assert told["grant_types_supported"] == ["authorization_code", "refresh_token"]
    assert told["subject_types_supported"] == ["pairwise"]
    assert told["id_token_signing_alg_values_supported"] == ["RS256"]
    assert told["code_challenge_methods_supported"] == ["S256"]
    assert told["token_endpoint_auth_methods_supported"] == ["client_secret_basic", "private_key_jwt"]
    assert told["ui_locales_supported"] == ["fr-CA", "en-CA"]
    assert told["backchannel_logout_supported"] is told["backchannel_logout_session_supported"] is True
    for name, address in told.items():
        if name.endswith("_endpoint") or name == "jwks_uri":
            path = address.removeprefix(settings.PUBLIC_URL)
            assert Browser().get(path).status_code in {200, 302, 400, 401, 405}, name


@pytest.mark.django_db
def test_keys_are_published_for_an_hour_and_never_their_private_half():
    assert Browser().get("/openid/cles").json() == {"keys": []}  # reading makes nothing
    registered()
    answer = Browser().get("/openid/cles")
    assert answer.headers["Cache-Control"] == "public, max-age=3600"
    keys = answer.json()["keys"]
    assert len(keys) == 2
    assert all(each.keys() == {"kty", "n", "e", "kid", "use", "alg"} for each in keys)
    assert keys == published_keys(now())
