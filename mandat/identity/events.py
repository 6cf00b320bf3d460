"""What has happened to persons and logins. Ids only: no name, no address, no user code."""

from dataclasses import dataclass
from typing import ClassVar

from mandat.platform.events import Event


@dataclass(frozen=True, kw_only=True)
class PersonCreated(Event):
    aggregate: ClassVar[str] = "person"
    person: str


@dataclass(frozen=True, kw_only=True)
class PersonSuspended(Event):
    aggregate: ClassVar[str] = "person"
    person: str


@dataclass(frozen=True, kw_only=True)
class PersonRestored(Event):
    aggregate: ClassVar[str] = "person"
    person: str


@dataclass(frozen=True, kw_only=True)
class LoginCreated(Event):
    aggregate: ClassVar[str] = "login"
    login: str


@dataclass(frozen=True, kw_only=True)
class LoginLinked(Event):
    aggregate: ClassVar[str] = "login"
    login: str
    person: str


@dataclass(frozen=True, kw_only=True)
class SecondFactorSetUp(Event):
    aggregate: ClassVar[str] = "login"
    login: str


@dataclass(frozen=True, kw_only=True)
class RecoveryCodesRenewed(Event):
    aggregate: ClassVar[str] = "login"
    login: str


@dataclass(frozen=True, kw_only=True)
class SecondFactorRefused(Event):
    """A wrong code after a right password: somebody who knows the password, perhaps not its holder."""

    aggregate: ClassVar[str] = "login"
    login: str


@dataclass(frozen=True, kw_only=True)
class SignedIn(Event):
    aggregate: ClassVar[str] = "login"
    login: str
    person: str
    methods: str  # joined by “+”


@dataclass(frozen=True, kw_only=True)
class SignedOut(Event):
    aggregate: ClassVar[str] = "login"
    login: str
    person: str
