import io
import zipfile
from functools import partial

import pytest

from mandat.platform.inspection import apart
from mandat.platform.inspection.apart import inspect
from mandat.platform.inspection.findings import FoundUnfit, Kind, Unfit
from mandat.platform.inspection.opening import kind_of
from mandat.platform.sin import holds_a_sin, is_said_to_hold_a_sin
from mandat.platform.tests import papers
from mandat.platform.tests.papers import office, pdf, raw_archive, relation, with_part

SIN = "046 454 286"
SOUND = {
    "pdf": (pdf(), Kind.PDF),
    "pdf with a link": (pdf(change=papers.linked), Kind.PDF),
    "pdf with a number that may be an amount": (pdf("Actif 046 454 286"), Kind.PDF),
    "png": (papers.image(), Kind.PNG),
    "jpeg": (papers.image("JPEG"), Kind.JPEG),
    "word": (office(), Kind.WORD),
    "word with a link": (office({"word/_rels/document.xml.rels": relation("hyperlink")}), Kind.WORD),
    "excel": (office(main=papers.EXCEL_MAIN), Kind.EXCEL),
    "excel stored": (office(main=papers.EXCEL_MAIN, method=zipfile.ZIP_STORED), Kind.EXCEL),
    "text": ("Avis : déposé.\r\n".encode(), Kind.TEXT),
    "text of Windows": ("Avis : déposé.\r\n".encode("cp1252"), Kind.TEXT),
    "table": (b"nom;montant\nA;-12\n", Kind.TEXT),
}
BOMB = 40 * 1024 * 1024
UNFIT = {
    **{f"pdf that {what}": (partial(pdf, change=change), Unfit.ACTIVE) for what, change in papers.ACTIVE_PDFS.items()},
    "pdf with a password": (pdf(user_password="secret"), Unfit.PROTECTED),
    "pdf with a SIN": (pdf(f"NAS : {SIN}"), Unfit.SIN),
    "pdf cut short": (pdf()[:200], Unfit.BROKEN),
    "pdf and archive": (pdf() + raw_archive(("a.txt", b"a")), Unfit.KIND),
    "pdf and page": (b"%PDF-1.7\n<html><script>alert(1)</script></html>\n" + pdf(), Unfit.KIND),
    "pdf after something": (b"MZ" + pdf(), Unfit.KIND),
    "image cut short": (papers.image()[:40], Unfit.BROKEN),
    "image of 2 500 million points": (papers.huge_image(), Unfit.HEAVY),
    "image and archive": (papers.image() + raw_archive(("a.txt", b"a")), Unfit.KIND),
    "gif": (b"GIF89a/*", Unfit.KIND),
    "svg": (b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>', Unfit.KIND),
    "page": (b"<!doctype html><script>alert(1)</script>", Unfit.KIND),
    "xml that grows": (b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "bbbb">]><a>&b;</a>', Unfit.KIND),
    "program": (b"MZ\x90\x00\x03", Unfit.KIND),
    "program of another system": (b"\x7fELF\x02\x01", Unfit.KIND),
    "script": (b"#!/bin/sh\nrm -rf /", Unfit.KIND),
    "rtf": (b"{\\rtf1\\object}", Unfit.KIND),
    "old Word": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), Unfit.KIND),
    "nothing but blanks": (b"  \n", Unfit.KIND),
    "text with a SIN": (f"Numéro d’assurance sociale {SIN}".encode(), Unfit.SIN),
    "table that calls a program": (b"nom;note\nA;=cmd|' /C calc'!A0\n", Unfit.ACTIVE),
    "plain archive": (raw_archive(("a.txt", b"a")), Unfit.KIND),
    "word with macros": (office({"word/vbaProject.bin": b"\xd0\xcf\x11\xe0"}), Unfit.ACTIVE),
    "word that says macros": (office(main=papers.WORD_MAIN.replace("document.main", "document.macroEnabled.main")), Unfit.ACTIVE),
    "word with a template elsewhere": (office({"word/_rels/settings.xml.rels": relation("attachedTemplate")}), Unfit.ACTIVE),
    "word with an object": (office({"word/embeddings/oleObject1.bin": b"x"}), Unfit.ACTIVE),
    "word with a program": (office({"word/media/image1.png": b"MZ\x90"}), Unfit.ACTIVE),
    "word with an archive": (office({"word/media/image1.png": raw_archive(("a", b"a"))}), Unfit.ACTIVE),
    "word with an entity": (office({"word/styles.xml": '<!DOCTYPE a [<!ENTITY b "b">]><a/>'}), Unfit.ACTIVE),
    "word with a SIN": (office({"word/document2.xml": f"<w><t>NAS</t><t>{SIN}</t></w>"}), Unfit.SIN),
    "excel that calls a program": (
        office({"xl/worksheets/sheet1.xml": "<f>DDEAUTO c:\\x</f>"}, main=papers.EXCEL_MAIN), Unfit.ACTIVE),
    "neither Word nor Excel": (office(main="application/other"), Unfit.KIND),
    "word bomb": (lambda: office({"word/a.xml": bytes(BOMB)}), Unfit.HEAVY),
    "word bomb in many parts": (lambda: office({f"word/{each}.xml": bytes(BOMB) for each in range(4)}), Unfit.HEAVY),
    "word of too many parts": (lambda: office({f"word/{each}.xml": b"" for each in range(3_001)}), Unfit.HEAVY),
    "word that climbs": (with_part("../../etc/passwd"), Unfit.BROKEN),
    "word from the root": (with_part("/etc/passwd"), Unfit.BROKEN),
    "word from a disk": (with_part("C:/x"), Unfit.BROKEN),
    "word with a hidden name": (with_part("word/a\x01.xml"), Unfit.BROKEN),
    "word twice the same": (with_part("word/DOCUMENT.xml"), Unfit.BROKEN),
    "word with a link to a file": (with_part(papers.link_to_etc(), "/etc/passwd"), Unfit.BROKEN),
    "word after something": (b"PK\x03\x04" + b"x" * 40 + office(), Unfit.BROKEN),
    "word cut short": (office()[:-30], Unfit.BROKEN),
}  # fmt: skip


@pytest.mark.parametrize("what", SOUND)
def test_a_sound_file_is_known_for_what_it_is(what):
    content, kind = SOUND[what]
    assert kind_of(io.BytesIO(content)) is kind


@pytest.mark.parametrize("what", UNFIT)
def test_an_unfit_file_is_refused_and_why_is_said(what):
    content, why = UNFIT[what]
    content = content() if callable(content) else content
    with pytest.raises(FoundUnfit) as found:
        kind_of(io.BytesIO(content))
    assert found.value.why is why


def test_a_file_is_opened_by_a_process_apart_and_comes_back_unread():
    file = io.BytesIO(pdf())
    assert inspect(file) is Kind.PDF
    assert file.tell() == 0
    with pytest.raises(FoundUnfit) as found:
        inspect(io.BytesIO(pdf(change=papers.ACTIVE_PDFS["launches a program"])))
    assert found.value.why is Unfit.ACTIVE


@pytest.mark.parametrize(
    ("act", "why"),
    [
        ("while True: pass", Unfit.HEAVY),
        ("bytes(10 ** 10)", Unfit.HEAVY),
        ("import os; os.kill(os.getpid(), 11)", Unfit.HEAVY),
        ("open('/tmp/written', 'w').write('x')", Unfit.BROKEN),
        ("import os; os.fork()", Unfit.BROKEN),
        ("print('anything')", Unfit.BROKEN),
    ],
)
def test_whatever_a_file_makes_its_reader_do_ends_with_the_reader(monkeypatch, act, why):
    seized = f"opening._reader_for = lambda start: lambda file: exec({act!r})"
    program = apart._PROGRAM.replace(
        "from mandat.platform.inspection.opening import main; main()",
        f"from mandat.platform.inspection import opening; {seized}; opening.main()",
    )
    monkeypatch.setattr(apart, "_PROGRAM", program)
    with pytest.raises(FoundUnfit) as found:
        inspect(io.BytesIO(b"x"))
    assert found.value.why is why


def test_the_reader_has_no_environment_and_knows_neither_django_nor_the_settings(monkeypatch):
    monkeypatch.setenv("MANDAT_SECRET_KEY", "kept from it")
    asked = (
        "import os, sys; known = [each for each in ('django', 'psycopg') if each in sys.modules];"
        " print('{\"unfit\": \"' + ('sin' if known or 'MANDAT_SECRET_KEY' in os.environ else 'kind') + '\"}', flush=True); os._exit(0)"
    )
    program = apart._PROGRAM.replace(
        "main()", f"from mandat.platform.inspection import pdf, office, images, plain; exec({asked!r})"
    )
    monkeypatch.setattr(apart, "_PROGRAM", program)
    with pytest.raises(FoundUnfit) as found:
        inspect(io.BytesIO(b"x"))
    assert found.value.why is Unfit.KIND


def test_a_reader_that_never_ends_is_ended(monkeypatch):
    monkeypatch.setattr(apart, "PATIENCE", 1)
    monkeypatch.setattr(apart, "_PROGRAM", "import time; time.sleep(60)")
    with pytest.raises(FoundUnfit) as found:
        inspect(io.BytesIO(b"x"))
    assert found.value.why is Unfit.HEAVY


@pytest.mark.parametrize(
    "text", ["aaaaaaaa-aaaa-4aaa-aaaa-a046454286af", "046454286-aaaa-4aaa-aaaa-aaaaaaaaaaaa", "c046454286"]
)
def test_the_digits_of_an_identifier_are_no_social_insurance_number(text):
    assert not holds_a_sin(text)


@pytest.mark.parametrize("text", [SIN, "046454286", "046-454-286", f"le {SIN}."])
def test_nine_digits_with_the_right_check_digit_are_one(text):
    assert holds_a_sin(text)


def test_in_a_document_it_is_one_only_if_its_name_stands_shortly_before():
    assert is_said_to_hold_a_sin(f"NAS du dirigeant : {SIN}")
    assert is_said_to_hold_a_sin(f"Social Insurance Number {SIN}")
    assert not is_said_to_hold_a_sin(f"Actif net : {SIN} $")
    assert not is_said_to_hold_a_sin(f"NAS masqué.{' ' * 100}Actif net : {SIN} $")
