"""The staff's one queue."""

from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from mandat.access.rights import Right
from mandat.access.tests.factories import StaffAssignmentFactory, actor
from mandat.casework.commands import open_case
from mandat.filings.commands import accept
from mandat.filings.handlers import keep_case
from mandat.filings.tests.world import World
from mandat.web.staff.queue import SUBJECTS
from mandat.web.tests.conftest import browser_of

QUEUE = "/agence/dossiers"


class Told:
    """Says to a handler which filing something happened to."""

    def __init__(self, filing):
        self.filing = str(filing.public_id)


@pytest.fixture
def world(db):
    return World()


def waiting(filing):
    keep_case(Told(filing))
    return filing


def text(browser, address=QUEUE):
    answer = browser.get(address)
    assert answer.status_code == 200
    return answer.content.decode()


def test_an_officer_sees_what_was_filed_and_where_to_examine_it(world):
    filing = waiting(world.submitted())
    shown = text(browser_of(world.officer))
    assert world.registrant.name in shown
    assert filing.number in shown
    assert f'href="/agence/demandes/{filing.public_id}/"' in shown
    assert "Personne encore" in shown


def test_what_is_in_ones_hands_is_told_from_what_is_in_anothers(world):
    waiting(world.under_review())
    assert "Vous</span>" in text(browser_of(world.officer))
    assert str(world.officer.person) in text(browser_of(world.other_officer))


def test_one_may_see_only_what_is_ones_own_or_nobodys(world):
    mine, nobodys = waiting(world.under_review()), waiting(world.submitted())
    browser = browser_of(world.officer)
    assert mine.number in (shown := text(browser, f"{QUEUE}?whose=mine"))
    assert nobodys.number not in shown
    assert nobodys.number in (shown := text(browser, f"{QUEUE}?whose=nobody"))
    assert mine.number not in shown


def test_whoever_lacks_the_right_has_an_empty_queue(world):
    filing = waiting(world.submitted())
    verifier = StaffAssignmentFactory(role="verifier").person
    shown = text(browser_of(actor(verifier)))
    assert filing.number not in shown
    assert "Rien n’attend" in shown


def test_what_is_decided_leaves_the_queue(world):
    filing = waiting(world.under_review())
    accept(filing=filing.public_id, by=world.officer)
    waiting(filing)
    assert filing.number not in text(browser_of(world.officer), f"{QUEUE}/maintenant")


def test_a_case_whose_subject_nobody_can_show_breaks_nothing(world):
    open_case(subject_kind="filing", subject=uuid4(), queue="BF-REP", right=Right.EXAMINE)
    open_case(subject_kind="unheard-of", subject=uuid4(), queue="BF-REP", right=Right.EXAMINE)
    assert text(browser_of(world.officer))


def test_asks_as_few_questions_for_many_cases_as_for_one(world):
    text(browser := browser_of(world.officer))  # what a process asks once
    counts = []
    for _ in range(2):
        for _ in range(3):
            waiting(world.submitted())
        with CaptureQueriesContext(connection) as queries:
            text(browser)
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 8


def test_every_kind_of_subject_is_asked_for_by_its_ids_alone(world):
    assert all(show([uuid4()]) == {} for show in SUBJECTS.values())
