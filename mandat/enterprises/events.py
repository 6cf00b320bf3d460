"""What has happened to enterprises. Ids only, as strings."""

from dataclasses import dataclass
from typing import ClassVar

from mandat.platform.events import Event


@dataclass(frozen=True, kw_only=True)
class EnterpriseOpened(Event):
    aggregate: ClassVar[str] = "enterprise"
    enterprise: str


@dataclass(frozen=True, kw_only=True)
class EnterpriseEnteredRecovery(Event):
    """Nobody effective is in charge any more."""

    aggregate: ClassVar[str] = "enterprise"
    enterprise: str


@dataclass(frozen=True, kw_only=True)
class EnterpriseLeftRecovery(Event):
    """Somebody is effective again."""

    aggregate: ClassVar[str] = "enterprise"
    enterprise: str


@dataclass(frozen=True, kw_only=True)
class CausesReported(Event):
    """A source outside began, or ceased, to say something of the enterprise that may stop it; `report` tells what."""

    aggregate: ClassVar[str] = "enterprise"
    enterprise: str
    report: str


@dataclass(frozen=True, kw_only=True)
class EnterpriseStopped(Event):
    """Causes from outside stopped its account (`of_account`), or its services: `causes` are their codes."""

    aggregate: ClassVar[str] = "enterprise"
    enterprise: str
    causes: list[str]
    of_account: bool = False


@dataclass(frozen=True, kw_only=True)
class EnterpriseResumed(Event):
    """What causes from outside had stopped serves again: its account (`of_account`), or its services."""

    aggregate: ClassVar[str] = "enterprise"
    enterprise: str
    of_account: bool = False


@dataclass(frozen=True, kw_only=True)
class EnterpriseRenamed(Event):
    aggregate: ClassVar[str] = "enterprise"
    enterprise: str
    change: str


@dataclass(frozen=True, kw_only=True)
class PersonDesignated(Event):
    aggregate: ClassVar[str] = "enterprise"
    enterprise: str
    designation: str
    person: str
    role: str


@dataclass(frozen=True, kw_only=True)
class DesignationRevoked(Event):
    aggregate: ClassVar[str] = "enterprise"
    enterprise: str
    designation: str
    person: str
    role: str


@dataclass(frozen=True, kw_only=True)
class UserAdded(Event):
    aggregate: ClassVar[str] = "enterprise"
    enterprise: str
    user: str
    person: str


@dataclass(frozen=True, kw_only=True)
class ServiceRequested(Event):
    aggregate: ClassVar[str] = "enterprise"
    enterprise: str
    registration: str
    provider: str


@dataclass(frozen=True, kw_only=True)
class RegistrationMoved(Event):
    """`state` is the state that the registration has come to."""

    aggregate: ClassVar[str] = "enterprise"
    enterprise: str
    registration: str
    state: str


@dataclass(frozen=True, kw_only=True)
class BlockVersionsAccepted(Event):
    """What was added to these blocks now opens to whoever holds rights in them."""

    aggregate: ClassVar[str] = "enterprise"
    enterprise: str
    registration: str
    blocks: list[str]


@dataclass(frozen=True, kw_only=True)
class BlocksAccepted(Event):
    aggregate: ClassVar[str] = "enterprise"
    enterprise: str
    registration: str
    blocks: list[str]
