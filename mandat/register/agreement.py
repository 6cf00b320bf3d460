"""Whether what an enterprise says of itself agrees with the file. Pure."""

import re
from dataclasses import dataclass
from difflib import SequenceMatcher

from mandat.platform.text import fold

#: From what share of letters in common two names are near: “Gestion Alpha inc.” and “Gestion Alpha (2020) inc.”.
NEAR = 0.75
#: One word written in several ways.
_SAME_WORD = {"&": "et", "and": "et", "incorporee": "inc", "limitee": "ltee"}


def plain_name(name: str) -> str:
    """Return a name as it is compared: folded, without punctuation, its usual abbreviations made one."""
    words = re.findall(r"[^\W_]+|&", fold(name).replace(".", ""))
    return " ".join(_SAME_WORD.get(word, word) for word in words)


def is_near(one: str, other: str) -> bool:
    """Tell whether two names are close enough to be one that was written twice: a person compares them."""
    return SequenceMatcher(None, plain_name(one), plain_name(other)).ratio() >= NEAR


@dataclass(frozen=True)
class Known:
    """What identifies a firm: on file, or as it says."""

    client_number: str
    neq: str
    name: str


def disagreements(said: Known, on_file: Known) -> tuple[str, ...]:
    """Return the fields in which they differ."""
    differing = {
        "client_number": said.client_number != on_file.client_number,
        "neq": said.neq != on_file.neq,
        "name": plain_name(said.name) != plain_name(on_file.name),
    }
    return tuple(field for field, differs in differing.items() if differs)
