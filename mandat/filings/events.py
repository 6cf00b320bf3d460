"""What has happened to filings. Ids only."""

from dataclasses import dataclass
from typing import ClassVar

from mandat.platform.events import Event


@dataclass(frozen=True, kw_only=True)
class FilingEvent(Event):
    """Something happened to a filing."""

    aggregate: ClassVar[str] = "filing"
    filing: str


@dataclass(frozen=True, kw_only=True)
class FilingBegun(FilingEvent):
    begun_by: str


@dataclass(frozen=True, kw_only=True)
class FilingSubmitted(FilingEvent):
    submission: str
    submitted_by: str


@dataclass(frozen=True, kw_only=True)
class FilingTakenUp(FilingEvent):
    taken_up_by: str


@dataclass(frozen=True, kw_only=True)
class FilingReturned(FilingEvent):
    returned_by: str


@dataclass(frozen=True, kw_only=True)
class FilingAccepted(FilingEvent):
    submission: str
    accepted_by: str


@dataclass(frozen=True, kw_only=True)
class FilingRefused(FilingEvent):
    refused_by: str


@dataclass(frozen=True, kw_only=True)
class FilingWithdrawn(FilingEvent):
    withdrawn_by: str
