"""Files handed in and given out: what is refused at the field, what is held back, and who may open what unscanned."""

import io

import pytest

from mandat.enrolment.models import EnrolmentDocument
from mandat.filings.models import Filing, FilingDocument
from mandat.filings.queries import documents_of
from mandat.platform.models import EventRow, Mail
from mandat.platform.tests import clamd, papers
from mandat.platform.tests.running import work_off
from mandat.web.documents import NAMES, WORDS
from mandat.web.firm.tests.office import Desk, text

pytestmark = pytest.mark.django_db
PDF = papers.pdf()


@pytest.fixture
def desk():
    return Desk()


@pytest.fixture
def draft(desk):
    return desk.written()


@pytest.fixture
def daemon(settings):
    with clamd.running() as running:
        settings.SCANNER = "clamd://{}:{}".format(*running.server_address)
        yield running


def upload(desk, filing, name="annexe.pdf", content=PDF):
    file = io.BytesIO(content)
    file.name = name
    return desk.at_signer.post(desk.page(filing, "documents"), {"document": file})


def added(desk, filing, **file):
    assert upload(desk, filing, **file).status_code == 302
    return FilingDocument.objects.latest("id")


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (papers.pdf(user_password="x"), "protégé"),
        (papers.pdf(change=papers.ACTIVE_PDFS["script as it opens"]), "autre chose qu’un texte"),
        (PDF[:200], "abîmé"),
        (papers.pdf("NAS 046 454 286"), "numéro d’assurance sociale"),
        (b"MZ", "genre de fichier"),
    ],
)
def test_an_unfit_file_is_refused_at_the_field_and_not_kept(desk, draft, content, words):
    shown = text(upload(desk, draft, content=content), 422)
    assert words in shown
    assert 'aria-invalid="true"' in shown
    assert not FilingDocument.objects.exists()


@pytest.mark.parametrize("name", ["annexe.exe", "annexe", "annexe.pdf.docx", "annexe.png"])
def test_a_name_that_says_another_kind_is_refused_with_the_true_one(desk, draft, name):
    assert "genre PDF" in text(upload(desk, draft, name=name), 422)


def test_every_reason_has_its_words():
    from mandat.platform.inspection.findings import Kind, Unfit

    assert set(WORDS) == set(Unfit) - {Unfit.KIND}
    assert set(NAMES) == set(Kind)


def test_documents_may_not_weigh_too_much_together(desk, draft, monkeypatch):
    monkeypatch.setattr("mandat.filings.commands.drafting.policy", lambda code, day: 0)
    assert "ensemble" in text(upload(desk, draft), 422)
    assert not documents_of(draft).exists()


def test_a_file_being_scanned_is_given_to_nobody_and_holds_nothing_back(desk, draft, daemon):
    document = added(desk, draft)
    page = desk.page(draft, f"documents/{document.public_id}")
    assert "pas encore analysé" in text(desk.at_signer.get(page), 409)
    listed = text(desk.at_signer.get(desk.page(draft, "documents")))
    assert "Analyse en cours" in listed
    assert page not in listed.replace(page + "/retirer", "")
    desk.submit(Filing.objects.get(pk=draft.pk))
    for method in ("get", "post"):
        answer = getattr(desk.at_officer, method)(desk.desk_page(draft, f"documents/{document.public_id}"))
        assert "pas encore analysé" in text(answer, 409)
    work_off()
    assert b"".join(desk.at_signer.get(page).streaming_content) == PDF
    assert (
        b"".join(desk.at_officer.get(desk.desk_page(draft, f"documents/{document.public_id}")).streaming_content) == PDF
    )


def test_an_infected_file_leaves_its_draft_and_whoever_added_it_is_told(desk, draft, daemon):
    document = added(desk, draft, name="avis.txt", content=b"Avis " + papers.EICAR)
    work_off()
    assert not documents_of(draft).exists()
    assert "logiciel malveillant" in text(desk.at_signer.get(desk.page(draft, f"documents/{document.public_id}")), 409)
    (mail,) = Mail.objects.filter(subject__startswith="Un document est retenu")
    assert mail.to == desk.signer.login.email


def test_an_infected_file_that_was_filed_stays_on_record_and_opens_to_nobody(desk, draft, daemon):
    document = added(desk, draft, name="avis.txt", content=b"Avis " + papers.EICAR)
    desk.submit(Filing.objects.get(pk=draft.pk))
    work_off()
    assert documents_of(draft).get() == document
    for method in ("get", "post"):
        answer = getattr(desk.at_officer, method)(desk.desk_page(draft, f"documents/{document.public_id}"))
        assert "logiciel malveillant" in text(answer, 409)


def test_staff_open_what_no_scanner_searched_after_a_warning_and_on_record(desk, draft):
    document = added(desk, draft)
    assert "Non analysé" in text(desk.at_signer.get(desk.page(draft, "documents")))
    desk.submit(Filing.objects.get(pk=draft.pk))
    page = desk.desk_page(draft, f"documents/{document.public_id}")
    assert "Ouvrir quand même" in text(desk.at_officer.get(page))
    opened = EventRow.objects.filter(name="UnscannedFileOpened")
    assert not opened.exists()
    assert b"".join(desk.at_officer.post(page).streaming_content) == PDF
    assert opened.get().body == {
        "file": str(document.file.public_id), "opened_by": str(desk.officer.person.public_id),
    }  # fmt: skip


def test_an_infected_file_leaves_its_enrolment_and_the_applicant_is_told(daemon):
    from mandat.enrolment.tests.world import World

    world = World()
    enrolment = world.attach(world.answered(ra_basis="mandate"), content=papers.EICAR)
    work_off()
    assert EnrolmentDocument.objects.get(enrolment=enrolment).removed_at
    (mail,) = Mail.objects.filter(subject__startswith="Une pièce est retenue")
    assert mail.to == enrolment.email


def test_what_exceeds_any_file_is_let_go_and_said_to_be_too_large(desk, draft, monkeypatch):
    monkeypatch.setattr("mandat.web.uploads.BoundedUpload.MOST", 100_000)
    monkeypatch.setattr("mandat.web.firm.filing_documents.policy", lambda code, day: 1)
    assert "dépasse 1 Mo" in text(upload(desk, draft, content=PDF + bytes(2 * 1024 * 1024)), 422)


def test_a_request_without_end_is_no_longer_listened_to(desk, draft, monkeypatch):
    monkeypatch.setattr("mandat.web.uploads.BoundedUpload.END", 100_000)
    assert "Choisissez un fichier" in text(upload(desk, draft, content=PDF + bytes(2 * 1024 * 1024)), 422)
    assert not FilingDocument.objects.exists()
