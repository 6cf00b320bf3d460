"""Text as people look for it."""

import unicodedata

#: Letters that Unicode does not decompose into a base letter and a mark.
_LETTERS = str.maketrans({"œ": "oe", "æ": "ae", "ø": "o", "ł": "l", "đ": "d", "’": "'"})


def fold(text: str) -> str:
    """Return a text without accents, capitals or doubled spaces: what names are sorted and found by."""
    folded = text
    while (again := _fold_once(folded)) != folded:  # a few letters decompose into capitals, or into others yet
        folded = again
    return folded


def _fold_once(text: str) -> str:
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    bare = "".join(each for each in decomposed if not unicodedata.combining(each))
    return " ".join(bare.translate(_LETTERS).split())
