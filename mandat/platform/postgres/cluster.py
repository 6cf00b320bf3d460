"""A private cluster: unix socket only, in a folder of our own, started and stopped by us."""

import contextlib
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Sequence
from pathlib import Path

import psycopg
from psycopg import sql

from mandat.platform.postgres import binaries, privilege, stale
from mandat.platform.postgres.address import APP, DATABASE, OWNER, REACHES_ALL, SUPERUSER, socket_folder
from mandat.platform.postgres.durability import DURABLE
from mandat.platform.postgres.roles import grants


class ClusterFailed(Exception):
    """The server did not start; the message is its own."""


class Cluster:
    """One PostgreSQL data folder and the server that serves it."""

    def __init__(self, folder: Path, *, settings: Sequence[str] = ()) -> None:
        self.folder, self.settings = folder, settings
        self.data, self.socket, self.log = folder / "data", socket_folder(folder), folder / "log"
        self.server: subprocess.Popen[bytes] | None = None

    def prepare(self) -> None:
        """
        Initialise the data folder, unless that was done.

        It is made under another name and renamed when whole, so that what a killed run left half-made is told apart
        and made again, and a folder named `data` is never removed.
        """
        for each in (self.folder, self.socket):
            each.mkdir(parents=True, exist_ok=True, mode=0o700)
            if each.stat().st_uid != os.geteuid() and os.geteuid() != 0:
                raise ClusterFailed(f"{each} belongs to another user")
            each.chmod(0o700)
        privilege.lend(self.folder, self.socket)
        if self.data.exists():
            return
        making = self.folder / "data.unfinished"
        if making.exists():
            stale.clear(making)
            shutil.rmtree(making)
        initdb = binaries.find().path("initdb")
        options = ["--auth=trust", "--data-checksums", "--encoding=UTF8", "--locale=C", "--no-instructions"]
        self._run([initdb, "-D", str(making), "-U", SUPERUSER, *options])
        making.rename(self.data)

    def major(self) -> int | None:
        """Return the major version of the server that made the data folder, or None before it is made."""
        version = self.data / "PG_VERSION"
        return int(version.read_text()) if version.exists() else None

    def start(self, *, wait: float = 60) -> None:
        """
        Start the server and wait until it answers.

        :raises ClusterFailed: if it stops, or does not answer in time
        :raises NoPostgres: if no server of the version that made the folder is on this machine
        """
        stale.clear(self.data)
        found = binaries.find(major=self.major())
        options = [f"{name}={value}" for name, value in DURABLE.items()]
        options += ["listen_addresses=", f"unix_socket_directories={self.socket}", "unix_socket_permissions=0700"]
        options += ["timezone=UTC", "log_timezone=UTC", *self.settings]
        command = [*privilege.words_before(self.folder), found.path("postgres"), "-D", str(self.data)]
        command += [word for option in options for word in ("-c", option)]
        with self.log.open("wb") as log:
            self.server = subprocess.Popen(  # noqa: S603
                command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True, cwd=self.folder
            )
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

    def forget_socket(self) -> None:
        """Remove the socket's folder where nothing is left in it; preparing makes it again."""
        with contextlib.suppress(OSError):
            self.socket.rmdir()

    def connect(self, database: str = DATABASE, *, user: str = SUPERUSER) -> psycopg.Connection[tuple[object, ...]]:
        """Return a connection of our own, autocommitting."""
        return psycopg.connect(
            host=str(self.socket), dbname=database, user=user, options=REACHES_ALL, autocommit=True, connect_timeout=5
        )

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

    def has_database(self, name: str = DATABASE) -> bool:
        """Return whether a database is there."""
        with self.connect("postgres") as connection:
            return connection.execute("SELECT FROM pg_database WHERE datname = %s", [name]).fetchone() is not None

    def create_database(self, name: str = DATABASE, *, template: str = "template0") -> None:
        """Create a database that the owner owns and the application may use, unless it is there."""
        if self.has_database(name):
            return
        with self.connect("postgres") as connection:
            connection.execute(
                sql.SQL("CREATE DATABASE {} OWNER {} TEMPLATE {}").format(
                    sql.Identifier(name), sql.Identifier(OWNER), sql.Identifier(template)
                )
            )

    def grant(self, database: str = DATABASE) -> None:
        """Let the application's role read and write rows of what the owner creates, and nothing else."""
        with self.connect(database, user=OWNER) as connection:
            for statement in grants(owner=OWNER, app=APP):
                connection.execute(statement)

    def last_words(self) -> str:
        """Return the end of the server's log."""
        return self.log.read_text(errors="replace")[-2000:] if self.log.exists() else ""

    def _run(self, command: list[str]) -> None:
        done = subprocess.run(  # noqa: S603
            [*privilege.words_before(self.folder), *command],
            capture_output=True,
            text=True,
            check=False,
            cwd=self.folder,
        )
        if done.returncode:
            raise ClusterFailed(done.stderr or done.stdout)
