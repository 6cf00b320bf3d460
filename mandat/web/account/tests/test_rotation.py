"""The id of a browser's session: it changes at each proof, the old one is dead; two people never share one."""

from datetime import timedelta

import pytest
from django.test import Client

from mandat.identity.commands import suspend_person
from mandat.identity.models import Session
from mandat.identity.queries import link_of
from mandat.identity.tests.people import PASSWORD, code, login_with_second_factor, person
from mandat.platform.clock import now
from mandat.web.account.tests.test_sessions import NOON, is_in, sign_in, someone  # noqa: F401 - a fixture

pytestmark = pytest.mark.django_db


def key_of(client):
    return client.cookies["session"].value


def opens(key) -> bool:
    thief = Client()
    thief.cookies["session"] = key
    return is_in(thief)


@pytest.mark.drill("SE-1")
def test_an_old_id_opens_nothing_and_two_people_in_one_browser_never_share(someone, at, drill):  # noqa: F811
    other = login_with_second_factor(email="marc@exemple.test", of=person("Marc", "Roy"))
    client, seen, reused = Client(), set(), 0
    for turn in range(drill.size(4, full=500)):
        at(NOON + turn * timedelta(minutes=3))
        who = (someone, other)[turn % 2]
        before = [key_of(client)] if turn else []
        sign_in(client, who)
        assert client.get("/compte/").wsgi_request.actor.login == who
        before.append(key_of(client))
        client.post("/entrer/confirmer", {"password": PASSWORD})
        before.append(key_of(client))
        client.post("/entrer/confirmer/code", {"code": code(who, steps=1)})
        last = key_of(client)
        client.post("/sortir")
        reused += sum(opens(key) for key in (*before, last)) + len(seen & {*before, last})
        seen |= {*before, last}
    drill.figure("ids tried again", len(seen))
    assert reused == 0


@pytest.mark.drill("SE-4")
def test_a_suspension_ends_every_session_of_a_person_at_the_next_request(someone, drill):  # noqa: F811
    browsers = [Client() for _ in range(drill.size(3, full=50))]
    for number, each in enumerate(browsers):
        if number:
            copy_of_a_session(each, someone)
        else:
            sign_in(each, someone)
    assert all(is_in(each) for each in browsers)
    suspend_person(person_id=link_of(someone).person.public_id, reason="essai", under={})
    assert not any(is_in(each) for each in browsers)
    assert not Session.objects.filter(ended_at=None).exists()


def copy_of_a_session(client, of):
    """Sign in without a second factor's code, of which there is one every thirty seconds."""
    from django.conf import settings

    from mandat.identity.commands import Device, open_session
    from mandat.web.account.session import KEPT, kept_of

    client.force_login(of, backend=settings.AUTHENTICATION_BACKENDS[0])
    session = client.session
    session[KEPT] = kept_of(
        open_session(
            login=of, person=link_of(of).person, methods=["password", "totp"], device=Device(), idle_minutes=30
        )
    )
    session.save()
    assert now() == NOON
