"""What supervisors may do to clients. Each act asks for the right, is kept in the client’s history, and is told."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from mandat.access.decision import Authority, require
from mandat.access.retries import in_one_transaction
from mandat.access.rights import Right
from mandat.enterprises.models import ServiceProvider
from mandat.identity.actor import Actor
from mandat.openid import policy
from mandat.openid.addresses import fault_of, host_of
from mandat.openid.commands.keys import make_first_keys
from mandat.openid.events import ClientChanged, ClientDisabled, ClientEnabled, ClientRegistered, ClientSecretRenewed
from mandat.openid.models import AuthMethod, Client, ClientAct
from mandat.openid.opaque import digest, draw
from mandat.openid.scopes import Scope
from mandat.openid.workflow import ClientMove
from mandat.platform.events import publish
from mandat.platform.idempotency import claim


class AddressRefused(Exception):
    """An address is not one that we send anybody to."""


class SeveralHosts(Exception):
    """The addresses to return to have several hosts: a person could not have one identifier for all of them."""


class NoSecret(Exception):
    """The client proves itself by a key of its own: it has no secret to renew."""


@dataclass(frozen=True, kw_only=True)
class Description:
    """What a supervisor says of a client."""

    name_fr: str
    name_en: str
    redirect_uris: Sequence[str]
    post_logout_redirect_uris: Sequence[str] = ()
    backchannel_logout_uri: str = ""
    scopes: Sequence[str] = (Scope.OPENID.value,)
    auth_method: str = AuthMethod.SECRET.value
    jwks: Mapping[str, Any] = field(default_factory=dict)

    def columns(self) -> dict[str, Any]:
        """
        Return it as a client keeps it.

        :raises AddressRefused: if an address is not one that we send anybody to
        :raises SeveralHosts: if the addresses to return to have several hosts
        """
        logout = [self.backchannel_logout_uri] if self.backchannel_logout_uri else []
        for each in (*self.redirect_uris, *self.post_logout_redirect_uris, *logout):
            if fault_of(each):
                raise AddressRefused(each)
        sectors = {host_of(each) for each in self.redirect_uris}
        if len(sectors) != 1:
            raise SeveralHosts(sorted(sectors))
        return {
            "name_fr": self.name_fr, "name_en": self.name_en,
            "redirect_uris": list(self.redirect_uris),
            "post_logout_redirect_uris": list(self.post_logout_redirect_uris),
            "backchannel_logout_uri": self.backchannel_logout_uri,
            "scopes": [each.value for each in Scope if each.value in {*self.scopes, Scope.OPENID.value}],
            "auth_method": self.auth_method,
            "jwks": dict(self.jwks) if self.auth_method == AuthMethod.KEY else {},
            "sector": sectors.pop(),
        }  # fmt: skip


@in_one_transaction
def register_client(
    *, key: UUID, provider: ServiceProvider, description: Description, by: Actor
) -> tuple[Client, str | None]:  # fmt: skip
    """
    Register a service; return it with its secret, which is told this once, or None if it has none or was told.

    :raises AccessDenied: if `by` is no supervisor
    :raises AddressRefused: if an address is not one that we send anybody to
    :raises SeveralHosts: if the addresses to return to have several hosts
    """
    request = claim(key, "register_client", asked_by=by.person.public_id)
    if request.result:
        return Client.objects.get(public_id=request.result), None
    authority = require(by, Right.SUPERVISE)
    make_first_keys()
    client = Client.objects.create(provider=provider, **description.columns())
    client.record(ClientAct.REGISTER, at=authority.at, under=authority.as_record())
    request.keep(result=client.public_id)
    publish(ClientRegistered(client=client.client_id))
    return client, _new_secret(client, authority) if client.auth_method == AuthMethod.SECRET else None


@in_one_transaction
def change_client(*, client_id: UUID, description: Description, by: Actor) -> Client:
    """
    Change what a client is: its names, its addresses, what it may ask to know, its keys. How it proves itself stays.

    :raises AccessDenied: if `by` is no supervisor
    :raises AddressRefused: if an address is not one that we send anybody to
    :raises SeveralHosts: if the addresses to return to have several hosts
    """
    client, authority = _to_change(client_id, by)
    for name, value in (description.columns() | {"auth_method": client.auth_method}).items():
        setattr(client, name, value)
    client.save()
    client.record(ClientAct.CHANGE, at=authority.at, under=authority.as_record())
    publish(ClientChanged(client=client.client_id))
    return client


@in_one_transaction
def renew_secret(*, client_id: UUID, by: Actor) -> tuple[Client, str]:
    """
    Give a client a new secret, told this once; the former is still accepted for as long as the policy says.

    :raises AccessDenied: if `by` is no supervisor
    :raises NoSecret: if the client proves itself by a key
    """
    client, authority = _to_change(client_id, by)
    if client.auth_method != AuthMethod.SECRET:
        raise NoSecret
    secret = _new_secret(client, authority)
    client.record(ClientAct.RENEW_SECRET, at=authority.at, under=authority.as_record())
    publish(ClientSecretRenewed(client=client.client_id))
    return client, secret


@in_one_transaction
def disable_client(*, client_id: UUID, by: Actor) -> Client:
    """
    Stop serving a client: nobody enters there any more, and what it was given is dead at its next use.

    :raises AccessDenied: if `by` is no supervisor
    :raises MoveNotAllowed: if it is disabled already
    """
    client, authority = _to_change(client_id, by)
    client.make(ClientMove.DISABLE, at=authority.at, under=authority.as_record())
    publish(ClientDisabled(client=client.client_id))
    return client


@in_one_transaction
def enable_client(*, client_id: UUID, by: Actor) -> Client:
    """
    Serve a disabled client again.

    :raises AccessDenied: if `by` is no supervisor
    :raises MoveNotAllowed: if it is served
    """
    client, authority = _to_change(client_id, by)
    client.make(ClientMove.ENABLE, at=authority.at, under=authority.as_record())
    publish(ClientEnabled(client=client.client_id))
    return client


def _to_change(client_id: UUID, by: Actor) -> tuple[Client, Authority]:
    target = Client.objects.select_for_update(of=["self"], no_key=True).filter(public_id=client_id).order_by("id")
    authority = require(by, Right.SUPERVISE, target=target)
    if not target:
        raise Client.DoesNotExist
    return target[0], authority


def _new_secret(client: Client, authority: Authority) -> str:
    """Draw a secret; of those before, the last is kept for a while and the others end now."""
    at, secret = authority.at, draw()
    client.secrets.filter(ends_at__gt=at).update(ends_at=at)
    client.secrets.filter(ends_at=None).update(ends_at=at + policy.hours(policy.SECRET_GRACE, at))
    client.secrets.create(digest=digest(secret), made_at=at)
    return secret
