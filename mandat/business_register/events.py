"""What has happened to the copy of the enterprises register."""

from dataclasses import dataclass
from typing import ClassVar

from mandat.platform.events import Event


@dataclass(frozen=True, kw_only=True)
class ExtractCameIntoUse(Event):
    """The register is now read as this extract says."""

    aggregate: ClassVar[str] = "extract"
    extract: str
    as_of: str
