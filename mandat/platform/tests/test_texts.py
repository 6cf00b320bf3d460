"""The gate of texts: each rule with the mistake it catches, and with what it must let pass."""

import gettext
from datetime import datetime
from decimal import Decimal
from io import StringIO
from pathlib import Path

import polib
import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.utils import formats, translation
from django.utils.translation import ngettext

from mandat.platform.texts import catalogue
from mandat.platform.texts.gate import faults
from mandat.platform.texts.messages import Message
from mandat.platform.texts.typography import faults_of_english, faults_of_french

NB = "\u00a0"


@pytest.fixture
def tree(tmp_path):
    """Return a source tree where one sentence is said and translated: `write(path, text)` changes it."""

    def write(path, text):
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text, encoding="utf-8")
        return tmp_path

    write("mandat/web/templates/page.html", '<p>{% translate "Bonjour" %}</p>')
    write("locale/en/LC_MESSAGES/django.po", 'msgid "Bonjour"\nmsgstr "Hello"\n')
    write.root = tmp_path
    return write


def told(root):
    return "\n".join(faults(root))


# Typography


@pytest.mark.parametrize(
    ("wrong", "right", "rule"),
    [
        ("Nom : lui", f"Nom{NB}: lui", "« : »"),
        ("Nom:", f"Nom{NB}:", "« : »"),
        ("« Oui »", f"«{NB}Oui{NB}»", "inside « »"),
        ("«Oui»", f"«{NB}Oui{NB}»", "inside « »"),
        ("Un ; deux", "Un; deux", "no space goes before"),
        (f"Vraiment{NB}?", "Vraiment?", "no space goes before"),
        ("Prenez garde!", "Prenez garde.", "exclamation"),
        ("L'accès", "L’accès", "apostrophe"),
        ('Dites "oui"', f"Dites «{NB}oui{NB}»", "quotation"),
        ("Un instant...", "Un instant…", "ellipsis"),
        ("Un\u202f: deux", f"Un{NB}: deux", "special space"),
        ("12 $", f"12{NB}$", "amount"),
        ("12$", f"12{NB}$", "amount"),
        ("$12", f"12{NB}$", "amount"),
        (f"12.50{NB}$", f"12,50{NB}$", "amount"),
        ("%(n)s $", f"%(n)s{NB}$", "amount"),
        ("5 %%", f"5{NB}%%", "before %"),
        ("1 240 dossiers", f"1{NB}240 dossiers", "thousands"),
        ("à 23:40", f"à 23{NB}h{NB}40", "hour"),
        ("à 23h40", f"à 23{NB}h{NB}40", "hour"),
        (f"à 23{NB}h 40", f"à 23{NB}h{NB}40", "hour"),
        ("Etat de compte", "État de compte", "accent"),
        ("A la date du", "À la date du", "accent"),
        ("Deux  espaces", "Deux espaces", "two spaces"),
    ],
)
def test_holds_french_to_its_typography(wrong, right, rule):
    assert [each for each in faults_of_french(wrong) if rule in each]
    assert list(faults_of_french(right)) == []


@pytest.mark.parametrize(
    "text",
    [
        "<a href=\"/x?y=1\" title='z'>Ouvrir</a>",
        "Voyez https://exemple.test/a?b et ecrire@exemple.test",
        "Le %(jour)s, {nom} et %s",
        "Tapez `mandat up --reset` puis [lisez](a.html) ![plan](b.png)",
        "| Nom | Sens |\n|:---|---:|",
        "Règlement 31-103, art. 12.1(2)",
        "2026-11-23",
    ],
)
def test_does_not_read_as_words_what_is_none(text):
    assert list(faults_of_french(text)) == []


def test_holds_english_to_its_own():
    assert list(faults_of_english(f"Name{NB}: x"))
    assert list(faults_of_english("Say «yes»"))
    assert list(faults_of_english("Name: “x”; really?")) == []


# The catalogue


def test_a_tree_without_fault_has_none(tree):
    assert told(tree.root) == ""


@pytest.mark.parametrize(
    ("po", "fault"),
    [
        ("", "no English"),
        ('msgid "Bonjour"\nmsgstr ""\n', "the English is empty"),
        ('#, fuzzy\nmsgid "Bonjour"\nmsgstr "Hello"\n', "marked fuzzy"),
        ('msgid "Bonjour"\nmsgstr "Hello"\n\nmsgid "Rien"\nmsgstr "None"\n', "nothing says this any more: “Rien”"),
        (
            'msgid "Bonjour"\nmsgstr "Hello"\n\n#~ msgid "Vieux"\n#~ msgstr "Old"\n',
            "nothing says this any more: “Vieux”",
        ),
        ('msgid "Bonjour"\nmsgstr "Hello %(name)s"\n', "placeholders"),
        ('msgid "Bonjour"\nmsgid_plural "Bonjours"\nmsgstr[0] "a"\nmsgstr[1] "b"\n', "the plural in the catalogue"),
        ('msgid "Bonjour"\nmsgstr "Hello :"\n', "no space goes before"),
        ('msgctxt "c"\nmsgid "Bonjour"\nmsgstr "Hello"\n', "no English"),
    ],
)
def test_refuses_a_faulty_catalogue(tree, po, fault):
    assert fault in told(tree("locale/en/LC_MESSAGES/django.po", po))


@pytest.mark.parametrize(
    ("english", "is_right"),
    [
        (("One file", "%(n)s files"), True),
        (("%(n)s file", "%(n)s files"), True),
        (("One file", "Files"), False),
        (("%(m)s file", "%(n)s files"), False),
        (("One file", ""), False),
    ],
)
def test_a_singular_may_leave_its_number_out_and_a_plural_not(tree, english, is_right):
    page = "{% blocktranslate count n=x %}{{ n }} dossier{% plural %}{{ n }} dossiers{% endblocktranslate %}"
    tree("mandat/web/templates/page.html", page)
    po = 'msgid "%(n)s dossier"\nmsgid_plural "%(n)s dossiers"\n'
    root = tree("locale/en/LC_MESSAGES/django.po", f'{po}msgstr[0] "{english[0]}"\nmsgstr[1] "{english[1]}"\n')
    assert (told(root) == "") is is_right


def test_refuses_two_translations_of_one_sentence(tree):
    root = tree("locale/en/parts/other.po", 'msgid "Bonjour"\nmsgstr "Good day"\n')
    assert "locale/en/parts/other.po: translated otherwise in another file" in told(root)


def test_refuses_badly_typed_sentences_words_outside_translation_and_lonely_languages(tree):
    tree("mandat/web/templates/page.html", "{% translate 'Bonjour' %}<p>Seul</p>")
    tree("mandat/web/templates/other.html", '{% translate "L\'accès" %}')
    tree("mandat/views.py", "from django.utils.translation import gettext as _\n_(f'Un {x}')")
    tree("mandat/help/start.fr.md", "Bonjour : ici")
    tree("docs/end.en.txt", "Bye")
    root = tree("mandat/reference/data/x.toml", 'fr = "Deux : un"\nen = "Two: one"\n')
    for fault in (
        "page.html:1: not translatable: “Seul”",
        "other.html:1: the apostrophe is ’",
        "mandat/views.py:2: the sentence must be one literal",
        "start.fr.md: its pair in the other language (.en.md) is missing",
        "start.fr.md:1: a no-break space",
        "end.en.txt: its pair in the other language (.fr.txt) is missing",
        "x.toml: a no-break space",
    ):
        assert fault in told(root)


def test_a_text_written_once_for_each_language_is_not_read_as_a_template(tree):
    tree("mandat/web/templates/letter.fr.html", "<p>Bonjour</p>")
    assert told(tree("mandat/web/templates/letter.en.html", "<p>Hello</p>")) == ""


# Extracting and compiling


def said(root):
    return [Message("Bonjour", "a.html:1"), Message("Un", "b.py:2", plural="Des"), Message("Bonjour", "b.py:9")]


def test_extracting_keeps_translations_adds_what_is_new_and_drops_what_is_gone(tree):
    root = tree("locale/en/LC_MESSAGES/django.po", 'msgid "Bonjour"\nmsgstr "Hello"\n\nmsgid "Rien"\nmsgstr "None"\n')
    report = catalogue.update(root / "locale", said(root), drop_parts=False)
    assert (report.kept, report.new, report.gone) == (1, ["Un"], ["Rien"])
    written = polib.pofile(str(root / "locale" / catalogue.ENGLISH))
    assert [(each.msgid, each.msgstr, each.occurrences) for each in written] == [
        ("Bonjour", "Hello", [("a.html", ""), ("b.py", "")]),
        ("Un", "", [("b.py", "")]),
    ]
    before = (root / "locale" / catalogue.ENGLISH).read_bytes()
    catalogue.update(root / "locale", said(root), drop_parts=False)
    assert (root / "locale" / catalogue.ENGLISH).read_bytes() == before


def test_merging_brings_the_parts_in_and_removes_them(tree):
    root = tree("locale/en/parts/mine.po", 'msgid "Un"\nmsgid_plural "Des"\nmsgstr[0] "One"\nmsgstr[1] "Some"\n')
    report = catalogue.update(root / "locale", said(root), drop_parts=True)
    assert report.new == []
    assert [each.name for each in report.merged] == ["mine.po"]
    assert not (root / "locale/en/parts").exists()
    assert catalogue.entries(root / "locale")[None, "Un"].msgstr_plural == {0: "One", 1: "Some"}


def test_compiles_only_what_is_stale_and_whole(tree, tmp_path):
    locale, target = tree.root / "locale", tmp_path / "compiled"
    assert len(catalogue.compile_catalogues(locale, target)) == 2
    assert catalogue.compile_catalogues(locale, target) == []
    (target / "en/LC_MESSAGES/django.mo").unlink()
    assert len(catalogue.compile_catalogues(locale, target)) == 2
    assert not [path for path in target.rglob("*") if path.is_file() and path.name != "django.mo"]


def test_french_counts_zero_in_the_singular_and_english_in_the_plural(tree, tmp_path):
    root = tree("locale/en/parts/mine.po", 'msgid "Un"\nmsgid_plural "Des"\nmsgstr[0] "One"\nmsgstr[1] "Some"\n')
    catalogue.compile_catalogues(root / "locale", tmp_path / "compiled")
    french, english = (gettext.translation("django", tmp_path / "compiled", [each]) for each in ("fr", "en"))
    assert [french.ngettext("Un", "Des", n) for n in (0, 1, 2)] == ["Un", "Un", "Des"]
    assert [english.ngettext("Un", "Des", n) for n in (0, 1, 2)] == ["Some", "One", "Some"]
    assert french.gettext("Bonjour") == "Bonjour"
    assert english.gettext("Bonjour") == "Hello"


def test_the_product_counts_as_french_does():
    one, many = "%(number)s entrée.", "%(number)s entrées."
    with translation.override("fr"):
        assert [ngettext(one, many, n) for n in (0, 1, 2)] == [one, one, many]


def test_the_command_fails_on_a_fault_and_names_it(tree, settings):
    settings.ROOT = tree("mandat/web/templates/page.html", "<p>Seul</p>")
    said = StringIO()
    with pytest.raises(CommandError, match="faults in the texts"):
        call_command("check_texts", stdout=said)
    assert "page.html:1: not translatable: “Seul”" in said.getvalue()


@pytest.mark.parametrize("compiled_by", ["itself", "another that starts beside it"])
def test_a_process_that_starts_reads_what_was_compiled(tree, tmp_path, settings, compiled_by):
    settings.ROOT, settings.LOCALE_PATHS = tree.root, [tmp_path / "compiled"]
    with translation.override("en"):
        assert translation.gettext("Bonjour") == "Bonjour"
    if compiled_by == "another that starts beside it":
        catalogue.compile_catalogues(tree.root / "locale", tmp_path / "compiled")
    call_command("compile_texts", verbosity=0)
    with translation.override("en"):
        assert translation.gettext("Bonjour") == "Hello"


# Formats


@pytest.mark.parametrize(
    ("language", "day", "hour", "amount"),
    [
        ("fr", "23 novembre 2026", f"23{NB}h{NB}40", f"1{NB}240,00"),
        ("en", "November 23, 2026", f"11:40{NB}p.m.", "1,240.00"),
    ],
)
def test_dates_hours_and_numbers_are_written_as_quebec_does(language, day, hour, amount):
    at = datetime(2026, 11, 23, 23, 40)  # noqa: DTZ001 - only drawn
    with translation.override(language):
        assert formats.date_format(at, "DATE_FORMAT") == day
        assert formats.date_format(at, "TIME_FORMAT") == hour
        assert formats.number_format(Decimal("1240.00"), use_l10n=True, force_grouping=True) == amount
        assert formats.date_format(at, "DATETIME_FORMAT") == f"{day}, {hour}"


def test_the_source_holds_its_own_catalogue():
    assert (Path(settings.ROOT) / "locale" / catalogue.ENGLISH).exists()
