"""Text as people look for it, and days as they say them."""

import unicodedata
from datetime import date

from django.utils.formats import date_format
from django.utils.translation import get_language

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


def day_in_words(day: date) -> str:
    """Return a day as the language in force writes it: 1er janvier 2020, January 1, 2020."""
    said = date_format(day, "DATE_FORMAT")
    return f"1er{said[1:]}" if day.day == 1 and get_language() == "fr" else said
