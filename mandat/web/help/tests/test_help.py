"""The help centre: what articles are, how they are found, and that a regulator may write their own."""

import re
from pathlib import Path

import pytest
from django.test import Client
from django.utils import translation

from mandat.platform.clock import legal_day, now
from mandat.reference.queries import policy
from mandat.web.help.articles import OURS, articles, library, read
from mandat.web.help.facts import FACT, Facts
from mandat.web.help.prose import prose
from mandat.web.help.search import Text, search
from mandat.web.help.whole import faults, the_help_is_whole
from mandat.web.templatetags.articles import OF_STEPS

TEMPLATES = Path(__file__).parents[2] / "templates"
HEAD = "---\ntitle: {title}\nsummary: {title}\ngroup: {title}\n{more}---\n{body}\n"


def found(query: str, language: str = "fr") -> list[str]:
    with translation.override(language):
        texts = [(each, prose(each.body, language).sections) for each in articles(language).values()]
        return [each.article.name for each in search(query, language, texts)]


@pytest.fixture
def theirs(tmp_path, settings):
    """A folder of the regulator's, in use."""
    settings.HELP = str(tmp_path)

    def write(name: str, title: str, body: str = "", more: str = "") -> Path:
        path = tmp_path / name
        path.write_text(HEAD.format(title=title, body=body, more=more), encoding="utf-8")
        return path

    write.folder = tmp_path
    return write


# What we ship


def test_every_article_of_ours_has_its_pair_the_same_titles_and_links_that_lead_somewhere():
    assert list(faults(OURS)) == []
    assert list(library()["fr"]) == [name for name in library()["fr"] if name in library()["en"]]


def test_both_languages_put_articles_in_the_same_order():
    orders = [{each.name: each.order for each in library()[language].values()} for language in ("fr", "en")]
    assert orders[0] == orders[1]


@pytest.mark.django_db
def test_every_fact_that_an_article_names_is_in_the_reference_data():
    facts = Facts()
    for language in ("fr", "en"):
        with translation.override(language):
            for each in articles(language).values():
                assert not FACT.findall(facts.fill(each.body)), each.name


def test_every_article_that_a_step_names_exists():
    named = {
        name
        for path in TEMPLATES.rglob("*.html")
        for name in re.findall(r'<c-help article="([^"{]*)"', path.read_text())
    }
    assert named | set(OF_STEPS.values()) <= articles("fr").keys()


# Finding


@pytest.mark.parametrize(
    ("query", "first"),
    [
        ("délai", "delais"),
        ("DELAI", "delais"),
        ("procurations", "utilisateurs"),
        ("combien de temps", "delais"),
        ("téléphone perdu", "acces-perdu"),
        ("papier", "papier"),
        ("bloc fonctionnel", "blocs"),
    ],
)
def test_finds_whatever_the_accents_the_capitals_and_the_plural(query, first):
    assert found(query)[0] == first


def test_finds_in_english():
    assert found("proxies", "en")[0] == "utilisateurs"
    assert found("lost telephone", "en")[0] == "activer"


def test_finds_nothing_for_a_word_that_no_article_holds():
    assert found("zzzz") == []
    assert found("?!") == []


def test_marks_the_words_as_they_are_written_and_nothing_inside_others():
    text = Text("L’œuvre du RSE, diverse : Œuvres.")
    assert text.marked(["oeuvre"]) == "L’<mark>œuvre</mark> du RSE, diverse : <mark>Œuvres</mark>."
    assert text.marked(["rse"]) == "L’œuvre du <mark>RSE</mark>, diverse : Œuvres."


def test_a_passage_is_escaped():
    assert Text("<b> rse").marked(["rse"]) == "&lt;b&gt; <mark>rse</mark>"


# Showing


def test_html_of_an_article_stays_text_and_scripts_are_no_links():
    shown = prose(
        "## Un\n\n<script>x</script> [a](javascript:x) [b](https://exemple.invalid) ![c](https://x.invalid/i.png)", "fr"
    )
    assert "<script" not in shown.html
    assert "javascript" not in re.sub(r">[^<]*<", "", shown.html)
    assert "<img" not in shown.html
    assert '<a href="https://exemple.invalid">b</a>' in shown.html


def test_titles_begin_at_the_second_level_and_have_each_their_name():
    assert prose("# A\n\n## A", "fr").html == '<h2 id="a">A</h2>\n<h2 id="a-">A</h2>\n'


@pytest.mark.django_db
def test_an_article_says_the_delays_of_the_reference_data():
    text = Client().get("/aide/activer").content.decode()
    assert f"pendant {policy('activation-secret-days', legal_day(now()))} jours" in text


@pytest.mark.django_db
def test_sample_contacts_say_that_they_are_samples():
    assert "Coordonnées d’exemple" in Client().get("/aide/qui-appeler").content.decode()
    assert "Sample contact details" in Client().get("/en/aide/qui-appeler").content.decode()


@pytest.mark.django_db
def test_a_search_shows_where_the_answer_is():
    text = Client().get("/aide?q=MEDIANE").content.decode()
    assert "<mark>médiane</mark>" in text
    assert "/aide/delais#" in text


@pytest.mark.django_db
def test_a_search_that_finds_nothing_shows_every_article(client):
    text = client.get("/aide", {"q": "<zzzz>\0"}).content.decode()
    assert "Aucun article pour «\u00a0&lt;zzzz&gt;\u00a0»" in text
    assert all(f'href="/aide/{name}"' in text for name in articles("fr"))


@pytest.mark.django_db
def test_an_unknown_article_leads_to_the_others(client):
    answer = client.get("/en/aide/rien-de-tel")
    assert answer.status_code == 404
    assert 'href="/en/aide/rse"' in answer.content.decode()


# A regulator's own


@pytest.mark.django_db
def test_their_article_stands_in_for_ours_and_a_new_one_is_added(theirs, client):
    theirs("rse.fr.md", "Le nôtre")
    theirs("nouveau.fr.md", "Du neuf", "Voir [les blocs](aide:blocs).")
    theirs("nouveau.en.md", "Something new")
    assert "<h1>Le nôtre</h1>" in client.get("/aide/rse").content.decode()
    assert 'href="/aide/blocs"' in client.get("/aide/nouveau").content.decode()
    assert articles("en")["rse"].title == read(OURS / "rse.en.md").title


def test_a_change_to_their_file_is_seen_without_a_restart(theirs):
    theirs("rse.fr.md", "Avant")
    assert articles("fr")["rse"].title == "Avant"
    theirs("rse.fr.md", "Après, autrement")
    assert articles("fr")["rse"].title == "Après, autrement"


@pytest.mark.django_db
def test_a_link_to_an_article_that_comes_later_is_mended_by_its_coming(theirs, client):
    theirs("rse.fr.md", "Le nôtre", "Voir [la suite](aide:suite).")
    assert 'href="/aide/suite"' not in client.get("/aide/rse").content.decode()
    theirs("suite.fr.md", "Suite")
    theirs("suite.en.md", "More")
    assert 'href="/aide/suite"' in client.get("/aide/rse").content.decode()


def test_their_faults_are_warned_of_and_ours_stand(theirs):
    (theirs.folder / "rse.fr.md").write_text("Sans tête", encoding="utf-8")
    theirs("seul.fr.md", "Seul", "Voir [rien](aide:rien).", more="related: nulle-part\n")
    said = " ".join(each.msg for each in the_help_is_whole(None))
    assert "rse.fr.md: an article is NAME.fr.md or NAME.en.md, and begins with its head" in said
    assert "seul.fr.md: its pair in the other language is missing" in said
    assert "aide:rien leads nowhere" in said
    assert "nothing is called nulle-part" in said
    assert articles("fr")["rse"].title == read(OURS / "rse.fr.md").title
    assert "seul" not in articles("fr")


def test_a_folder_that_is_not_there_is_warned_of(settings):
    settings.HELP = "/nulle/part"
    assert "is no folder" in the_help_is_whole(None)[0].msg
    assert "rse" in articles("fr")
