"""A private cluster: unix socket only, in a folder of our own, started and stopped by us."""

import ctypes
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Sequence
from pathlib import Path

import psycopg
from psycopg import sql

from mandat.platform.postgres import binaries
from mandat.platform.postgres.address import APP, DATABASE, OWNER, SUPERUSER, socket_folder

#: What an acknowledged act relies on; `durability` refuses to serve without them.
DURABLE = {"fsync": "on", "full_page_writes": "on", "synchronous_commit": "on"}
MARKER = "initialised"
PR_SET_PDEATHSIG = 1


class ClusterFailed(Exception):
    """The server did not start; the message is its own."""


def _die_with_parent() -> None:
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGINT)


def as_unprivileged() -> list[str]:
    """Return the words before a command that PostgreSQL refuses to run as root: a user namespace of one user."""
    if os.geteuid() != 0:
        return []
    wrapped = ["unshare", "-U", "--map-user=1", "--map-group=1"]
    tried = subprocess.run([*wrapped, "true"], capture_output=True, check=False)  # noqa: S603
    if tried.returncode:
        raise ClusterFailed(tried.stderr.decode())
    return wrapped


class Cluster:
    """One PostgreSQL data folder and the server that serves it."""

    def __init__(self, folder: Path, *, settings: Sequence[str] = ()) -> None:
        self.folder, self.settings = folder, settings
        self.data, self.socket, self.log = folder / "data", socket_folder(folder), folder / "log"
        self.server: subprocess.Popen[bytes] | None = None

    @property
    def is_initialised(self) -> bool:
        return (self.folder / MARKER).exists()

    def prepare(self) -> None:
        """Initialise the data folder, unless that was done; what a killed run left half-made is made again."""
        for each in (self.folder, self.socket):
            each.mkdir(parents=True, exist_ok=True, mode=0o700)
            each.chmod(0o700)
        if self.is_initialised:
            return
        if self.data.exists():
            shutil.rmtree(self.data)
        made_by = binaries.find()
        self._run(
            [made_by.path("initdb"), "-D", str(self.data), "-U", SUPERUSER, "--auth=trust", "--data-checksums"]
            + ["--encoding=UTF8", "--locale=C", "--no-instructions"]
        )
        (self.folder / MARKER).write_text(f"{made_by.major}\n")

    def start(self, *, wait: float = 60) -> None:
        """
        Start the server and wait until it answers.

        :raises ClusterFailed: if it stops, or does not answer in time
        """
        found = binaries.find(major=int((self.data / "PG_VERSION").read_text()))
        options = [f"{name}={value}" for name, value in DURABLE.items()]
        options += ["listen_addresses=", f"unix_socket_directories={self.socket}", "unix_socket_permissions=0700"]
        options += ["timezone=UTC", "log_timezone=UTC", *self.settings]
        command = [found.path("postgres"), "-D", str(self.data)]
        command += [word for option in options for word in ("-c", option)]
        wrapped = as_unprivileged()
        if wrapped:  # entering a user namespace clears the parent-death signal: set it again inside
            wrapped += ["setpriv", "--pdeathsig", "INT"]
        with self.log.open("ab") as log:
            self.server = subprocess.Popen(  # noqa: S603
                [*wrapped, *command], stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                preexec_fn=_die_with_parent, start_new_session=True,
            )  # fmt: skip
        self._wait(until=time.monotonic() + wait)

    def _wait(self, *, until: float) -> None:
        while True:
            try:
                self.connect("postgres").close()
            except psycopg.OperationalError as error:
                if self.server is None or self.server.poll() is not None or time.monotonic() > until:
                    raise ClusterFailed(self.last_words()) from error
                time.sleep(0.03)
            else:
                return

    def stop(self) -> None:
        """Stop the server at once: sessions are rolled back, nothing acknowledged is lost."""
        if self.server is None or self.server.poll() is not None:
            return
        self.server.send_signal(signal.SIGINT)
        try:
            self.server.wait(20)
        except subprocess.TimeoutExpired:
            self.server.send_signal(signal.SIGQUIT)
            self.server.wait(10)

    def connect(self, database: str = DATABASE, *, user: str = SUPERUSER) -> psycopg.Connection[tuple[object, ...]]:
        """Return a connection of our own, autocommitting."""
        return psycopg.connect(host=str(self.socket), dbname=database, user=user, autocommit=True, connect_timeout=5)

    def create_roles(self) -> None:
        """Create the two roles: one owns and migrates, the other runs, owns nothing and bypasses nothing."""
        with self.connect("postgres") as connection:
            there = {row[0] for row in connection.execute("SELECT rolname FROM pg_roles")}
            for role in (OWNER, APP):
                if role not in there:
                    connection.execute(
                        sql.SQL("CREATE ROLE {} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOBYPASSRLS").format(
                            sql.Identifier(role)
                        )
                    )

    def create_database(self, name: str = DATABASE, *, template: str = "template0") -> bool:
        """Create a database that the owner owns and the application may use; return whether it was new."""
        with self.connect("postgres") as connection:
            if connection.execute("SELECT FROM pg_database WHERE datname = %s", [name]).fetchone() is not None:
                return False
            connection.execute(
                sql.SQL("CREATE DATABASE {} OWNER {} TEMPLATE {}").format(
                    sql.Identifier(name), sql.Identifier(OWNER), sql.Identifier(template)
                )
            )
        return True

    def grant(self, database: str = DATABASE) -> None:
        """Let the application's role read and write rows of what the owner creates, and nothing else."""
        with self.connect(database) as connection:
            connection.execute(f"REVOKE ALL ON SCHEMA public FROM PUBLIC; GRANT ALL ON SCHEMA public TO {OWNER}")
            connection.execute(f"GRANT USAGE ON SCHEMA public TO {APP}")
            for what, rights in (
                ("TABLES", "SELECT, INSERT, UPDATE, DELETE"),
                ("SEQUENCES", "USAGE, SELECT"),
                ("FUNCTIONS", "EXECUTE"),
            ):
                connection.execute(
                    f"ALTER DEFAULT PRIVILEGES FOR ROLE {OWNER} IN SCHEMA public GRANT {rights} ON {what} TO {APP}"
                )

    def last_words(self) -> str:
        """Return the end of the server's log."""
        return self.log.read_text(errors="replace")[-2000:] if self.log.exists() else ""

    def _run(self, command: list[str]) -> None:
        done = subprocess.run(  # noqa: S603
            [*as_unprivileged(), *command], capture_output=True, text=True, check=False
        )
        if done.returncode:
            raise ClusterFailed(done.stderr or done.stdout)
