"""What has happened to the regulator's file. Ids only, as strings."""

from dataclasses import dataclass
from typing import ClassVar

from mandat.platform.events import Event


@dataclass(frozen=True, kw_only=True)
class RegistrantEvent(Event):
    """Something happened to a registrant's file."""

    aggregate: ClassVar[str] = "registrant"
    registrant: str


@dataclass(frozen=True, kw_only=True)
class RegistrantLinked(RegistrantEvent):
    registration: str


@dataclass(frozen=True, kw_only=True)
class AttachmentEnded(RegistrantEvent):
    """`on` is the first day on which it no longer holds: it may lie ahead."""

    attachment: str
    individual: str
    on: str
    cause: str


@dataclass(frozen=True, kw_only=True)
class AttachmentCorrected(RegistrantEvent):
    attachment: str
    individual: str
    cause: str


@dataclass(frozen=True, kw_only=True)
class RegisterImported(Event):
    """Files have changed the register. Its id is the cause of what they changed."""

    aggregate: ClassVar[str] = "register_import"
    register_import: str
