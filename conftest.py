"""What every test stands on: a private cluster, a database that the owner migrated, tests run as `mandat_app`."""

import os
import random
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import hypothesis
import psycopg
import pytest
from django.core.management import call_command
from django.db import connections
from django.db.models import QuerySet
from django.test import TransactionTestCase
from django.utils import translation
from playwright.sync_api import sync_playwright
from psycopg import sql

from mandat.platform.postgres.address import OWNER, REACHES_ALL, SUPERUSER
from mandat.platform.postgres.cluster import Cluster
from mandat.web.frame import is_demo

pytest_plugins = ["tests.drills.recorder"]
hypothesis.settings.register_profile("mandat", deadline=None)  # how long a test takes says nothing of the code
hypothesis.settings.load_profile("mandat")

TEMPLATE = "mandat_template"
SOCKET = "MANDAT_TEST_SOCKET"
CHROMIUM = "/usr/bin/chromium"
CHROMIUM_FLAGS = ["--no-sandbox", "--disable-background-networking", "--disable-component-update"]
#: A clock that a test can set, for its own connection only. The product's reads the machine's.
SETTABLE_CLOCK = """
CREATE OR REPLACE FUNCTION app_now() RETURNS timestamptz LANGUAGE sql VOLATILE AS $$
  SELECT coalesce(nullif(current_setting('mandat.now', true), '')::timestamptz, clock_timestamp())
$$
"""
#: Loaded once with the template, never emptied between tests.
KEPT = {"django_migrations", "reference_entry", "django_content_type"}


def pytest_configure(config):
    if hasattr(config, "workerinput"):
        return
    folder = Path(tempfile.mkdtemp(prefix="mandat-pg-"))
    config.mandat_cluster = cluster = Cluster(folder, settings=["max_connections=200"])
    cluster.prepare()
    cluster.start()
    cluster.create_roles()
    cluster.create_database(TEMPLATE)
    cluster.grant(TEMPLATE)
    os.environ[SOCKET] = str(cluster.socket)
    prepare_template(cluster)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items):
    """Begin with what is long and goes to one worker: left to the end, it would keep the other waiting."""
    items.sort(key=lambda item: item.get_closest_marker("xdist_group") is None)


def prepare_template(cluster):
    environment = os.environ | {
        "DJANGO_SETTINGS_MODULE": "config.settings_test",
        "MANDAT_DATABASE_ROLE": "owner",
        "MANDAT_DATABASE_NAME": TEMPLATE,
        "MANDAT_DATABASE_SOCKET": str(cluster.socket),
    }
    for command, role in ((["migrate", "-v0"], "owner"), (["createcachetable"], "owner"), (["load-reference"], "app")):
        done = subprocess.run(
            [sys.executable, "manage.py", *command], env=environment | {"MANDAT_DATABASE_ROLE": role},
            capture_output=True, text=True, cwd=Path(__file__).parent,
        )  # fmt: skip
        if done.returncode and "Unknown command" not in done.stderr:
            pytest.exit(f"{' '.join(command)}\n{done.stdout}{done.stderr}", returncode=3)
    with cluster.connect(TEMPLATE, user=OWNER) as connection:
        connection.execute(SETTABLE_CLOCK)


def pytest_unconfigure(config):
    if cluster := getattr(config, "mandat_cluster", None):
        cluster.stop()
        shutil.rmtree(cluster.folder, ignore_errors=True)
        shutil.rmtree(cluster.socket, ignore_errors=True)
    if "mandat-tests-" in os.environ.get("MANDAT_VAR", "") and not hasattr(config, "workerinput"):
        shutil.rmtree(os.environ["MANDAT_VAR"], ignore_errors=True)


@pytest.fixture(scope="session")
def django_db_setup(request, django_db_blocker):
    """Give this process a database of its own, copied from the template."""
    worker = getattr(request.config, "workerinput", {}).get("workerid", "main")
    name, socket = f"mandat_test_{worker}", os.environ[SOCKET]
    cluster = Cluster(Path(socket).parent)
    cluster.socket = Path(socket)
    cluster.create_database(name, template=TEMPLATE)
    for holder in (connections.settings["default"], connections["default"].settings_dict):
        holder.update(NAME=name, HOST=socket)
    connections["default"].close()
    with django_db_blocker.unblock():
        yield cluster
        connections.close_all()


@pytest.fixture(scope="session")
def as_owner(django_db_setup):
    """Return a function that connects to this process's database as the owner of its tables."""
    return lambda: django_db_setup.connect(connections["default"].settings_dict["NAME"], user=OWNER)


@pytest.fixture(scope="session", autouse=True)
def _texts():
    """Compile the message catalogues, as every start of the product does."""
    call_command("compile_texts", verbosity=0)


#: Empty every table but those loaded with the template, and begin their numbers again. TRUNCATE would make each of some
#: 900 files anew and wait for the disk; no trigger is asked, or nothing that is kept for ever would go.
EMPTY = """
DO $$ DECLARE each regclass; emptied regclass[] := ARRAY(
  SELECT oid FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' AND relname <> ALL ({kept}));
BEGIN
  SET LOCAL session_replication_role = replica;
  FOREACH each IN ARRAY emptied LOOP EXECUTE format('DELETE FROM %s', each); END LOOP;
  PERFORM setval(seqrelid, seqstart, false) FROM pg_sequence JOIN pg_depend ON objid = seqrelid
    WHERE classid = 'pg_class'::regclass AND refobjid = ANY (emptied) AND pg_sequence_last_value(seqrelid) IS NOT NULL;
END $$
"""


def empty_tables(test):
    """Leave the database as the template was; only a superuser may."""
    settings = connections["default"].settings_dict
    with psycopg.connect(
        host=settings["HOST"], dbname=settings["NAME"], user=SUPERUSER, autocommit=True, options=REACHES_ALL
    ) as connection:
        connection.execute(sql.SQL(EMPTY).format(kept=sql.Literal(sorted(KEPT))))


TransactionTestCase._fixture_teardown = empty_tables


@pytest.fixture(autouse=True)
def _nothing_left_of_the_test_before():
    """Begin in French, on a database whose kind is not known yet: a page opened before may have left its own."""
    translation.activate("fr")
    is_demo.cache_clear()


@pytest.fixture(autouse=True)
def _unordered_lists_come_shuffled(monkeypatch):
    """Shuffle what a queryset without an order returns, as a database may: a list that relies on luck fails here."""
    fetch_all = QuerySet._fetch_all

    def fetch_and_shuffle(queryset):
        was_fetched = queryset._result_cache is not None
        fetch_all(queryset)
        if not was_fetched and not queryset.ordered and len(queryset._result_cache) > 1:
            random.shuffle(queryset._result_cache)

    monkeypatch.setattr(QuerySet, "_fetch_all", fetch_and_shuffle)


@pytest.fixture(scope="module")
def chromium():
    """Launch a browser for the tests of one module: its event loop must not outlive them."""
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"  # the tests ask the database in turn with that loop
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=CHROMIUM, args=CHROMIUM_FLAGS)
        yield launched
        launched.close()
    del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture
def at(db):
    """Set the database's clock for this test: `at(datetime)`."""

    def set_clock(instant):
        with connections["default"].cursor() as cursor:
            cursor.execute("SELECT set_config('mandat.now', %s, false)", [instant.isoformat() if instant else ""])

    yield set_clock
    set_clock(None)
