"""What makes a database fit to be relied on, and how `/readyz` says that it is not."""

import pytest
from django.db import connection

from mandat.platform.postgres import durability
from mandat.web import health


def wrong(client):
    answer = client.get("/readyz")
    return answer.status_code, answer.json()["wrong"]


def test_ready_when_all_is_well(client, db):
    assert wrong(client) == (200, [])


def test_alive_without_asking_the_database(client):
    assert client.get("/healthz").status_code == 200


def test_not_ready_with_a_weak_setting(client, db):
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL synchronous_commit = off")
    assert wrong(client) == (503, ["synchronous_commit"])


def test_not_ready_before_the_last_migration(client, db, monkeypatch):
    monkeypatch.setattr(health, "last_migrations", lambda: frozenset({("access", "9999_tomorrow")}))
    assert wrong(client) == (503, ["migration_missing:access.9999_tomorrow"])


def test_not_ready_as_the_owner_of_the_tables(as_owner):
    with as_owner() as owner:
        found = durability.faults(owner.cursor(), user="mandat_owner", database="mandat")
    assert [each.name for each in found] == ["role_is_owner"]


def test_not_ready_as_a_superuser(django_db_setup):
    with django_db_setup.connect("postgres") as superuser:
        found = durability.faults(superuser.cursor(), user="mandat_superuser", database="mandat")
    assert [each.name for each in found] == ["role_is_superuser", "role_bypasses_row_security"]


@pytest.mark.parametrize(
    ("source", "typed"),
    [
        ("configuration file", "ALTER SYSTEM SET fsync = on; SELECT pg_reload_conf();"),
        ("user", 'ALTER ROLE "app" RESET fsync;'),
        ("database", 'ALTER DATABASE "firms" RESET fsync;'),
        ("database user", 'ALTER ROLE "app" IN DATABASE "firms" RESET fsync;'),
        ("command line", "postgres -c fsync=on"),
    ],
)
def test_what_to_type_depends_on_who_weakened_the_setting(source, typed):
    assert durability.remedy("fsync", source, user="app", database="firms") == typed
