"""Running jobs inside a test, in its own connection, as a worker would."""

import json
from typing import Literal

from django.db import connection
from procrastinate.contrib.django import app
from procrastinate.jobs import Job

MOST = 500


def work_off(*, on_failure: Literal["raise", "wait", "again"] = "raise") -> int:
    """
    Run the jobs that are due until none is, and return how many ran.

    What fails is raised, or waits as it would in a worker, or is tried again at once.
    """
    ran = 0
    while (job := _fetch()) is not None:
        task, ran = app.tasks[job.task_name], ran + 1
        assert ran <= MOST, "jobs without end"
        try:
            task(**job.task_kwargs)
        except Exception as error:
            retry = task.get_retry_exception(exception=error, job=job)
            if on_failure == "raise" or retry is None:
                raise
            at = retry.retry_decision.retry_at if on_failure == "wait" else None
            _call("SELECT procrastinate_retry_job_v2(%s, %s, NULL, NULL, NULL)", job.id, at)
        else:
            _call("SELECT procrastinate_finish_job_v1(%s, 'succeeded', true)", job.id)
    return ran


def _fetch():
    columns = "id, task_name, args, lock, attempts, queue_name"
    found = _call(f"SELECT {columns} FROM procrastinate_fetch_job_v2(NULL, NULL)")
    if found[0] is None:
        return None
    job_id, name, arguments, lock, attempts, queue = found
    known = {"task_name": name, "task_kwargs": json.loads(arguments), "attempts": attempts}
    return Job(id=job_id, queue=queue, lock=lock, queueing_lock=None, **known)


def _call(statement, *arguments):
    with connection.cursor() as cursor:
        cursor.execute(statement, arguments)
        return cursor.fetchone()
