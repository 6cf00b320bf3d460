"""The demonstration, browsed: by each of its people, by a stranger, by nobody."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta

import pytest
from django.conf import settings
from django.test import Client

from mandat.access.tests.factories import EnterpriseFactory, actor
from mandat.demo.world import World
from mandat.enterprises.models import Enterprise
from mandat.identity.actor import Actor, Method
from mandat.identity.deployment import mark
from mandat.identity.models import Deployment
from mandat.platform.clock import now
from mandat.web.account.session import KEPT
from mandat.web.frame import is_demo


def browser_of(someone: Actor | None) -> Client:
    """Return a browser where somebody is signed in with two factors, or nobody."""
    client = Client(raise_request_exception=False)
    if someone is None:
        return client
    client.force_login(someone.login, backend=settings.AUTHENTICATION_BACKENDS[0])
    session, at = client.session, now()
    session[KEPT] = {
        "person": str(someone.person.public_id),
        "at": at.isoformat(),
        "ends_at": (at + timedelta(hours=8)).isoformat(),
        "methods": [Method.PASSWORD, Method.TOTP],
    }
    session.save()
    return client


@dataclass
class Visitors:
    """Everybody who may come: the people of the demonstration, a stranger, and nobody."""

    actors: dict[str, Actor | None]
    own_firm: Enterprise
    other_firm: Enterprise

    def browser(self, name: str) -> Client:
        """Return the browser of one of them."""
        return browser_of(self.actors[name])


@pytest.fixture
def visitors(db) -> Iterator[Visitors]:
    mark(Deployment.Kind.DEMO)
    is_demo.cache_clear()
    world = World()
    world.make()
    yield Visitors(
        actors={**world.actors, "stranger": actor(), "nobody": None},
        own_firm=Enterprise.objects.get(name="Gestion Anse-Bleue inc."),
        other_firm=EnterpriseFactory(),
    )
    is_demo.cache_clear()


@pytest.fixture
def page(client) -> Callable[..., str]:
    """Return a function that opens an address without signing in, and gives its text."""
    return lambda address, **headers: client.get(address, **headers).content.decode()
