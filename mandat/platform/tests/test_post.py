import subprocess
import sys
from io import BytesIO

import pytest
from django.core.exceptions import SuspiciousFileOperation
from django.db import transaction
from pypdf import PdfReader
from weasyprint.urls import URLFetchingError, fetch

from mandat.platform.clock import legal_day, now
from mandat.platform.effects import EffectState
from mandat.platform.models import Letter
from mandat.platform.pdf import NotOurs, OwnFiles, pdf_of
from mandat.platform.post import path_of, print_letter, queue_letter
from mandat.platform.tests.running import work_off

MM = 72 / 25.4
REFUSED = f"{NotOurs.__name__}|{SuspiciousFileOperation.__name__}"
PAGE = (
    '{% extends "mandat/platform/letter.html" %}{% block title %}TITLE{% endblock %}'
    '{% block heading %}TITLE{% endblock %}{% block body %}<p class="code">{{ code }}</p>'
    "{% for each in paragraphs %}<p>{{ each }}</p>{% endfor %}{% endblock %}"
)
TEMPLATES = {"code.fr.html": PAGE.replace("TITLE", "Votre code"), "code.en.html": PAGE.replace("TITLE", "Your code")}
RECIPIENT = ["Mme Émilie Bélanger", "Gestion Anse-Bleue inc.", "1, rue du Quai", "Québec (Québec)  G1K 1K1"]


@pytest.fixture(autouse=True)
def _post(settings, tmp_path):
    backend = dict(settings.TEMPLATES[0])
    memory = ("django.template.loaders.locmem.Loader", TEMPLATES)
    backend["OPTIONS"] = {
        "loaders": [memory, "django.template.loaders.app_directories.Loader"],
        "builtins": backend["OPTIONS"]["builtins"],
    }
    settings.TEMPLATES = [backend]
    settings.POST_FOLDER = tmp_path / "post"


def order(key="code:1", *, language="fr", code="K7QM-2XWP", paragraphs=()):
    context = {"code": code, "paragraphs": paragraphs}
    return queue_letter(key=key, recipient=RECIPIENT, template="code", language=language, context=context)


@pytest.mark.django_db
@pytest.mark.parametrize(("language", "heading"), [("fr", "Votre code"), ("en", "Your code")])
def test_a_letter_can_be_read_back(language, heading):
    letter = order(language=language)
    work_off()
    text = PdfReader(path_of(letter)).pages[0].extract_text()
    for expected in (heading, "K7QM-2XWP", "Émilie Bélanger", str(legal_day(now()).year), "1\u00a0/\u00a01"):
        assert expected in text.replace("1 / 1", "1\u00a0/\u00a01")


@pytest.mark.django_db
def test_the_address_shows_in_the_window_of_the_envelope():
    letter = order()
    work_off()
    page, places = PdfReader(path_of(letter)).pages[0], {}
    height = float(page.mediabox.height)

    def note(text, drawn, place, *_font):
        if text.strip():
            up = drawn[1] * place[4] + drawn[3] * place[5] + drawn[5]
            places[text.strip()] = ((drawn[0] * place[4] + drawn[4]) / MM, (height - up) / MM)

    page.extract_text(visitor_text=note)
    lines = {key: at for key, at in places.items() if any(part in key for part in ("Bélanger", "Quai", "G1K"))}
    assert lines
    for left, top in lines.values():
        assert 22 <= left <= 40
        assert 63 <= top <= 80


@pytest.mark.django_db
def test_pages_are_numbered():
    letter = order(paragraphs=["Une phrase qui occupe de la place. " * 12] * 20)
    work_off()
    pages = PdfReader(path_of(letter)).pages
    assert len(pages) > 1
    for number, page in enumerate(pages, 1):
        assert f"{number} / {len(pages)}" in page.extract_text().replace("\u00a0", " ")


@pytest.mark.django_db
def test_the_same_key_is_printed_once_and_its_page_forgotten():
    letter, again = order(), order(code="AUTRE")
    assert letter == again
    work_off()
    print_letter(effect=str(letter.public_id))
    assert [each.name for each in path_of(letter).parent.iterdir()] == [path_of(letter).name]
    letter.refresh_from_db()
    assert (letter.state, letter.page) == (EffectState.DONE, "")
    assert path_of(letter).stat().st_mode & 0o077 == 0


@pytest.mark.django_db
def test_a_letter_printed_again_after_a_kill_replaces_the_first():
    letter = order()
    work_off()
    page = "<p>de nouveau</p>"
    Letter.objects.update(state=EffectState.PENDING, done_at=None, page=page)
    print_letter(effect=str(letter.public_id))
    assert len(list(path_of(letter).parent.iterdir())) == 1
    assert "de nouveau" in PdfReader(path_of(letter)).pages[0].extract_text()


@pytest.mark.django_db
def test_a_letter_says_what_was_true_when_it_was_ordered():
    letter = order()
    TEMPLATES["code.fr.html"] = TEMPLATES["code.fr.html"].replace("Votre code", "Autre texte")
    try:
        work_off()
    finally:
        TEMPLATES["code.fr.html"] = TEMPLATES["code.fr.html"].replace("Autre texte", "Votre code")
    assert "Votre code" in PdfReader(path_of(letter)).pages[0].extract_text()


@pytest.mark.django_db(transaction=True)
def test_an_act_that_fails_prints_nothing():
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        order()
        raise ZeroDivisionError
    assert work_off() == 0


@pytest.mark.django_db
def test_what_a_person_wrote_is_text_in_a_letter():
    letter = order(code='<img src="file:///etc/hostname"><b>gras</b>')
    work_off()
    assert "<b>gras</b>" in PdfReader(path_of(letter)).pages[0].extract_text().replace("\n", "")


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1:1/x", "https://exemple.test/x", "file:///etc/passwd", "ftp://127.0.0.1/x",
        "data:text/plain,x", "static:../../settings.py", "static:/etc/passwd", "static:absent.css",
    ],
)  # fmt: skip
def test_nothing_is_fetched_but_our_own_files(url):
    with pytest.raises(URLFetchingError, match=REFUSED), fetch(OwnFiles(), url):
        pass


def test_our_own_files_are_fetched():
    with fetch(OwnFiles(), "static:mandat/web/mark.svg") as found:
        assert b"<svg" in found.read()


def test_a_page_that_asks_for_a_foreign_picture_is_printed_without_it():
    pdf = pdf_of(
        '<p>seul le texte</p><img src="file:///etc/hostname" alt=""><link rel=stylesheet href="http://[::1]:1/">'
    )
    assert "seul le texte" in PdfReader(BytesIO(pdf)).pages[0].extract_text()


@pytest.mark.django_db
def test_a_letter_is_set_in_the_product_s_font():
    letter = order()
    work_off()
    fonts = PdfReader(path_of(letter)).pages[0]["/Resources"]["/Font"].values()
    names = {str(each.get_object()["/BaseFont"]).partition("+")[2] for each in fonts}
    assert names
    assert all(name.startswith("Radio-Canada") for name in names), names


def test_the_pdf_engine_is_not_loaded_before_the_first_letter():
    code = (
        "import django, sys; django.setup(); import mandat.platform.jobs;"
        " from mandat.platform.management.commands import worker; sys.exit('weasyprint' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
