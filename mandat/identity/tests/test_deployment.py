"""Whether a database is a demonstration: written once, and for ever."""

import pytest
from django.core.management import CommandError, call_command
from django.db import Error, connection, transaction

from mandat.identity.deployment import is_demo
from mandat.identity.tests.people import person

pytestmark = pytest.mark.django_db


def test_a_database_that_says_nothing_is_no_demonstration():
    assert not is_demo()


def test_is_marked_once_and_the_same_mark_again_changes_nothing():
    call_command("mark_deployment", "demo")
    call_command("mark_deployment", "demo")
    assert is_demo()
    with pytest.raises(CommandError, match="for ever"):
        call_command("mark_deployment", "real")


def test_a_database_in_use_never_becomes_a_demonstration():
    person()
    with pytest.raises(CommandError, match="persons"):
        call_command("mark_deployment", "demo")


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE identity_deployment SET kind = 'real'",
        "DELETE FROM identity_deployment",
        "INSERT INTO identity_deployment VALUES (true, 'real', now())",
        "INSERT INTO identity_deployment VALUES (false, 'real', now())",
        "TRUNCATE identity_deployment",
    ],
)
def test_the_database_itself_refuses_to_change_it(statement):
    call_command("mark_deployment", "demo")
    with pytest.raises(Error), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    assert is_demo()
