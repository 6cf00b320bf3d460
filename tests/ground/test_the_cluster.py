"""The private cluster after a kill, and run by root where user namespaces are forbidden."""

import os
import shutil
import signal
import tempfile
from pathlib import Path

import pytest

from mandat.platform.postgres import privilege, stale
from mandat.platform.postgres.cluster import Cluster
from tests.ground.runs import eventually

pytestmark = pytest.mark.xdist_group("a run")


@pytest.fixture
def cluster():
    folder = Path(tempfile.mkdtemp(prefix="mandat-c-"))
    folder.chmod(0o755)
    made = Cluster(folder / "postgres")
    yield made
    made.stop()
    shutil.rmtree(folder)


def test_a_killed_server_starts_again_with_what_it_had(cluster):
    cluster.prepare()
    cluster.start()
    cluster.create_roles()
    cluster.create_database()
    os.kill(stale.servers_of(cluster.data)[0], signal.SIGKILL)
    eventually(lambda: cluster.server.poll() is not None, what="still there")
    cluster.start()
    assert cluster.has_database()


def test_a_server_that_outlived_its_run_gives_way_to_the_next(cluster):
    cluster.prepare()
    cluster.start()
    next_run = Cluster(cluster.folder)
    next_run.start()
    try:
        assert cluster.server.wait(30) is not None
        assert next_run.server.poll() is None
    finally:
        next_run.stop()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root lends its server to another user")
def test_root_lends_the_server_to_another_user_where_namespaces_are_forbidden(cluster, monkeypatch):
    monkeypatch.setattr(privilege, "may_enter_a_namespace", lambda: False)
    cluster.prepare()
    cluster.start()
    assert cluster.data.stat().st_uid == privilege.stand_in().pw_uid


@pytest.mark.skipif(os.geteuid() != 0, reason="only root lends its server to another user")
def test_root_is_told_of_a_folder_that_the_other_user_cannot_cross(cluster, monkeypatch):
    monkeypatch.setattr(privilege, "may_enter_a_namespace", lambda: False)
    cluster.folder.parent.chmod(0o700)
    with pytest.raises(privilege.NotCrossable):
        cluster.prepare()
