"""A service registered with us, a person in front of a browser, and what passes between the three."""

import base64
import hashlib
import secrets
from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit
from uuid import uuid4

import jwt
from django.conf import settings
from django.test import Client as Browser

from mandat.access.models import StaffAssignment
from mandat.access.tests.factories import (
    DesignationFactory,
    EnterpriseFactory,
    IdentifierFactory,
    ServiceProviderFactory,
    StaffAssignmentFactory,
    actor,
)
from mandat.identity.actor import Actor, Method
from mandat.identity.commands import open_session
from mandat.identity.commands.sessions import Device
from mandat.identity.models import Session
from mandat.openid.commands.clients import Description, register_client
from mandat.openid.commands.keys import published_keys
from mandat.openid.models import Client
from mandat.platform.clock import now
from mandat.web.account.session import KEPT, kept_of

AUTHORIZE, TOKEN, USERINFO = "/openid/autoriser", "/openid/jeton", "/openid/personne"
INTROSPECT, REVOKE, LEAVE = "/openid/verifier", "/openid/revoquer", "/openid/sortir"
CALLBACK, AFTERWARDS = "https://agence.example/retour", "https://agence.example/sorti"
BACKCHANNEL = "https://agence.example/sortie"
EVERYTHING = ("openid", "profile", "email", "enterprise")
METHODS = [Method.PASSWORD, Method.TOTP]


def supervisor() -> Actor:
    someone = actor()
    StaffAssignmentFactory(person=someone.person, role=StaffAssignment.Role.SUPERVISOR)
    return someone


def verifier_and_challenge() -> tuple[str, str]:
    verifier = secrets.token_urlsafe(48)
    digest = hashlib.sha256(verifier.encode()).digest()
    return verifier, base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


def described(**more) -> Description:
    known = {
        "name_fr": "Agence exemple", "name_en": "Example Agency", "redirect_uris": [CALLBACK],
        "post_logout_redirect_uris": [AFTERWARDS], "backchannel_logout_uri": BACKCHANNEL, "scopes": EVERYTHING,
    }  # fmt: skip
    return Description(**(known | more))


def registered(**more) -> tuple[Client, str]:
    """Return a client and its secret."""
    client, secret = register_client(
        key=uuid4(), provider=ServiceProviderFactory(), description=described(**more), by=supervisor()
    )
    return client, secret or ""


def asked_in(address: str) -> dict[str, str]:
    """Return the parameters of an address."""
    return {name: values[0] for name, values in parse_qs(urlsplit(address).query, keep_blank_values=True).items()}


@dataclass
class RelyingParty:
    """A service as its developer writes it: by the standards, with nothing of ours."""

    client: Client
    secret: str
    browser: Browser

    def request(self, *, challenge: str = "", **more) -> dict[str, str]:
        """Return an authorization request in order; None takes a parameter out."""
        known = {
            "client_id": self.client.client_id, "redirect_uri": CALLBACK, "response_type": "code",
            "scope": "openid", "state": "s-1", "nonce": "n-1", "code_challenge_method": "S256",
            "code_challenge": challenge or verifier_and_challenge()[1],
        }  # fmt: skip
        return {name: value for name, value in (known | more).items() if value is not None}

    def asks(self, **more):
        return self.browser.get(AUTHORIZE, self.request(**more))

    def obtains(self, *, enterprise=None, **more) -> tuple[str, str]:
        """Return a code and its verifier, the person agreeing if they are asked."""
        verifier, challenge = verifier_and_challenge()
        answer = self.asks(challenge=challenge, **more)
        address = answer.headers["Location"]
        if urlsplit(address).path.endswith("/partager"):
            answer = self.browser.post(address, {"enterprise": enterprise.public_id} if enterprise else {})
            assert answer.status_code == 200, answer.content
            address = answer.context["address"]
        return asked_in(address)["code"], verifier

    def redeems(self, code: str, verifier: str, **more):
        body = {
            "grant_type": "authorization_code", "code": code, "code_verifier": verifier, "redirect_uri": CALLBACK,
        }  # fmt: skip
        return self.posts(TOKEN, body | more)

    def refreshes(self, token: str, **more):
        return self.posts(TOKEN, {"grant_type": "refresh_token", "refresh_token": token} | more)

    def posts(self, address: str, body: dict[str, str]):
        """Post as a program does: no cookie, the secret in the header."""
        body = {name: value for name, value in body.items() if value is not None}
        return Browser().post(
            address, "&".join(f"{name}={quoted(value)}" for name, value in body.items()),
            content_type="application/x-www-form-urlencoded", HTTP_AUTHORIZATION=self.basic,
        )  # fmt: skip

    @property
    def basic(self) -> str:
        return "Basic " + base64.b64encode(f"{self.client.client_id}:{self.secret}".encode()).decode()

    def enters(self, **more) -> dict[str, str]:
        """Return the tokens of a whole entry."""
        answer = self.redeems(*self.obtains(**more))
        assert answer.status_code == 200, answer.content
        return answer.json()

    def reads(self, token: str):
        return Browser().get(USERINFO, HTTP_AUTHORIZATION=f"Bearer {token}")


def quoted(value) -> str:
    from urllib.parse import quote

    return quote(str(value), safe="")


def claims_in(id_token: str, client: Client) -> dict:
    """Verify an ID token as a library does, against the keys that we publish, and return its claims."""
    header = jwt.get_unverified_header(id_token)
    keys = {each["kid"]: each for each in published_keys(now())}
    return jwt.decode(
        id_token, jwt.PyJWK(keys[header["kid"]]), algorithms=["RS256"], audience=client.client_id,
        issuer=settings.PUBLIC_URL, options={"verify_exp": False, "verify_iat": False},
    )  # fmt: skip


def browser_of(someone: Actor, *, methods=METHODS) -> tuple[Browser, Session]:
    """Return a browser where somebody has just signed in, and the session."""
    browser = Browser()
    browser.force_login(someone.login, backend=settings.AUTHENTICATION_BACKENDS[0])
    session = browser.session
    opened = open_session(
        login=someone.login, person=someone.person, methods=methods, device=Device(), idle_minutes=300
    )
    session[KEPT] = kept_of(opened)
    session.save()
    return browser, opened


class World:
    """One service, one person who acts for two firms, one browser."""

    def __init__(self, **more):
        self.client, self.secret = registered(**more)
        self.actor = actor()
        self.person = self.actor.person
        self.firms = [EnterpriseFactory(name=name) for name in ("Courtage Anse inc.", "Courtage Baie inc.")]
        for each in self.firms:
            DesignationFactory(enterprise=each, person=self.person)
        self.number = IdentifierFactory(enterprise=self.firms[0]).value
        self.browser, self.session = browser_of(self.actor)

    @property
    def party(self) -> RelyingParty:
        return RelyingParty(self.client, self.secret, self.browser)

    def another_party(self, **more) -> RelyingParty:
        client, secret = registered(**more)
        return RelyingParty(client, secret, self.browser)


def later(**more) -> timedelta:
    return timedelta(**more)
