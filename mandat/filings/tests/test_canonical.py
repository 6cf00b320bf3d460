import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mandat.filings.canonical import NotCanonical, canonical, read_canonical

names = st.text("abcdefghijklmnopqrstuvwxyz_", max_size=8)
texts = st.text(st.characters(exclude_categories=["Cs"]))
leaves = st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | texts
values = st.recursive(leaves, lambda each: st.lists(each, max_size=4) | st.dictionaries(names, each, max_size=4))


@given(values)
def test_a_value_comes_back_from_its_form(value):
    assert read_canonical(canonical(value)) == value


@given(st.dictionaries(names, leaves))
def test_the_order_of_names_does_not_matter(value):
    assert canonical(dict(reversed(value.items()))) == canonical(value)


@given(values)
def test_any_other_way_to_write_it_is_refused(value):
    written = json.dumps(value, indent=1).encode()
    if written != canonical(value):
        with pytest.raises(NotCanonical):
            read_canonical(written)


@pytest.mark.parametrize("value", [1.5, float("nan"), 2**53, {"é": 1}, {1: 2}, {"a": object()}, "\ud800"])
def test_what_has_no_one_form_is_refused(value):
    with pytest.raises(NotCanonical):
        canonical(value)


@pytest.mark.parametrize(
    "text", [b"", b"{", b"\xff", b"1.0", b"[" * 100_000, b'{"a":1,"a":1}', b'"\\u00e9"', b"1" * 5000]
)
def test_a_text_that_is_no_form_is_refused(text):
    with pytest.raises(NotCanonical):
        read_canonical(text)
