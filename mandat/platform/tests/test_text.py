import pytest
from hypothesis import given
from hypothesis import strategies as st

from mandat.platform.text import fold


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Bélanger", "belanger"),
        ("  ÉMILE   Côté ", "emile cote"),
        ("L’Œuvre de l'Anse", "l'oeuvre de l'anse"),
        ("Straße", "strasse"),
        ("Lætitia Łukasz", "laetitia lukasz"),
        ("e\u0301", "e"),
        ("Anse\u00a0Bleue", "anse bleue"),
    ],
)
def test_names_are_found_whatever_their_accents_and_capitals(text, folded):
    assert fold(text) == folded


@given(st.text())
def test_folding_twice_changes_nothing_more(text):
    assert fold(fold(text)) == fold(text)
