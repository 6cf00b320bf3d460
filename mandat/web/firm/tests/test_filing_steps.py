"""Writing a filing: what is kept, what is shown again, what two people do to each other."""

import io

import pytest

from mandat.filings.models import Filing
from mandat.filings.queries import documents_of
from mandat.platform.tests.papers import pdf
from mandat.web.firm.tests.office import PREPARES, READS, STEPS, Desk, hidden, text

PDF = pdf()


@pytest.fixture
def desk(db):
    return Desk()


@pytest.fixture
def draft(desk):
    return desk.begun(type_code="REP-RETRAIT")


def post(desk, filing, step, browser=None, **other):
    return (browser or desk.at_signer).post(desk.page(filing, f"etapes/{step}"), desk.typed(filing, **other))


def stored(filing):
    return Filing.objects.get(pk=filing.pk)


def test_each_step_leads_to_the_next_and_the_last_to_the_documents(desk, draft):
    onward = [post(desk, draft, step).headers["Location"] for step in STEPS]
    assert onward[:-1] == [desk.page(draft, f"etapes/{step}") for step in STEPS[1:]]
    assert onward[-1] == desk.page(draft, "documents")


def test_a_step_that_was_never_saved_shows_no_error(desk, draft):
    assert "À corriger" not in text(desk.at_signer.get(desk.page(draft, "etapes/cessation")))


def test_a_wrong_answer_is_kept_and_said_at_its_field(desk, draft):
    post(desk, draft, "representative")
    answer = post(desk, draft, "cessation", cessation_date="2026-02-30")
    shown = text(answer, 422)
    assert 'id="id_cessation_date_error"' in shown
    assert 'value="2026-02-30"' in shown
    assert "<title>Erreur" in shown
    assert stored(draft).answers["cessation_date"] == "2026-02-30"
    assert "2026-02-30" in text(desk.at_signer.get(desk.page(draft, "etapes/cessation")))


def test_what_a_check_refuses_is_said_at_its_field_too(desk, draft):
    post(desk, draft, "representative")
    shown = text(post(desk, draft, "cessation", cessation_date="2001-01-31"), 422)
    assert "Cette date remonte à plus de" in shown or "La cessation doit suivre" in shown


def test_one_may_leave_with_wrong_answers_and_come_back(desk, draft):
    answer = post(desk, draft, "cessation", cessation_date="hier", leave="1")
    assert answer.headers["Location"] == desk.page(draft)
    assert "C’est enregistré" in text(desk.at_signer.get(desk.page(draft)))
    assert 'value="hier"' in text(desk.at_signer.get(desk.page(draft, "etapes/cessation")))


def test_a_page_out_of_date_loses_nothing_and_shows_both(desk, draft):
    old = desk.typed(draft, contact_name="Ève Roy")
    colleague = desk.browser_with(*PREPARES)
    post(desk, draft, "contact", browser=colleague, contact_name="Paul Demers")
    answer = desk.at_signer.post(desk.page(draft, "etapes/contact"), old)
    shown = text(answer, 409)
    assert "Paul Demers" in shown
    assert 'value="Ève Roy"' in shown
    assert stored(draft).answers["contact_name"] == "Paul Demers"
    again = old | {"revision": hidden(answer, "revision")}
    assert desk.at_signer.post(desk.page(draft, "etapes/contact"), again).status_code == 302
    assert stored(draft).answers["contact_name"] == "Ève Roy"


def test_a_change_to_another_step_shows_what_was_typed_and_asks_again(desk, draft):
    old = desk.typed(draft)
    post(desk, draft, "clients", browser=desk.at_rse)
    answer = desk.at_signer.post(desk.page(draft, "etapes/contact"), old)
    assert 'value="Ève Roy"' in text(answer, 409)


def test_a_double_click_saves_once_and_goes_on(desk, draft):
    typed = desk.typed(draft)
    first, second = (desk.at_signer.post(desk.page(draft, "etapes/contact"), typed) for _ in range(2))
    assert first.headers["Location"] == second.headers["Location"]
    assert stored(draft).revision == draft.revision + 1


def test_what_was_typed_on_a_filing_since_submitted_is_given_back(desk):
    filing = desk.written()
    typed = desk.typed(filing, contact_name="Quelqu’un d’autre")
    desk.submit(filing)
    shown = text(desk.at_signer.post(desk.page(filing, "etapes/contact"), typed), 409)
    assert "Quelqu’un d’autre" in shown
    assert stored(filing).answers["contact_name"] == "Ève Roy"


def test_an_answer_too_long_is_refused_in_words(desk, draft):
    shown = text(post(desk, draft, "cessation", reason_details="x" * 20_001), 422)
    assert "trop longue" in shown
    assert "reason_details" not in stored(draft).answers


def test_a_step_that_the_type_has_not_does_not_exist(desk, draft):
    assert desk.at_signer.get(desk.page(draft, "etapes/autre")).status_code == 404
    assert desk.at_signer.post(desk.page(draft, "etapes/autre")).status_code == 404


@pytest.mark.parametrize("revision", ["", "x", "-1", "9" * 30, "٣"])
def test_a_form_without_its_revision_is_a_bad_request(desk, draft, revision):
    sent = desk.typed(draft) | {"revision": revision}
    assert desk.at_signer.post(desk.page(draft, "etapes/contact"), sent).status_code == 400


def test_one_who_may_only_look_writes_nothing(desk, draft):
    reader = desk.browser_with(*READS)
    assert text(reader.get(desk.page(draft, "etapes/contact")), 403)
    assert post(desk, draft, "contact", browser=reader).status_code == 403
    assert stored(draft).answers == {}


# Documents


def upload(desk, filing, name="annexe.pdf", content=PDF, media_type="application/pdf"):
    file = io.BytesIO(content)
    file.name, file.content_type = name, media_type
    return desk.at_signer.post(desk.page(filing, "documents"), {"document": file})


def test_a_document_is_added_fetched_and_taken_out(desk, draft):
    assert upload(desk, draft).status_code == 302
    document = documents_of(draft).get()
    assert "annexe.pdf" in text(desk.at_signer.get(desk.page(draft, "documents")))
    given = desk.at_signer.get(desk.page(draft, f"documents/{document.public_id}"))
    assert b"".join(given.streaming_content) == PDF
    assert given["Content-Disposition"] == 'attachment; filename="annexe.pdf"'
    desk.at_signer.post(desk.page(draft, f"documents/{document.public_id}/retirer"))
    assert not documents_of(draft).exists()


def test_a_double_click_adds_a_document_once(desk, draft):
    upload(desk, draft)
    upload(desk, draft)
    assert documents_of(draft).count() == 1


@pytest.mark.parametrize(
    "name",
    ["../../etc/passwd", "C:\\temp\\a.pdf", "a\u202efdp.exe", "<script>alert(1)</script>.html", "é" * 300 + ".pdf", "…", "a\r\nb.pdf"],
)  # fmt: skip
def test_a_hostile_name_does_no_harm(desk, draft, name):
    answer = upload(desk, draft, name=name, media_type="text/html")
    assert answer.status_code in (302, 422)
    shown = text(desk.at_signer.get(desk.page(draft, "documents")))
    assert "<script>alert" not in shown
    for document in documents_of(draft):
        assert not set(document.name) & set("/\\\u202e\r\n")
        given = desk.at_signer.get(desk.page(draft, f"documents/{document.public_id}"))
        assert given["Content-Type"] == "application/octet-stream"
        assert given["Content-Disposition"].startswith("attachment")
        assert given["X-Content-Type-Options"] == "nosniff"
        given.close()


@pytest.mark.parametrize(("content", "words"), [(b"", "Ce fichier est vide"), (None, "Choisissez un fichier")])
def test_no_file_and_an_empty_file_are_said_at_the_field(desk, draft, content, words):
    answer = (
        desk.at_signer.post(desk.page(draft, "documents")) if content is None else upload(desk, draft, content=content)
    )
    assert words in text(answer, 422)


def test_too_large_a_file_is_refused_in_words(desk, draft, monkeypatch):
    monkeypatch.setattr("mandat.web.firm.filing_documents.policy", lambda code, day: 0)
    assert "dépasse 0 Mo" in text(upload(desk, draft), 422)


def test_a_document_of_another_filing_is_not_here(desk, draft):
    other = desk.begun(type_code="REP-RETRAIT")
    upload(desk, other)
    document = documents_of(other).get()
    assert desk.at_signer.get(desk.page(draft, f"documents/{document.public_id}")).status_code == 404
    assert desk.at_signer.post(desk.page(draft, f"documents/{document.public_id}/retirer")).status_code == 404
    assert documents_of(other).exists()


def test_nothing_is_added_to_what_was_submitted(desk):
    filing = desk.submitted_withdrawal()
    assert upload(desk, filing).headers["Location"] == desk.page(filing)
    assert not documents_of(filing).exists()
