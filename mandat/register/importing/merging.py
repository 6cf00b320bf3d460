"""What was paired is written: facts end, are corrected, or are added, and what they said before is kept."""

from mandat.register.importing.facts import ENDED, LEFT_ALONE, Facts
from mandat.register.importing.staging import run

#: Whether a fact `t` says something else than the row `s` that it is paired with.
CHANGES = "p.id = t.id AND s.line = p.line AND NOT p.decided AND p.how <> 'followed'"
CHANGES += " AND ({differ} OR t.during <> s.during OR t.end_reason <> s.end_reason)"
FOLLOWED = "p.id = t.id AND s.line = p.line AND p.how = 'followed'"

TOLD = """
INSERT INTO finding
SELECT '{file}', s.line, 'to', 'decided_here', coalesce(upper(t.during)::text, ''), ''
  FROM {table} t, pair_{name} p, sound_{name} s
 WHERE p.id = t.id AND s.line = p.line AND p.decided AND ({differ} OR t.during <> s.during)
"""
GONE = """
CREATE TEMPORARY TABLE gone_{name} ON COMMIT DROP AS
SELECT t.id, isempty({ended}) AS is_removed FROM {table} t
 WHERE NOT EXISTS (SELECT FROM pair_{name} p WHERE p.id = t.id) AND NOT t.during <@ daterange(NULL, '{tomorrow}')
   AND NOT {decided}
"""
TOLD_GONE = """
INSERT INTO finding
SELECT '{file}', 0, '', 'gone', concat_ws(' / ', r.client_number, {called}, lower(t.during)), ''
  FROM gone_{name} g JOIN {table} t ON t.id = g.id JOIN register_registrant r ON r.id = t.registrant_id {people}
"""
KEEP_BEFORE = """
INSERT INTO register_importedchange (public_id, imported_id, kind, subject, before)
SELECT gen_random_uuid(), {imported}, '{name}', t.public_id,
       jsonb_build_object('from', lower(t.during), 'to', upper(t.during), 'end_reason', t.end_reason {before})
  FROM {table} t, {others} WHERE {condition}
"""
END_FOLLOWED = """
UPDATE {table} t SET during = daterange(lower(t.during), s."from") FROM pair_{name} p, sound_{name} s WHERE {condition}
"""
END_GONE = "UPDATE {table} t SET during = {ended} FROM gone_{name} g WHERE g.id = t.id AND NOT g.is_removed"
REMOVE = "DELETE FROM {table} t USING gone_{name} g WHERE g.id = t.id AND g.is_removed"
CHANGE = """
UPDATE {table} t SET during = s.during, end_reason = s.end_reason {sets}
  FROM pair_{name} p, sound_{name} s WHERE {condition}
"""
ADD = """
INSERT INTO {table} (public_id, during, end_reason, {columns})
SELECT gen_random_uuid(), during, end_reason, {columns} FROM sound_{name} s
 WHERE NOT EXISTS (SELECT FROM pair_{name} p WHERE p.line = s.line AND p.how <> 'followed') ORDER BY line
"""


def merge(facts: Facts, imported: int, *, tomorrow: str, ends_missing: bool) -> dict[str, int]:
    """
    Write what was paired; return how many rows of each kind.

    What ends goes before what takes its place, so that nothing ever holds twice.
    """
    names: dict[str, object] = {**facts.names, "imported": imported, "tomorrow": tomorrow}
    names |= {
        "ended": ENDED.format(tomorrow=tomorrow),
        "before": "".join(f", '{name}', {value}" for name, value in as_kept(facts)),
        "sets": "".join(f", {each} = s.{each}" for each in facts.says),
    }
    run(TOLD, **names)
    done = tell_gone(facts, names)
    counts = {"ended": 0, "removed": 0}
    if ends_missing and done:
        run(KEEP_BEFORE, others="gone_{name} g".format(**names), condition="g.id = t.id", **names)
        counts = {"ended": run(END_GONE, **names), "removed": run(REMOVE, **names)}
    paired = "pair_{name} p, sound_{name} s".format(**names)
    changes = CHANGES.format(**names)
    run(KEEP_BEFORE, others=paired, condition=f"(({FOLLOWED}) OR ({changes}))", **names)
    followed = run(END_FOLLOWED, condition=FOLLOWED, **names)
    changed = run(CHANGE, condition=changes, **names) + followed
    return {"changed": changed, "added": run(ADD, **names), **counts}


def as_kept(facts: Facts) -> list[tuple[str, str]]:
    """Return what else than its dates is kept of a fact, each party by its public id."""
    named = {
        f"{party}_id": (party, f"(SELECT public_id FROM register_{party} p WHERE p.id = t.{party}_id)")  # noqa: S608
        for party in ("registrant", "individual")
    }
    return [named.get(each, (each, f"t.{each}")) for each in (*facts.about, *facts.says)]


def tell_gone(facts: Facts, names: dict[str, object]) -> int:
    """Tell the facts that hold, or are still to come, and are no longer in the file; return how many."""
    found = run(GONE, **names)
    if found:
        people = "JOIN register_individual i ON i.id = t.individual_id" if facts.holds_people else ""
        who = "coalesce(nullif(i.client_number, ''), i.nrd_number)"
        said = [who if each == "individual_id" else f"t.{each}" for each in facts.about if each != "registrant_id"]
        run(TOLD_GONE, called=", ".join(said), people=people, **names)
    return found


def unpaired(*, tomorrow: str, ends_missing: bool) -> str:
    """Return what a fact that is no longer in the file becomes."""
    return ENDED.format(tomorrow=tomorrow) if ends_missing else LEFT_ALONE
