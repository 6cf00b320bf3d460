"""What a killed run left behind: a server still up, or the files by which it said so."""

import os
import signal
import time
from pathlib import Path

PATIENCE = 15


def servers_of(data: Path) -> list[int]:
    """Return the processes of the servers that work in a data folder: each makes it its working folder."""
    where = data.resolve()
    processes = (each for each in Path("/proc").iterdir() if each.name.isdigit())
    return [int(each.name) for each in processes if working_folder(each) == where and not is_ended(each)]


def working_folder(process: Path) -> Path | None:
    """Return a process's working folder, or None when it is not ours to read, or gone."""
    try:
        return (process / "cwd").readlink()
    except OSError:
        return None


def is_ended(process: Path) -> bool:
    """Return whether a process has ended and only waits to be counted."""
    try:
        return (process / "stat").read_text().rpartition(")")[2].split()[0] in "ZX"
    except (OSError, IndexError):
        return True


def clear(data: Path) -> None:
    """
    Stop a server that outlived its run, then remove the file that would keep the next from starting.

    Only for the holder of the folder's lock: nobody else may have a server here. The file is removed once no process
    works in the folder, for the number it holds may by now be another program's, which PostgreSQL takes for a server.

    :raises TimeoutError: if it does not stop
    """
    for how, patience in ((signal.SIGINT, PATIENCE), (signal.SIGQUIT, PATIENCE), (signal.SIGKILL, PATIENCE)):
        until = time.monotonic() + patience
        asked: set[int] = set()
        while running := servers_of(data):
            for process in set(running) - asked:
                signal_if_there(process, how)
            asked.update(running)
            if time.monotonic() > until:
                break
            time.sleep(0.05)
        else:
            (data / "postmaster.pid").unlink(missing_ok=True)
            return
    raise TimeoutError(str(data))


def signal_if_there(process: int, which: signal.Signals) -> None:
    """Send a signal to a process that may be gone."""
    try:
        os.kill(process, which)
    except ProcessLookupError:
        return
