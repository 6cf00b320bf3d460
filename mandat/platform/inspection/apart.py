"""Opening a file apart: in a process of its own, whose end is that of whatever the file was up to."""

import base64
import json
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from mandat.platform.inspection.findings import FoundUnfit, Kind, Unfit

#: Seconds on the clock, several times what the processor is given: a busy machine refuses nobody.
PATIENCE = 30
_ROOT = str(Path(__file__).resolve().parents[3])
_PROGRAM = "import sys; sys.path.append(sys.argv[1]); from mandat.platform.inspection.opening import main; main()"
_PROGRAM_FOR_PAPER = _PROGRAM.replace("main", "main_for_paper")


@dataclass(frozen=True)
class Paper:
    """What a paper form was found to say."""

    kind: Kind
    fields: dict[str, dict[str, Any]]  # by name: its value, whether it is fixed, and its shape
    marks: int  # what was laid over the pages
    words: str  # a hash of those printed
    codes: list[str]
    pages: list[bytes]  # pictures, in JPEG


def inspect(file: IO[bytes]) -> Kind:
    """
    Return what a file is, once it was read through by a process apart.

    :raises FoundUnfit: if it is not fit to be kept
    """
    return _kind(_asked(file, _PROGRAM))


def read_paper(file: IO[bytes]) -> Paper:
    """
    Return what a paper form says, once it was read through by a process apart.

    :raises FoundUnfit: if it is not fit to be kept
    """
    said = _asked(file, _PROGRAM_FOR_PAPER)
    pages = [base64.b64decode(each) for each in said.get("pages", [])]
    return Paper(_kind(said), said["fields"], said["marks"], said["words"], said["codes"], pages)


def _kind(said: dict[str, Any]) -> Kind:
    if "kind" in said:
        return next(each for each in Kind if each.code == said["kind"])
    raise FoundUnfit(Unfit(said["unfit"]))


def _asked(file: IO[bytes], program: str) -> dict[str, Any]:
    with tempfile.TemporaryFile() as copy:
        file.seek(0)
        while chunk := file.read(1024 * 1024):
            copy.write(chunk)
        file.seek(0)
        copy.seek(0)
        return _said_by_a_child(copy, program)


def _said_by_a_child(file: IO[bytes], program: str) -> dict[str, Any]:
    command = [sys.executable, "-I", "-B", "-c", program, _ROOT]
    try:
        ran = subprocess.run(  # noqa: S603 (a fixed command)
            command, stdin=file, capture_output=True, env={}, cwd="/", timeout=PATIENCE, check=False
        )
    except subprocess.TimeoutExpired:
        return {"unfit": Unfit.HEAVY.value}
    if ran.returncode < 0:  # by a signal: the processor's time is up, or a library fell
        return {"unfit": Unfit.HEAVY.value}
    try:
        said: dict[str, Any] = json.loads(ran.stdout)
    except ValueError:
        return {"unfit": Unfit.BROKEN.value}
    return said
