"""Finding articles: whatever the accents, the capitals and the plural, with the passage that answers."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from mandat.platform.text import fold
from mandat.web.help.articles import Article
from mandat.web.help.prose import Section

LONGEST, MOST_WORDS = 100, 8
BEFORE, PASSAGE = 60, 220
SHORTEST_PLURAL = 4
#: Words that say nothing of what is looked for.
SMALL = {
    "fr": "a ai au aux ce ces cet cette comment combien dans de des du elle en est et il ils je la le les leur ma mes"
    " mon nous on ou par pas pour quand que quel quelle qui quoi sa se ses si son sont suis sur un une vos votre vous",
    "en": "a am an and are as at be by can do does for from have how i if in is it my of on or our that the their this"
    " to was we what when where which who with you your",
}


@lru_cache(maxsize=2000)
def _folded(letter: str) -> str:
    return fold(letter) or " "


@dataclass(frozen=True)
class Text:
    """A text, and the places in it of words as people type them."""

    said: str

    @cached_property
    def letters(self) -> list[tuple[str, int]]:
        """Return each letter without accent or capital, with its place in the text."""
        return [(bare, place) for place, letter in enumerate(self.said) for bare in _folded(letter)]

    @cached_property
    def bare(self) -> str:
        """Return the text without accents or capitals."""
        return "".join(letter for letter, _ in self.letters)

    def places(self, word: str) -> Iterator[tuple[int, int]]:
        """Yield where words that begin as this one does stand."""
        for found in re.finditer(rf"(?<!\w){re.escape(word)}\w*", self.bare):
            yield self.letters[found.start()][1], self.letters[found.end() - 1][1] + 1

    def marked(self, words: Iterable[str], start: int = 0, end: int | None = None) -> SafeString:
        """Return a part of the text, the words marked in it."""
        end = len(self.said) if end is None else end
        pieces, here = list[tuple[SafeString | str]](), start
        for first, last in sorted({place for word in words for place in self.places(word)}):
            if first >= here and last <= end:
                pieces += [(self.said[here:first],), (format_html("<mark>{}</mark>", self.said[first:last]),)]
                here = last
        return format_html_join("", "{}", [*pieces, (self.said[here:end],)])


@lru_cache(maxsize=1000)
def text(said: str) -> Text:
    """Return a text to search; the same articles are searched again and again."""
    return Text(said)


@dataclass(frozen=True)
class Found:
    """An article that answers, and its best passage."""

    article: Article
    title: SafeString
    passage: SafeString
    section: Section


def words_of(query: str, language: str) -> list[str]:
    """Return the words to look for, as stems; the small ones only if there are no others."""
    said = re.findall(r"\w+", fold(query[:LONGEST]))
    telling = [word for word in said if word not in SMALL[language].split()] or said
    return list(dict.fromkeys(_stem(word) for word in telling))[:MOST_WORDS]


def _stem(word: str) -> str:
    """Return a word without the mark of its plural."""
    return word[:-1] if len(word) >= SHORTEST_PLURAL and word[-1] in "sx" else word


def search(query: str, language: str, texts: Iterable[tuple[Article, Sequence[Section]]]) -> list[Found]:
    """Return the articles that hold the most of the words asked for, those that speak of them most first."""
    words = words_of(query, language)
    weighed = [(_weigh(words, article, sections), article, sections) for article, sections in texts]
    most = max((held for (held, _), _, _ in weighed), default=0)
    best = [each for each in weighed if each[0][0] == most > 0]
    best.sort(key=lambda each: -each[0][1])
    return [_found(words, article, sections) for _, article, sections in best]


def _weigh(words: Sequence[str], article: Article, sections: Sequence[Section]) -> tuple[int, int]:
    """Return how many of the words an article holds, and how much it speaks of them."""
    held = weight = 0
    for word in words:
        titles = sum(_count(each.title, word) for each in sections)
        body = min(sum(_count(each.text, word) for each in sections), 4)
        found = 12 * _count(article.title, word) + 6 * _count(article.summary, word) + 3 * titles + body
        held += bool(found)
        weight += found
    return held, weight


def _count(said: str, word: str) -> int:
    return sum(1 for _ in text(said).places(word))


def _found(words: Sequence[str], article: Article, sections: Sequence[Section]) -> Found:
    parts = [Section("", "", article.summary), *sections]
    best = max(parts, key=lambda part: _weigh_part(words, part))
    return Found(article, text(article.title).marked(words), _passage(text(best.text), words), best)


def _weigh_part(words: Sequence[str], part: Section) -> tuple[int, int]:
    """Return how many of the words a part's text holds, and how much the part speaks of them."""
    counts = [_count(part.text, word) for word in words]
    return sum(map(bool, counts)), sum(counts) + 3 * sum(_count(part.title, word) for word in words)


def _passage(whole: Text, words: Sequence[str]) -> SafeString:
    """Return what stands around the first word found, cut between words."""
    first = min((start for word in words for start, _ in whole.places(word)), default=0)
    start = whole.said.find(" ", first - BEFORE) + 1 if first > BEFORE else 0
    end = start + PASSAGE
    if end < len(whole.said):
        end = whole.said.rfind(" ", start, end)
    before, after = "… " if start else "", " …" if end < len(whole.said) else ""
    return format_html("{}{}{}", before, whole.marked(words, start, end), after)
