"""
The second net: which firms’ filings and files the database shows to what runs now, whatever a query forgets.

Nothing is decided here: rules decide, and row security shows no row of a firm that is not within reach. A process
that serves pages reaches none until the gate of pages says; any other process reaches all. What is said lasts until
something else is, on this connection; said inside a transaction that is rolled back, it is unsaid.

The statements are not Django's: they belong to no page, like the beginning of a transaction.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

import psycopg
from django.db import connection

from mandat.identity.models import Person
from mandat.platform.postgres.address import REACHES_ALL

ALL, NONE = "{0}", "{}"
#: On a connection: whether something was said there that is not yet unsaid.
_SAID = "reach_is_said"
_SAY = "SELECT set_config('mandat.firms', %s, false)"
#: From what somebody has or had in a firm, not from what a rule makes of it.
_STOOD = """
SELECT set_config('mandat.firms', coalesce(array_agg(DISTINCT stood.firm), '{{}}')::text, false) FROM (
  SELECT enterprise_id FROM enterprises_designation WHERE person_id = %(person)s
  UNION ALL SELECT enterprise_id FROM access_proxy WHERE person_id = %(person)s
  UNION ALL SELECT enterprise_id FROM enterprises_user WHERE person_id = %(person)s
  UNION ALL SELECT proxy.enterprise_id FROM access_naming AS naming JOIN access_proxy AS proxy ON proxy.id = proxy_id
             WHERE naming.person_id = %(person)s
) AS stood (firm){where}
"""
_IN_ONE = " WHERE stood.firm = (SELECT id FROM enterprises_enterprise WHERE public_id = %(firm)s::uuid)"


def reach_firm(firm: UUID | None, *, by: Person) -> None:
    """Reach one firm, if the person stands or ever stood there."""
    _tell(_STOOD.format(where=_IN_ONE), {"person": by.pk, "firm": firm})


def reach_firms_of(person: Person) -> None:
    """Reach the firms where a person stands or ever stood."""
    _tell(_STOOD.format(where=""), {"person": person.pk})


def reach_all() -> None:
    """Reach every firm, as the regulator's staff and the jobs do."""
    _tell(_SAY, [ALL])


def reach_none() -> None:
    """Reach no firm. Where that is so by itself, the database is not asked."""
    if REACHES_ALL in connection.settings_dict["OPTIONS"]["options"] or _is_said():
        _tell(_SAY, [NONE])


@contextmanager
def beyond_reach() -> Iterator[None]:
    """
    Reach every firm for one question of a rule, then again what was reached. Within a transaction: a failure unsays it.

    For a rule that compares across firms and shows none of what it reads.
    """
    connection.ensure_connection()
    row = connection.connection.execute("SELECT coalesce(current_setting('mandat.firms', true), '')").fetchone()
    reach_all()
    yield
    _tell(_SAY, [row[0] or NONE])


def release() -> None:
    """Reach again what the process does by itself. A connection that cannot be told so is closed."""
    if not _is_said():
        return
    try:
        connection.connection.execute("RESET mandat.firms")
    except psycopg.Error:
        if not connection.in_atomic_block:  # else its rollback unsays it
            connection.close()
    setattr(connection, _SAID, False)


def _is_said() -> bool:
    return connection.connection is not None and getattr(connection, _SAID, False)


def _tell(statement: str, values: object) -> None:
    connection.ensure_connection()
    setattr(connection, _SAID, True)
    connection.connection.execute(statement, values)
