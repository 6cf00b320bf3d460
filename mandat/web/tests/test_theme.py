"""A regulator's face, in one file: what it changes, and what is refused with its reason."""

import pytest

from mandat.web.theme import BadTheme, Theme, read_theme, theme

MARK = '<svg viewBox="0 0 32 32"><path d="M5 25V9l11 11L27 9v16"/></svg>'


@pytest.fixture
def themed(settings, tmp_path):
    def write(text):
        settings.THEME = str(tmp_path / "theme.toml")
        (tmp_path / "theme.toml").write_text(text, encoding="utf-8")
        theme.cache_clear()

    yield write
    theme.cache_clear()


def test_a_theme_gives_its_name_its_mark_and_its_colours_to_every_page(themed, client, db):
    themed(f"name = 'Registre des professions'\nhue = 285\nchroma = 0.8\nmark = '{MARK}'\n")
    page = client.get("/").content.decode()
    assert "– Registre des professions</title>" in page
    assert '<svg class="mark" viewBox="0 0 32 32">' in page
    sheet = page.partition('href="/theme.css')[2].partition('"')[0]
    answer = client.get(f"/theme.css{sheet}")
    assert answer.content.decode() == ":root{--hue:285;--chroma:0.8}\n"
    assert answer.headers["Content-Type"].startswith("text/css")
    assert "immutable" in answer.headers["Cache-Control"]


def test_without_a_theme_no_page_asks_for_one(client, db):
    page = client.get("/").content.decode()
    assert "– Mandat</title>" in page
    assert "theme.css" not in page


def test_other_colours_are_another_address():
    assert Theme(hue=10).version != Theme(hue=11).version


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("hue = 400", "hue is a number from 0 to 360"),
        ("hue = 'red'", "hue is a number"),
        ("hue = true", "hue is a number"),
        ("chroma = 3", "chroma is a number"),
        ("name = ''", "name is a text"),
        (f"name = '{'x' * 41}'", "name is a text"),
        ("color = 1", "unknown color"),
        ("name = ", "theme.toml"),
        ("mark = '<p>'", "mark is one <svg"),
        ("mark = '<svg viewBox=\"0 0 1 1\"><script>1</script></svg>'", "mark is one"),
        ('mark = \'<svg viewBox="0 0 1 1" onload="1"><path/></svg>\'', "mark is one"),
        ('mark = \'<svg viewBox="0 0 1 1"><path style="fill:url(x)"/></svg>\'', "mark is one"),
        ("mark = '<svg viewBox=\"0 0 1 1\"><svg></svg></svg>'", "mark is one"),
    ],
)
def test_what_is_no_theme_is_refused_with_its_reason(tmp_path, text, reason):
    path = tmp_path / "theme.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(BadTheme, match=reason):
        read_theme(path)


def test_a_missing_file_is_told(tmp_path):
    with pytest.raises(BadTheme, match=r"nowhere\.toml"):
        read_theme(tmp_path / "nowhere.toml")


def test_the_design_is_shown_in_a_demonstration_only(client, db):
    assert client.get("/design").status_code == 404
