"""The database of a run: ours, or the one that `DATABASE_URL` names; fit to be relied on, or refused."""

import os
import shlex
import sys
from pathlib import Path

import psycopg

from mandat.platform.durable import write_durably
from mandat.platform.postgres import binaries, durability
from mandat.platform.postgres.address import DATABASE, connection_words, database_settings
from mandat.platform.postgres.cluster import Cluster, ClusterFailed
from mandat.platform.postgres.privilege import NotCrossable, words_before
from mandat.platform.supervisor.children import Rest
from mandat.platform.supervisor.words import Refused

#: There from before the database is created until its demonstration is whole.
UNFINISHED = "demo.unfinished"


def cluster_of(var: Path) -> Cluster | None:
    """
    Return the private cluster of a folder, or None when the operator brings a database.

    :raises Refused: if they bring it without the role that owns the tables
    """
    if "DATABASE_URL" not in os.environ:
        return Cluster(var / "postgres")
    if "MANDAT_OWNER_DATABASE_URL" not in os.environ:
        raise Refused("no_owner_url")
    return None


def check_server(cluster: Cluster) -> None:
    """
    Check, touching nothing, that this machine has a server for the cluster.

    :raises Refused: if it has none, or not of the version that made it
    """
    made_by = cluster.major()
    try:
        binaries.find(major=made_by)
    except binaries.NoPostgres:
        if made_by:
            raise Refused("other_postgres", folder=cluster.folder, major=made_by) from None
        raise Refused("no_postgres", major=binaries.OLDEST) from None


def start(cluster: Cluster) -> None:
    """
    Start the cluster, made first if need be, with its two roles and its database.

    :raises Refused: if it does not start
    """
    check_server(cluster)
    try:
        cluster.prepare()
        cluster.start()
        cluster.create_roles()
        if not cluster.has_database():
            write_durably(cluster.folder / UNFINISHED, [])
            cluster.create_database()
    except NotCrossable as closed:
        user, folder = closed.args
        raise Refused("not_crossable", user=user, folder=folder) from closed
    except TimeoutError as left:
        raise Refused("server_left", folder=cluster.data) from left
    except ClusterFailed as failed:
        raise Refused("database_failed", said=str(failed).strip()) from failed


def lacks_its_demonstration(cluster: Cluster) -> bool:
    """Return whether the database is new, or was left before its demonstration was whole."""
    return (cluster.folder / UNFINISHED).exists()


def demonstration_is_whole(cluster: Cluster) -> None:
    """Note that the demonstration is whole."""
    (cluster.folder / UNFINISHED).unlink(missing_ok=True)


class Server:
    """The cluster's server, watched like any other process of a run."""

    name = "postgres"

    def __init__(self, cluster: Cluster) -> None:
        self.cluster, self.rest = cluster, Rest()

    def ended_with(self) -> int | None:
        """Return its exit code, or None while it runs."""
        return self.cluster.server.poll() if self.cluster.server else None

    def again(self) -> None:
        """Start it again; when it cannot, the next look tries once more."""
        self.rest.begin()
        try:
            self.cluster.start()
        except (ClusterFailed, TimeoutError) as failed:
            print(failed, file=sys.stderr, flush=True)


def check_durable(var: Path, cluster: Cluster | None) -> None:
    """
    Refuse a database that could lose an acknowledged act, or a role that could undo one.

    :raises Refused: if it could, or does not answer; the sentence holds what to type
    """
    settings = database_settings(os.environ | {"MANDAT_DATABASE_ROLE": "app"}, var=var)
    try:
        with psycopg.connect(**connection_words(settings), connect_timeout=10) as connection:
            found = durability.faults(connection.cursor(), user=settings["USER"], database=settings["NAME"])
    except psycopg.OperationalError as error:
        raise Refused("database_failed", said=str(error).strip()) from error
    if found:
        names, remedies = (", ".join(each.name for each in found), [each.remedy for each in found])
        lines = [f"  {typed_alone(cluster, each) if cluster else each}" for each in remedies]
        raise Refused("weak", names=names, lines="\n".join(lines))


def typed_alone(cluster: Cluster, statement: str) -> str:
    """Return how to say a statement to our own cluster, which no longer runs once the start is refused."""
    server = binaries.find(major=cluster.major()).path("postgres")
    alone = shlex.join([*words_before(cluster.folder), server, "--single", "-D", str(cluster.data), DATABASE])
    return f"echo {shlex.quote(statement)} | {alone}"
