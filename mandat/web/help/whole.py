"""What must be true of the articles together: a warning of `mandat check` for a regulator's, a test for ours."""

from collections.abc import Iterator
from itertools import chain
from pathlib import Path

from django.conf import settings
from django.core.checks import CheckMessage, Warning, register  # noqa: A004 - Django's word
from django.utils import translation

from mandat.web.help import links
from mandat.web.help.articles import FILE, OURS, Article, NotAnArticle, articles, files_of, read
from mandat.web.help.prose import headings_in, links_in


def faults(folder: Path) -> Iterator[str]:
    """Return what is wrong with the articles of a folder, beside those that it adds to."""
    if not folder.is_dir():
        yield f"{folder} is no folder"
        return
    for path in sorted(folder.glob("*.md")):
        if not FILE.fullmatch(path.name):
            yield f"{path.name}: an article is NAME.fr.md or NAME.en.md, in small letters"
    found: list[Article] = []
    for path in files_of(folder):
        try:
            found.append(read(path))
        except NotAnArticle as fault:
            yield str(fault)
    yield from chain.from_iterable(faults_of(each) for each in found)


def faults_of(article: Article) -> Iterator[str]:
    """Return what is wrong with one article: its pair, its links."""
    file = f"{article.name}.{article.language}.md"
    with translation.override(article.language):
        other = articles("en" if article.language == "fr" else "fr").get(article.name)
        if other is None:
            yield f"{file}: its pair in the other language is missing, so neither is shown"
        elif headings_in(other.body) != headings_in(article.body):
            yield f"{file}: its titles are not those of its pair"
        for written in links_in(article.body):
            if links.address(written) is None:
                yield f"{file}: {written} leads nowhere"
        for name in article.related:
            if links.related(name) is None:
                yield f"{file}: nothing is called {name}"


@register()
def the_help_is_whole(app_configs: object, **_options: object) -> list[CheckMessage]:
    """Return a warning for each fault of the regulator's articles. Ours are held by a test."""
    folder = Path(settings.HELP) if settings.HELP else OURS
    return [Warning(fault, id="mandat.W003") for fault in faults(folder)] if folder != OURS else []
