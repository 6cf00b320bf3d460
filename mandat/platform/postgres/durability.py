"""
What an acknowledged act relies on: what the server must be set to, and what the application's role must not be.

One rule for the start of the product and for `/readyz`, so that the two never differ.
"""

from dataclasses import dataclass
from typing import Any, Protocol

DURABLE = {"fsync": "on", "full_page_writes": "on", "synchronous_commit": "on"}
#: A standby that also applies before it acknowledges is stronger still.
ACCEPTED = {name: {value} for name, value in DURABLE.items()} | {
    "synchronous_commit": {"on", "remote_apply"},
    "data_checksums": {"on"},
}

SETTINGS = "SELECT name, setting, source FROM pg_settings WHERE name = ANY(%s) ORDER BY name"
#: The role itself, and whether it owns a table, or is a member of a role that does.
ROLE = """
SELECT rolsuper, rolbypassrls,
       EXISTS (SELECT FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace
                WHERE nspname = 'public' AND relkind IN ('r', 'p') AND pg_has_role(current_user, relowner, 'MEMBER'))
  FROM pg_roles WHERE rolname = current_user
"""


class Cursor(Protocol):
    """What psycopg's connections and Django's cursors have in common."""

    def execute(self, query: str, params: Any = None, /) -> Any:
        """Send one statement."""

    def fetchall(self) -> list[tuple[Any, ...]]:
        """Return its rows."""


@dataclass(frozen=True)
class Fault:
    """One thing that is wrong with a database: its name, and what the operator types or changes to mend it."""

    name: str
    remedy: str


def faults(cursor: Cursor, *, user: str, database: str) -> list[Fault]:
    """Return what keeps a database from being relied on, as the application's role sees it; empty when all is well."""
    cursor.execute(SETTINGS, [sorted(ACCEPTED)])
    found = [
        Fault(name, remedy(name, source, user=user, database=database))
        for name, value, source in cursor.fetchall()
        if value not in ACCEPTED[name]
    ]
    cursor.execute(ROLE)
    ((superuser, bypasses, owns),) = cursor.fetchall()
    if superuser:
        found.append(Fault("role_is_superuser", f'ALTER ROLE "{user}" NOSUPERUSER;'))
    elif owns:
        found.append(Fault("role_is_owner", f'ALTER TABLE … OWNER TO …; REVOKE … FROM "{user}";'))
    if bypasses:
        found.append(Fault("role_bypasses_row_security", f'ALTER ROLE "{user}" NOBYPASSRLS;'))
    return found


def remedy(name: str, source: str, *, user: str, database: str) -> str:
    """Return what mends a weak setting, which depends on who set it."""
    if name == "data_checksums":
        return "pg_checksums --enable -D …"
    by_source = {
        "user": f'ALTER ROLE "{user}" RESET {name};',
        "database": f'ALTER DATABASE "{database}" RESET {name};',
        "database user": f'ALTER ROLE "{user}" IN DATABASE "{database}" RESET {name};',
        "command line": f"postgres -c {name}={DURABLE[name]}",
        "client": f"DATABASE_URL, PGOPTIONS: -c {name}",
    }
    return by_source.get(source, f"ALTER SYSTEM SET {name} = on; SELECT pg_reload_conf();")
