"""What an officer does with a filing, page by page."""

import io

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from mandat.access.models import StaffAssignment
from mandat.access.tests.factories import StaffAssignmentFactory, actor
from mandat.filings.commands import attach_document, remove_document, return_for_correction, save_answers, take_up
from mandat.filings.models import Filing
from mandat.filings.workflow import State
from mandat.platform.files import store
from mandat.register.commands import end_attachment
from mandat.web.firm.tests.office import Desk, text
from mandat.web.tests.conftest import browser_of


@pytest.fixture
def desk(db):
    return Desk()


@pytest.fixture
def examined(desk):
    """A withdrawal in the officer's hands."""
    filing = desk.submitted_withdrawal()
    take_up(filing=filing.public_id, by=desk.officer)
    return filing


def state_of(filing):
    return Filing.objects.get(pk=filing.pk).state


def post(desk, filing, place, **sent):
    return desk.at_officer.post(desk.desk_page(filing, place), sent)


def corrected(desk, filing, **other):
    """Have a filing returned and submitted again with other answers."""
    return_for_correction(filing=filing.public_id, corrections=dict.fromkeys(other, "À revoir"), by=desk.officer)
    revision = Filing.objects.get(pk=filing.pk).revision
    save_answers(
        filing=filing.public_id, step="contact", answers=desk.answers(**other), revision=revision, by=desk.signer
    )
    desk.submit(filing)


def test_an_officer_sees_what_was_filed_by_whom_and_takes_it_up(desk):
    filing = desk.submitted_withdrawal()
    shown = text(desk.at_officer.get(desk.desk_page(filing)))
    for words in (str(desk.leaving), filing.number, str(desk.signer.person), "Prendre en charge"):
        assert words in shown
    assert post(desk, filing, "prendre").headers["Location"] == desk.desk_page(filing)
    shown = text(desk.at_officer.get(desk.desk_page(filing)))
    assert state_of(filing) == State.UNDER_REVIEW
    assert "Prendre en charge</button>" not in shown
    for place in ("accepter", "rendre", "refuser"):
        assert f'href="{desk.desk_page(filing, place)}"' in shown


def test_what_is_taken_twice_is_taken_once(desk):
    filing = desk.submitted_withdrawal()
    for _ in range(2):
        post(desk, filing, "prendre")
    assert filing.history.filter(move="take_up").count() == 1
    assert "a bougé entre-temps" in text(desk.at_officer.get(desk.desk_page(filing)))


def test_a_correction_names_its_fields_in_the_words_of_the_officer(desk, examined):
    assert "418 555-0123" in text(desk.at_officer.get(desk.desk_page(examined, "rendre")))  # beside its field
    answer = post(desk, examined, "rendre", contact_phone="Ce numéro ne répond pas.", contact_name="  ")
    assert answer.headers["Location"] == desk.desk_page(examined)
    assert state_of(examined) == State.RETURNED
    asked = examined.history.latest("id").corrections
    assert asked == [{"field": "contact_phone", "message": "Ce numéro ne répond pas."}]


def test_a_correction_of_nothing_is_not_asked(desk, examined):
    assert "sous au moins un des champs" in text(post(desk, examined, "rendre"), 422)
    assert state_of(examined) == State.UNDER_REVIEW


def test_what_acceptance_changes_is_said_before_it_is_done(desk, examined):
    shown = text(desk.at_officer.get(desk.desk_page(examined, "accepter")))
    assert f"Le rattachement de {desk.leaving} prend fin" in shown
    post(desk, examined, "accepter")
    assert state_of(examined) == State.ACCEPTED
    assert desk.leaving not in desk.attached(days=1)


def test_an_acceptance_that_the_file_no_longer_allows_says_so_and_does_nothing(desk, examined):
    end_attachment(
        individual=desk.leaving, registrant=desk.registrant, code=desk.code, on=desk.today, reason="Autre",
        under={"seeded": True}, cause="autre",
    )  # fmt: skip
    shown = text(post(desk, examined, "accepter"), 422)
    assert "a déjà pris fin" in shown
    assert state_of(examined) == State.UNDER_REVIEW


def test_a_refusal_takes_a_reason(desk, examined):
    assert "pourquoi sa demande est refusée" in text(post(desk, examined, "refuser", reason=" "), 422)
    post(desk, examined, "refuser", reason="Hors délai")
    assert state_of(examined) == State.REFUSED
    assert "Hors délai" in text(desk.at_signer.get(desk.page(examined)))


@pytest.mark.parametrize("place", ["prendre", "accepter", "refuser", "rendre"])
@pytest.mark.parametrize("state", [State.RETURNED, State.ACCEPTED, State.REFUSED])
def test_a_page_out_of_date_does_nothing_and_says_so(desk, place, state):
    filing = desk.in_state(state)
    moves = filing.history.count()
    post(desk, filing, place, reason="Raison", name="À revoir")
    assert "rien n’a été fait" in text(desk.at_officer.get(desk.desk_page(filing)))
    assert (state_of(filing), filing.history.count()) == (state, moves)


def test_nobody_examines_what_they_signed(desk):
    filing = desk.submitted_withdrawal()
    StaffAssignmentFactory(role=StaffAssignment.Role.OFFICER, person=desk.signer.person)
    desk.at_signer.post(desk.desk_page(filing, "prendre"))
    assert state_of(filing) == State.SUBMITTED
    assert "une autre personne doit l’étudier" in text(desk.at_signer.get(desk.desk_page(filing)))


def test_a_draft_is_none_of_the_officers_business(desk):
    filing = desk.written()
    for place in ("", "maintenant", "rendre", "accepter", "refuser"):
        assert desk.at_officer.get(desk.desk_page(filing, place)).status_code == 404
    assert post(desk, filing, "prendre").status_code == 404


def test_the_pages_of_the_desk_do_not_exist_for_the_firm_and_are_refused_to_a_verifier(desk, examined):
    assert desk.at_signer.get(desk.desk_page(examined)).status_code == 404
    verifier = browser_of(actor(StaffAssignmentFactory(role=StaffAssignment.Role.VERIFIER).person))
    assert verifier.get(desk.desk_page(examined)).status_code == 403


def test_a_correction_is_compared_with_what_was_filed_before(desk, examined):
    corrected(desk, examined, contact_name="Paul Demers")
    shown = text(desk.at_officer.get(desk.desk_page(examined)))
    assert "<del>Ève Roy</del>" in shown
    assert "<ins>Paul Demers</ins>" in shown
    assert shown.index("Changé") < shown.index("Identique")


def test_a_first_submission_is_compared_with_nothing(desk, examined):
    assert "Ce que la correction a changé" not in text(desk.at_officer.get(desk.desk_page(examined)))


def test_the_officer_fetches_a_document_that_was_filed(desk):
    filing = desk.written()
    file = store(io.BytesIO(b"corps"), name="annexe.pdf", media_type="application/pdf")
    document = attach_document(filing=filing.public_id, file=file, revision=filing.revision, by=desk.signer)
    desk.submit(filing)
    assert "annexe.pdf" in text(desk.at_officer.get(desk.desk_page(filing)))
    given = desk.at_officer.post(desk.desk_page(filing, f"documents/{document.public_id}"))
    assert b"".join(given.streaming_content) == b"corps"


def test_asks_as_few_questions_after_many_corrections_as_after_none(desk, examined):
    text(desk.at_officer.get(desk.desk_page(examined)))
    counts = []
    for name in ("Paul Demers", "Léa Roy", "Ève Roy"):
        with CaptureQueriesContext(connection) as queries:
            text(desk.at_officer.get(desk.desk_page(examined)))
        counts.append(len(queries))
        corrected(desk, examined, contact_name=name)
        take_up(filing=examined.public_id, by=desk.officer)
    assert len(set(counts)) == 1, counts
    assert counts[0] <= 10


def test_a_document_replaced_under_the_same_name_is_seen_as_changed(desk, examined):
    return_for_correction(filing=examined.public_id, corrections={"contact_name": "Qui ?"}, by=desk.officer)
    for content in (b"premier", b"second"):
        file = store(io.BytesIO(content), name="annexe.pdf", media_type="application/pdf")
        revision = Filing.objects.get(pk=examined.pk).revision
        document = attach_document(filing=examined.public_id, file=file, revision=revision, by=desk.signer)
        desk.submit(examined)
        take_up(filing=examined.public_id, by=desk.officer)
        shown = text(desk.at_officer.get(desk.desk_page(examined)))
        assert f"<ins>annexe.pdf ({file.sha256[:8]})</ins>" in shown
        return_for_correction(filing=examined.public_id, corrections={"contact_name": "Qui ?"}, by=desk.officer)
        revision = Filing.objects.get(pk=examined.pk).revision
        remove_document(
            filing=examined.public_id, document=document.public_id, revision=revision, by=desk.signer
        )  # fmt: skip
