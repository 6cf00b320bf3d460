"""Servers of the product on a test's own database, each a process apart, which may be killed and started again."""

import contextlib
import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping
from urllib.parse import urlencode

from django.db import connection

PATIENCE = 60
TOKEN = "c" * 32


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port: int = found.getsockname()[1]
        return port


class Server:
    """One web process. `ask` goes to it over a connection that is kept open."""

    def __init__(self) -> None:
        self.port, self.lasting = free_port(), None
        self.start()

    def start(self) -> None:
        settings = connection.settings_dict
        environment = os.environ | {
            "DJANGO_SETTINGS_MODULE": "config.settings_test", "MANDAT_DATABASE_ROLE": "app",
            "MANDAT_DATABASE_NAME": settings["NAME"], "MANDAT_DATABASE_SOCKET": settings["HOST"],
        }  # fmt: skip
        words = ["--interface", "wsgi", "--host", "127.0.0.1", "--port", str(self.port), "--workers", "1"]
        self.process = subprocess.Popen(
            [sys.executable, "-m", "granian", *words, "--log-level", "error", "config.wsgi:application"],
            env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            start_new_session=True,
        )  # fmt: skip

    def kill(self) -> None:
        """Kill it as a machine that stops does."""
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait(PATIENCE)
        self.hang_up()

    def hang_up(self) -> None:
        """Close the connection that `ask` keeps open."""
        if self.lasting is not None:
            self.lasting.close()
        self.lasting = None

    def wait(self) -> None:
        """Wait until it answers."""
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until:
            with contextlib.suppress(OSError, http.client.HTTPException):
                self.ask("/readyz")
                return
            time.sleep(0.05)
        raise TimeoutError(self.port)

    def ask(
        self, address: str, *, cookies: Mapping[str, str] | None = None, sent: Mapping[str, str] | None = None,
        bearer: str = "", csrf: str = "csrf",
    ) -> tuple[int, bytes]:  # fmt: skip
        """GET, or POST when something is sent; return the status and the body."""
        if self.lasting is None:
            self.lasting = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        kept = {**(cookies or {}), csrf: TOKEN}
        headers = {
            "Host": f"localhost:{self.port}", "Origin": f"http://localhost:{self.port}",
            "Content-Type": "application/x-www-form-urlencoded",
            "Cookie": "; ".join(f"{name}={value}" for name, value in kept.items()),
        }  # fmt: skip
        if bearer:
            headers = {"Host": headers["Host"], "Authorization": f"Bearer {bearer}"}
        body = None if sent is None else urlencode({**sent, "csrfmiddlewaretoken": TOKEN})
        try:
            self.lasting.request("GET" if sent is None else "POST", address, body, headers)
            answer = self.lasting.getresponse()
            return answer.status, answer.read()
        except (OSError, http.client.HTTPException):
            self.hang_up()
            raise
