"""`mandat up`: check, prepare, start, watch, stop."""

import argparse
import os
import signal
import sys
from collections.abc import Sequence
from pathlib import Path

from mandat.platform.supervisor import folder, ports
from mandat.platform.supervisor.words import Refused, words


def up(argv: Sequence[str]) -> int:
    """Run the product until it is asked to stop, and return the exit code."""
    asked = arguments().parse_args(argv)
    try:
        var, port = folder.var_folder(), ports.asked_port()
        folder.check_writable(var)
        if asked.check == "folder":
            return 0
        check_free(var, port)
        return 0 if asked.check else run(var, port, reset=asked.reset)
    except Refused as refused:
        print(refused, file=sys.stderr, flush=True)
        return 1


def arguments() -> argparse.ArgumentParser:
    """Return what may be said on the command line."""
    parser = argparse.ArgumentParser(prog="mandat up", description=words("about"))
    parser.add_argument("--check", choices=["folder", "all"], help=words("about_check"))
    parser.add_argument("--reset", action="store_true", help=words("about_reset"))
    return parser


def check_free(var: Path, port: int) -> None:
    """
    Check, touching nothing, that no other run holds the folder, and nobody the ports.

    Only Python itself is needed for this, so that it comes before anything is installed.

    :raises Refused: if someone does
    """
    if var.is_dir():
        with folder.locked(var):
            pass
    ports.check_free([port, port + 1])


def run(var: Path, port: int, *, reset: bool) -> int:
    """
    Hold the folder, run the product in it, and leave nothing running.

    :raises Refused: if it cannot start
    """
    from mandat.platform.supervisor.house import House  # needs what is installed, as `check` does not
    from mandat.platform.supervisor.reset import erase

    stop = StopAsked()
    address = os.environ.get("PUBLIC_URL", f"http://localhost:{port}")
    with folder.held(var, address=address):
        if reset and not erase(var):
            return 1
        house = House(var, port, address=address, stop=stop)
        try:
            house.open()
            house.watch()
        except Stopped:
            return 0
        finally:
            house.close()
    return 0


class Stopped(Exception):
    """Someone asked to stop."""


class StopAsked:
    """Whether someone asked to stop: by Ctrl-C, by a signal, by closing the terminal."""

    def __init__(self) -> None:
        self.asked = False
        for each in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(each, self._ask)

    def _ask(self, *_: object) -> None:
        self.asked = True

    def __call__(self) -> bool:
        """Return whether it was asked."""
        return self.asked

    def heed(self) -> None:
        """
        Stop here if that was asked.

        :raises Stopped: if it was
        """
        if self.asked:
            raise Stopped
