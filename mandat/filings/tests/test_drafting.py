import io
import uuid

import pytest

from mandat.access.decision import AccessDenied, Right
from mandat.access.tests.factories import actor
from mandat.filings.commands import attach_document, begin_filing, remove_document
from mandat.filings.errors import AnswerTooLong, ClosedToChange, NotOnline, StaleDraft, UnknownStep
from mandat.filings.models import Filing
from mandat.filings.queries import documents_of
from mandat.filings.registry import UnknownFilingType
from mandat.filings.tests.world import GOOD, World
from mandat.platform.files import store
from mandat.platform.idempotency import IdempotencyConflict
from mandat.platform.models import EventRow
from mandat.register.tests.factories import RegistrantFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def world():
    return World()


def a_file(name="avis.pdf", content=b"%PDF-1.7"):
    return store(io.BytesIO(content), name=name, media_type="application/pdf")


def test_a_filing_is_begun_once_however_often_it_is_asked(world):
    key = uuid.uuid4()
    assert world.begun(key=key) == world.begun(key=key)
    assert Filing.objects.count() == 1
    assert EventRow.objects.filter(name="FilingBegun").count() == 1


def test_a_key_serves_one_request(world):
    key = uuid.uuid4()
    world.begun(key=key)
    with pytest.raises(IdempotencyConflict):
        world.begun(key=key, registrant=RegistrantFactory())
    with pytest.raises(IdempotencyConflict):
        world.begun(key=key, by=world.rse)


def test_a_draft_keeps_who_began_it_under_what_authority_and_has_no_number(world):
    filing = world.begun()
    assert (filing.begun_by, filing.number, filing.type_version) == (world.signer.person, "", 1)
    assert filing.begun_under["capacities"] == ["proxy"]


def test_refuses_what_may_not_be_filed(world):
    with pytest.raises(UnknownFilingType):
        world.begun(type_code="LICORNE")


def test_refuses_a_registrant_whom_nobody_stands_for_online(world):
    offline = RegistrantFactory(service_registration=None)
    with pytest.raises(NotOnline):
        begin_filing(key=uuid.uuid4(), registrant=offline, type_code="ESSAI", by=world.signer)


@pytest.mark.parametrize("rights", [[Right.VIEW], [Right.SIGN], [Right.PAY]])
def test_refuses_a_person_who_may_not_prepare(world, rights):
    with pytest.raises(AccessDenied):
        world.begun(by=world.member(*rights))
    with pytest.raises(AccessDenied):
        world.save(world.begun(), "who", by=world.member(*rights))


def test_refuses_a_stranger_and_an_officer(world):
    for by in (actor(), world.officer):
        with pytest.raises(AccessDenied):
            world.save(world.begun(), "who", by=by)


def test_several_people_write_one_draft(world):
    filing = world.begun()
    world.save(filing, "who", by=world.member(Right.PREPARE), name="Nausicaa")
    saved = world.save(filing, "what", by=world.rse)
    assert saved.filing.answers == GOOD | {"name": "Nausicaa"}
    assert saved.filing.about == "Nausicaa"


def test_bad_answers_are_kept_as_typed_with_what_is_wrong_with_them(world):
    saved = world.save(world.begun(), "who", name="x" * 60, day="le 31 janvier")
    kept = Filing.objects.get().answers
    assert (kept["name"], kept["day"]) == ("x" * 60, "le 31 janvier")
    assert {each.field for each in saved.findings} == {"name", "day"}


def test_an_answer_left_out_is_an_empty_one_and_a_field_of_another_step_is_left_alone(world):
    filing = world.draft()
    saved = world.save(filing, "what", notes=None, colours=None, name="Autre")
    assert (saved.filing.answers["colours"], saved.filing.answers["name"]) == (None, "Ulysse")


@pytest.mark.parametrize(
    ("typed", "kept"),
    [("a\0b", "ab"), ("\ud800", "?"), (12, "12"), (True, True), (["r", "\0"], ["r", ""]), ("🙂é", "🙂é")],
)
def test_what_the_database_cannot_keep_is_made_fit(world, typed, kept):
    assert world.save(world.begun(), "who", name=typed).filing.answers["name"] == kept


def test_refuses_an_answer_that_no_person_types(world):
    for typed in ("x" * 20_001, ["x"] * 501):
        with pytest.raises(AnswerTooLong):
            world.save(world.begun(), "who", name=typed)


def test_a_stale_page_is_told_and_given_the_current_answers(world):
    filing = world.begun()
    seen = filing.revision
    world.save(filing, "who", name="Pénélope", revision=seen)
    with pytest.raises(StaleDraft) as stale:
        world.save(filing, "who", name="Télémaque", revision=seen)
    assert stale.value.filing.answers["name"] == "Pénélope"
    assert stale.value.filing.revision == seen + 1
    assert Filing.objects.get().answers["name"] == "Pénélope"


def test_refuses_a_step_that_the_type_does_not_have(world):
    with pytest.raises(UnknownStep):
        world.save(world.begun(), "where")


def test_what_was_submitted_is_closed_to_change(world):
    filing = world.submitted()
    with pytest.raises(ClosedToChange):
        world.save(filing, "who")
    with pytest.raises(ClosedToChange):
        attach_document(filing=filing.public_id, file=a_file(), revision=filing.revision, by=world.signer)


def test_a_document_has_a_name_fit_to_be_shown(world):
    filing = world.begun()
    file = a_file("../../etc/\u202epasswd\0.pdf")
    document = attach_document(filing=filing.public_id, file=file, revision=filing.revision, by=world.signer)
    assert document.name == "passwd.pdf"


def test_a_document_taken_out_of_a_draft_stays_on_record(world):
    filing = world.draft()
    document = attach_document(filing=filing.public_id, file=a_file(), revision=filing.revision, by=world.signer)
    filing.refresh_from_db()
    changed = remove_document(
        filing=filing.public_id, document=document.public_id, revision=filing.revision, by=world.signer
    )
    assert not documents_of(filing).exists()
    assert filing.documents.count() == 1
    again = remove_document(
        filing=filing.public_id, document=document.public_id, revision=changed.revision, by=world.signer
    )
    assert again.revision == changed.revision


def test_a_change_rings_the_pages_of_those_who_write_along(world, monkeypatch):
    rung = []
    monkeypatch.setattr("mandat.filings.commands.drafting.ring", lambda *topics: rung.extend(topics))
    filing = world.begun()
    world.save(filing, "who")
    assert rung == [f"filing:{filing.public_id}", f"registrant:{world.registrant.public_id}"]
