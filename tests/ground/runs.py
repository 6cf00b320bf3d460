"""A real run of the product in a folder of its own: started, asked, interrupted, killed."""

import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

from mandat.platform.postgres.stale import is_ended, servers_of
from mandat.platform.supervisor.children import left_by_a_killed_run
from mandat.platform.supervisor.folder import ROOT
from mandat.platform.supervisor.ports import free_port_after

MOST = 240


def environment(**more):
    kept = {
        name: value for name, value in os.environ.items() if not name.startswith(("MANDAT_", "DATABASE_", "DJANGO_"))
    }
    return (
        kept | {"LANG": "en_CA.UTF-8", "LANGUAGE": "", "LC_ALL": ""} | {key: str(value) for key, value in more.items()}
    )


def say_up(*words, **more):
    """Run `mandat up` to its end, for what it refuses."""
    command = [sys.executable, "manage.py", "up", *words]
    return subprocess.run(command, cwd=ROOT, env=environment(**more), capture_output=True, text=True, timeout=MOST)


def eventually(true, *, what):
    until = time.monotonic() + MOST
    while not true():
        assert time.monotonic() < until, what
        time.sleep(0.05)


class Run:
    def __init__(self, var: Path) -> None:
        self.var, self.port = (
            var,
            free_port_after(20_000 + os.getpid() * 10 % 12_000),
        )  # below those that connections take
        self.said = var.parent / f"{var.name}.said"
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def is_up(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def start(self) -> None:
        command = [sys.executable, "manage.py", "up"]
        with self.said.open("wb") as said:
            self.process = subprocess.Popen(
                command, cwd=ROOT, env=environment(MANDAT_VAR=self.var, PORT=self.port), stdout=said,
                stderr=subprocess.STDOUT, start_new_session=True,
            )  # fmt: skip

    def be_up(self) -> None:
        if not self.is_up:
            self.start()
        eventually(lambda: not self.is_up or "ready:" in self.said.read_text(), what=self.said)
        assert self.is_up, self.said.read_text()

    def be_down(self) -> int:
        if self.is_up:
            self.process.send_signal(signal.SIGINT)
        return self.process.wait(MOST)

    def get(self, path="/readyz", host="127.0.0.1") -> int:
        connection = http.client.HTTPConnection(host, self.port, timeout=60)
        try:
            connection.request("GET", path)
            return connection.getresponse().status
        except OSError:
            return 0
        finally:
            connection.close()

    def processes(self) -> list[int]:
        """Return what runs for this folder, its server's processes included."""
        return left_by_a_killed_run(self.var) + servers_of(self.var / "postgres" / "data")

    def main_process_of(self, word: str) -> int:
        """Return the process we started whose command holds a word."""
        for each in Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split():
            if word in Path(f"/proc/{each}/cmdline").read_text() and not is_ended(Path("/proc", each)):
                return int(each)
        return 0

    def answers(self) -> bool:
        with socket.socket() as tried:
            return tried.connect_ex(("127.0.0.1", self.port)) == 0
