"""What happened between enterprises, the organisations that act for them, and their people. Ids only, as strings."""

from dataclasses import dataclass
from typing import ClassVar

from mandat.platform.events import Event


@dataclass(frozen=True, kw_only=True)
class ExternalProposed(Event):
    """An enterprise proposes that a mandatary act for it."""

    aggregate: ClassVar[str] = "enterprise"
    enterprise: str
    mandatary: str
    proposal: str


@dataclass(frozen=True, kw_only=True)
class ExternalAccepted(Event):
    """The mandatary has accepted: `proxies` stand, one for each block."""

    aggregate: ClassVar[str] = "enterprise"
    enterprise: str
    mandatary: str
    proposal: str
    proxies: list[str]


@dataclass(frozen=True, kw_only=True)
class ExternalDropped(Event):
    """A proposal that came to nothing: declined, withdrawn, or fallen, as `state` says."""

    aggregate: ClassVar[str] = "enterprise"
    enterprise: str
    mandatary: str
    proposal: str
    state: str


@dataclass(frozen=True, kw_only=True)
class ExternalGivenUp(Event):
    """The mandatary has given a proxy up."""

    aggregate: ClassVar[str] = "enterprise"
    enterprise: str
    mandatary: str
    proxy: str


@dataclass(frozen=True, kw_only=True)
class PersonNamed(Event):
    """A mandatary has named one of its people to act for a client."""

    aggregate: ClassVar[str] = "enterprise"
    enterprise: str
    mandatary: str
    naming: str
    person: str


@dataclass(frozen=True, kw_only=True)
class NamingNarrowed(Event):
    """`naming` now stands where `replaces` stood."""

    aggregate: ClassVar[str] = "enterprise"
    enterprise: str
    mandatary: str
    naming: str
    person: str
    replaces: str


@dataclass(frozen=True, kw_only=True)
class NamingRevoked(Event):
    """A mandatary lets one of its people act no more under a proxy."""

    aggregate: ClassVar[str] = "enterprise"
    enterprise: str
    mandatary: str
    naming: str
    person: str
