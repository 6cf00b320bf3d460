"""What the application's role may do: rows, never tables."""

from psycopg import sql

ROWS = (
    ("TABLES", "SELECT, INSERT, UPDATE, DELETE"),
    ("SEQUENCES", "USAGE, SELECT"),
    ("FUNCTIONS", "EXECUTE"),
)


def grants(*, owner: str, app: str) -> list[sql.Composed]:
    """Return what the owner of a database says once, before the first migration; saying it again changes nothing."""
    names = {"owner": sql.Identifier(owner), "app": sql.Identifier(app)}
    said = ["REVOKE ALL ON SCHEMA public FROM PUBLIC", "GRANT ALL ON SCHEMA public TO {owner}"]
    said += ["GRANT USAGE ON SCHEMA public TO {app}"]
    said += [f"ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT {rights} ON {what} TO {{app}}" for what, rights in ROWS]
    return [sql.SQL(each).format(**names) for each in said]
