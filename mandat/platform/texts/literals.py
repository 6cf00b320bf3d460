"""Finding words that a person would read and that nobody translates."""

import ast
import re
from collections.abc import Iterator
from html.parser import HTMLParser

from django.template.base import Lexer, TokenType

#: Attributes that are read out or shown. A component (`<c-…>`) shows what it is given, these apart.
SHOWN = {"alt", "title", "aria-label", "placeholder", "aria-description", "data-l"}
PLUMBING = re.compile(r"^(class|id|href|src|for|pattern|aria-(?!label$|description$).*|hx-.*|data-(?!l$).*|:.*|@.*)$")
CODE = re.compile(r"^[a-z0-9_:./#-]+$")  # one word in plain small letters: a choice that a component offers
UNREAD = {"script", "style", "code", "kbd", "pre", "samp", "svg"}
VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
NAMES = {"Mandat", "Français", "English"}  # the same in every language
LETTERS = re.compile(r"[^\W\d_]{2,}")
SHOWING = {"label", "help_text", "verbose_name"}  # arguments of fields
LEVELS = {"debug": 1, "info": 1, "success": 1, "warning": 1, "error": 1, "add_message": 2}
FAULT = "not translatable"


def literals_of_template(source: str, name: str) -> Iterator[str]:
    """Return the words of a template that stand outside the translation tags."""
    reader = Reader()
    reader.feed(without_tags(source))
    reader.close()
    return (f"{name}:{line}: {FAULT}: “{words}”" for line, words in reader.found)


def without_tags(source: str) -> str:
    """Return the HTML of a template: its tags blanked, and what translation and comment blocks hold."""
    kept: list[str] = []
    inside = ""
    for token in Lexer(source).tokenize():
        words = token.contents.split() if token.token_type == TokenType.BLOCK else []
        word = words[0] if words else ""
        if inside:
            kept.append("\n" * token.contents.count("\n"))
            inside = "" if word == f"end{inside}" else inside
        elif token.token_type == TokenType.TEXT:
            kept.append(token.contents)
        elif word in {"blocktranslate", "blocktrans", "comment"} or (word == "block" and words[1].endswith("_class")):
            inside = word
    return "".join(kept)


class Reader(HTMLParser):
    """Reads what a person would read: text, and the attributes that are shown."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[tuple[int, str]] = []
        self.open: list[tuple[str, bool]] = []  # each open element, and whether its words are left as they are

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Read the attributes that are shown."""
        given = dict(attrs)
        if tag not in VOID:
            foreign = tag != "html" and "lang" in given
            self.open.append((tag, tag in UNREAD or given.get("translate") == "no" or foreign))
        for name, value in attrs:
            if value and (given_to_component(name, value) if tag.startswith("c-") else name in SHOWN):
                self.read(value)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Read those of an element without content."""
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        """Close the element, and those left open in it."""
        for place in range(len(self.open) - 1, -1, -1):
            if self.open[place][0] == tag:
                del self.open[place:]
                return

    def handle_data(self, data: str) -> None:
        """Read a text, unless an element around it is left as it is."""
        if not any(left for _, left in self.open):
            self.read(data)

    def read(self, text: str) -> None:
        """Note a text that holds words."""
        words = " ".join(text.split())
        if words.strip("–—·|/, ") not in NAMES and LETTERS.search(words):
            self.found.append((self.getpos()[0], words))


def given_to_component(name: str, value: str) -> bool:
    """Return whether a component will show what it is given."""
    return not PLUMBING.match(name) and not CODE.match(value)


def literals_of_module(source: str, name: str) -> Iterator[str]:
    """Return the literals of a module that a page would show as they are."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call):
            for shown in shown_by(node):
                if words := literal(shown):
                    yield f"{name}:{shown.lineno}: {FAULT}: “{words}”"


def shown_by(node: ast.Call) -> Iterator[ast.expr]:
    """Return the arguments of a call that end on a page: messages, validation errors, labels and hints."""
    yield from (each.value for each in node.keywords if each.arg in SHOWING)
    function = node.func
    if isinstance(function, ast.Attribute) and isinstance(function.value, ast.Name) and function.value.id == "messages":
        place = LEVELS.get(function.attr)
        if place is not None and place < len(node.args):
            yield node.args[place]
    called = function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")
    if called == "ValidationError" and node.args:
        yield node.args[0]


def literal(node: ast.expr) -> str:
    """Return the words of a literal, or of one with values in it."""
    parts = node.values if isinstance(node, ast.JoinedStr) else [node]
    words = "…".join(each.value for each in parts if isinstance(each, ast.Constant) and isinstance(each.value, str))
    return words if LETTERS.search(words) else ""
