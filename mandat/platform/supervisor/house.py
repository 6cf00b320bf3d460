"""The whole product on one machine: opened in order, watched, closed in the reverse order."""

import http.client
import os
import signal
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import IO, Protocol

from mandat.platform.supervisor import children, database, ports
from mandat.platform.supervisor.children import MARK, Child
from mandat.platform.supervisor.folder import ROOT, secret_key
from mandat.platform.supervisor.welcome import SIGN_INS, welcome
from mandat.platform.supervisor.words import Refused, say

READY_WITHIN = 120
PYTHON = sys.executable
#: The address of the tables' owner, and what would have each process compile the same modules again.
NOT_FOR_CHILDREN = {"MANDAT_OWNER_DATABASE_URL", "PYTHONDONTWRITEBYTECODE"}
MANAGE = (PYTHON, str(ROOT / "manage.py"))


class Stop(Protocol):
    """Whether someone asked to stop."""

    def __call__(self) -> bool:
        """Return whether it was asked."""

    def heed(self) -> None:
        """Stop here if it was."""


class House:
    """One run of the product in one folder."""

    def __init__(self, var: Path, port: int, *, address: str, stop: Stop) -> None:
        self.var, self.port, self.address, self.stop = var, port, address, stop
        self.cluster = database.cluster_of(var)
        self.environment = environment_of_a_run(var, port)
        self.children = [Child(name, command, self.environment) for name, command in commands(port).items()]
        self.watched: list[database.Server | Child] = [
            *([database.Server(self.cluster)] if self.cluster else []),
            *self.children,
        ]

    def open(self) -> None:
        """
        Start everything, and return once pages are served.

        :raises Refused: if something cannot start
        :raises Stopped: if it was asked meanwhile
        """
        if count := children.clear_leftovers(self.var):
            say("cleaned", count=count)
        if self.cluster:
            if not self.cluster.data.exists():
                say("first_time", folder=self.var)
            database.start(self.cluster)
        database.check_durable(self.var, self.cluster)
        self.prepare()
        for child in self.children:
            child.start()
        ports.answer_on_six([self.port, self.port + 1])
        self.wait_until_ready()
        welcome(self.var, self.address)

    def prepare(self) -> None:
        """Bring the database, the texts and the static files up to this version, and make a new demonstration."""
        self.step("prepare", more={"MANDAT_DATABASE_ROLE": "owner", **owner_of(os.environ)})
        if self.cluster and database.lacks_its_demonstration(self.cluster):
            self.step("mark_deployment", "demo")
            with (self.var / SIGN_INS).open("wb") as said:
                self.step("seed", "demo", said_to=said)
            database.demonstration_is_whole(self.cluster)

    def step(self, *command: str, said_to: IO[bytes] | None = None, more: Mapping[str, str] | None = None) -> None:
        """
        Run one command of the product to its end.

        :raises Refused: if it fails
        """
        environment = {**self.environment, **(more or {})}
        code = children.run_to_end([*MANAGE, *command], environment, unless=self.stop, said_to=said_to)
        self.stop.heed()
        if code:
            raise Refused("step_failed", step=" ".join(command))

    def wait_until_ready(self) -> None:
        """
        Wait until pages are served.

        :raises Refused: if that takes too long
        """
        until = time.monotonic() + READY_WITHIN
        while (said := not_ready(self.port)) is not None:
            self.stop.heed()
            if time.monotonic() > until:
                raise Refused("not_ready", seconds=READY_WITHIN, said=said)
            self.start_again_what_died()
            time.sleep(0.05)

    def watch(self) -> None:
        """
        Start again what dies, until asked to stop.

        :raises Stopped: when it is asked
        """
        while True:
            self.stop.heed()
            self.start_again_what_died()
            time.sleep(0.1)

    def start_again_what_died(self) -> None:
        """Look at each process once; one that died starts again after its pause, the database first."""
        for each in self.watched:
            code = each.ended_with()
            if code is not None and each.rest.is_over(name=each.name, code=code):
                each.again()

    def close(self) -> None:
        """Stop everything, the database last."""
        for each in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(each, signal.SIG_IGN)
        started = [child for child in self.children if child.process]
        if started:
            say("stopping")
        for child in started:
            child.ask_to_stop()
        for child in started:
            child.end()
        if self.cluster:
            self.cluster.stop()
            self.cluster.forget_socket()
        if started:
            say("stopped")


def commands(port: int) -> dict[str, list[str]]:
    """Return the processes of the product, by name."""
    granian = [PYTHON, "-m", "granian", "--host", ports.FOUR, "--log-level", "warning", "--workers-kill-timeout", "5"]
    workers = os.environ.get("MANDAT_WEB_WORKERS", "1")
    threads = os.environ.get("MANDAT_WEB_THREADS", str(min(8, 2 * (os.cpu_count() or 1) + 1)))
    of_the_web = ["--interface", "wsgi", "--port", str(port), "--workers", workers, "--blocking-threads", threads]
    of_the_doorbell = ["--interface", "asgi", "--port", str(port + 1)]
    return {
        "web": [*granian, *of_the_web, "config.wsgi:application"],
        "worker": [*MANAGE, "worker"],
        "doorbell": [*granian, *of_the_doorbell, "mandat.web.doorbell:application"],
    }


def environment_of_a_run(var: Path, port: int) -> dict[str, str]:
    """Return the environment of our processes. Only `prepare` knows how to become the owner of the tables."""
    ours = {
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "MANDAT_VAR": str(var),
        "MANDAT_SECRET_KEY": secret_key(var),
        "MANDAT_DATABASE_ROLE": "app",
        "PORT": str(port),
        "PYTHONUNBUFFERED": "1",
        "PYTHONPYCACHEPREFIX": os.environ.get("PYTHONPYCACHEPREFIX", str(var / "pycache")),
        MARK: str(var),
    }
    return {name: value for name, value in os.environ.items() if name not in NOT_FOR_CHILDREN} | ours


def owner_of(environment: Mapping[str, str]) -> dict[str, str]:
    """Return what lets a process become the owner of the tables."""
    return {name: environment[name] for name in ("MANDAT_OWNER_DATABASE_URL",) if name in environment}


def not_ready(port: int) -> str | None:
    """Return what keeps pages from being served, or None when they are."""
    connection = http.client.HTTPConnection(ports.FOUR, port, timeout=10)
    try:
        connection.request("GET", "/readyz")
        answer = connection.getresponse()
        said = answer.read().decode(errors="replace")
    except (OSError, http.client.HTTPException) as error:
        return type(error).__name__
    finally:
        connection.close()
    return None if answer.status == http.client.OK else f"{answer.status} {said[:500]}"
