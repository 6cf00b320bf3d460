import io
import json
import re
import uuid

import pytest
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext

from mandat.access.commands import revoke_proxy
from mandat.access.decision import AccessDenied, Right
from mandat.filings.canonical import canonical, read_canonical, sha256_of
from mandat.filings.commands import attach_document, withdraw
from mandat.filings.errors import ClosedToChange, FilingIncomplete, NothingChanged, ReasonMissing, StaleDraft
from mandat.filings.models import Filing, FilingMove, Submission
from mandat.filings.number import is_filing_number
from mandat.filings.queries import corrections_of
from mandat.filings.tests.world import World
from mandat.filings.workflow import State
from mandat.platform.clock import legal_day
from mandat.platform.files import store
from mandat.platform.idempotency import IdempotencyConflict
from mandat.platform.models import EventRow


@pytest.fixture
def world(db):
    return World()


def test_a_submission_freezes_what_was_shown_and_says_who_answers_for_it(world):
    filing = world.draft(day="2020-02-29", notes="Île")
    file = store(io.BytesIO(b"corps"), name="annexe.pdf", media_type="application/pdf")
    attach_document(filing=filing.public_id, file=file, revision=filing.revision, by=world.signer)
    submission = world.submit(filing)
    content = json.loads(submission.content)
    assert content["answers"] == {
        "name": "Ulysse", "day": "2020-02-29", "colours": ["r", "v"], "notes": "Île", "agreed": True,
    }  # fmt: skip
    assert ["Couleurs", "Rouge, Vert"] in content["shown"][1]["rows"]
    assert content["documents"][0] | {"sha256": ""} == {
        "name": "annexe.pdf", "sha256": "", "size": 5, "media_type": "application/pdf",
    }  # fmt: skip
    assert [each["rule"] for each in content["warnings"]] == ["essai, 1"]
    assert content["signer"] == {
        "id": str(world.signer.person.public_id), "name": str(world.signer.person), "capacities": ["proxy"],
    }  # fmt: skip
    assert content["registrant"]["client_number"] == world.registrant.client_number


def test_the_hash_is_reproduced_from_what_is_stored(world):
    stored = Submission.objects.get(pk=world.submit(world.draft()).pk)
    assert stored.sha256 == sha256_of(stored.content.encode())
    assert canonical(read_canonical(stored.content.encode())).decode() == stored.content


def test_a_submission_keeps_the_authority_as_it_was(world):
    submission = world.submit(world.draft())
    authority = submission.authority
    revoke_proxy(proxy_id=world.proxy.public_id, reason="Départ", by=world.rse)
    assert Submission.objects.get().authority == authority
    assert authority["person"] == str(world.signer.person.public_id)
    assert authority["on_behalf_of"] == str(world.firm.public_id)
    assert (authority["capacities"], authority["assurance"]) == (["proxy"], "two_factors")
    assert str(world.proxy.public_id) in {link["id"] for link in authority["chain"]}
    assert authority["at"] == submission.at.isoformat()


def test_the_first_submission_gives_a_number_that_stays(world):
    filing = world.submitted()
    assert is_filing_number(filing.number)
    assert filing.number.startswith(f"F-{legal_day(filing.changed_at).year}-")
    returned = world.returned()
    number = returned.number
    world.save(returned, "who", name="Autre")
    world.submit(returned)
    assert Filing.objects.get(pk=returned.pk).number == number


def test_a_correction_is_a_new_submission_chained_to_the_one_before(world):
    filing = world.returned()
    assert [(each.step, each.field) for each in corrections_of(filing)] == [("who", "name")]
    world.save(filing, "who", name="Ulysse d’Ithaque")
    second = world.submit(filing)
    first = filing.submissions.get(ordinal=1)
    assert second.ordinal == 2
    assert json.loads(second.content)["supersedes"] == first.sha256
    assert json.loads(first.content)["answers"]["name"] == "Ulysse"
    assert corrections_of(Filing.objects.get(pk=filing.pk)) == []


def test_a_correction_that_changes_nothing_is_refused(world):
    filing = world.returned()
    with pytest.raises(NothingChanged):
        world.submit(filing)


def test_refuses_a_person_without_the_right_to_sign(world):
    for by in (world.member(Right.PREPARE, Right.VIEW), world.officer):
        with pytest.raises(AccessDenied):
            world.submit(world.draft(), by=by)


def test_errors_hold_a_filing_back_and_warnings_do_not(world):
    with pytest.raises(FilingIncomplete) as incomplete:
        world.submit(world.draft(name="Personne", day="2020-01-01", agreed=False))
    assert [each.field for each in incomplete.value.findings] == ["agreed", "name", "day"]
    assert not Submission.objects.exists()
    assert Filing.objects.get().number == ""


def test_a_social_insurance_number_holds_a_filing_back(world):
    with pytest.raises(FilingIncomplete) as incomplete:
        world.submit(world.draft(notes="Son NAS est le 046 454 286."))
    assert [each.field for each in incomplete.value.findings] == ["notes"]
    world.submit(world.draft(notes="Client 3009998217, dossier 046-454-287, tél. 418 555-0123"))


def test_nobody_signs_what_they_have_not_seen(world):
    filing = world.draft()
    seen = filing.revision
    world.save(filing, "who", by=world.rse, name="Circé")
    with pytest.raises(StaleDraft):
        world.submit(filing, revision=seen)


def test_the_same_key_gives_the_same_submission(world):
    filing, key = world.draft(), uuid.uuid4()
    one = world.submit(filing, key=key)
    assert world.submit(filing, key=key) == one
    assert EventRow.objects.filter(name="FilingSubmitted").count() == 1


def test_the_same_key_is_answered_even_after_the_right_is_gone_or_the_filing_moved_on(world):
    filing, key = world.draft(), uuid.uuid4()
    one = world.submit(filing, key=key)
    withdraw(filing=filing.public_id, reason="Erreur", by=world.signer)
    revoke_proxy(proxy_id=world.proxy.public_id, reason="Départ", by=world.rse)
    assert world.submit(filing, key=key) == one


def test_the_same_key_for_something_else_is_a_conflict(world):
    filing, other, key = world.draft(), world.draft(), uuid.uuid4()
    world.submit(filing, key=key)
    for asked in ({"filing": other}, {"filing": filing, "revision": 1}, {"filing": filing, "by": world.rse}):
        with pytest.raises(IdempotencyConflict):
            world.submit(key=key, **asked)


def test_a_second_submission_under_another_key_is_refused(world):
    filing = world.submitted()
    with pytest.raises(ClosedToChange):
        world.submit(filing)


def test_what_was_signed_takes_a_signer_to_withdraw_and_a_reason(world):
    filing, preparer = world.submitted(), world.member(Right.PREPARE)
    with pytest.raises(AccessDenied):
        withdraw(filing=filing.public_id, reason="Erreur", by=preparer)
    with pytest.raises(ReasonMissing):
        withdraw(filing=filing.public_id, reason=" ", by=world.signer)
    assert withdraw(filing=filing.public_id, reason="Erreur", by=world.signer).state == State.WITHDRAWN
    assert withdraw(filing=world.draft().public_id, reason="", by=preparer).number == ""


@pytest.mark.parametrize("model", [Submission, FilingMove])
def test_the_database_refuses_to_change_what_was_filed(world, as_owner, model):
    world.submitted()
    with pytest.raises(DatabaseError), transaction.atomic():
        model.objects.update(at="2020-01-01T00:00:00Z")
    with pytest.raises(DatabaseError), transaction.atomic():
        model.objects.all().delete()


@pytest.mark.django_db(transaction=True)
def test_a_submission_is_one_commit_and_at_most_fourteen_statements():
    world = World()
    filing = world.draft()
    with CaptureQueriesContext(connection) as captured:
        world.submit(filing, revision=filing.revision)
    statements = [each["sql"] for each in captured.captured_queries]
    assert statements.count("COMMIT") == 1
    ours = [each for each in statements if not re.match(r"BEGIN|COMMIT", each)]
    assert len(ours) <= 14, "\n".join(f"{number} {each[:150]}" for number, each in enumerate(ours, 1))
