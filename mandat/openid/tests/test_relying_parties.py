"""Relying parties that nobody here wrote, unmodified, against the running product: Authlib, and idpyoidc."""

import re
from urllib.parse import urlsplit

import pytest
import requests
from authlib.integrations.requests_client import OAuth2Session
from authlib.oidc.core import CodeIDToken
from django.conf import settings
from idpyoidc.client.rp_handler import RPHandler
from joserfc import jwt
from joserfc.jwk import KeySet

from mandat.openid.tests.world import World, asked_in

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.filterwarnings("ignore")]


@pytest.fixture
def served(live_server, settings):
    settings.PUBLIC_URL = live_server.url
    settings.ALLOWED_HOSTS = ["*"]
    return live_server.url


@pytest.fixture
def someone(served):
    return World(redirect_uris=["http://localhost:9/retour"], backchannel_logout_uri="")


def person_goes_through(world, address: str) -> str:
    """Follow an address as the person's browser does, agreeing; return where the service is sent back to."""
    browser = requests.Session()
    browser.cookies.set(settings.SESSION_COOKIE_NAME, world.browser.cookies[settings.SESSION_COOKIE_NAME].value)
    answer = browser.get(address, allow_redirects=False)
    while answer.is_redirect and not answer.headers["Location"].startswith("http://localhost:9/"):
        answer = browser.get(f"{settings.PUBLIC_URL}{answer.headers['Location']}", allow_redirects=False)
    if answer.is_redirect:
        return answer.headers["Location"]
    token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', answer.text).group(1)
    agreed = browser.post(answer.url, {"csrfmiddlewaretoken": token}, headers={"Referer": answer.url})
    return re.search(r'content="0; url=([^"]+)"', agreed.text).group(1).replace("&amp;", "&")


def test_authlib_enters_by_what_discovery_says(someone, served):
    metadata = requests.get(f"{served}/.well-known/openid-configuration", timeout=10).json()
    assert metadata["issuer"] == served
    service = OAuth2Session(
        someone.client.client_id, someone.secret, scope="openid profile email", redirect_uri="http://localhost:9/retour",
        code_challenge_method="S256", token_endpoint_auth_method="client_secret_basic",
    )  # fmt: skip
    verifier = "v" * 64
    address, state = service.create_authorization_url(
        metadata["authorization_endpoint"], code_verifier=verifier, nonce="n-authlib"
    )
    returned = person_goes_through(someone, address)
    tokens = service.fetch_token(
        metadata["token_endpoint"], authorization_response=returned, code_verifier=verifier, state=state
    )
    keys = KeySet.import_key_set(requests.get(metadata["jwks_uri"], timeout=10).json())
    read = jwt.decode(tokens["id_token"], keys, algorithms=["RS256"])
    claims = CodeIDToken(
        read.claims, read.header,
        {"iss": {"value": served}, "aud": {"value": someone.client.client_id}},
        {"nonce": "n-authlib", "client_id": someone.client.client_id, "access_token": tokens["access_token"]},
    )  # fmt: skip
    claims.validate()
    told = service.get(metadata["userinfo_endpoint"]).json()
    assert told["sub"] == claims["sub"]
    assert told["name"] == str(someone.person)
    again = service.refresh_token(metadata["token_endpoint"])
    assert again["access_token"] != tokens["access_token"]
    assert service.introspect_token(metadata["introspection_endpoint"], again["access_token"]).json()["active"]
    service.revoke_token(metadata["revocation_endpoint"], again["refresh_token"])
    assert service.get(metadata["userinfo_endpoint"]).status_code == 401


def test_idpyoidc_enters_by_its_issuer_alone(someone, served, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)  # it writes keys of its own where it stands
    handler = RPHandler(
        base_url="http://localhost:9",
        client_configs={
            "mandat": {
                "client_type": "oidc",
                "issuer": served,
                "client_id": someone.client.client_id,
                "client_secret": someone.secret,
                "redirect_uris": ["http://localhost:9/retour"],
                "response_types_supported": ["code"],
                "client_authn_methods": ["client_secret_basic"],
                "token_endpoint_auth_method": "client_secret_basic",
                "add_ons": {"pkce": {"function": "idpyoidc.client.oauth2.add_on.pkce.add_support",
                                     "kwargs": {"code_challenge_length": 64, "code_challenge_method": "S256"}}},
            }
        },
    )  # fmt: skip
    begun = handler.begin("mandat")
    address = begun if isinstance(begun, str) else begun["url"]
    assert urlsplit(address).path == "/openid/autoriser"
    told = handler.finalize(served, asked_in(person_goes_through(someone, address)))
    assert "error" not in told, told
    assert told["userinfo"]["sub"] == told["id_token"]["sub"]
    assert told["id_token"]["iss"] == served
