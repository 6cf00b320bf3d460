"""
What the product needs to be measured: `manage.py shell -c "from tests.bench.prepare import main; main(N)"`.

Somebody of the demonstration with a session, twenty filings in the first firm, and N in the second that only lack a signature.
"""

import json
import sys
from uuid import UUID, uuid4

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.urls import reverse

from mandat.demo.filings import TYPE, Story, answers
from mandat.demo.firms import FIRMS
from mandat.demo.people import PASSWORD, login_of
from mandat.filings.commands import begin_filing, save_answers
from mandat.filings.models import Filing
from mandat.filings.workflow import State
from mandat.identity.actor import Actor, Method, actor_of
from mandat.identity.commands import Device, create_login, create_person, link_login, open_session, set_up_second_factor
from mandat.identity.models import Login
from mandat.identity.queries import link_of
from mandat.identity.second_factor import code_of, generate_totp_secret, step_at
from mandat.platform.clock import now
from mandat.register.models import Registrant
from mandat.web.account.session import KEPT, kept_of

METHODS = [Method.PASSWORD, Method.TOTP]


def main(to_sign: int, listed: int = 20) -> None:
    """Write, as JSON, the cookies, the address of a list, and what to send where for each signature in another firm."""
    login = login_of("rse")
    actor = actor_of(login, person=link_of(login).person, at=now(), methods=METHODS)
    watched, busy = (Registrant.objects.get(client_number=each.client_number) for each in FIRMS[:2])
    for number in range(listed - watched.filings.count()):
        written(watched, number, actor)
    firm = watched.service_registration.enterprise
    sys.stdout.write(
        json.dumps(
            {
                "cookies": {settings.SESSION_COOKIE_NAME: session_of(login, actor)},
                "csrf": settings.CSRF_COOKIE_NAME,
                "list": reverse("firm:filings", args=[firm.public_id]),
                "signatures": [to_send(written(busy, number, actor)) for number in range(to_sign)],
            }
        )
    )


def people(count: int) -> None:
    """Write, as JSON, persons of nobody's firm who can sign in now, each with the code of this moment."""
    made = []
    for number in range(count):
        email, secret = f"{uuid4().hex}@demo.test", generate_totp_secret()
        login = create_login(key=uuid4(), email=email, password=PASSWORD, asked_by=UUID(int=0))
        person = create_person(
            key=uuid4(), given_name="Banc", family_name=f"Essai {number}", language="fr", asked_by=UUID(int=0)
        )
        link_login(login=login, person=person)
        # Set up by the code of the step before: that of this step is still to be used.
        set_up_second_factor(login=login, secret=secret, code=code_of(secret, step_at(now()) - 1))
        made.append((email, secret))
    step = step_at(now())
    said = [(email, PASSWORD, code_of(secret, step)) for email, secret in made]
    names = {"csrf": settings.CSRF_COOKIE_NAME, "session": settings.SESSION_COOKIE_NAME}
    sys.stdout.write(json.dumps({"people": said, **names}))


def written(registrant: Registrant, number: int, actor: Actor) -> Filing:
    """Return a filing that only lacks a signature."""
    filing = begin_filing(key=uuid4(), registrant=registrant, type_code=TYPE, by=actor)
    for step, typed in answers(Story(0, number, number % 20, "RESIGNED", State.SUBMITTED), registrant).items():
        filing = save_answers(
            filing=filing.public_id, step=step, answers=typed, revision=filing.revision, by=actor
        ).filing
    return filing


def to_send(filing: Filing) -> tuple[str, dict[str, object]]:
    """Return where a signature is sent, and what is sent."""
    firm = filing.registrant.service_registration.enterprise
    address = reverse("firm:sign", args=[firm.public_id, filing.public_id])
    return address, {"key": str(uuid4()), "revision": filing.revision}


def session_of(login: Login, actor: Actor) -> str:
    """Return the key of a session that has just proven two factors."""
    session = SessionStore()
    session[SESSION_KEY], session[BACKEND_SESSION_KEY] = str(login.pk), settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = login.get_session_auth_hash()
    opened = open_session(login=login, person=actor.person, methods=METHODS, device=Device(), idle_minutes=30)
    session[KEPT] = kept_of(opened)
    session.create()
    return str(session.session_key)
