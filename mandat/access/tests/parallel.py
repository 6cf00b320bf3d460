"""Commands run at the same time, each on a connection of its own."""

import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor

from django.db import connection

#: Far longer than anything here takes: what is not done by then is stuck.
PATIENCE = 30


class Worker:
    """A thread with its own connection, kept open between jobs."""

    def __init__(self):
        self._thread = ThreadPoolExecutor(1)
        self.backend = self.run(self._connect)

    @staticmethod
    def _connect():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_backend_pid()")
            return cursor.fetchone()[0]

    @staticmethod
    def _disconnect():
        connection.close()

    def begin(self, job: Callable) -> Future:
        return self._thread.submit(job)

    def run(self, job: Callable):
        return self.begin(job).result(PATIENCE)

    def close(self):
        self.run(self._disconnect)
        self._thread.shutdown()


def together(*pairs: tuple[Worker, Callable]) -> list:
    """Begin jobs at once, one for each worker; return what each returned, or the exception that it raised."""
    barrier = threading.Barrier(len(pairs))

    def started(job):
        def run():
            barrier.wait(PATIENCE)
            return job()

        return run

    begun = [worker.begin(started(job)) for worker, job in pairs]
    return [each.exception(PATIENCE) or each.result() for each in begun]


#: Whether another client keeps a backend waiting. The server's own housekeeping may do so too, for an instant, and is
#: nobody's act.
BLOCKED = """
SELECT EXISTS (SELECT FROM pg_stat_activity
               WHERE pid = ANY (pg_blocking_pids(%s)) AND backend_type = 'client backend')
"""


def waits_or_ends(worker: Worker, begun: Future) -> str:
    """Return “waits” once a worker stands before another's lock, or “ends” once its job is over, whichever is first."""
    while not begun.done():
        with connection.cursor() as cursor:
            cursor.execute(BLOCKED, [worker.backend])
            if cursor.fetchone()[0]:
                return "waits"
    return "ends"
