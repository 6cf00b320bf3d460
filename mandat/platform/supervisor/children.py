"""The processes we start: they die with us, are started again when they die, and leave nothing."""

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import IO

from mandat.platform.postgres.stale import is_ended
from mandat.platform.supervisor.folder import ROOT
from mandat.platform.supervisor.words import say

#: Names, in the environment of a process, the folder of the run that started it.
MARK = "MANDAT_SUPERVISED"
PATIENCE = 8
FIRST_PAUSE, LONGEST_PAUSE = 1.0, 30.0
#: Having lived this long, a process is well again: the next pause is short.
WELL_AFTER = 60.0


class Child:
    """One process that must always run, with whatever it starts itself."""

    def __init__(self, name: str, command: Sequence[str], environment: Mapping[str, str]) -> None:
        self.name, self.command, self.environment = name, command, environment
        self.process: subprocess.Popen[bytes] | None = None
        self.rest = Rest()

    def start(self) -> None:
        """Start it in a session of its own, so that a Ctrl-C reaches us alone and we decide the order."""
        self.process = launch(self.command, self.environment)
        self.rest.begin()

    def ended_with(self) -> int | None:
        """Return its exit code, or None while it runs."""
        return self.process.poll() if self.process else None

    def again(self) -> None:
        """Start it again, once nothing of the last time is left."""
        self.ask_to_stop()
        self.end()
        self.start()

    def ask_to_stop(self) -> None:
        """Ask it to stop, without waiting."""
        if self.process:
            signal_group(self.process.pid, signal.SIGTERM)

    def end(self) -> None:
        """Wait until it and all that it started are gone, by force if need be."""
        if self.process:
            end_group(self.process)


class Rest:
    """How long to wait before starting a process again: twice as long each time, until it lives."""

    def __init__(self) -> None:
        self.begun, self.pause = 0.0, FIRST_PAUSE / 2
        self.until: float | None = None

    def begin(self) -> None:
        """Note that the process starts now."""
        self.begun, self.until = time.monotonic(), None

    def is_over(self, *, name: str, code: int) -> bool:
        """Return whether a process that died may start again; the first time it is asked, say that it died."""
        now = time.monotonic()
        if self.until is None:
            self.pause = FIRST_PAUSE if now - self.begun > WELL_AFTER else min(self.pause * 2, LONGEST_PAUSE)
            self.until = now + self.pause
            say("died", to=sys.stderr, name=name, code=code, seconds=f"{self.pause:g}")
        return now >= self.until


def launch(
    command: Sequence[str], environment: Mapping[str, str], *, said_to: IO[bytes] | None = None
) -> subprocess.Popen[bytes]:
    """Start a process that is asked to stop when we die, however we die."""
    words = ["setpriv", "--pdeathsig", "TERM", *command]
    return subprocess.Popen(  # noqa: S603
        words, env=environment, cwd=ROOT, stdin=subprocess.DEVNULL, stdout=said_to, start_new_session=True
    )


def end_group(process: subprocess.Popen[bytes]) -> None:
    """Wait until a process and its group are gone, by force when patience ends."""
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until and (process.poll() is None or group_lives(process.pid)):
        time.sleep(0.02)
    signal_group(process.pid, signal.SIGKILL)
    process.wait()


def signal_group(group: int, which: signal.Signals) -> None:
    """Send a signal to a group that may be gone."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(group, which)


def group_lives(group: int) -> bool:
    """Return whether a process of the group still runs."""
    return any(int(fields[2]) == group and fields[0] not in "ZX" for fields in map(stat_of, processes()) if fields)


def processes() -> Iterable[Path]:
    """Return every process of the machine."""
    return (each for each in Path("/proc").iterdir() if each.name.isdigit())


def stat_of(process: Path) -> list[str]:
    """Return what the kernel says of a process after its name: state, parent, group…; empty when it is gone."""
    try:
        return (process / "stat").read_text().rpartition(")")[2].split()
    except OSError:
        return []


def left_by_a_killed_run(var: Path) -> list[int]:
    """Return the processes of an earlier run of this folder: its lock is ours, so none of them may live."""
    mark = f"{MARK}={var}".encode()
    return [int(each.name) for each in processes() if mark in environment_of(each) and not is_ended(each)]


def environment_of(process: Path) -> list[bytes]:
    """Return the environment of a process, or nothing when it is not ours to read."""
    try:
        return (process / "environ").read_bytes().split(b"\0")
    except OSError:
        return []


def clear_leftovers(var: Path) -> int:
    """Stop what an earlier run of this folder left, and return how many processes it was."""
    found = left_by_a_killed_run(var)
    for which, patience in ((signal.SIGTERM, PATIENCE), (signal.SIGKILL, PATIENCE)):
        until = time.monotonic() + patience
        for process in left_by_a_killed_run(var):
            with contextlib.suppress(ProcessLookupError):
                os.kill(process, which)
        while left_by_a_killed_run(var) and time.monotonic() < until:
            time.sleep(0.05)
    return len(found)


def run_to_end(
    command: Sequence[str],
    environment: Mapping[str, str],
    *,
    unless: Callable[[], bool],
    said_to: IO[bytes] | None = None,
) -> int:
    """Run a process to its end and return its exit code; it is stopped as soon as `unless` says so."""
    process = launch(command, environment, said_to=said_to)
    while process.poll() is None:
        if unless():
            signal_group(process.pid, signal.SIGTERM)
            end_group(process)
        time.sleep(0.02)
    return process.returncode
