"""Nothing acknowledged is lost: the database is killed under writers, and its commits are seen to reach the disk."""

import itertools
import os
import re
import shutil
import signal
import subprocess
import threading
import time

import psycopg
import pytest

from mandat.platform.postgres.cluster import Cluster

TABLE = "CREATE TABLE act (id bigint PRIMARY KEY, body text NOT NULL)"


@pytest.fixture
def cluster(tmp_path_factory):
    cluster = Cluster(tmp_path_factory.mktemp("pg"))
    cluster.prepare()
    cluster.start()
    with cluster.connect("postgres") as connection:
        connection.execute(TABLE)
    yield cluster
    cluster.stop()


class Writers:
    """Six connections that insert acts, and remember those that were acknowledged."""

    def __init__(self, cluster: Cluster) -> None:
        self.cluster, self.numbers, self.acknowledged = cluster, itertools.count(1), set()
        self.stopping = threading.Event()
        self.threads = [threading.Thread(target=self.write, daemon=True) for _ in range(6)]

    def __enter__(self):
        for each in self.threads:
            each.start()
        return self

    def __exit__(self, *_):
        self.stopping.set()
        for each in self.threads:
            each.join(30)

    def write(self) -> None:
        while not self.stopping.is_set():
            try:
                with self.cluster.connect("postgres") as connection:
                    while not self.stopping.is_set():
                        number = next(self.numbers)
                        connection.execute("INSERT INTO act VALUES (%s, repeat('x', 200))", [number])
                        self.acknowledged.add(number)
            except psycopg.OperationalError:
                time.sleep(0.02)


def postmaster(cluster: Cluster) -> int:
    return int((cluster.data / "postmaster.pid").read_text().split()[0])


def kill(cluster: Cluster) -> None:
    """Kill the server and every process of its session, as a machine that stops does."""
    os.killpg(cluster.server.pid, signal.SIGKILL)
    cluster.server.wait(20)


@pytest.mark.drill("DU-2")
def test_no_acknowledged_row_is_lost_when_the_database_is_killed(cluster, drill):
    recoveries = []
    with Writers(cluster) as writers:
        for _ in range(drill.size(2, full=200)):
            before = len(writers.acknowledged)
            while len(writers.acknowledged) < before + 20:
                time.sleep(0.01)
            kill(cluster)
            since = time.monotonic()
            cluster.start()
            recoveries.append(time.monotonic() - since)
    with cluster.connect("postgres") as connection:
        kept = {row[0] for row in connection.execute("SELECT id FROM act")}
    recoveries.sort()
    drill.figure("acknowledged", len(writers.acknowledged))
    drill.figure("recovery_p95_seconds", recoveries[int(len(recoveries) * 0.95)])
    drill.figure("recovery_max_seconds", recoveries[-1])
    lost = writers.acknowledged - kept
    drill.record.failures = len(lost)
    assert not lost


@pytest.mark.drill("DU-7")
def test_an_acknowledged_commit_has_been_synced(cluster, drill, tmp_path):
    """
    A kill does not prove it, for the page cache outlives a process: look at the system calls themselves.

    Between the INSERT that arrives and the answer that leaves, the backend (alone, in its session) must sync the log.
    """
    if not shutil.which("strace"):
        pytest.skip("strace is not installed")
    trials = drill.size(20, full=2000)
    connection = cluster.connect("postgres")
    trace = tmp_path / "trace"
    tracer = subprocess.Popen(
        ["strace", "-qq", "-e", "trace=fdatasync,fsync,sendto,recvfrom", "-o", trace]
        + ["-p", str(connection.info.backend_pid)],
        stderr=subprocess.PIPE,
    )
    time.sleep(0.5)
    if tracer.poll() is not None:
        pytest.skip("strace may not trace here: " + tracer.stderr.read().decode().strip())
    for number in range(trials):
        connection.execute("INSERT INTO act VALUES (%s, 'x')", [number])
    connection.close()
    tracer.communicate(timeout=20)
    unsynced = 0
    synced = False
    for line in trace.read_text().splitlines():
        if re.match(r"(fdatasync|fsync)\(.*= 0", line):
            synced = True
        elif line.startswith("sendto") and "INSERT 0 1" in line:
            unsynced += not synced
            synced = False
    drill.record.failures = unsynced
    assert trials == sum("INSERT 0 1" in line and line.startswith("sendto") for line in trace.read_text().splitlines())
    assert unsynced == 0
