"""`mandat prepare`: what this version needs before it serves. Run it with MANDAT_DATABASE_ROLE=owner."""

import gc
import hashlib
import os
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command, get_commands
from django.core.management.base import BaseCommand, CommandError
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from mandat.platform.durable import write_durably
from mandat.platform.postgres.address import database_settings
from mandat.platform.postgres.roles import grants

STATIC_STAMP = "made-from"


class Command(BaseCommand):
    """Make the database, the texts and the static files what this version needs; quick when they already are."""

    help = "Migrate the database, load reference data, compile the texts, gather static files. Safe to run again."
    requires_system_checks = ()  # `make check` makes them; here they would load every page first

    def handle(self, *_args: Any, **_options: Any) -> None:
        """Do each step in its order; a step that has nothing to do says nothing."""
        self.grant()
        self.migrate()
        call_command("createcachetable", verbosity=0)
        call_command("load_reference", verbosity=0)
        self.compile_texts()
        self.gather_static_files()

    def grant(self) -> None:
        """Let the application's role use what the owner creates."""
        app = database_settings(os.environ | {"MANDAT_DATABASE_ROLE": "app"}, var=settings.VAR)["USER"]
        with connection.cursor() as cursor:
            for statement in grants(owner=connection.settings_dict["USER"], app=app):
                cursor.execute(statement)

    def migrate(self) -> None:
        """
        Apply what is not applied.

        :raises CommandError: if the database comes from a version that this one does not know
        """
        executor = MigrationExecutor(connection)
        known = executor.loader.disk_migrations or {}
        ours = {app for app, _ in known}
        applied = executor.loader.applied_migrations or {}
        if strange := sorted(f"{app}.{name}" for app, name in applied if app in ours and (app, name) not in known):
            raise CommandError(f"This database was made by another version of Mandat: {', '.join(strange)}.")
        if executor.migration_plan(executor.loader.graph.leaf_nodes()):
            gc.freeze()  # each step makes every model anew: looking so often for what to free takes a quarter of it
            gc.set_threshold(200_000, 50, 1_000)
            call_command("migrate", interactive=False, verbosity=0)

    def compile_texts(self) -> None:
        """Compile the message catalogues."""
        if "compile_texts" in get_commands():
            call_command("compile_texts", verbosity=0)

    def gather_static_files(self) -> None:
        """Gather, hash and compress static files, unless they are the same as last time."""
        stamp = Path(settings.STATIC_ROOT) / STATIC_STAMP
        made_from = digest_of_static_files()
        if stamp.exists() and stamp.read_text() == made_from:
            return
        call_command("collectstatic", interactive=False, clear=True, verbosity=0)
        write_durably(stamp, [made_from.encode()])


def digest_of_static_files() -> str:
    """Return a digest of the names, sizes and dates of every static file."""
    digest = hashlib.sha256()
    for finder in get_finders():
        for name, storage in finder.list([]):
            found = Path(storage.path(name)).stat()
            digest.update(f"{storage.path(name)}\0{found.st_size}\0{found.st_mtime_ns}\n".encode())
    return digest.hexdigest()
