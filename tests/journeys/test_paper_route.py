"""The paper route: a representative outside Québec fills a form in, an officer types it, another decides, a letter opens."""

import io
import re

import pytest
from django.utils.timezone import localdate
from playwright.sync_api import expect
from pypdf import PdfReader, PdfWriter
from pypdf.generic import NameObject, TextStringObject

from mandat.enrolment.paper.questions import questions
from tests.journeys.people import Post, Somebody, soon

pytestmark = pytest.mark.browser
NAME, ADDRESS = "Léa-Maude Delisle-Huot", "lea-maude@hors-quebec.test"
#: Of somebody whom the demonstration's register has practising in Québec.
CLIENT = "3009995109"
PHRASE = "une phrase qui ne sert qu’au papier"
SAID = {
    "kind": "individual_outside_quebec", "has_neq": "no", "client_number": CLIENT, "identity_proof": "Passeport",
    "name": NAME, "is_established_in_quebec": "no", "street": "41, Wharf Street", "city": "Halifax",
    "province": "Nouvelle-Écosse, Canada", "postal_code": "B3H 9Z9",
    "owner_path": "self", "owner_given_name": "Léa-Maude", "owner_family_name": "Delisle-Huot",
    "owner_email": ADDRESS, "owner_language": "fr",
    "paper_reason": "outside", "paper_client_number": CLIENT, "paper_delivery": "post",
    "paper_signed_on": localdate().isoformat(), "paper_consent": "yes",
}  # fmt: skip


def test_a_representative_outside_quebec_enrols_on_paper(chromium, live, tmp_path):
    post = Post(live)
    applicant, typist, officer = (Somebody(chromium, live) for _ in range(3))

    applicant.goes_to("/inscription/papier")
    applicant.clicks("Préparer le formulaire")
    applicant.reads_title("Votre formulaire est prêt")
    code = applicant.page.locator("dd [translate=no]").inner_text()
    with applicant.page.expect_download() as download:
        applicant.clicks("Télécharger le formulaire (PDF)")
    paper = tmp_path / "formulaire.pdf"
    paper.write_bytes(filled(download.value.path().read_bytes()))

    typist.enters("verifier1")
    expect(typist.page).to_have_url(re.compile("/agence/"))
    typist.goes_to("/agence/papier/")
    typist.page.set_input_files("[name=document]", paper)
    typist.clicks("Lire ce formulaire")
    typist.reads("Formulaire rempli à l’écran")
    expect(typist.page.locator("[name=city]")).to_have_value("Halifax")
    typist.fills(document_firm=True)
    typist.clicks("Transmettre à la vérification")
    typist.reads("Un collègue la décidera")
    typist.clicks("Inscription E-", exact=False)
    typist.reads("Un collègue s’en charge")
    place = typist.page.url

    officer.enters("verifier2")
    expect(officer.page).to_have_url(re.compile("/agence/"))
    officer.goes_to(place)
    officer.reads("Assistée, sur papier")
    officer.clicks("Prendre en charge")
    officer.reads("L’inscription est entre vos mains")
    officer.clicks("Approuver")
    officer.clicks("Confirmer les identités et approuver")
    officer.reads("La firme est inscrite")

    link = soon(lambda: printed_link(post), what="the letter that opens the access")
    applicant.activates(link, code, PHRASE)
    expect(applicant.page).to_have_url(re.compile(r"/d/[0-9a-f-]{36}/"))
    officer.goes_to(place)
    officer.reads(f"{NAME} a depuis un accès en ligne")
    for who in (applicant, typist, officer):
        assert who.complaints == []


def filled(form: bytes) -> bytes:
    """Fill a form in as a reader of PDF does."""
    writer, asked = PdfWriter(clone_from=PdfReader(io.BytesIO(form))), {each.name: each for each in questions()}
    for each in writer.root_object["/AcroForm"]["/Fields"]:
        field = each.get_object()
        name = str(field["/T"])
        if name not in SAID:
            continue
        if asked[name].kind == "choice":
            place = [code for code, _label in asked[name].choices].index(SAID[name])
            field[NameObject("/V")] = NameObject(f"/{place}")
        elif asked[name].kind == "box":
            field[NameObject("/V")] = NameObject("/on")
        else:
            field[NameObject("/V")] = TextStringObject(SAID[name])
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def printed_link(post: Post) -> str | None:
    """Return the address printed on the letter, if it is there."""
    for path in post.folder.glob("post/*.pdf"):
        text = PdfReader(path).pages[0].extract_text()
        if NAME in text and (found := re.search(r"/activer/((?:[A-Z0-9]{4}-){4}[A-Z0-9]{4})", text.replace("\n", ""))):
            return found.group()
    return None
