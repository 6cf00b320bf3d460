"""What has happened between persons, services and us. Ids only: no address, no token, no `sub`."""

from dataclasses import dataclass
from typing import ClassVar

from mandat.platform.events import Event


@dataclass(frozen=True, kw_only=True)
class OfClient(Event):
    aggregate: ClassVar[str] = "client"
    client: str


@dataclass(frozen=True, kw_only=True)
class ClientRegistered(OfClient):
    """A service may have persons sign in with us."""


@dataclass(frozen=True, kw_only=True)
class ClientChanged(OfClient):
    """The addresses, the scopes, the names or the keys of a client were changed."""


@dataclass(frozen=True, kw_only=True)
class ClientSecretRenewed(OfClient):
    """A client has a new secret; the former is still accepted for a while."""


@dataclass(frozen=True, kw_only=True)
class ClientDisabled(OfClient):
    """Nobody signs in there with us any more, and its tokens are dead."""


@dataclass(frozen=True, kw_only=True)
class ClientEnabled(OfClient):
    """A disabled client serves again."""


@dataclass(frozen=True, kw_only=True)
class CodeReplayed(OfClient):
    """A code or a refresh token came a second time: whoever holds it may have stolen it. The entry is ended."""

    authorization: str


@dataclass(frozen=True, kw_only=True)
class ServiceEntered(Event):
    """A person entered a service with us."""

    aggregate: ClassVar[str] = "person"
    person: str
    client: str
    authorization: str


@dataclass(frozen=True, kw_only=True)
class KeysRotated(Event):
    """Another key signs from now on."""

    aggregate: ClassVar[str] = "key"
    key: str
