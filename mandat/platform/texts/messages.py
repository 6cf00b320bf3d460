"""Finding every message of the source: templates through Django's lexer, Python through its syntax tree."""

import ast
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import TypeAlias

from django.template.base import Lexer, Token, TokenType
from django.utils.text import unescape_string_literal
from django.utils.translation import trim_whitespace

#: Where each function of django.utils.translation takes its message, its plural and its context.
PLACES: dict[str, tuple[int, int | None, int | None]] = {
    "gettext": (0, None, None),
    "gettext_lazy": (0, None, None),
    "gettext_noop": (0, None, None),
    "ngettext": (0, 1, None),
    "ngettext_lazy": (0, 1, None),
    "pgettext": (1, None, 0),
    "pgettext_lazy": (1, None, 0),
    "npgettext": (1, 2, 0),
    "npgettext_lazy": (1, 2, 0),
}
LITERAL = re.compile(r"""^("[^"]*"|'[^']*')""")
UNDERSCORED = re.compile(r"""_\(("[^"]*"|'[^']*')\)""")
Key: TypeAlias = tuple[str | None, str]


@dataclass(frozen=True)
class Message:
    """A French sentence where it stands: its plural if it counts something, its context if it needs one."""

    text: str
    place: str  # file:line
    plural: str = ""
    context: str | None = None

    @property
    def key(self) -> Key:
        """Return what a catalogue knows the message by."""
        return self.context, self.text

    @property
    def file(self) -> str:
        """Return the place without its line, which would change with every edit."""
        return self.place.rpartition(":")[0]


class NotLiteral(Exception):
    """A message is put together before it is translated; no catalogue can hold it."""


def messages_of(root: Path) -> Iterator[Message]:
    """Return every message of a source tree, as often as it stands there."""
    for path in templates_of(root):
        yield from messages_of_template(path.read_text(encoding="utf-8"), str(path.relative_to(root)))
    for path in modules_of(root):
        yield from messages_of_module(path.read_text(encoding="utf-8"), str(path.relative_to(root)))


def templates_of(root: Path) -> list[Path]:
    """Return the templates whose words are translated: those written once for each language are not."""
    found = chain(root.glob("mandat/**/templates/**/*.html"), root.glob("mandat/**/templates/**/*.txt"))
    return sorted(path for path in found if len(path.suffixes) == 1)


def modules_of(root: Path) -> list[Path]:
    """Return the modules of the product, tests and migrations apart."""
    found = chain(root.glob("mandat/**/*.py"), root.glob("config/**/*.py"))
    return sorted(path for path in found if not {"tests", "migrations"} & set(path.relative_to(root).parts))


def messages_of_template(source: str, name: str) -> Iterator[Message]:
    """Return the messages of a template, even those inside an attribute of a component."""
    tokens = [token for token in Lexer(source).tokenize() if token.token_type != TokenType.COMMENT]
    places = iter(range(len(tokens)))
    for place in places:
        token = tokens[place]
        if token.token_type == TokenType.TEXT:
            continue
        where, words = f"{name}:{token.lineno}", token.split_contents()
        if token.token_type == TokenType.BLOCK and words[0] in {"translate", "trans"}:
            yield from translate_tag(words, where)
        elif token.token_type == TokenType.BLOCK and words[0] in {"blocktranslate", "blocktrans"}:
            inside = until_end(tokens, place, f"end{words[0]}")
            yield block_tag(words, inside, where)
            skip(places, len(inside) + 1)
        elif token.token_type == TokenType.BLOCK and words[0] == "comment":
            skip(places, len(until_end(tokens, place, "endcomment")) + 1)
        else:
            yield from (Message(unquoted(found), where) for found in UNDERSCORED.findall(token.contents))


def until_end(tokens: Sequence[Token], place: int, name: str) -> list[Token]:
    """Return the tokens between a block's opening and its end."""
    for end in range(place + 1, len(tokens)):
        if tokens[end].token_type == TokenType.BLOCK and tokens[end].contents == name:
            return list(tokens[place + 1 : end])
    raise ValueError(f"line {tokens[place].lineno}: no {name}")


def skip(places: Iterator[int], count: int) -> None:
    """Advance past what a block has consumed."""
    for _ in range(count):
        next(places)


def translate_tag(words: Sequence[str], where: str) -> Iterator[Message]:
    """Return the message of a `translate` tag, unless it is a variable."""
    if found := LITERAL.match(words[1]):
        yield Message(unquoted(found[1]), where, context=context_of(words))


def block_tag(words: Sequence[str], inside: Sequence[Token], where: str) -> Message:
    """Return the message of a `blocktranslate` tag, as the tag itself will look it up."""
    parts: list[list[str]] = [[]]
    for token in inside:
        if token.token_type == TokenType.BLOCK and token.contents == "plural":
            parts.append([])
        elif token.token_type == TokenType.VAR:
            parts[-1].append(f"%({token.contents})s")
        else:
            parts[-1].append(token.contents.replace("%", "%%"))
    texts = ["".join(part) for part in parts]
    if "trimmed" in words:
        texts = [trim_whitespace(text) for text in texts]
    return Message(texts[0], where, plural=texts[1] if len(texts) > 1 else "", context=context_of(words))


def context_of(words: Sequence[str]) -> str | None:
    """Return the context that a tag names."""
    return unescape_string_literal(words[words.index("context") + 1]) if "context" in words else None


def unquoted(literal: str) -> str:
    """Return a quoted literal of a template as Django looks it up."""
    return str(unescape_string_literal(literal)).replace("%", "%%")


def messages_of_module(source: str, name: str) -> Iterator[Message]:
    """
    Return the messages of a Python module, under whatever names it calls the functions.

    :raises NotLiteral: if a message is put together before it is translated
    """
    tree = ast.parse(source)
    names = names_of_functions(tree)
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and (function := called(node, names)):
            text, plural, context = (argument(node, place) for place in PLACES[function])
            where = f"{name}:{node.lineno}"
            if isinstance(text, ast.JoinedStr | ast.BinOp):
                raise NotLiteral(f"{where}: the sentence must be one literal, with named placeholders")
            if literal := string(text):
                yield Message(literal, where, plural=string(plural) or "", context=string(context))


def names_of_functions(tree: ast.Module) -> dict[str, str]:
    """Return what a module calls each function of django.utils.translation."""
    imports = (node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom))
    aliases = chain.from_iterable(node.names for node in imports if node.module == "django.utils.translation")
    return {alias.asname or alias.name: alias.name for alias in aliases if alias.name in PLACES}


def called(node: ast.Call, names: dict[str, str]) -> str | None:
    """Return which function a call calls, if it is one of ours."""
    if isinstance(node.func, ast.Name):
        return names.get(node.func.id)
    if isinstance(node.func, ast.Attribute) and isinstance(node.func.value, ast.Name):
        return node.func.attr if node.func.value.id == "translation" and node.func.attr in PLACES else None
    return None


def argument(node: ast.Call, place: int | None) -> ast.expr | None:
    """Return the argument of a call at a place."""
    return node.args[place] if place is not None and place < len(node.args) else None


def string(node: ast.expr | None) -> str | None:
    """Return the text of a literal, or nothing."""
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None
