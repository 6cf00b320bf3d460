"""The paper route, as whoever asks for a form meets it."""

import io
import uuid

import pytest
from django.test import Client
from pypdf import PdfReader

from mandat.enrolment.models import DesignationForm, Enrolment
from mandat.platform.inspection.apart import read_paper
from mandat.platform.models import Mail

pytestmark = pytest.mark.django_db


def asked(browser, **sent):
    return browser.post("/inscription/papier", {"key": str(uuid.uuid4()), "language": "fr"} | sent)


@pytest.mark.parametrize("language", ["fr", "en"])
def test_a_form_is_handed_out_with_its_number_version_and_code(language):
    browser = Client()

    way = asked(browser, language=language)["Location"]

    form = DesignationForm.objects.get()
    assert browser.get(way).status_code == 200
    pdf = b"".join(browser.get(f"{way}/formulaire.pdf"))
    read = read_paper(io.BytesIO(pdf))
    version = form.template.version
    assert read.codes == [f"MANDAT-F1;{form.enrolment.number};{version};{language}"]
    assert (read.fields["reference"]["value"], read.fields["reference"]["is_fixed"]) == (form.enrolment.number, True)
    assert PdfReader(io.BytesIO(pdf)).root_object["/Lang"] == f"{language}-CA"
    words = PdfReader(io.BytesIO(pdf)).pages[0].extract_text()
    assert "Formulaire de désignation" in words
    assert "Designation form" in words


def test_the_follow_up_code_is_shown_and_never_in_the_form(monkeypatch):
    browser = Client()
    monkeypatch.setattr("mandat.enrolment.codes.follow_up_code", lambda _key: "BCDFGHJKMNPQRSTV")

    way = asked(browser)["Location"]

    assert "BCDF-GHJK-MNPQ-RSTV" in browser.get(way).content.decode()
    assert not Mail.objects.exists()
    assert "BCDF" not in PdfReader(io.BytesIO(b"".join(browser.get(f"{way}/formulaire.pdf")))).pages[0].extract_text()


def test_with_an_address_the_number_and_the_code_are_mailed_too():
    asked(Client(), email="demande@demo.test")

    assert Enrolment.objects.get().number in Mail.objects.get().text


def test_a_form_is_shown_to_the_browser_that_asked_for_it_alone():
    way = asked(Client())["Location"]

    for page in (way, f"{way}/formulaire.pdf"):
        assert Client().get(page)["Location"] == "/inscription/reprendre"


def test_what_is_wrong_is_said_at_its_field():
    answer = asked(Client(), language="de", email="rien")

    assert answer.status_code == 422
    assert 'href="#id_email"' in answer.content.decode()
    assert not Enrolment.objects.exists()
