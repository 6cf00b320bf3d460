"""The verification desk with ten thousand waiting: as many statements as with three, none of which reads them all."""

import re
import time

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from mandat.enrolment.tests.waiting import waiting
from mandat.enrolment.tests.world import World
from mandat.web.tests.conftest import browser_of
from tests.drills.recorder import FULL_SIZE

QUEUE = "/agence/dossiers"
PAGES = ("", "?page=2", "?whose=mine", "?whose=nobody", "?by=risk", "?by=risk&whose=nobody&page=2")
#: What the page of one enrolment may ask, whoever else waits; the queue's, whatever its page and filter.
OF_ONE, OF_THE_QUEUE = 36, 8


def asked(browser, address) -> list[str]:
    with CaptureQueriesContext(connection) as queries:
        assert browser.get(address).status_code == 200
    return [each["sql"] for each in queries]


def reads_them_all(sql: str) -> bool:
    """Whether the plan of a statement goes through the table of enrolments from end to end."""
    if not re.match(r"(SELECT|WITH)\b", sql) or "enrolment_enrolment" not in sql:
        return False
    with connection.cursor() as cursor:
        cursor.execute("EXPLAIN " + sql.replace("%", "%%"))
        return any(re.search(r"Seq Scan on enrolment_enrolment\b", line) for (line,) in cursor.fetchall())


@pytest.mark.drill("LD-6")
def test_the_desk_asks_the_same_however_many_wait_and_reads_none_that_it_does_not_show(db, drill):
    world, counts = World(), {}
    browser = browser_of(world.officer)
    few = waiting(world, 3)
    pages = [*(f"{QUEUE}{page}" for page in PAGES), f"/agence/inscriptions/{few[0].public_id}/"]
    browser.get(pages[-1])  # what a process asks once
    for page in pages:
        counts[page] = len(asked(browser, page))
    many = waiting(world, drill.size(120, full=10_000))
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
        if not FULL_SIZE:  # so few are read at once, whatever there is: let the plan show whether it could do otherwise
            cursor.execute("SET LOCAL enable_seqscan = off")
    for page in (*pages[:-1], f"/agence/inscriptions/{many[-1].public_id}/"):
        began = time.perf_counter()
        statements = asked(browser, page)
        took = time.perf_counter() - began
        is_one = page not in counts
        assert len(statements) == counts[pages[-1] if is_one else page], page
        assert len(statements) <= (OF_ONE if is_one else OF_THE_QUEUE), page
        assert [sql for sql in statements if reads_them_all(sql)] == [], page
        drill.figure(f"{'one' if is_one else page.removeprefix(QUEUE) or 'queue'}_ms", took * 1_000)
