"""One folder, real processes: what a person at a terminal does to a run, and what chance does."""

import os
import shutil
import signal
import socket
import subprocess
import tempfile
from pathlib import Path

import pytest

from mandat.platform.postgres import durability
from mandat.platform.postgres.address import APP, DATABASE
from mandat.platform.postgres.cluster import Cluster
from tests.ground.runs import Run, eventually, say_up

pytestmark = pytest.mark.xdist_group("a run")


@pytest.fixture(scope="module")
def run():
    """A run whose first start finds what a killed initialisation left."""
    folder = Path(tempfile.mkdtemp(prefix="mandat-run-"))
    half_made = folder / "var" / "postgres" / "data.unfinished"
    half_made.mkdir(parents=True, mode=0o700)
    (half_made / "PG_VERSION").write_text("15\n")
    started = Run(folder / "var")
    yield started
    started.be_down()
    shutil.rmtree(folder)


@pytest.fixture
def up(run):
    run.be_up()
    return run


def test_a_half_made_database_is_made_again(up):
    assert not (up.var / "postgres" / "data.unfinished").exists()
    assert "rse@demo.test" in up.said.read_text()


@pytest.mark.parametrize("host", ["127.0.0.1", "::1", "localhost"])
def test_pages_answer_on_each_name_of_this_machine(up, host):
    if host == "::1" and not socket.has_ipv6:
        pytest.skip("this machine has no IPv6")
    assert up.get("/healthz", host) == 200


def test_a_second_run_of_the_same_folder_is_told_of_the_first(up):
    second = say_up(MANDAT_VAR=up.var, PORT=up.port + 20)
    assert second.returncode == 1
    assert f"already runs on the folder {up.var}: http://localhost:{up.port}" in second.stderr


def test_a_busy_port_is_named_with_a_free_one_before_anything_is_touched(up, tmp_path):
    second = say_up(MANDAT_VAR=tmp_path / "var", PORT=up.port)
    assert second.returncode == 1
    assert f"Port {up.port} is already taken" in second.stderr
    assert "PORT=2" in second.stderr or "PORT=3" in second.stderr or "PORT=4" in second.stderr
    assert not (tmp_path / "var").exists()


def test_the_secret_key_is_readable_by_its_owner_alone(up):
    assert (up.var / "secret").stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("word", ["config.wsgi", "manage.py", "doorbell", "postgres"])
def test_a_process_that_dies_is_started_again_and_said(up, word):
    killed = up.main_process_of(word)
    os.kill(killed, signal.SIGKILL)
    eventually(lambda: up.main_process_of(word) not in {0, killed}, what=f"{word} is not started again")
    eventually(lambda: up.get() == 200, what="not ready again")
    assert "starts again" in up.said.read_text()


def test_after_a_killed_run_nothing_outlives_it_and_the_next_starts(up):
    os.kill(up.process.pid, signal.SIGKILL)
    up.process.wait()
    eventually(lambda: not up.processes(), what="processes outlive their run")
    of_somebody_else = os.getpid()  # as after a restart of the machine, the number is another program's
    (up.var / "postgres" / "data" / "postmaster.pid").write_text(f"{of_somebody_else}\n{up.var}/postgres/data\n0\n")
    up.be_up()
    assert up.get() == 200


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_a_stop_leaves_no_process_no_socket_and_no_lock(up, how):
    up.process.send_signal(how)
    assert up.process.wait(60) == 0
    assert up.processes() == []
    assert not up.answers()
    assert not (up.var / "postgres" / "socket").exists()
    assert not (up.var / "running.json").exists()
    assert "Everything is stopped." in up.said.read_text()


def test_a_weak_setting_is_refused_and_what_is_said_mends_it(run):
    run.be_up()
    run.be_down()
    cluster = Cluster(run.var / "postgres")
    try:
        cluster.prepare()
        cluster.start()
        with cluster.connect() as connection:
            connection.execute(f"ALTER ROLE {APP} SET synchronous_commit = off")
        cluster.stop()
        refused = say_up(MANDAT_VAR=run.var, PORT=run.port)
        assert refused.returncode == 1
        assert "synchronous_commit" in refused.stderr
        subprocess.run(refused.stderr.splitlines()[-1], shell=True, check=True, capture_output=True)
        cluster.prepare()
        cluster.start()
        with cluster.connect(user=APP) as connection:
            assert durability.faults(connection.cursor(), user=APP, database=DATABASE) == []
    finally:
        cluster.stop()
        cluster.forget_socket()


def test_a_database_of_another_version_says_which_to_install(run, tmp_path):
    data = tmp_path / "postgres" / "data"
    data.mkdir(parents=True)
    (data / "PG_VERSION").write_text("99\n")
    refused = say_up(MANDAT_VAR=tmp_path, PORT=run.port + 40)
    assert refused.returncode == 1
    assert "postgresql-99" in refused.stderr


def test_a_demonstration_is_erased_only_by_the_word(tmp_path):
    (tmp_path / "mail").mkdir()
    assert say_up("--reset", MANDAT_VAR=tmp_path, PORT=28_500).returncode == 1
    assert (tmp_path / "mail").is_dir()
