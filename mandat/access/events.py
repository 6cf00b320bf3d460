"""What has happened to proxies and to the assignments of staff. Ids only, as strings."""

from dataclasses import dataclass
from typing import ClassVar

from mandat.platform.events import Event


@dataclass(frozen=True, kw_only=True)
class ProxyGranted(Event):
    aggregate: ClassVar[str] = "enterprise"
    enterprise: str
    proxy: str
    holder: str


@dataclass(frozen=True, kw_only=True)
class ProxiesGranted(Event):
    """Somebody was given proxies by one gesture; each of them is also told apart."""

    aggregate: ClassVar[str] = "enterprise"
    enterprise: str
    holder: str
    proxies: list[str]


@dataclass(frozen=True, kw_only=True)
class ProxyRevoked(Event):
    aggregate: ClassVar[str] = "enterprise"
    enterprise: str
    proxy: str
    holder: str


@dataclass(frozen=True, kw_only=True)
class ProxyNarrowed(Event):
    """`proxy` now stands where `replaces` stood."""

    aggregate: ClassVar[str] = "enterprise"
    enterprise: str
    proxy: str
    holder: str
    replaces: str


@dataclass(frozen=True, kw_only=True)
class ProxyRenewed(Event):
    """`proxy` now stands where `replaces` stood."""

    aggregate: ClassVar[str] = "enterprise"
    enterprise: str
    proxy: str
    holder: str
    replaces: str


@dataclass(frozen=True, kw_only=True)
class ProxySuspended(Event):
    aggregate: ClassVar[str] = "enterprise"
    enterprise: str
    proxy: str
    holder: str


@dataclass(frozen=True, kw_only=True)
class ProxyRestored(Event):
    aggregate: ClassVar[str] = "enterprise"
    enterprise: str
    proxy: str
    holder: str


@dataclass(frozen=True, kw_only=True)
class ProxyConfirmed(Event):
    """The second person has confirmed it: it carries its rights."""

    aggregate: ClassVar[str] = "enterprise"
    enterprise: str
    proxy: str
    holder: str


@dataclass(frozen=True, kw_only=True)
class ProxyFell(Event):
    """No second person confirmed it in time."""

    aggregate: ClassVar[str] = "enterprise"
    enterprise: str
    proxy: str
    holder: str


@dataclass(frozen=True, kw_only=True)
class SecondPersonAsked(Event):
    """Somebody asks that fewer acts take two persons; another is to confirm it."""

    aggregate: ClassVar[str] = "enterprise"
    enterprise: str
    change: str


@dataclass(frozen=True, kw_only=True)
class SecondPersonChanged(Event):
    """What takes two persons in an enterprise is something else now."""

    aggregate: ClassVar[str] = "enterprise"
    enterprise: str
    change: str


@dataclass(frozen=True, kw_only=True)
class SecondPersonKept(Event):
    """A change that was asked for is not made: withdrawn, refused, or fallen, as `state` says."""

    aggregate: ClassVar[str] = "enterprise"
    enterprise: str
    change: str
    state: str


@dataclass(frozen=True, kw_only=True)
class RightsRequested(Event):
    """A user of an enterprise asks for rights in a block."""

    aggregate: ClassVar[str] = "enterprise"
    enterprise: str
    request: str


@dataclass(frozen=True, kw_only=True)
class RightsRequestClosed(Event):
    """A request for rights has its answer, or is withdrawn, or fell, as `state` says."""

    aggregate: ClassVar[str] = "enterprise"
    enterprise: str
    request: str
    state: str


@dataclass(frozen=True, kw_only=True)
class StaffAssigned(Event):
    """A first supervisor has proposed it, or the operator has made it."""

    aggregate: ClassVar[str] = "person"
    person: str
    assignment: str


@dataclass(frozen=True, kw_only=True)
class AssignmentConfirmed(Event):
    aggregate: ClassVar[str] = "person"
    person: str
    assignment: str


@dataclass(frozen=True, kw_only=True)
class AssignmentEnded(Event):
    aggregate: ClassVar[str] = "person"
    person: str
    assignment: str


@dataclass(frozen=True, kw_only=True)
class ProposalDropped(Event):
    """A role proposed and not confirmed: withdrawn, refused, or fallen for want of an answer, as `move` says."""

    aggregate: ClassVar[str] = "person"
    person: str
    assignment: str
    move: str


@dataclass(frozen=True, kw_only=True)
class AssignmentKept(Event):
    """A supervisor has reviewed it, and kept it."""

    aggregate: ClassVar[str] = "person"
    person: str
    assignment: str


@dataclass(frozen=True, kw_only=True)
class StaffReviewsMissed(Event):
    """Nobody reviewed these roles in time: some wait still, some ended of it, as told at one `instant`."""

    aggregate: ClassVar[str] = "instant"
    instant: str
    waiting: list[str]
    ended: list[str]


@dataclass(frozen=True, kw_only=True)
class PersonLeft(Event):
    """Somebody left an enterprise by themselves: all that they held there has ended."""

    aggregate: ClassVar[str] = "enterprise"
    enterprise: str
    person: str
    proxies: int
    was_rse: bool
