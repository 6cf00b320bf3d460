"""What has happened on the staff's side. Ids only."""

from dataclasses import dataclass
from typing import ClassVar

from mandat.platform.events import Event


@dataclass(frozen=True, kw_only=True)
class UnscannedFileOpened(Event):
    """Somebody of the staff opened a file that no scanner had searched."""

    aggregate: ClassVar[str] = "file"
    file: str
    opened_by: str


@dataclass(frozen=True, kw_only=True)
class SupportVisitOpened(Event):
    """Somebody of the staff looks at a firm's account."""

    aggregate: ClassVar[str] = "enterprise"
    enterprise: str
    visit: str
