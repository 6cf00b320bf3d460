"""`mandat worker`: do the jobs that acts have ordered."""

import asyncio
import signal
from argparse import ArgumentParser
from typing import Any

import psycopg
from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError, connection
from django.utils.translation import gettext as _
from procrastinate import PsycopgConnector
from procrastinate.contrib.django import DjangoApp, app
from procrastinate.contrib.django.utils import connector_params
from procrastinate.exceptions import ConnectorException

from mandat.platform.jobs import HEARTBEAT, STALLED_AFTER, queue_stalled_jobs_again

#: Seconds to wait for a connection before the database counts as gone.
PATIENCE = 10


class Command(BaseCommand):
    """Runs until it is told to stop, or until the database is gone."""

    help = "Deliver events, send mail, print letters and run periodic jobs, until stopped."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Add how many jobs may run at once, and the way to leave once none is due."""
        parser.add_argument("--concurrency", type=int, default=2, help="how many jobs may run at once (default: 2)")
        parser.add_argument("--drain", action="store_true", help="leave once no job is due")

    def handle(self, *_args: Any, **options: Any) -> None:
        """
        Run the worker.

        :raises CommandError: if the database cannot be reached, or goes away
        """
        try:
            connection.ensure_connection()  # says at once what the pool says after half a minute
            was_asked_to_stop = asyncio.run(work(concurrency=options["concurrency"], wait=not options["drain"]))
        except (ConnectorException, psycopg.Error, DatabaseError) as error:
            raise CommandError(gone()) from error
        if not (was_asked_to_stop or options["drain"]):
            raise CommandError(gone())


def gone() -> str:
    """Return what to say when there is no database to work for."""
    return _(
        "La base de données ne répond plus : l’exécuteur de tâches s’arrête. Rien n’est perdu. "
        "Rétablissez la base de données, puis relancez « mandat worker »."
    )


async def work(*, concurrency: int, wait: bool) -> bool:
    """
    Work until told to stop, and return True; or return False when the worker stopped by itself.

    Jobs already begun are finished first.
    """
    connector = PsycopgConnector(
        kwargs=connector_params(), min_size=1, max_size=concurrency + 2, timeout=PATIENCE, reconnect_timeout=PATIENCE
    )
    worker = workers_app(connector)
    async with worker.open_async():
        await queue_stalled_jobs_again(worker.job_manager)
        running = asyncio.create_task(
            worker.run_worker_async(
                name="mandat", concurrency=concurrency, wait=wait, install_signal_handlers=False,
                delete_jobs="successful", update_heartbeat_interval=HEARTBEAT, stalled_worker_timeout=STALLED_AFTER,
            )
        )  # fmt: skip
        for each in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(each, running.cancel)
        try:
            await running
        except asyncio.CancelledError:
            return True
    return False


def workers_app(connector: PsycopgConnector) -> DjangoApp:
    """
    Return an application for the worker alone, with a connection of its own and the same jobs.

    Jobs keep the application that they were declared with, so that what a handler orders still goes through Django's
    connection, inside the handler's transaction. Replacing the connector of that one, as procrastinate's own command
    does, would order it outside.
    """
    own = DjangoApp(connector=connector)
    own.tasks, own.periodic_registry = app.tasks, app.periodic_registry
    return own
