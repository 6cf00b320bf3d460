"""Markdown as HTML, and as sections of plain text to be searched. HTML written in an article stays text."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import slugify
from markdown_it import MarkdownIt
from markdown_it.token import Token

from mandat.web.help.articles import articles
from mandat.web.help.links import OUTSIDE, address


@dataclass(frozen=True)
class Section:
    """A part of an article under its title; the first has none."""

    anchor: str
    title: str
    text: str


@dataclass(frozen=True)
class Prose:
    """An article's text, as shown and as searched."""

    html: SafeString
    sections: tuple[Section, ...]


def is_followed(href: str) -> bool:
    """Return whether a link of an article is one at all: never a script."""
    return href.startswith(("aide:", "page:", *OUTSIDE))


MARKDOWN = MarkdownIt("commonmark", {"html": False}).disable("image")
MARKDOWN.validateLink = is_followed  # type: ignore[method-assign, assignment]


def prose(body: str, language: str) -> Prose:
    """Return a text in Markdown as shown and as searched; its links lead to pages in the language."""
    return _prose(body, language, frozenset(articles(language)))


@lru_cache(maxsize=200)
def _prose(body: str, _language: str, _articles: frozenset[str]) -> Prose:
    """Return a text as long as it, and the articles that it may lead to, are the same."""
    tokens = MARKDOWN.parse(body)
    sections = list(_sections(tokens))
    titles = iter(sections[1:])
    for token in tokens:
        if token.type in {"heading_open", "heading_close"}:
            token.tag = f"h{max(2, int(token.tag[1]))}"  # the page's own title is the only first one
        if token.type == "heading_open":
            token.attrs["id"] = next(titles).anchor
    for link in links_of(tokens):
        link.attrs["href"] = address(str(link.attrs["href"])) or reverse("public:help")
    html = MARKDOWN.renderer.render(tokens, MARKDOWN.options, {})
    return Prose(mark_safe(html), tuple(sections))  # noqa: S308 - made by the library, which escapes what was written


def links_in(body: str) -> list[str]:
    """Return where the links of a text lead, as they are written."""
    return [str(each.attrs["href"]) for each in links_of(MARKDOWN.parse(body))]


def headings_in(body: str) -> list[str]:
    """Return the levels of a text's titles, in order."""
    return [each.tag for each in MARKDOWN.parse(body) if each.type == "heading_open"]


def links_of(tokens: Iterable[Token]) -> list[Token]:
    """Return the links of a text."""
    return [part for token in tokens for part in token.children or [] if part.type == "link_open"]


def _sections(tokens: Sequence[Token]) -> Iterable[Section]:
    """Yield the sections of a text, each with a name of its own."""
    title, texts, taken = "", list[str](), set[str]()
    for place, token in enumerate(tokens):
        if token.type == "heading_open":
            yield Section(_anchor(title, taken), title, " ".join(texts))
            title, texts = _words(tokens[place + 1]), []
        elif token.type == "inline" and (place == 0 or tokens[place - 1].type != "heading_open"):
            texts.append(_words(token))
    yield Section(_anchor(title, taken), title, " ".join(texts))


def _anchor(title: str, taken: set[str]) -> str:
    anchor = (slugify(title) or "partie") if title else ""
    while anchor and anchor in taken | {"contenu"}:
        anchor += "-"
    taken.add(anchor)
    return anchor


def _words(inline: Token) -> str:
    """Return the text of a paragraph without its marks."""
    parts: list[Any] = inline.children or []
    return "".join(" " if part.type in {"softbreak", "hardbreak"} else part.content for part in parts)
