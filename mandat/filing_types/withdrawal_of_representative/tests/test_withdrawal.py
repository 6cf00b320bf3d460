"""A withdrawal against the file: what it may choose from, what it changes, what it costs."""

import json
import re
import uuid
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from mandat.filing_types.tests.driving import Office
from mandat.filings.commands import submit_filing
from mandat.filings.reading import read
from mandat.filings.workflow import State
from mandat.platform.clock import now
from mandat.reference.models import Entry
from mandat.register.tests.factories import AttachmentFactory


@pytest.mark.django_db
def test_an_accepted_withdrawal_ends_the_attachment():
    office = Office()
    filing = office.accepted_withdrawal()
    assert (filing.state, filing.about) == (State.ACCEPTED, str(office.leaving))
    assert office.attached() == {office.staying}
    assert office.attached(days=-1) == {office.leaving, office.staying}


@pytest.mark.django_db
def test_a_withdrawal_for_a_day_to_come_changes_the_file_on_that_day():
    office = Office()
    office.accepted_withdrawal(cessation_date=(office.today + timedelta(days=10)).isoformat())
    assert office.attached(days=9) == {office.leaving, office.staying}
    assert office.attached(days=10) == {office.staying}


@pytest.mark.django_db
def test_one_chooses_among_those_attached_to_the_firm():
    office, elsewhere = Office(), AttachmentFactory()
    (first, *_) = read(office.written(), now()).steps
    offered = dict(first.fields["representative"].choices)
    assert offered.keys() == {"", str(office.leaving.public_id), str(office.staying.public_id)}
    assert str(elsewhere.individual.public_id) not in offered


@pytest.mark.django_db
def test_what_is_frozen_names_people_and_reasons():
    office = Office()
    content = json.loads(office.submit(office.written()).content)
    shown = dict(row for section in content["shown"] for row in section["rows"])
    assert shown["Représentant à retirer"] == str(office.leaving)
    assert shown["Motif"] == Entry.objects.get(kind="withdrawal_reason", code="MOVED").label_fr
    assert content["answers"]["cessation_date"] == office.today.isoformat()


@pytest.mark.django_db(transaction=True)
def test_a_withdrawal_is_filed_in_one_commit_and_at_most_fourteen_statements():
    office = Office()
    filing = office.written()
    with CaptureQueriesContext(connection) as captured:
        submit_filing(key=uuid.uuid4(), filing=filing.public_id, revision=filing.revision, by=office.signer)
    statements = [each["sql"] for each in captured.captured_queries]
    assert statements.count("COMMIT") == 1
    of_the_day = [each for each in statements if "access_lastuse" in each]  # after the commit, once a day
    ours = [each for each in statements if each not in of_the_day and not re.match("BEGIN|COMMIT", each)]
    assert len(of_the_day) <= 1
    assert len(ours) <= 14, "\n".join(f"{number} {each[:150]}" for number, each in enumerate(ours, 1))
