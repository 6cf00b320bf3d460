"""The articles: ours, and those of a folder of the regulator's, which replace ours or add to them."""

import logging
import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from django.conf import settings

OURS = Path(__file__).parent / "articles"
FILE = re.compile(r"([a-z0-9-]+)\.(fr|en)\.md")
HEAD = re.compile(r"---\n(.*?)\n---\n(.*)", re.DOTALL)
Stamp = tuple[tuple[str, int, int], ...]
Library = Mapping[str, Mapping[str, "Article"]]

log = logging.getLogger(__name__)


class NotAnArticle(Exception):
    """A file does not have the form of an article."""


@dataclass(frozen=True)
class Article:
    """One article, in one language."""

    name: str
    language: str
    title: str
    summary: str
    group: str
    order: int
    #: Names of articles, and of pages of the product.
    related: tuple[str, ...]
    body: str


def library() -> Library:
    """Return the articles by language, then by name, in the order that they ask for; a changed file is read again."""
    theirs = Path(settings.HELP) if settings.HELP else None
    return _read(theirs, _stamp(theirs))


def articles(language: str) -> Mapping[str, Article]:
    """Return the articles in a language, by name."""
    return library()[language]


@lru_cache(maxsize=1)
def _read(theirs: Path | None, _changed: Stamp) -> Library:
    found = {path.name: article for path, article in _read_folder(OURS)}
    found |= {path.name: article for path, article in _read_folder(theirs)} if theirs else {}
    names = {each.name for each in found.values() if {f"{each.name}.fr.md", f"{each.name}.en.md"} <= found.keys()}
    ordered = sorted(found.values(), key=lambda each: (each.order, each.title))
    return {
        language: {each.name: each for each in ordered if each.language == language and each.name in names}
        for language in ("fr", "en")
    }


def _stamp(folder: Path | None) -> Stamp:
    """Return what changes when a file of a folder does. Ours never change while the product runs."""
    stamps: list[tuple[str, int, int]] = []
    for path in files_of(folder) if folder else []:
        with suppress(FileNotFoundError):  # an editor is putting another in its place
            stamps.append((path.name, (at := path.stat()).st_mtime_ns, at.st_size))
    return tuple(stamps)


def files_of(folder: Path) -> list[Path]:
    """Return the files of a folder that are named as articles are."""
    return sorted(path for path in folder.glob("*.md") if FILE.fullmatch(path.name))


def _read_folder(folder: Path) -> Iterator[tuple[Path, Article]]:
    """Yield the articles of a folder. One that cannot be read leaves its place to ours, and is named in the log."""
    for path in files_of(folder):
        try:
            yield path, read(path)
        except NotAnArticle as fault:
            log.warning("%s", fault)


def read(path: Path) -> Article:
    """
    Return the article of a file.

    :raises NotAnArticle: if the file is not named or begun as one
    """
    name = FILE.fullmatch(path.name)
    try:
        parts = HEAD.fullmatch(path.read_text(encoding="utf-8").replace("\r\n", "\n").lstrip("\ufeff"))
    except (OSError, UnicodeDecodeError) as unread:
        raise NotAnArticle(f"{path.name}: {unread}") from unread
    if not name or not parts:
        raise NotAnArticle(f"{path.name}: an article is NAME.fr.md or NAME.en.md, and begins with its head between ---")
    head = dict(_pair(line) for line in parts[1].splitlines() if line.strip())
    if missing := [each for each in ("title", "summary", "group") if not head.get(each)]:
        raise NotAnArticle(f"{path.name}: its head lacks {', '.join(missing)}")
    if not (order := head.get("order", "100")).isdecimal():
        raise NotAnArticle(f"{path.name}: its order is not a number")
    related = tuple(each.strip() for each in head.get("related", "").split(",") if each.strip())
    return Article(
        name=name[1], language=name[2], title=head["title"], summary=head["summary"], group=head["group"],
        order=int(order), related=related, body=parts[2].strip(),
    )  # fmt: skip


def _pair(line: str) -> tuple[str, str]:
    name, _, said = line.partition(":")
    return name.strip(), said.strip()
