"""
The jobs of the platform, gathered where procrastinate looks for them, and the one that mends.

A job whose worker was killed stays marked as running, and would hold its lock for ever: when a worker starts, and every
minute, those whose worker no longer says that it is alive are put back in the queue.
"""

import logging

from procrastinate import JobContext
from procrastinate.contrib.django import app
from procrastinate.manager import JobManager

from mandat.platform import events, files, mail, post

__all__ = ["STALLED_AFTER", "events", "files", "mail", "post", "retry_stalled_jobs"]

logger = logging.getLogger(__name__)

#: Seconds: a worker says that it is alive every 10 s, and is given up for dead after three silences.
HEARTBEAT, STALLED_AFTER = 10, 30


@app.periodic(cron="* * * * *")
@app.task(name="retry_stalled_jobs", pass_context=True, priority=100)  # no lock: were it stalled, nobody would free it
async def retry_stalled_jobs(context: JobContext, timestamp: int) -> None:  # noqa: ARG001
    """Put back in the queue the jobs of workers that are gone."""
    await queue_stalled_jobs_again(context.app.job_manager)


async def queue_stalled_jobs_again(jobs: JobManager) -> None:
    """Put back in the queue the jobs of workers that no longer say that they are alive."""
    for stalled in await jobs.get_stalled_jobs(seconds_since_heartbeat=STALLED_AFTER):
        logger.warning("job %s (%s) outlived its worker: queued again", stalled.id, stalled.task_name)
        await jobs.retry_job(stalled)
