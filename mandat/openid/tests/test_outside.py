"""Entering by an outside provider: who is let in, by what, and every answer that is not in order refused."""

import json
import time
from datetime import timedelta
from io import BytesIO
from urllib.error import HTTPError, URLError
from urllib.parse import parse_qs, urlsplit

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from django.conf import settings as real_settings
from django.core.cache import cache
from django.core.exceptions import ImproperlyConfigured
from django.test import Client as Browser
from jwt.algorithms import RSAAlgorithm

from mandat.identity.actor import Assurance, Method, assurance_of
from mandat.identity.factor_policy import Factor, FactorPolicy
from mandat.identity.models import Session
from mandat.identity.tests.people import code, login_with_second_factor
from mandat.openid.models import OutsideLink
from mandat.openid.outside import asking
from mandat.openid.outside.providers import read_providers
from mandat.openid.tests.world import asked_in, browser_of, supervisor
from mandat.platform.clock import now
from mandat.platform.models import EventRow
from mandat.web.account.stages import is_enough_from_outside

pytestmark = pytest.mark.django_db
ISSUER, OURS = "https://ailleurs.example", "mandat-chez-eux"
KEYS = [generate_private_key(public_exponent=65537, key_size=2048) for _ in range(2)]
SAID = {"acr": "urn:eux:deux", "amr": ["pwd"]}
FILE = f"""
[[provider]]
code = "ailleurs"
fr = "Ailleurs"
en = "Elsewhere"
issuer = "{ISSUER}"
client_id = "{OURS}"
client_secret_env = "OUTSIDE_SECRET"
[provider.acr]
"urn:eux:deux" = "two_factors"
[provider.amr]
pop = "phishing_resistant"
"""


class Elsewhere:
    """An outside provider, with the faults that a test gives it."""

    def __init__(self):
        self.key, self.kid, self.claims, self.header, self.sub = KEYS[0], "k0", {}, {}, "eux-1"
        self.metadata, self.down, self.asked, self.redeemed = {}, False, {}, 0
        self.published = [self.jwk(KEYS[0], "k0")]

    @staticmethod
    def jwk(key, kid):
        return RSAAlgorithm.to_jwk(key.public_key(), as_dict=True) | {"kid": kid}

    def rotate(self):
        self.key, self.kid = KEYS[1], "k1"
        self.published = [self.jwk(KEYS[1], "k1")]

    def open(self, request, timeout=None):
        if self.down:
            raise URLError("down")
        path = urlsplit(request.full_url).path
        if path.endswith("openid-configuration"):
            return self.says({
                "issuer": ISSUER, "authorization_endpoint": f"{ISSUER}/a", "token_endpoint": f"{ISSUER}/t",
                "jwks_uri": f"{ISSUER}/k", "authorization_response_iss_parameter_supported": True,
            } | self.metadata)  # fmt: skip
        if path == "/k":
            return self.says({"keys": self.published})
        return self.tokens(parse_qs(request.data.decode()))

    def tokens(self, form):
        self.redeemed += 1
        if form["code"] != ["c-1"] or self.redeemed > 1:
            raise HTTPError("", 400, "invalid_grant", {}, BytesIO())
        at = int(now().timestamp())
        known = {
            "iss": ISSUER, "aud": OURS, "sub": self.sub, "nonce": self.asked["nonce"], "iat": at, "exp": at + 60,
        } | SAID  # fmt: skip
        claims = {name: value for name, value in (known | self.claims).items() if value is not None}
        alg = self.header.get("alg", "RS256")
        key = {"RS256": self.key, "HS256": "s" * 64, "none": None}[alg]
        return self.says({"id_token": jwt.encode(claims, key, algorithm=alg, headers={"kid": self.kid} | self.header)})

    @staticmethod
    def says(body):
        return BytesIO(json.dumps(body).encode())

    def answer(self, address, **more) -> dict[str, str]:
        """Return what the person comes back with."""
        self.asked = asked_in(address)
        known = {"code": "c-1", "state": self.asked["state"], "iss": ISSUER}
        return {name: value for name, value in (known | more).items() if value is not None}


@pytest.fixture
def elsewhere(monkeypatch, settings, tmp_path):
    monkeypatch.setenv("OUTSIDE_SECRET", "secret")
    path = tmp_path / "providers.toml"
    path.write_text(FILE)
    settings.OUTSIDE_PROVIDERS = str(path)
    made = Elsewhere()
    monkeypatch.setattr(asking, "build_opener", lambda *_: made)
    cache.clear()
    return made


@pytest.fixture
def linked(elsewhere):
    login = login_with_second_factor()
    OutsideLink.objects.create(issuer=ISSUER, sub="eux-1", login=login, during=(now() - timedelta(days=1), None))
    return login


def sent_out(browser, **query) -> str:
    return browser.get("/entrer/par/ailleurs", query).headers["Location"]


def enters(elsewhere, browser, **more):
    return browser.get("/entrer/retour", elsewhere.answer(sent_out(browser), **more))


def is_in(browser) -> bool:
    return browser.get("/compte/").status_code == 200


def test_the_sign_in_page_offers_the_providers_by_name(elsewhere, client):
    assert "Ailleurs" in client.get("/entrer").content.decode()
    assert "Elsewhere" in client.get("/en/entrer").content.decode()
    asked = asked_in(sent_out(client))
    assert asked["code_challenge_method"] == "S256"
    assert asked["scope"] == "openid"


def test_without_providers_nothing_is_offered(client):
    assert "Ou entrez par un autre fournisseur" not in client.get("/entrer").content.decode()
    assert client.get("/entrer/par/ailleurs").status_code == 404


def test_a_provider_that_is_not_trusted_for_more_is_one_factor_and_ours_is_asked(elsewhere, linked, client):
    elsewhere.claims = {"acr": "urn:eux:inconnu"}
    answer = enters(elsewhere, client)
    assert answer.headers["Location"] == "/entrer/code"
    assert not is_in(client)
    client.post("/entrer/code", {"code": code(linked)})
    assert is_in(client)
    opened = Session.objects.get()
    assert opened.methods == ["outside", "totp"]
    assert opened.assurance == "two_factors"


def test_whoever_is_linked_to_nothing_is_told_how_to_link(elsewhere, linked, client):
    elsewhere.sub = "eux-2"
    elsewhere.claims = {"email": linked.email, "email_verified": True}
    answer = enters(elsewhere, client)
    assert answer.status_code == 400
    assert "rien n’y est relié ici" in answer.content.decode()
    assert not is_in(client)


def test_the_same_name_at_another_provider_is_another_person(elsewhere, linked, client):
    OutsideLink.objects.update(issuer="https://autre.example")
    assert enters(elsewhere, client).status_code == 400
    assert not is_in(client)


FORGED = {
    "another issuer": {"claims": {"iss": "https://autre.example"}},
    "no issuer": {"claims": {"iss": None}},
    "another audience": {"claims": {"aud": "autre"}},
    "two audiences": {"claims": {"aud": [OURS, "autre"]}},
    "another party": {"claims": {"azp": "autre"}},
    "another nonce": {"claims": {"nonce": "autre"}},
    "no nonce": {"claims": {"nonce": None}},
    "no subject": {"claims": {"sub": None}},
    "a subject too long": {"claims": {"sub": "a" * 256}},
    "alg none": {"header": {"alg": "none"}},
    "alg HS256": {"header": {"alg": "HS256"}},
    "another key": {"key": KEYS[1]},
    "a key that comes along": {"header": {"jku": "https://evil.example"}},
    "expired": {"claims": {"exp": 1}},
    "no end": {"claims": {"exp": None}},
    "of tomorrow": {"claims": {"iat": int(time.time()) + 10**7}},
}


@pytest.mark.parametrize("forgery", FORGED.values(), ids=FORGED)
def test_no_forged_token_opens_anything(elsewhere, linked, client, forgery):
    vars(elsewhere).update(forgery)
    answer = enters(elsewhere, client)
    assert answer.status_code == 400
    assert "Nous n’avons pas pu vous reconnaître par Ailleurs" in answer.content.decode()
    assert "_auth_user_id" not in client.session
    assert not is_in(client)
    assert not Session.objects.exists()


@pytest.mark.parametrize("answer", [
    {"state": "autre"}, {"state": None}, {"iss": "https://autre.example"}, {"iss": None}, {"code": None},
    {"code": "autre"}, {"error": "access_denied"},
])  # fmt: skip
def test_no_answer_but_the_one_asked_for_is_read(elsewhere, linked, client, answer):
    assert enters(elsewhere, client, **answer).status_code == 400
    assert not is_in(client)


def test_an_answer_is_read_once_and_only_by_the_browser_that_asked(elsewhere, linked, client):
    elsewhere.claims = {"acr": ""}
    given = elsewhere.answer(sent_out(client))
    assert Browser().get("/entrer/retour", given).status_code == 400
    assert client.get("/entrer/retour", given).status_code == 302
    assert client.get("/entrer/retour", given).status_code == 400


def test_an_answer_comes_within_ten_minutes(elsewhere, linked, client, at):
    at(begun := now())
    given = elsewhere.answer(sent_out(client))
    at(begun + timedelta(minutes=11))
    assert client.get("/entrer/retour", given).status_code == 400


def test_a_wrong_clock_is_said_to_be_one(elsewhere, linked, client):
    at = int(now().timestamp())
    elsewhere.claims = {"iat": at - 4000, "exp": at - 3600}
    assert "horloge" in enters(elsewhere, client).content.decode()


def test_keys_that_changed_are_asked_for_again(elsewhere, linked, client):
    elsewhere.claims = {"acr": ""}
    enters(elsewhere, client)
    elsewhere.rotate()
    elsewhere.redeemed = 0
    other = Browser()
    assert enters(elsewhere, other).headers["Location"] == "/entrer/code"


def test_a_provider_that_is_down_is_said_to_be_and_nothing_else_breaks(elsewhere, client):
    elsewhere.down = True
    answer = client.get("/entrer/par/ailleurs")
    assert answer.status_code == 502
    assert "ne répond pas" in answer.content.decode()
    assert client.get("/entrer").status_code == 200


@pytest.mark.parametrize("metadata", [{"issuer": "https://autre.example"}, {"token_endpoint": None}, {"jwks_uri": 7}])
def test_a_provider_that_speaks_for_another_is_not_gone_to(elsewhere, client, metadata):
    elsewhere.metadata = metadata
    assert client.get("/entrer/par/ailleurs").status_code == 502


@pytest.mark.parametrize("onward", ["https://evil.example/", "//evil.example", "/compte/historique"])
def test_one_goes_on_to_our_own_pages_alone(elsewhere, linked, client, onward):
    elsewhere.claims = {"acr": ""}
    address = sent_out(client, next=onward)
    client.get("/entrer/retour", elsewhere.answer(address))
    done = client.post("/entrer/code", {"code": code(linked)}).headers["Location"]
    assert "evil" not in done
    assert done == onward or "evil" in onward


# Linked, and let go


def links(elsewhere, browser, **more):
    asked = browser.get("/compte/ailleurs/relier/ailleurs")
    return browser.get("/entrer/retour", elsewhere.answer(asked.headers["Location"], **more))


def test_links_what_they_hold_after_a_proof(elsewhere):
    someone = supervisor()
    browser, _ = browser_of(someone)
    assert links(elsewhere, browser).headers["Location"] == "/compte/ailleurs"
    link = OutsideLink.objects.get()
    assert (link.issuer, link.sub, link.login) == (ISSUER, "eux-1", someone.login)
    assert "Relié depuis" in browser.get("/compte/ailleurs").content.decode()
    assert EventRow.objects.filter(name="OutsideLinked").count() == 1


def test_an_old_proof_links_nothing(elsewhere, at):
    browser, session = browser_of(supervisor())
    at(session.opened_at + timedelta(minutes=6))
    assert "/entrer/confirmer/code" in browser.get("/compte/ailleurs/relier/ailleurs").headers["Location"]


def test_an_identity_opens_one_login_and_a_login_has_one_name_there(elsewhere, linked):
    browser, _ = browser_of(supervisor())
    assert "déjà reliée" in links(elsewhere, browser).content.decode()
    elsewhere.sub, elsewhere.redeemed = "eux-2", 0
    assert links(elsewhere, browser).status_code == 302
    elsewhere.sub, elsewhere.redeemed = "eux-3", 0
    assert links(elsewhere, browser).status_code == 400
    assert OutsideLink.objects.count() == 2


def test_another_s_answer_cannot_be_linked_to_one_s_own(elsewhere):
    mine, theirs = browser_of(supervisor())[0], browser_of(supervisor())[0]
    asked = theirs.get("/compte/ailleurs/relier/ailleurs").headers["Location"]
    assert mine.get("/entrer/retour", elsewhere.answer(asked)).status_code == 400
    assert not OutsideLink.objects.exists()


def test_lets_go_after_asking_and_it_opens_nothing_more(elsewhere):
    someone = supervisor()
    someone.login.set_password("une phrase bien à moi")
    someone.login.save()
    browser, _ = browser_of(someone)
    links(elsewhere, browser)
    link = OutsideLink.objects.get()
    address = f"/compte/ailleurs/{link.public_id}/delier"
    assert browser.get(address).status_code == 200
    assert browser_of(supervisor())[0].post(address).status_code == 404
    assert browser.post(address).headers["Location"] == "/compte/ailleurs"
    elsewhere.redeemed = 0
    other = Browser()
    assert "rien n’y est relié" in enters(elsewhere, other).content.decode()
    link.refresh_from_db()
    assert link.during.upper is not None


def test_nobody_lets_go_of_their_only_way_in(elsewhere):
    someone = supervisor()
    someone.login.set_password(None)
    someone.login.save()
    browser, _ = browser_of(someone)
    links(elsewhere, browser)
    link = OutsideLink.objects.get()
    browser.post(f"/compte/ailleurs/{link.public_id}/delier")
    link.refresh_from_db()
    assert link.during.upper is None


# What is written down


@pytest.mark.parametrize(("said", "assurance"), [
    (("urn:eux:deux", ["pwd"]), "two_factors"),
    (("urn:eux:deux", ["pop"]), "phishing_resistant"),
    (("urn:eux:un", ["pwd", "otp"]), "one_factor"),
    ((None, None), "one_factor"),
    ((["urn:eux:deux"], "pop"), "one_factor"),
])  # fmt: skip
def test_what_a_provider_says_is_worth_what_the_operator_wrote(elsewhere, settings, said, assurance):
    assert read_providers(settings.OUTSIDE_PROVIDERS)["ailleurs"].assurance_of(*said) == assurance


@pytest.mark.parametrize(("methods", "assurance"), [
    ({Method.OUTSIDE}, Assurance.ONE_FACTOR),
    ({Method.OUTSIDE, Method.PASSWORD}, Assurance.ONE_FACTOR),
    ({Method.OUTSIDE, Method.TOTP}, Assurance.TWO_FACTORS),
    ({Method.OUTSIDE_TWO_FACTORS}, Assurance.TWO_FACTORS),
    ({Method.OUTSIDE_PHISHING_RESISTANT}, Assurance.PHISHING_RESISTANT),
])  # fmt: skip
def test_an_outside_word_is_worth_its_factors(methods, assurance):
    assert assurance_of(methods) == assurance


@pytest.mark.parametrize(("before", "after"), [
    ("client_secret_env", "client_secret"), ("OUTSIDE_SECRET", "NOT_THERE"), ("https://ailleurs", "http://ailleurs"),
    ("two_factors", "none"), ('code = "ailleurs"', ""), ("[[provider]]", "[provider]"), ("fr =", "fr"),
])  # fmt: skip
def test_a_file_that_is_wrong_stops_the_start(monkeypatch, tmp_path, before, after):
    monkeypatch.setenv("OUTSIDE_SECRET", "secret")
    path = tmp_path / "wrong.toml"
    path.write_text(FILE.replace(before, after))
    with pytest.raises(ImproperlyConfigured, match=r"wrong\.toml"):
        read_providers(str(path))


def test_secrets_are_in_no_table_and_no_page(elsewhere, settings):
    assert "secret" not in repr(read_providers(settings.OUTSIDE_PROVIDERS)["ailleurs"]).replace("client_secret", "")
    assert real_settings.OUTSIDE_PROVIDERS


def test_a_provider_trusted_for_two_factors_is_asked_no_more(elsewhere, linked, client):
    assert enters(elsewhere, client).status_code == 302
    assert is_in(client)
    opened = Session.objects.get()
    assert (opened.methods, opened.assurance) == (["outside_2f"], "two_factors")


@pytest.mark.parametrize(("accepted", "method", "is_enough"), [
    ((Factor.PASSKEY, Factor.TOTP), Method.OUTSIDE_TWO_FACTORS, True),
    ((Factor.PASSKEY,), Method.OUTSIDE_TWO_FACTORS, False),
    ((Factor.PASSKEY,), Method.OUTSIDE_PHISHING_RESISTANT, True),
    ((Factor.PASSKEY, Factor.TOTP), Method.OUTSIDE, False),
    ((Factor.TOTP,), Method.PASSWORD, False),
])  # fmt: skip
def test_an_outside_word_never_stands_for_more_than_the_policy_takes(accepted, method, is_enough):
    assert is_enough_from_outside([method.value], FactorPolicy(accepted)) is is_enough
