"""Filing at the same time as others, or as one's right ends, or as the machine dies."""

import os
import random
import signal
import subprocess
import sys
import time
import uuid
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from django.db import connection, transaction

from mandat.access.commands import revoke_proxy
from mandat.access.decision import AccessDenied
from mandat.access.tests.factories import ProxyFactory, actor
from mandat.access.tests.parallel import Worker, together, waits_or_ends
from mandat.filings.commands import take_up
from mandat.filings.errors import ClosedToChange
from mandat.filings.models import Filing, FilingMove, Submission
from mandat.filings.tests.world import World
from mandat.filings.workflow import State
from mandat.platform.idempotency import IdempotencyConflict
from mandat.platform.models import EventRow

pytestmark = pytest.mark.django_db(transaction=True)
ROOT = Path(__file__).parents[3]


@pytest.fixture
def workers():
    made = [Worker(), Worker(), Worker()]
    yield made
    for each in made:
        each.close()


@pytest.mark.drill("DU-3")
def test_fifty_at_once_with_the_same_key_file_once(drill):
    world = World()
    for _ in range(drill.size(1, full=20)):
        filing, key = world.draft(), uuid.uuid4()

        def run(_, filing=filing, key=key):
            try:
                return world.submit(filing, key=key, revision=filing.revision).public_id
            finally:
                connection.close()

        with ThreadPoolExecutor(50) as pool:
            assert len(set(pool.map(run, range(50)))) == 1
        assert filing.submissions.count() == filing.history.count() == 1
        assert EventRow.objects.filter(name="FilingSubmitted", aggregate_id=str(filing.public_id)).count() == 1


@pytest.mark.drill("DU-3")
def test_two_people_in_two_tabs_file_once(drill, workers):
    world = World()
    for _ in range(drill.size(10, full=200)):
        filing = world.draft()
        jobs = [
            lambda by=by, filing=filing: world.submit(filing, by=by, revision=filing.revision)
            for by in (world.signer, world.rse)
        ]
        results = together(*zip(workers, jobs, strict=False))
        assert sorted(type(each).__name__ for each in results) == ["ClosedToChange", "Submission"]
        assert filing.submissions.count() == 1


@pytest.mark.drill("AZ-4")
def test_nothing_is_filed_after_its_right_was_revoked(drill, workers):
    """A signer files as the RSE revokes, and the dice say who hesitates."""
    world, dice = World(), random.Random(7)
    seen = {"filed": 0, "refused": 0}
    for _ in range(drill.size(100, full=5000)):
        proxy = ProxyFactory(enterprise=world.firm, provider=world.registration.provider)
        filing, by = world.draft(), actor(proxy.person)
        jobs = [
            hesitating(lambda filing=filing, by=by: world.submit(filing, by=by, revision=filing.revision), dice),
            hesitating(lambda proxy=proxy: revoke_proxy(proxy_id=proxy.public_id, reason="Départ", by=world.rse), dice),
        ]
        filed, revoked = together(*zip(workers, jobs, strict=False))
        assert not isinstance(revoked, Exception)
        if isinstance(filed, AccessDenied):
            seen["refused"] += 1
            assert not filing.submissions.exists()
        else:
            seen["filed"] += 1
            assert filed.at <= revoked.revoked_at
            assert str(proxy.public_id) in {link["id"] for link in filed.authority["chain"]}
        with pytest.raises((AccessDenied, ClosedToChange)):
            world.submit(filing, by=by)
    assert min(seen.values()) > 0, seen


def hesitating(job, dice):
    seconds = dice.random() * 0.02

    def run():
        time.sleep(seconds)
        return job()

    return run


def test_a_revocation_waits_for_the_submission_that_relies_on_the_right(workers):
    world = World()
    filing = world.draft()
    with transaction.atomic():
        submission = world.submit(filing, revision=filing.revision)
        revoking = workers[0].begin(lambda: revoke_proxy(proxy_id=world.proxy.public_id, reason="Départ", by=world.rse))
        assert waits_or_ends(workers[0], revoking) == "waits"
    assert submission.at <= revoking.result(30).revoked_at


def test_a_submission_waits_for_the_revocation_of_its_right_and_is_refused(workers):
    world = World()
    filing = world.draft()
    with transaction.atomic():
        revoke_proxy(proxy_id=world.proxy.public_id, reason="Départ", by=world.rse)
        filing_it = workers[0].begin(lambda: world.submit(filing, revision=filing.revision))
        assert waits_or_ends(workers[0], filing_it) == "waits"
    assert isinstance(filing_it.exception(30), AccessDenied)
    assert not Submission.objects.exists()


def test_one_key_for_two_filings_at_once_files_one_of_them(workers):
    world, key = World(), uuid.uuid4()
    one, other = world.draft(), world.draft()
    with transaction.atomic():
        world.submit(one, key=key)
        second = workers[0].begin(lambda: world.submit(other, key=key, revision=other.revision))
        assert waits_or_ends(workers[0], second) == "waits"
    assert isinstance(second.exception(30), IdempotencyConflict)
    assert Filing.objects.get(pk=other.pk).state == State.DRAFT


def test_two_officers_take_a_filing_up_once(workers):
    world = World()
    filing = world.submitted()
    jobs = [lambda by=by: take_up(filing=filing.public_id, by=by) for by in (world.officer, world.other_officer)]
    results = together(*zip(workers, jobs, strict=False))
    assert sorted(type(each).__name__ for each in results) == ["Filing", "MoveNotAllowed"]
    assert FilingMove.objects.filter(move="take_up").count() == 1


DYING = """
import os, signal, sys, uuid
import django
django.setup()
from django.db import connection, transaction
from mandat.filings.commands import submit_filing
from mandat.filings.tests import world
from mandat.identity.actor import actor_of
from mandat.identity.models import Login
from mandat.platform.clock import now

filing, revision, key, login = sys.argv[1:5]
login = Login.objects.get(public_id=login)
by = actor_of(login, person=login.links.get().person, at=now(), methods=["password", "totp"])
with transaction.atomic():
    submission = submit_filing(key=uuid.UUID(key), filing=uuid.UUID(filing), revision=int(revision), by=by)
    if sys.argv[5] == "before":
        os.kill(os.getpid(), signal.SIGKILL)
sys.stdout.write(submission.sha256)
sys.stdout.flush()
os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.mark.drill("DU-1")
@pytest.mark.parametrize("when", ["before", "after"])
def test_a_process_killed_while_it_files_loses_and_doubles_nothing(drill, when):
    """Killed before its commit, nothing was filed; after it, everything; asked again, once either way."""
    world = World()
    settings = connection.settings_dict
    environment = os.environ | {
        "DJANGO_SETTINGS_MODULE": "config.settings_test",
        "MANDAT_DATABASE_NAME": settings["NAME"],
        "MANDAT_DATABASE_SOCKET": settings["HOST"],
    }
    for _ in range(drill.size(1, full=15)):
        filing, key = world.draft(), uuid.uuid4()
        asked = [str(filing.public_id), str(filing.revision), str(key), str(world.signer.login.public_id), when]
        done = subprocess.run(
            [sys.executable, "-c", DYING, *asked],
            env=environment,
            capture_output=True,
            text=True,
            cwd=ROOT,
            check=False,
        )
        assert done.returncode == -signal.SIGKILL, done.stderr
        left = Filing.objects.get(pk=filing.pk)
        if when == "before":
            assert (left.state, left.number, filing.history.count()) == (State.DRAFT, "", 0)
        else:
            assert (left.state, filing.submissions.get().sha256) == (State.SUBMITTED, done.stdout)
        again = world.submit(filing, key=key, revision=filing.revision)
        assert again == filing.submissions.get()
        assert EventRow.objects.filter(name="FilingSubmitted", aggregate_id=str(filing.public_id)).count() == 1
