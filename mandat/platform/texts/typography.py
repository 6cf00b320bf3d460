"""How French and English are typed, as rules that a text may break. docs/words.md says them in sentences."""

import re
from collections.abc import Iterator

#: Not words: tags, addresses, code, marks of Markdown, and what a template or a format will fill in.
NOT_WORDS = [
    (re.compile(r"<!--.*?-->|{#.*?#}|{%.*?%}", re.DOTALL), ""),
    (re.compile(r"^(?:title|summary|group|order|related):"), ""),
    (re.compile(r"```.*?```|`[^`]*`", re.DOTALL), "x"),
    (re.compile(r"<[a-zA-Z/][^>]*>"), ""),
    (re.compile(r"\]\([^)]*\)|!(?=\[)"), ""),
    (re.compile(r"(?:https?://|mailto:)\S+|[\w.-]+@[\w.-]+"), "x"),
    (re.compile(r"^[\s|:-]+$", re.MULTILINE), ""),
    (re.compile(r"{{.*?}}|%\([^)]*\)[sd]|%[sd]|\{\w*\}"), "0"),
    (re.compile(r"%%"), "%"),
]

FRENCH = [
    (r"[^\S\u00a0]:|(?<=[^\s]):(?=\s|$)", "a no-break space (U+00A0) goes before « : »"),
    (r"«(?!\u00a0)|(?<!\u00a0)»", "a no-break space (U+00A0) goes inside « »"),
    (r"\s[;?!]", "no space goes before ; ? !"),
    (r"'", "the apostrophe is ’ (U+2019)"),
    (r'"|“|”', "quotation marks are « »"),
    (r"\.\.\.", "the ellipsis is …"),
    (r"!", "a calm sentence has no exclamation mark"),
    (r"[\u2009\u202f]", "the only special space is the no-break space (U+00A0)"),
    (r"\$[\s]?\d|\d[^\S\u00a0]?\$|\d\.\d\d\s?\$", "an amount is written 1 240,00 $, with no-break spaces"),
    (r"\d[^\S\u00a0]?%", "a no-break space (U+00A0) goes before %"),
    (r"\d[^\S\u00a0]\d{3}(?!\d)", "thousands are parted by a no-break space (U+00A0)"),
    (r"\b\d{1,2}:\d{2}\b|\d[^\S\u00a0]?h\b|\d\u00a0h[^\S\u00a0]?\d|\dh\d", "an hour is written 23 h 40, all no-break"),
    (r"\bE(?:tat|tape|tude|cran|cheance|dition|quipe|tablissement)\b|^A (?=[a-zéè])", "a capital keeps its accent"),
    (r"\S[^\S\n]{2,}\S", "two spaces follow one another"),
]  # fmt: skip
ENGLISH = [
    (r"[^\S\n][:;?!](?=\s|$)", "no space goes before : ; ? ! in English"),
    (r"[«»]", "English quotation marks are “ ”"),
]


def words_of(text: str) -> str:
    """Return a text without what is not words."""
    for pattern, instead in NOT_WORDS:
        text = pattern.sub(instead, text)
    return text


def faults_of_french(text: str) -> Iterator[str]:
    """Return the rules that a French text breaks."""
    return _broken(FRENCH, text)


def faults_of_english(text: str) -> Iterator[str]:
    """Return the rules that an English text breaks."""
    return _broken(ENGLISH, text)


def _broken(rules: list[tuple[str, str]], text: str) -> Iterator[str]:
    words = words_of(text)
    return (rule for pattern, rule in rules if re.search(pattern, words, re.MULTILINE))
