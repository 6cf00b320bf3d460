"""The paper route at the desk: what comes in is read apart, typed beside its pages, and refused when it is hostile."""

import io
import uuid

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image
from pypdf.generic import (
    ArrayObject,
    DictionaryObject,
    FloatObject,
    NameObject,
    TextStringObject,
)

from mandat.access.tests.factories import StaffAssignmentFactory, actor
from mandat.enrolment.commands import approve, take_up
from mandat.enrolment.models import Enrolment, Invitation, PaperIntake
from mandat.enrolment.paper.code import FormCode
from mandat.enrolment.paper.questions import questions
from mandat.enrolment.tests.papers import CONDITIONS, came_in, filled, handed_out, issued, practising, said_in
from mandat.enrolment.tests.world import ANSWERS, World
from mandat.enrolment.workflow import PaperState
from mandat.platform.models import Letter
from mandat.platform.post import print_to_folder
from mandat.platform.tests.papers import ACTIVE_PDFS, huge_image, in_the_root, pdf
from mandat.web.tests.conftest import browser_of

pytestmark = pytest.mark.django_db
WHOLE = {**ANSWERS, **CONDITIONS, "paper_consent": "on"}


@pytest.fixture
def officer():
    practising()
    return actor(StaffAssignmentFactory().person)


@pytest.fixture
def desk(officer):
    return browser_of(officer)


def sent(desk, content, name="formulaire.pdf"):
    return desk.post("/agence/papier/", {"key": str(uuid.uuid4()), "document": SimpleUploadedFile(name, content)})


def place(intake, page=""):
    return f"/agence/papier/{intake.public_id}/{page}"


def text_of(answer) -> str:
    return answer.content.decode()


def test_a_filled_form_is_read_back_whatever_it_says(desk):
    odd = {"name": "L’Œuvre « d’été » & Fils – Ÿ", "ra_family_name": "O'Connor-Đặng", "street": "12, rue du 1er-Août"}
    issue = issued()

    answer = sent(desk, filled(issue.form, {**ANSWERS, **CONDITIONS, **odd}))

    intake = PaperIntake.objects.get()
    assert answer["Location"] == place(intake)
    assert intake.read == {each.name: "" for each in questions()} | ANSWERS | CONDITIONS | odd
    assert (intake.flags, intake.enrolment, intake.source) == ([], issue.form.enrolment, "filled")
    page = text_of(desk.get(place(intake)))
    assert "O&#x27;Connor-Đặng" in page
    for number in range(1, len(intake.pages) + 1):
        picture = desk.get(place(intake, f"pages/{number}"))
        assert picture["Content-Type"] == "image/jpeg"
        assert b"".join(picture.streaming_content).startswith(b"\xff\xd8\xff")
    assert desk.get(place(intake, "pages/99")).status_code == 404


def test_a_form_whose_words_fields_or_number_were_changed_is_flagged(desk):
    mine, other = issued(), issued()

    def change(writer):
        fields = writer.root_object["/AcroForm"]["/Fields"]
        for each in fields:
            field = each.get_object()
            if field["/T"] == "reference":
                field[NameObject("/V")] = TextStringObject(other.form.enrolment.number)
            if field["/T"] == "city":
                field[NameObject("/T")] = TextStringObject("ville")
        note = DictionaryObject(
            {NameObject("/Type"): NameObject("/Annot"), NameObject("/Subtype"): NameObject("/FreeText"),
             NameObject("/Rect"): ArrayObject([FloatObject(each) for each in (0, 0, 90, 20)])}
        )  # fmt: skip
        writer.pages[0]["/Annots"].append(writer._add_object(note))

    sent(desk, filled(mine.form, change=change))

    assert set(PaperIntake.objects.get().flags) == {"two_references", "missing_fields", "added_fields", "marks"}


def test_a_scan_shows_its_page_and_its_code_says_which_form_it_is(desk):
    import qrcode

    form = handed_out().form
    page = Image.new("RGB", (1700, 2200), "white")
    code = FormCode(form.enrolment.number, form.template.version, "fr")
    page.paste(qrcode.make(str(code)).get_image().convert("RGB"), (900, 100))
    out = io.BytesIO()
    page.rotate(2, fillcolor="white").save(out, "JPEG")

    sent(desk, out.getvalue(), "numérisation.jpg")

    intake = PaperIntake.objects.get()
    assert (intake.source, intake.enrolment, intake.flags, intake.read) == ("scan", form.enrolment, [], {})
    shown = text_of(desk.get(place(intake)))
    assert f"{place(intake)}pages/1" in shown
    assert 'name="neq"' in shown

    answer = desk.post(place(intake), WHOLE)
    assert answer["Location"] == place(intake)
    intake.refresh_from_db()
    assert (intake.state, intake.enrolment.state) == (PaperState.TYPED, "submitted")


def many_fields(writer, _page):
    fields = ArrayObject(
        DictionaryObject({NameObject("/FT"): NameObject("/Tx"), NameObject("/T"): TextStringObject(f"f{each}")})
        for each in range(10_000)
    )
    writer.root_object.update({NameObject("/AcroForm"): DictionaryObject({NameObject("/Fields"): fields})})


def a_loop(writer, _page):
    field = DictionaryObject({NameObject("/T"): TextStringObject("a")})
    place = writer._add_object(field)
    field[NameObject("/Kids")] = ArrayObject([place])
    in_the_root("/AcroForm", DictionaryObject({NameObject("/Fields"): ArrayObject([place])}))(writer, _page)


def with_value(value):
    field = {NameObject("/FT"): NameObject("/Tx"), NameObject("/T"): TextStringObject("name")}
    field[NameObject("/V")] = TextStringObject(value)
    return in_the_root("/AcroForm", DictionaryObject({NameObject("/Fields"): ArrayObject([DictionaryObject(field)])}))


HOSTILE = {
    "script": (pdf(change=ACTIVE_PDFS["script as it opens"]), "un programme"),
    "XFA": (pdf(change=ACTIVE_PDFS["is a form of the other kind"]), "un programme"),
    "holds a file": (pdf(change=ACTIVE_PDFS["holds a file"]), "un programme"),
    "encrypted": (pdf(user_password="a"), "protégé"),
    "10 000 fields": (pdf(change=many_fields), "trop lourd"),
    "not a PDF": (b"MZ\x90\x00", "ce genre de fichier"),
    "cut short": (pdf()[:200], "abîmé"),
    "a social insurance number": (pdf(change=with_value("046 454 286")), "assurance sociale"),
}


@pytest.mark.parametrize("what", HOSTILE)
def test_a_hostile_file_is_refused_in_words_and_nothing_is_kept(desk, what):
    content, words = HOSTILE[what]

    answer = sent(desk, content)

    assert answer.status_code == 422
    assert words in text_of(answer)
    assert not PaperIntake.objects.exists()


def test_a_bomb_of_points_is_refused(desk):
    assert sent(desk, huge_image(), "page.png").status_code == 422


def test_fields_that_hold_themselves_are_read_once(desk):
    sent(desk, pdf(change=a_loop))

    assert PaperIntake.objects.get().flags == ["no_reference"]


def test_what_is_wrong_is_said_at_its_field_and_nothing_typed_is_lost(desk, officer):
    intake = came_in(said_in(handed_out().form), officer)

    answer = desk.post(place(intake), WHOLE | {"neq": "12", "ra_function": "NAS 046 454 286"})

    page = text_of(answer)
    assert answer.status_code == 422
    assert 'href="#id_neq"' in page
    assert 'href="#id_ra_function"' in page
    assert "Courtage Rive-Haute inc." in page
    assert Enrolment.objects.get().state == "draft"


def test_a_flagged_paper_asks_why_it_is_accepted(desk, officer):
    paper = said_in(handed_out().form)
    paper.fields["name"]["shape"] = ["/Tx", 4096, 300, []]
    intake = came_in(paper, officer)

    assert desk.post(place(intake), WHOLE).status_code == 422
    assert (
        desk.post(place(intake), WHOLE | {"reason": "La firme l’a rempli dans un autre logiciel."}).status_code == 302
    )


def test_an_enterprise_that_has_an_enrolment_is_shown_with_its_link(desk, officer):
    online = World().submitted()
    intake = came_in(said_in(handed_out().form), officer)

    answer = desk.post(place(intake), WHOLE)

    assert answer.status_code == 409
    assert f"/agence/inscriptions/{online.public_id}/" in text_of(answer)
    way = place(intake, f"relier?number={online.number}")
    assert online.number in text_of(desk.get(way))
    assert desk.post(place(intake, "relier"), {"number": "E-2026-000000-0"}).status_code == 422
    assert desk.post(place(intake, "relier"), {"number": online.number})["Location"] == place(intake)
    assert f"/agence/papier/{intake.public_id}/" in text_of(desk.get(f"/agence/inscriptions/{online.public_id}/"))


def test_a_paper_is_set_aside_with_its_reason(desk, officer):
    intake = came_in(said_in(handed_out().form), officer)

    assert desk.post(place(intake, "ecarter"), {"reason": ""}).status_code == 422
    assert desk.post(place(intake, "ecarter"), {"reason": "Sans signature."})["Location"] == place(intake)
    assert "Sans signature." in text_of(desk.get(place(intake)))
    assert desk.post(place(intake), WHOLE).status_code == 409


def test_the_letter_of_an_access_by_post_is_printed_at_the_desk(desk, officer, settings, tmp_path):
    settings.POST_FOLDER = tmp_path
    intake = came_in(said_in(handed_out().form, rse_is_ra="yes"), officer)
    desk.post(place(intake), WHOLE | {"rse_is_ra": "yes"})
    second = actor(StaffAssignmentFactory().person)
    take_up(enrolment=intake.enrolment.public_id, by=second)
    approve(enrolment=intake.enrolment.public_id, by=second, reason="Vérifié au dossier.")
    way = f"/agence/invitations/{Invitation.objects.get().public_id}/lettre"

    assert desk.post(way)["Location"] == f"/agence/inscriptions/{intake.enrolment.public_id}/"
    print_to_folder(Letter.objects.get())

    assert b"".join(desk.post(way).streaming_content).startswith(b"%PDF-")


def test_papers_are_for_the_verification_desk_alone(officer):
    intake = came_in(said_in(handed_out().form), officer)
    examiner = browser_of(actor(StaffAssignmentFactory(role="officer").person))
    for page in ("", "pages/1", "fichier", "relier", "ecarter"):
        assert examiner.get(place(intake, page)).status_code == 403
        assert browser_of(actor()).get(place(intake, page)).status_code == 404


def test_the_list_takes_as_many_statements_for_many_papers(desk, officer, django_assert_num_queries):
    for _each in range(3):
        came_in(said_in(handed_out().form), officer)
    desk.get("/agence/papier/")
    with django_assert_num_queries(7):
        desk.get("/agence/papier/")
