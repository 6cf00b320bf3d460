"""A service of another body in the demonstration, where its people can sign in through us."""

from typing import Any

from mandat.demo.people import key
from mandat.enterprises.models import ServiceProvider
from mandat.identity.actor import Actor
from mandat.openid.commands.clients import Description, register_client
from mandat.openid.models import Client
from mandat.openid.scopes import Scope

#: Where the example of docs/operate/openid.md listens.
HOME = "http://localhost:9000"


def connect_example(supervisor: Actor) -> Client:
    """Register the example service. Its secret is forgotten: `mandat demo service` makes another and says it."""
    return connect(
        f"{HOME}/retour", supervisor, post_logout_redirect_uris=[f"{HOME}/"], backchannel_logout_uri=f"{HOME}/sortie"
    )


def connect(return_to: str, supervisor: Actor, **more: Any) -> Client:
    """Register a service that persons come back to at an address, once for each address."""
    provider, _ = ServiceProvider.objects.get_or_create(
        code="exemple", defaults={"name_fr": "Agence exemple", "name_en": "Example Agency"}
    )
    description = Description(
        name_fr="Agence exemple", name_en="Example Agency", redirect_uris=[return_to], scopes=list(Scope.values), **more
    )
    client, _secret = register_client(
        key=key("client", return_to), provider=provider, description=description, by=supervisor
    )
    return client
