"""One at a time for a number: what is submitted or approved of one enterprise at once sees one another."""

from django.db import connection


def hold_number(neq: str, client_number: str) -> None:
    """
    Have whoever speaks of the same enterprise wait until this transaction is over.

    It is taken after the lock of an enrolment, never before: two that wait for one another
    have one number between them.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"enrol {neq or client_number}"])
