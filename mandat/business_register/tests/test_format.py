"""What the columns of the open data mean: no database."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mandat.business_register.enterprise import Address, address_of, legal_name
from mandat.business_register.format import FILES, Reason, Refused, indicator, neq, text
from mandat.business_register.synthetic import TITLES, write_extract


@pytest.mark.parametrize(
    ("lines", "address"),
    [
        (("12, rue des Pins", "Québec", "", "G1R9Z9"), Address("12, rue des Pins", "Québec", "G1R 9Z9")),
        (("12, rue des Pins", "Bureau 200", "Québec (Québec)", "G1R9Z9"),
         Address("12, rue des Pins, Bureau 200", "Québec", "G1R 9Z9")),
        (("12, rue des Pins", "Montréal QC", "", "h2x9z9"), Address("12, rue des Pins", "Montréal", "H2X 9Z9")),
        (("12, rue des Pins", "Montréal (QC) Canada", "", "H2X 9Z9"), Address("12, rue des Pins", "Montréal", "H2X 9Z9")),
        (("100 Main St", "Dover", "", "19901"), Address("100 Main St", "Dover", "19901")),
        (("Chez le voisin", "", "", ""), Address("Chez le voisin", "", "")),
        (("", "", "", "G1R9Z9"), None),
    ],
)  # fmt: skip
def test_an_address_is_read_as_the_register_writes_it(lines, address):
    assert address_of(*lines) == address


@pytest.mark.parametrize(
    ("names", "legal"),
    [
        ([("Ancien", "A", "N"), ("Nouveau", "V", "N"), ("Autre", "V", "A")], "Nouveau"),
        ([("9999-9999 Québec inc.", "V", "M"), ("Chez nous", "V", "A")], "9999-9999 Québec inc."),
        ([("Futur", "F", "N"), ("Réservé", "R", "N")], ""),
        ([], ""),
    ],
)
def test_the_legal_name_is_the_one_in_force(names, legal):
    assert legal_name(names) == legal


@pytest.mark.parametrize(
    ("read", "value", "reason"),
    [
        (neq, "119999901", Reason.NEQ), (neq, "11999990133", Reason.NEQ), (neq, "١١٩٩٩٩٩٠١٣", Reason.NEQ),
        (indicator, "X", Reason.INDICATOR), (indicator, "oui", Reason.INDICATOR),
        (text, "Caf\ufffd", Reason.UNREADABLE), (text, "a\0b", Reason.UNREADABLE),
    ],
)  # fmt: skip
def test_a_value_that_is_not_one_is_refused_for_its_reason(read, value, reason):
    with pytest.raises(Refused) as refused:
        read(value)
    assert refused.value.reason == reason


@given(st.text())
def test_no_text_does_anything_else_than_be_read_or_be_refused(value):
    for column in {column.read for file in FILES for column in file.columns} | {indicator}:
        with suppress(Refused):
            column(value)


def test_every_column_that_is_read_is_one_that_the_registraire_publishes():
    for file in FILES:
        assert {column.source for column in file.columns} | ({file.only} - {""}) <= set(TITLES[file.name].split())


def test_a_synthetic_extract_is_the_same_for_the_same_seed(tmp_path):
    for each in ("one", "two"):
        write_extract(tmp_path / each, enterprises=300, seed=7)
    write_extract(tmp_path / "other", enterprises=300, seed=8)
    one, two, other = ((tmp_path / each).read_bytes() for each in ("one", "two", "other"))
    assert one == two != other
