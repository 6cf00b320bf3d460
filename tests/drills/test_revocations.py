"""
AZ-2, AZ-3, goal 3: once a right has ended, nobody is let through by any process, however open their page is.

Somebody is signed in, with a page and a form open, on several servers, each a process apart; a service holds an access
token of theirs; a job that acts for them is queued in another process. Again and again their only proxy is revoked, or
runs out, and at once all of that is asked of every server, under reading traffic, while servers are killed and come back.
"""

import json
import multiprocessing
import os
import threading
import time
import uuid
from datetime import timedelta
from http.client import HTTPException

import pytest
from django.conf import settings
from django.db import connection, connections, transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

from mandat.access.commands import revoke_proxy
from mandat.access.decision import AccessDenied, Right, require
from mandat.access.tests.factories import BLOCK, ProxyFactory, actor
from mandat.filing_types.tests.driving import Office
from mandat.openid.tests.world import RelyingParty, registered
from mandat.platform.clock import now
from mandat.web.tests.conftest import browser_of
from tests.drills.recorder import FULL_SIZE
from tests.drills.servers import Server

pytestmark = pytest.mark.django_db(transaction=True)
RIGHTS = [Right.VIEW, Right.PREPARE, Right.SIGN]
LET_THROUGH = {200, 302}
A_MOMENT = timedelta(milliseconds=60)
#: `make drill` ends so many rights, an hour of two cores; MANDAT_ENDS asks for fewer or more.
ENDS = int(os.environ.get("MANDAT_ENDS", "10000"))
#: Every so many ends, an entry is made anew (tokens live minutes), and a server is killed and started again.
RENEWED, KILLED = 200, 250


class Jobs:
    """Another process that runs what was queued for a person when it is told to: the right is asked for then."""

    def __init__(self, by, firm):
        connections.close_all()
        self.told, theirs = multiprocessing.Pipe()
        fork = multiprocessing.get_context("fork")
        self.process = fork.Process(target=self.work, args=(theirs, by, firm), daemon=True)
        self.process.start()

    @staticmethod
    def work(told, by, firm):
        while told.recv():
            try:
                with transaction.atomic():
                    require(by, Right.SIGN, enterprise=firm, block=BLOCK)
            except AccessDenied:
                told.send(False)
            else:
                told.send(True)

    def run(self):
        self.told.send(True)
        return self.told.recv()

    def stop(self):
        self.told.send(False)
        self.process.join(20)


class Openings:
    """What somebody has open, and whether each is still let through."""

    def __init__(self, servers):
        self.office = Office()
        self.firm, self.by = self.office.firm, actor()
        self.page = f"/d/{self.firm.public_id}"
        self.form = f"{self.page}/demandes/nouvelle/REP-RETRAIT"
        client, secret = registered()
        self.browser = browser_of(self.by)
        self.party = RelyingParty(client, secret, self.browser)
        self.cookies = {settings.SESSION_COOKIE_NAME: self.browser.cookies[settings.SESSION_COOKIE_NAME].value}
        self.jobs, self.servers = Jobs(self.by, self.firm), servers

    def given(self, *, lasts=timedelta(days=1)):
        """Give the person their only proxy, begun now: no two of them may hold at once."""
        at = now()
        during = DateTimeTZRange(at, at + lasts)
        return ProxyFactory(enterprise=self.firm, person=self.by.person, rights=RIGHTS, during=during)

    def enter(self):
        """Have the service obtain a token, while the person may act for the firm."""
        proxy = self.given()
        tokens = self.party.enters(scope="openid enterprise", enterprise=self.firm, prompt="consent")
        self.token = tokens["access_token"]
        revoke_proxy(proxy_id=proxy.public_id, reason="", by=self.office.rse)

    def let_through(self, server):
        """Return the channels of a server, and the job's, that still let the person through."""
        key = {"key": str(uuid.uuid4())}
        status, told = server.ask("/openid/personne", bearer=self.token)
        channels = {
            "page": self.ask(server, self.page + "/") in LET_THROUGH,
            "list": self.ask(server, self.page + "/demandes") in LET_THROUGH,
            "form": self.ask(server, self.form, sent=key) in LET_THROUGH,
            "token": status == 200 and "enterprise" in json.loads(told),
            "job": self.jobs.run(),
        }
        return {name for name, is_open in channels.items() if is_open}

    def ask(self, server, address, **more):
        return server.ask(address, cookies=self.cookies, csrf=settings.CSRF_COOKIE_NAME, **more)[0]


@pytest.fixture
def servers(transactional_db):
    begun = [Server() for _ in range(3 if FULL_SIZE else 2)]
    for each in begun:
        each.wait()
    yield begun
    for each in begun:
        each.kill()


@pytest.fixture
def openings(servers):
    opened = Openings(servers)
    yield opened
    opened.jobs.stop()


@pytest.fixture
def traffic(openings):
    """Read without rest, as others do, from the first server: reading must prolong nothing."""
    stopping = threading.Event()

    def read():
        reader = Server.__new__(Server)
        reader.port, reader.lasting = openings.servers[0].port, None
        while not stopping.is_set():
            try:
                openings.ask(reader, openings.page + "/demandes")
            except (OSError, HTTPException):  # it is killed now and then
                time.sleep(0.05)
        reader.hang_up()

    thread = threading.Thread(target=read, daemon=True)
    thread.start()
    yield
    stopping.set()
    thread.join(20)


@pytest.mark.drill("AZ-2")
def test_once_a_right_has_ended_no_process_lets_anybody_through(drill, openings, traffic, monkeypatch):
    stale, waits, asked = [], [], 0
    ends = drill.size(6, full=ENDS)
    for turn in range(ends):
        if turn % RENEWED == 0:
            openings.enter()
        if turn and turn % KILLED == 0:
            killed = openings.servers[turn // KILLED % len(openings.servers)]
            killed.kill()
            killed.start()
        by_revocation = turn % 5 != 4
        proxy = openings.given() if by_revocation else openings.given(lasts=A_MOMENT)
        if turn % 50 in (0, 1):  # it was open, or nothing is proven
            for each in openings.servers:
                each.wait()
            if by_revocation:
                assert openings.let_through(openings.servers[turn % len(openings.servers)]) == {
                    "page", "list", "form", "token", "job",
                }  # fmt: skip
        end(proxy, openings, by_revocation=by_revocation)
        since = time.perf_counter()
        for server in openings.servers:
            still = answered(openings, server)
            asked += 5 if still is not None else 0
            if still:
                stale.append((turn, server.port, still))
        waits.append(time.perf_counter() - since)
    waits.sort()
    drill.record.failures = len(stale)
    drill.figure("asked after the end", asked)
    drill.figure("all channels of all servers refused within, p99 ms", waits[int(len(waits) * 0.99)] * 1000)
    assert not stale, stale[:5]
    assert asked
    # It has teeth: a job that believed what it was once told would be seen to let the person through.
    openings.servers[0].wait()
    monkeypatch.setattr(openings.jobs, "run", lambda: True)
    assert openings.let_through(openings.servers[0]) == {"job"}


def answered(openings, server):
    """Return what a server still lets through; None if it is down just now."""
    try:
        return openings.let_through(server)
    except (OSError, HTTPException):
        return None


def end(proxy, openings, *, by_revocation):
    """End a proxy by the firm's gesture, or let its end come; return once it is over."""
    if by_revocation:
        revoke_proxy(proxy_id=proxy.public_id, reason="Départ", by=openings.office.rse)
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_sleep(greatest(0, extract(epoch FROM %s - app_now())))", [proxy.during.upper])
    assert now() >= proxy.during.upper
