"""
The scanner that searches files for malicious software: a program outside the process.

`SCANNER` names it: `clamd://host:3310` or `clamd:/path/of/its/socket` for ClamAV's daemon, spoken to here by its own
protocol; `none` where a deployment has none, and then no file is ever said to be clean.
"""

import socket
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO, NamedTuple, Protocol
from urllib.parse import urlsplit

from django.conf import settings

NONE = "none"
_CHUNK = 256 * 1024
#: Seconds that a scanner may stay silent.
_PATIENCE = 60


class ScannerSilent(Exception):
    """The scanner gave no answer, or none that says clean or infected."""


class Verdict(NamedTuple):
    """What a scanner found: nothing, or something that it names."""

    is_clean: bool
    found: str = ""


class Scanner(Protocol):
    """What searches contents for malicious software."""

    def scan(self, content: IO[bytes]) -> Verdict:
        """
        Search a content.

        :raises ScannerSilent: if it cannot tell
        """


class Clamd:
    """ClamAV's daemon, spoken to over a socket by the command INSTREAM."""

    def __init__(self, address: str) -> None:
        self.address = urlsplit(address)

    def scan(self, content: IO[bytes]) -> Verdict:
        """
        Search a content.

        :raises ScannerSilent: if the daemon is away, too busy, or has no signatures
        """
        try:
            with self._connected() as line:
                line.sendall(b"zINSTREAM\0")
                while chunk := content.read(_CHUNK):
                    line.sendall(struct.pack("!L", len(chunk)) + chunk)
                line.sendall(struct.pack("!L", 0))
                said = b"".join(iter(lambda: line.recv(4096), b""))
        except OSError as error:
            raise ScannerSilent(f"{type(error).__name__}: {error}") from error
        return _understood(said.rstrip(b"\0\n").decode(errors="replace"))

    @contextmanager
    def _connected(self) -> Iterator[socket.socket]:
        where = self.address
        if where.hostname:
            with socket.create_connection((where.hostname, where.port or 3310), timeout=_PATIENCE) as line:
                yield line
        else:
            with socket.socket(socket.AF_UNIX) as line:
                line.settimeout(_PATIENCE)
                line.connect(where.path)
                yield line


def _understood(said: str) -> Verdict:
    answer = said.removeprefix("stream: ")
    if answer != said and answer == "OK":
        return Verdict(is_clean=True)
    if answer != said and answer.endswith(" FOUND"):
        return Verdict(is_clean=False, found=answer.removesuffix(" FOUND")[:200])
    raise ScannerSilent(said[:200] or "no answer")


def scanner() -> Scanner | None:
    """
    Return the scanner of the deployment, if it has one.

    :raises ValueError: if `SCANNER` names none that we know
    """
    if settings.SCANNER == NONE:
        return None
    if not settings.SCANNER.startswith("clamd:"):
        raise ValueError(f"SCANNER: « {settings.SCANNER} »")
    return Clamd(settings.SCANNER)
