"""
Dated facts: each row of a file paired with the fact of the register that it is about, before anything is written.

A row is the *same* fact if it is about the same thing and begins the same day. One that begins another day, while a
fact about the same thing that it overlaps is no longer in the file, has either *moved* (it says the same, or begins
earlier: its beginning is corrected), or *followed* (it says something else from a later day: the other one ends there).

A fact whose dates were decided here, by a filing or an officer, is not for an import to change: it is told, and left.
"""

from dataclasses import dataclass

from mandat.register.importing.shape import ATTACHMENTS, ESTABLISHMENTS, OFFICES, REGISTRATIONS, Shape
from mandat.register.importing.staging import drop_unsound, run, sound


@dataclass(frozen=True)
class Facts:
    """How a staged table becomes a table of facts."""

    shape: Shape
    table: str
    #: What tells what two facts are about.
    about: tuple[str, ...]
    #: What else they say.
    says: tuple[str, ...]
    #: Columns that two facts may not share on a day, with a condition: the exclusions of the table.
    apart: tuple[tuple[tuple[str, ...], str], ...]
    #: Whether the dates of a row `t` were decided here.
    decided: str = "false"

    @property
    def holds_people(self) -> bool:
        """Return whether its rows name an individual."""
        return "individual_id" in self.about

    @property
    def names(self) -> dict[str, str]:
        """Return what the statements below are filled with."""
        columns = (*self.about, *self.says)
        return {
            "name": self.shape.name, "file": self.shape.file, "table": self.table, "decided": self.decided,
            "columns": ", ".join(columns), "about": ", ".join(self.about),
            "alike": " AND ".join(f"t.{each} = s.{each}" for each in self.about),
            "differ": f"({_row('t', self.says)}) IS DISTINCT FROM ({_row('s', self.says)})",
        }  # fmt: skip


def _row(table: str, columns: tuple[str, ...]) -> str:
    return ", ".join([f"{table}.{each}" for each in columns] or ["true"])


REGISTRATION = Facts(
    REGISTRATIONS, "register_registration", ("registrant_id", "regime", "code", "jurisdiction"), ("state",),
    ((("registrant_id", "regime", "code", "jurisdiction"), "true"),),
)  # fmt: skip
ESTABLISHMENT = Facts(
    ESTABLISHMENTS, "register_establishment", ("registrant_id", "reference"),
    ("kind", "name", "street", "city", "province", "postal_code", "country"),
    ((("registrant_id", "reference"), "true"), (("registrant_id",), "kind = 'principal'")),
)  # fmt: skip
OFFICE = Facts(
    OFFICES, "register_office", ("registrant_id", "individual_id", "role"), (),
    (
        (("registrant_id", "individual_id", "role"), "true"),
        (("registrant_id", "role"), "role IN ('correspondent', 'responsible_partner')"),
    ),
)  # fmt: skip
ATTACHMENT = Facts(
    ATTACHMENTS, "register_attachment", ("registrant_id", "individual_id", "code"), ("regime", "is_employee", "office"),
    ((("registrant_id", "individual_id", "code"), "true"),),
    decided="EXISTS (SELECT FROM register_attachmentchange c WHERE c.attachment_id = t.id)",
)  # fmt: skip

KEEP = """
CREATE TEMPORARY TABLE sound_{name} ON COMMIT DROP AS
SELECT s.*, daterange(s."from", s."to") AS during, r.id AS registrant_id {holder}
  FROM staged_{name} s LEFT JOIN register_registrant r ON r.client_number = s.registrant {people}
 WHERE {sound}
"""
PEOPLE = """
  LEFT JOIN register_individual c ON c.client_number <> '' AND c.client_number = s.individual_client_number
  LEFT JOIN register_individual n ON n.nrd_number <> '' AND n.nrd_number = s.individual_nrd_number
"""
HOLDER = ", coalesce(c.id, n.id) AS individual_id, c.id <> n.id AS is_two"
UNKNOWN = """
INSERT INTO finding SELECT '{file}', line, 'registrant', 'unknown_registrant', registrant, '' FROM sound_{name}
 WHERE registrant_id IS NULL
"""
NOBODY = """
INSERT INTO finding
SELECT '{file}', line, CASE WHEN is_client THEN 'individual_client_number' ELSE 'individual_nrd_number' END,
       CASE WHEN is_two THEN 'two_individuals' ELSE 'unknown_individual' END,
       CASE WHEN is_client THEN individual_client_number ELSE individual_nrd_number END,
       CASE WHEN is_two THEN individual_nrd_number ELSE '' END
  FROM (SELECT *, individual_client_number <> '' AS is_client FROM sound_{name}) s
 WHERE individual_id IS NULL OR is_two
"""
TWINS = """
INSERT INTO finding SELECT '{file}', line, 'from', 'same_fact', "from"::text, first::text FROM (
  SELECT line, "from", min(line) OVER (PARTITION BY {about}, "from") AS first FROM sound_{name}
) ranked WHERE line > first
"""
PAIR = """
CREATE TEMPORARY TABLE pair_{name} ON COMMIT DROP AS
SELECT s.line, t.id, 'same' AS how, {decided} AS decided
  FROM sound_{name} s JOIN {table} t ON {alike} AND lower(t.during) = s."from"
"""
PAIR_MOVED = """
INSERT INTO pair_{name}
SELECT line, id, how, false FROM (
  SELECT s.line, t.id, count(*) OVER (PARTITION BY s.line) AS facts, count(*) OVER (PARTITION BY t.id) AS rows,
         CASE WHEN {differ} AND s."from" > lower(t.during) THEN 'followed' ELSE 'moved' END AS how
    FROM sound_{name} s JOIN {table} t ON {alike} AND t.during && s.during
   WHERE NOT EXISTS (SELECT FROM pair_{name} p WHERE p.line = s.line)
     AND NOT EXISTS (SELECT FROM pair_{name} p WHERE p.id = t.id) AND NOT {decided}
) possible WHERE facts = 1 AND rows = 1
"""
#: The register as it would be: a fact that stays as it is has no line.
OVERLAPS = """
INSERT INTO finding
WITH held AS (
  SELECT s.line, s.during, {about} FROM sound_{name} s
   WHERE {condition} AND NOT EXISTS (SELECT FROM pair_{name} p WHERE p.line = s.line AND p.decided)
  UNION ALL
  SELECT NULL, CASE WHEN p.id IS NULL AND NOT {decided} THEN {unpaired}
                    WHEN p.how = 'followed' THEN daterange(lower(t.during), s."from") ELSE t.during END, {kept}
    FROM {table} t LEFT JOIN pair_{name} p ON p.id = t.id LEFT JOIN sound_{name} s ON s.line = p.line
   WHERE {kept_condition} AND (p.id IS NULL OR p.decided OR p.how = 'followed')
), spanned AS (
  SELECT line, lower(during) AS since, coalesce(upper(during), 'infinity') AS until, {about} FROM held
   WHERE NOT isempty(during)
), ordered AS (
  SELECT line, since, until,
         max(until) OVER (alike ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS taken_until,
         min(since) FILTER (WHERE line IS NULL)
           OVER (alike ROWS BETWEEN 1 FOLLOWING AND UNBOUNDED FOLLOWING) AS taken_from
    FROM spanned WINDOW alike AS (PARTITION BY {about} ORDER BY since, line NULLS FIRST)
)
SELECT '{file}', line, 'from', 'overlaps', since::text, '' FROM ordered
 WHERE line IS NOT NULL AND (taken_until > since OR taken_from < until)
"""
UNPAIR = "DELETE FROM pair_{name} p WHERE NOT EXISTS (SELECT FROM sound_{name} s WHERE s.line = p.line)"
LEFT_ALONE = "t.during"
#: What a fact that is no longer in the file becomes: ended at the close of the day, or nothing if it had not begun.
ENDED = "(t.during * daterange(NULL, '{tomorrow}'))"


def check(facts: Facts, *, unpaired: str) -> None:
    """Find the rows again in the register, and keep out those that cannot be merged."""
    names = facts.names
    people = {"holder": HOLDER, "people": PEOPLE} if facts.holds_people else {"holder": "", "people": ""}
    run(KEEP, sound=sound(facts.shape), **people, **names)
    run(UNKNOWN, **names)
    if facts.holds_people:
        run(NOBODY, **names)
    drop_unsound(facts.shape)
    run(TWINS, **names)
    drop_unsound(facts.shape)
    run("ANALYZE sound_{name}", **names)
    run(PAIR, **names)
    run("ANALYZE pair_{name}", **names)
    run(PAIR_MOVED, **names)
    while overlapping(facts, unpaired):
        drop_unsound(facts.shape)
        run(UNPAIR, **names)


def overlapping(facts: Facts, unpaired: str) -> int:
    """
    Tell the rows that would hold at once with another; return how many.

    A row kept out leaves its fact as it was, which may be in the way of another row: one asks until there is none.
    """
    found = 0
    for columns, condition in facts.apart:
        apart = {"about": ", ".join(columns), "condition": condition, "unpaired": unpaired}
        kept = {"kept": _row("t", columns), "kept_condition": f"t.{condition}" if condition != "true" else condition}
        found += run(OVERLAPS, **{**facts.names, **apart, **kept})
    return found
