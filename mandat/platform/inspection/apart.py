"""Opening a file apart: in a process of its own, whose end is that of whatever the file was up to."""

import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import IO

from mandat.platform.inspection.findings import FoundUnfit, Kind, Unfit

#: Seconds on the clock, several times what the processor is given: a busy machine refuses nobody.
PATIENCE = 30
_ROOT = str(Path(__file__).resolve().parents[3])
_PROGRAM = "import sys; sys.path.append(sys.argv[1]); from mandat.platform.inspection.opening import main; main()"


def inspect(file: IO[bytes]) -> Kind:
    """
    Return what a file is, once it was read through by a process apart.

    :raises FoundUnfit: if it is not fit to be kept
    """
    with tempfile.TemporaryFile() as copy:
        file.seek(0)
        while chunk := file.read(1024 * 1024):
            copy.write(chunk)
        file.seek(0)
        copy.seek(0)
        said = _said_by_a_child(copy)
    if "kind" in said:
        return next(each for each in Kind if each.code == said["kind"])
    raise FoundUnfit(Unfit(said["unfit"]))


def _said_by_a_child(file: IO[bytes]) -> dict[str, str]:
    command = [sys.executable, "-I", "-B", "-c", _PROGRAM, _ROOT]
    try:
        ran = subprocess.run(  # noqa: S603 (a fixed command)
            command, stdin=file, capture_output=True, env={}, cwd="/", timeout=PATIENCE, check=False
        )
    except subprocess.TimeoutExpired:
        return {"unfit": Unfit.HEAVY.value}
    if ran.returncode < 0:  # by a signal: the processor's time is up, or a library fell
        return {"unfit": Unfit.HEAVY.value}
    try:
        said: dict[str, str] = json.loads(ran.stdout)
    except ValueError:
        return {"unfit": Unfit.BROKEN.value}
    return said
