"""Signing out from a service (OP-12): of our session, of every service entered in it, and back where one may."""

import threading
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from urllib.parse import parse_qs

import jwt
import pytest
from django.conf import settings
from django.test import Client as Browser

from mandat.identity.actor import actor_of
from mandat.identity.commands import suspend_person
from mandat.identity.commands.sessions import end_own_session, end_sessions_of_person, sweep_sessions
from mandat.identity.models import Ending, Session
from mandat.openid.commands.keys import published_keys, rotate_keys
from mandat.openid.handlers import tell_services
from mandat.openid.logout import EVENT, NotTold, tell
from mandat.openid.models import LogoutNotice
from mandat.openid.tests.world import AFTERWARDS, LEAVE, World, claims_in
from mandat.platform.clock import now
from mandat.platform.models import Delivery, EventRow

pytestmark = pytest.mark.django_db


@pytest.fixture
def hint(world) -> str:
    return world.party.enters()["id_token"]


def is_in(world) -> bool:
    return world.browser.get("/compte/").status_code == 200


def leaves(world, **given):
    return world.browser.get(LEAVE, given)


def test_op12_a_service_that_shows_whom_it_means_signs_them_out_and_takes_them_back(world, hint):
    answer = leaves(world, id_token_hint=hint, post_logout_redirect_uri=AFTERWARDS, state="s")
    assert answer.headers["Location"] == f"{AFTERWARDS}?state=s"
    assert not is_in(world)


@pytest.mark.parametrize(
    ("more", "onward"),
    [
        ({"post_logout_redirect_uri": AFTERWARDS}, AFTERWARDS),
        ({}, "/"),
        ({"state": "s"}, "/"),
        ({"ui_locales": "en"}, "/en/"),
    ],
)
def test_op12_where_one_goes_after_leaving(world, hint, more, onward):
    assert leaves(world, id_token_hint=hint, **more).headers["Location"] == onward
    assert not is_in(world)


def forged(hint):
    head, body, signature = hint.split(".")
    return [f"{head}.{body}.{signature[:-4]}AAAA", f"{head}.{body}x.{signature}", "x", "a.b.c", f"{head}.{body}."]


@pytest.mark.parametrize("place", range(5))
def test_op12_a_forged_hint_signs_nobody_out(world, hint, place):
    answer = leaves(world, id_token_hint=forged(hint)[place], post_logout_redirect_uri=AFTERWARDS)
    assert answer.status_code == 400
    assert "Votre session reste ouverte" in answer.content.decode()
    assert is_in(world)


@pytest.mark.parametrize("uri", [AFTERWARDS + "?a=1", AFTERWARDS + "/", "https://evil.example/", "javascript:alert(1)"])
def test_op12_an_address_that_was_not_registered_is_not_gone_to(world, hint, uri):
    answer = leaves(world, id_token_hint=hint, post_logout_redirect_uri=uri)
    assert answer.status_code == 400
    assert is_in(world)


def test_op12_without_a_client_no_address_is_gone_to(world):
    assert leaves(world, post_logout_redirect_uri=AFTERWARDS).status_code == 400
    assert leaves(world, post_logout_redirect_uri=AFTERWARDS, client_id="x").status_code == 400


@pytest.mark.parametrize("given", [{}, {"state": "s"}, {"client": True}])
def test_op12_without_a_hint_the_person_is_asked(world, given):
    more = (
        {"client_id": world.client.client_id, "post_logout_redirect_uri": AFTERWARDS} if given.get("client") else given
    )
    answer = leaves(world, **more)
    assert "/quitter" in answer.headers["Location"]
    page = world.browser.get(answer.headers["Location"])
    assert page.status_code == 200
    assert is_in(world)
    done = world.browser.post(answer.headers["Location"])
    assert done.context["address"] == (AFTERWARDS if given.get("client") else "/")
    assert not is_in(world)


def test_op12_the_hint_of_another_session_asks_the_person(world, hint):
    other = World()
    answer = other.browser.get(LEAVE, {"id_token_hint": hint})
    assert "/quitter" in answer.headers["Location"]
    assert other.browser.get("/compte/").status_code == 200


def test_op12_a_hint_and_a_client_that_disagree_are_refused(world, hint):
    other = World()
    assert leaves(world, id_token_hint=hint, client_id=other.client.client_id).status_code == 400
    assert is_in(world)


def test_op12_a_hint_of_long_ago_still_says_who(world, hint, at):
    rotate_keys(is_urgent=True)
    assert leaves(world, id_token_hint=hint).headers["Location"] == "/"
    assert not is_in(world)


def test_op12_a_logout_token_is_no_hint(world, hint):
    notice = ended(world)
    from mandat.openid.logout import logout_token

    assert Browser().get(LEAVE, {"id_token_hint": logout_token(notice)}).status_code == 400


def test_op12_whoever_is_out_already_is_taken_back(world, hint):
    answer = Browser().get(LEAVE, {"id_token_hint": hint, "post_logout_redirect_uri": AFTERWARDS})
    assert answer.headers["Location"] == AFTERWARDS


# Told from behind


def ended(world) -> LogoutNotice:
    """End the person's sessions, as the worker would tell of it, and return the notice ordered."""
    end_sessions_of_person(person=world.person, ending=Ending.ENDED_ELSEWHERE)
    row = EventRow.objects.get(name="SessionsEnded")
    assert Delivery.objects.filter(event=row, handler="mandat.openid.handlers.tell_services").exists()
    tell_services(type("Event", (), row.body))
    return LogoutNotice.objects.get()


class Service(BaseHTTPRequestHandler):
    answers, told = [200], []

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        self.told.append((self.headers["Content-Type"], parse_qs(body)))
        self.send_response(self.answers[0])
        if self.answers[0] == 302:
            self.send_header("Location", f"http://localhost:{self.server.server_port}/ailleurs")
        self.end_headers()

    def log_message(self, *_):
        pass


@pytest.fixture
def service():
    server = HTTPServer(("localhost", 0), type("Service", (Service,), {"answers": [200], "told": []}))
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def told(db, service):
    return World(backchannel_logout_uri=f"http://localhost:{service.server_port}/sortie")


def test_op12_a_service_is_told_that_the_session_ended(told, service):
    id_token = told.party.enters()["id_token"]
    tell(ended(told))
    ((kind, body),) = service.RequestHandlerClass.told
    assert kind == "application/x-www-form-urlencoded"
    (token,) = body["logout_token"]
    header = jwt.get_unverified_header(token)
    assert header["typ"] == "logout+jwt"
    key = next(each for each in published_keys(now()) if each["kid"] == header["kid"])
    claims = jwt.decode(
        token, jwt.PyJWK(key), algorithms=["RS256"], audience=told.client.client_id, issuer=settings.PUBLIC_URL
    )
    entered = claims_in(id_token, told.client)
    assert claims["events"] == {EVENT: {}}
    assert "nonce" not in claims
    assert (claims["sid"], claims["sub"]) == (entered["sid"], entered["sub"])
    assert claims.keys() == {"iss", "sub", "aud", "iat", "exp", "jti", "sid", "events"}


@pytest.mark.parametrize("status", [400, 500, 302, 404])
def test_op12_a_service_that_does_not_hear_is_told_again(told, service, status):
    told.party.enters()
    notice = ended(told)
    service.RequestHandlerClass.answers[0] = status
    with pytest.raises(NotTold):
        tell(notice)
    service.RequestHandlerClass.answers[0] = 204
    tell(notice)
    tokens = [body["logout_token"][0] for _, body in service.RequestHandlerClass.told]
    jtis = {jwt.decode(each, options={"verify_signature": False})["jti"] for each in tokens}
    assert len(tokens) == len(jtis) == 2  # nothing was followed, and no word is a replay of another


def test_op12_a_service_that_is_down_is_told_later(told, service):
    told.party.enters()
    notice = ended(told)
    notice.client.backchannel_logout_uri = "http://localhost:1/sortie"
    with pytest.raises(OSError, match="refused"):
        tell(notice)


def test_op12_each_service_is_told_once_however_often_the_handler_runs(world):
    world.party.enters()
    world.party.enters()
    ended(world)
    tell_services(type("Event", (), EventRow.objects.get(name="SessionsEnded").body))
    assert LogoutNotice.objects.count() == 1


def test_op12_signing_out_by_oneself_tells_too(world, hint):
    world.browser.post("/sortir")
    row = EventRow.objects.get(name="SignedOut")
    assert Delivery.objects.filter(event=row, handler="mandat.openid.handlers.tell_services").exists()


@pytest.mark.parametrize("why", ["idle", "expired", "met by a request", "suspended", "ended elsewhere"])
def test_op12_every_end_of_a_session_is_told(world, at, why):
    """By itself, met by a job or by a request; by a suspension; from another session."""
    world.party.enters()
    Session.objects.update(idle_minutes=30)
    session = Session.objects.get(person=world.person)
    if why in {"idle", "met by a request"}:
        at(now() + timedelta(minutes=34))
    elif why == "expired":
        Session.objects.update(seen_at=now() + timedelta(hours=12))
        at(now() + timedelta(hours=12))
    if why in {"idle", "expired"}:
        assert sweep_sessions() == 1
        assert sweep_sessions() == 0
    elif why == "met by a request":
        assert not is_in(world)
    elif why == "suspended":
        suspend_person(person_id=world.person.public_id, reason="essai", under={})
    else:
        end_own_session(
            session_id=session.public_id, by=actor_of(session.login, person=world.person, at=now(), methods=[])
        )
    row = EventRow.objects.get(name="SessionsEnded")
    assert Delivery.objects.filter(event=row, handler="mandat.openid.handlers.tell_services").exists()
    tell_services(type("Event", (), row.body))
    assert LogoutNotice.objects.get().session_id == session.pk


def test_a_session_that_may_still_be_used_is_not_swept(world, at):
    Session.objects.update(idle_minutes=30)
    at(now() + timedelta(minutes=32))
    assert sweep_sessions() == 0
    assert Session.objects.get(person=world.person).ended_at is None
