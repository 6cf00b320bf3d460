"""TI-4: what row security costs. That it holds is tested beside the pages: `mandat/web/tests/test_reach.py`."""

import statistics
import time
from uuid import uuid4

import pytest
from django.db import connection, transaction

from mandat.access import reach
from mandat.access.decision import decide
from mandat.access.rights import Right
from mandat.demo.firms import FIRMS
from mandat.demo.world import registrant_of
from mandat.filings.commands import submit_filing
from mandat.platform.clock import now
from mandat.web.tests.conftest import demonstration
from tests.bench.prepare import written


def say_of_every_table(as_owner, said: str) -> None:
    """Enable or disable the policies of each table of firms’ rows, as their owner."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT DISTINCT tablename FROM pg_policies WHERE policyname = 'within_reach'")
        tables = [name for (name,) in cursor.fetchall()]
    with as_owner() as owner:
        for table in tables:
            owner.execute(f"ALTER TABLE {table} {said} ROW LEVEL SECURITY")


def timed(act) -> float:
    began = time.perf_counter()
    act()
    return (time.perf_counter() - began) * 1_000


@pytest.mark.drill("TI-4")
def test_what_row_security_costs(transactional_db, as_owner, monkeypatch, drill):
    """Measured and kept, never asserted: the same acts in turn, with the policies and without."""
    with demonstration() as visitors:
        firm, rse = visitors.own_firm, visitors.actors["rse"]
        browser = visitors.browser("rse")
        draft = written(registrant_of(FIRMS[0]), 3, rse)

        def a_list():
            assert browser.get(f"/d/{firm.public_id}/demandes").status_code == 200

        at = now()

        def a_decision():
            assert decide(rse.person, Right.SIGN, firm, "BF-REP", at)

        def a_signature():
            with transaction.atomic():
                submit_filing(key=uuid4(), filing=draft.public_id, revision=draft.revision, by=rse)
                transaction.set_rollback(True)

        acts = {"list": a_list, "decision": a_decision, "signature": a_signature}
        took: dict[tuple[str, str], list[float]] = {(act, side): [] for act in acts for side in ("ENABLE", "DISABLE")}
        ask = reach._tell
        for number in range(drill.size(1, full=20)):
            for side in ("ENABLE", "DISABLE")[:: 1 if number % 2 else -1]:
                monkeypatch.setattr(reach, "_tell", ask if side == "ENABLE" else lambda *_: None)
                say_of_every_table(as_owner, side)
                for act, do in acts.items():
                    reach.reach_firm(firm.public_id, by=rse.person)
                    do()
                    took[act, side] += [timed(do) for _ in range(25 if drill.record.trials > 1 else 1)]
        monkeypatch.undo()
        reach.release()
        say_of_every_table(as_owner, "ENABLE")
    for act in acts:
        with_it, without = (statistics.median(took[act, side]) for side in ("ENABLE", "DISABLE"))
        drill.figure(f"{act}_ms", with_it)
        drill.figure(f"{act}_ratio", with_it / without)
