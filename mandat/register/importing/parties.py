"""
Registrants and individuals: held against the register by their numbers, then merged into it.

They have no dates: what a row says replaces what the register said, which is kept. A number that a row leaves blank is
not taken away from an individual who has one.
"""

from dataclasses import dataclass

from mandat.register.importing.shape import INDIVIDUALS, REGISTRANTS, Shape
from mandat.register.importing.staging import drop_unsound, run, sound


@dataclass(frozen=True)
class Party:
    """How a staged table becomes a table of parties: where a row is found again, and what it says."""

    shape: Shape
    table: str
    found: str
    says: tuple[str, ...]
    #: What the register calls a row that is no longer in the file.
    called: str


REGISTRANT = Party(
    REGISTRANTS,
    "register_registrant",
    """
    SELECT s.line, t.id AS target, s.client_number, s.kind, s.name, s.sort_name, s.neq, s.language,
           s.principal_regulator
      FROM staged_registrants s LEFT JOIN register_registrant t ON t.client_number = s.client_number
    """,
    ("client_number", "kind", "name", "sort_name", "neq", "language", "principal_regulator"),
    "t.client_number",
)
INDIVIDUAL = Party(
    INDIVIDUALS,
    "register_individual",
    """
    SELECT s.line, coalesce(c.id, n.id) AS target,
           coalesce(nullif(s.client_number, ''), c.client_number, n.client_number, '') AS client_number,
           coalesce(nullif(s.nrd_number, ''), c.nrd_number, n.nrd_number, '') AS nrd_number,
           s.given_name, s.family_name, s.sort_name
      FROM staged_individuals s
      LEFT JOIN register_individual c ON c.client_number <> '' AND c.client_number = s.client_number
      LEFT JOIN register_individual n ON n.nrd_number <> '' AND n.nrd_number = s.nrd_number
    """,
    ("client_number", "nrd_number", "given_name", "family_name", "sort_name"),
    "concat_ws(' / ', nullif(t.client_number, ''), nullif(t.nrd_number, ''))",
)

KEEP = "CREATE TEMPORARY TABLE sound_{name} ON COMMIT DROP AS {found} WHERE {sound}"
TWINS = """
INSERT INTO finding
SELECT '{file}', line, '{column}', '{reason}', {column}::text, first::text FROM (
  SELECT line, {column}, min(line) OVER (PARTITION BY {key}) AS first FROM sound_{name} WHERE {given}
) ranked WHERE line > first
"""
OF_ANOTHER = """
INSERT INTO finding
SELECT '{file}', s.line, '{column}', 'number_of_another', s.{column}, '' FROM sound_{name} s
  JOIN {table} t ON t.{column} = s.{column} WHERE s.{column} <> '' AND t.id IS DISTINCT FROM s.target
"""
DROP_UNSOUND = (
    "DELETE FROM sound_{name} s WHERE EXISTS (SELECT FROM finding f WHERE f.file = '{file}' AND f.line = s.line"
)
DROP_UNSOUND += " AND f.reason IN ({refusing}))"
KEEP_BEFORE = """
INSERT INTO register_importedchange (public_id, imported_id, kind, subject, before)
SELECT gen_random_uuid(), {imported}, '{name}', t.public_id, jsonb_build_object({before})
  FROM sound_{name} s JOIN {table} t ON t.id = s.target WHERE ({old}) IS DISTINCT FROM ({new})
"""
CHANGE = """
UPDATE {table} t SET ({plain}) = ROW ({new}) FROM sound_{name} s
 WHERE t.id = s.target AND ({old}) IS DISTINCT FROM ({new})
"""
ADD = """
INSERT INTO {table} (public_id, {plain})
SELECT gen_random_uuid(), {plain} FROM sound_{name} WHERE target IS NULL ORDER BY line
"""
GONE = """
INSERT INTO finding SELECT '{file}', 0, '', 'gone', {called}, '' FROM {table} t
 WHERE NOT EXISTS (SELECT FROM sound_{name} s WHERE s.target = t.id)
"""


def check(party: Party) -> None:
    """Find the rows again in the register, and keep out those that cannot be merged."""
    names = {"name": party.shape.name, "file": party.shape.file, "table": party.table}
    run(KEEP, found=party.found, sound=sound(party.shape), **names)
    numbers = ("client_number", "nrd_number") if party is INDIVIDUAL else ("client_number",)
    for number in numbers:
        run(TWINS, column=number, key=number, reason="same_number", given=f"{number} <> ''", **names)
    if party is INDIVIDUAL:
        run(TWINS, column="client_number", key="target", reason="same_individual", given="target IS NOT NULL", **names)
        for number in numbers:
            run(OF_ANOTHER, column=number, **names)
    drop_unsound(party.shape)
    run("ANALYZE sound_{name}", **names)


def merge(party: Party, imported: int) -> dict[str, int]:
    """Correct and add; return how many rows of each."""
    names = {
        "name": party.shape.name, "file": party.shape.file, "table": party.table, "imported": imported,
        "called": party.called, "plain": ", ".join(party.says),
        "old": ", ".join(f"t.{each}" for each in party.says), "new": ", ".join(f"s.{each}" for each in party.says),
        "before": ", ".join(f"'{each}', t.{each}" for each in party.says if each != "sort_name"),
    }  # fmt: skip
    run(GONE, **names)
    run(KEEP_BEFORE, **names)
    return {"changed": run(CHANGE, **names), "added": run(ADD, **names)}
