"""Statements asked over and over: prepared once by each connection, so that PostgreSQL plans them no more."""

from collections.abc import Mapping
from typing import Any

import psycopg
from django.db import connection


def rows_of(statement: str, values: Mapping[str, Any]) -> list[tuple[Any, ...]]:
    """
    Return the rows of a statement whose values are bound by the server, which Django's own cursors do not.

    psycopg prepares what a connection has run five times (`prepare_threshold` of the settings). Django still opens the
    connection, counts the statement and logs it. Give each value a type in the statement: a bare `NULL` has none.
    """
    with connection.cursor() as cursor:
        cursor.cursor = psycopg.Cursor(cursor.connection)
        cursor.execute(statement, values)
        if connection.queries_logged:
            connection.queries_log[-1]["sql"] = statement  # psycopg keeps no words of what it has prepared
        return cursor.fetchall()
