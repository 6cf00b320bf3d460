"""A real worker, in a process of its own, told to stop, killed, or left without a database."""

import os
import signal
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

import pytest
from django.conf import settings
from django.db import connection, transaction
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob, ProcrastinateWorker

from mandat.platform.effects import EffectState
from mandat.platform.events import publish
from mandat.platform.jobs import retry_stalled_jobs
from mandat.platform.models import Delivery, EventRow
from mandat.platform.queries import living_workers
from mandat.platform.tests.subscribers import Dragged, Followed, Happened

pytestmark = pytest.mark.django_db(transaction=True)
ROOT = Path(__file__).parents[3]
PATIENCE = 90


@pytest.fixture(autouse=True)
def notes(tmp_path, settings):
    settings.SUBSCRIPTIONS = "mandat.platform.tests.subscribers.SUBSCRIPTIONS"
    return tmp_path


@contextmanager
def worker(notes, *words, **environment):
    """Start a worker; what still runs at the end is killed."""
    database = connection.settings_dict
    known = {
        "DJANGO_SETTINGS_MODULE": "mandat.platform.tests.worker_settings",
        "MANDAT_TEST_NOTES": str(notes),
        "MANDAT_VAR": str(settings.VAR),
        "MANDAT_DATABASE_NAME": database["NAME"],
        "MANDAT_DATABASE_SOCKET": database["HOST"],
    }
    process = subprocess.Popen(
        [sys.executable, "manage.py", "worker", *words], cwd=ROOT, env=os.environ | known | environment,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
    )  # fmt: skip
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def wait_for(condition, what):
    until = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < until, f"waited too long for {what}"
        time.sleep(0.05)


def lines(notes, name):
    path = notes / name
    return path.read_text().splitlines() if path.exists() else []


def delivered():
    return not Delivery.objects.exclude(state=EffectState.DONE).exists()


def ordered(event):
    with transaction.atomic():
        publish(event)
    return event


def fall_silent():
    """Make every worker's last sign of life an hour old."""
    with connection.cursor() as cursor:
        cursor.execute("UPDATE procrastinate_workers SET last_heartbeat = now() - interval '1 hour'")


def test_a_worker_delivers_and_stops_when_told_leaving_nothing(notes):
    with worker(notes) as process:
        wait_for(living_workers().exists, "a sign of life")
        event = ordered(Followed(thing="a"))
        wait_for(delivered, "the delivery")
        process.send_signal(signal.SIGTERM)
        assert process.wait(PATIENCE) == 0
    assert lines(notes, "done") == [f"a {event.event_id}"]
    assert not ProcrastinateWorker.objects.exists()


def test_a_worker_told_to_stop_first_ends_what_it_began(notes):
    ordered(Dragged(thing="a"))
    with worker(notes) as process:
        wait_for(lambda: lines(notes, "begun"), "the beginning")
        process.send_signal(signal.SIGTERM)
        (notes / "go").touch()
        assert process.wait(PATIENCE) == 0
    assert delivered()
    assert Delivery.objects.get().attempts == 1


def test_a_job_whose_worker_was_killed_is_done_by_the_next(notes):
    event = ordered(Dragged(thing="a"))
    with worker(notes) as process:
        wait_for(lambda: lines(notes, "begun"), "the beginning")
        process.kill()
        process.wait(PATIENCE)
    assert ProcrastinateJob.objects.get(task_name="deliver").status == "doing"
    assert Delivery.objects.get().state == EffectState.PENDING

    fall_silent()
    (notes / "go").touch()
    with worker(notes) as process:
        wait_for(delivered, "the delivery")
        process.send_signal(signal.SIGTERM)
        process.wait(PATIENCE)
    assert lines(notes, "begun") == ["a", "a"]
    assert lines(notes, "done") == [f"a {event.event_id}"]
    assert Delivery.objects.get().attempts == 2


def test_stalled_jobs_are_looked_for_every_minute():
    cron = {each.task.name: each.cron for each in app.periodic_registry.periodic_tasks.values()}
    assert cron[retry_stalled_jobs.name] == "* * * * *"
    assert retry_stalled_jobs.lock is None  # a stalled one would hold it for ever


def test_a_worker_that_is_alive_keeps_its_jobs(notes):
    """Looking for stalled jobs must not take one from a worker that is only slow."""
    ordered(Dragged(thing="a"))
    with worker(notes) as process, worker(notes) as other:
        wait_for(lambda: lines(notes, "begun"), "the beginning")
        wait_for(lambda: living_workers().count() == 2, "both workers, each of which has looked")
        (notes / "go").touch()
        wait_for(delivered, "the delivery")
        for each in (process, other):
            each.send_signal(signal.SIGTERM)
            each.wait(PATIENCE)
    assert lines(notes, "begun") == ["a"]


def test_what_a_failing_handler_ordered_in_a_worker_is_undone(notes):
    """A handler's own orders go through its transaction, not through the worker's connection."""
    ordered(Happened(thing="a"))
    with worker(notes, "--drain") as process:
        assert process.wait(PATIENCE) == 0
    assert lines(notes, "begun") == ["a"]
    assert lines(notes, "done") == []
    assert [row.name for row in EventRow.objects.all()] == ["Happened"]
    (job,) = ProcrastinateJob.objects.filter(task_name="deliver")
    assert (job.status, job.args) == ("todo", {"effect": str(Delivery.objects.get().public_id)})


def test_a_worker_without_a_database_says_so_and_fails(notes):
    with worker(notes, MANDAT_DATABASE_SOCKET=str(notes)) as process:
        said, _ = process.communicate(timeout=PATIENCE)
    assert process.returncode == 1
    assert "La base de données ne répond plus" in said
    assert "Traceback" not in said


def test_a_worker_whose_database_goes_away_says_so_and_fails(notes, django_db_setup):
    name = f"going_{uuid4().hex}"
    cluster = django_db_setup
    cluster.create_database(name, template="mandat_template")
    with worker(notes, MANDAT_DATABASE_NAME=name) as process:
        registered = "SELECT count(*) FROM procrastinate_workers"
        with cluster.connect(name) as inside:
            wait_for(lambda: inside.execute(registered).fetchone()[0], "a sign of life")
        with cluster.connect("postgres") as outside:
            outside.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS false")
            outside.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [name])
        said, _ = process.communicate(timeout=PATIENCE)
    assert process.returncode == 1
    assert "La base de données ne répond plus" in said
