"""
The program of the child process that opens one file: `apart` runs it, with the file as its standard input.

It limits itself before it reads anything, has no environment, writes nothing but one JSON object, `{"kind": "pdf"}` or
`{"unfit": "active"}`, and imports neither Django nor the settings: what a hostile file can reach from here is nothing.
"""

import ctypes
import json
import os
import resource
import sys
from collections.abc import Callable
from typing import Any, BinaryIO

from mandat.platform.inspection.findings import FoundUnfit, Kind, Unfit

#: Seconds of processor, and bytes of memory asked for: an honest file of 50 MB stays far under both.
CPU_SECONDS, MEMORY = 2, 768 * 1024 * 1024
#: The same for drawing every page of a paper form and looking for codes in it.
CPU_SECONDS_TO_DRAW = 10
_NEW_USER, _NEW_NETWORK = 0x10000000, 0x40000000


def main() -> None:
    """Open the file on standard input, and say what it is."""
    _limit(CPU_SECONDS)
    _say(lambda: {"kind": kind_of(sys.stdin.buffer).code})


def main_for_paper() -> None:
    """Open the paper form on standard input, and say what it is and what it says."""
    from mandat.platform.inspection.paper import read_paper  # before the limits: its libraries are large

    _limit(CPU_SECONDS_TO_DRAW)

    def said() -> dict[str, Any]:
        kind = kind_of(sys.stdin.buffer)
        try:
            return {"kind": kind.code, **read_paper(sys.stdin.buffer, kind)}
        except (FoundUnfit, MemoryError):
            raise
        except Exception as error:
            raise FoundUnfit(Unfit.BROKEN) from error

    _say(said)


def _say(what: Callable[[], dict[str, Any]]) -> None:
    try:
        print(json.dumps(what()))
    except FoundUnfit as found:
        print(json.dumps({"unfit": found.why.value}))
    except MemoryError:
        print(json.dumps({"unfit": Unfit.HEAVY.value}))
    sys.stdout.flush()
    os._exit(0)  # without ado: nothing that a file has set up runs at the end


def kind_of(file: BinaryIO) -> Kind:
    """
    Return what a file is, once read through.

    :raises FoundUnfit: if it is not fit to be kept
    """
    start = file.read(1024)
    file.seek(0)
    try:
        return _reader_for(start)(file)
    except (FoundUnfit, MemoryError):
        raise
    except Exception as error:  # whatever a library says of a file that it cannot read
        raise FoundUnfit(Unfit.BROKEN) from error


def _reader_for(start: bytes) -> Callable[[BinaryIO], Kind]:
    """Return what reads a file that begins so. Imported by need: each kind costs the start of its own library alone."""
    if start.startswith(b"%PDF-"):
        from mandat.platform.inspection.pdf import read_pdf

        return read_pdf
    if start.startswith((b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff")):
        from mandat.platform.inspection.images import read_image

        return read_image
    if start.startswith(b"PK\x03\x04"):
        from mandat.platform.inspection.office import read_office

        return read_office
    from mandat.platform.inspection.plain import read_plain

    return read_plain


def _limit(seconds: int) -> None:
    """Take from this process what it does not need: time, memory, other processes and, where allowed, the network."""
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    ctypes.CDLL(None).unshare(_NEW_USER | _NEW_NETWORK)  # refused in some places: the other limits stand
    resource.setrlimit(resource.RLIMIT_NPROC, (0, 0))
