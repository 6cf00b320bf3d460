"""What is wrong with a file is told with its line, its column and its reason; what is no such file is refused."""

import pytest

from mandat.register.importing.findings import REASONS, Finding, Weight
from mandat.register.importing.reading import LONGEST_LINE, FolderUnusable
from mandat.register.importing.shape import SHAPES
from mandat.register.models import Establishment, Registrant
from mandat.register.tests.folders import HEADERS, LINES, Folder

pytestmark = pytest.mark.django_db


@pytest.fixture
def folder(tmp_path):
    return Folder(tmp_path)


@pytest.mark.parametrize(
    ("name", "line", "column", "reason"),
    [
        ("registrants", "300999,cabinet,Roy,,,", "client_number", "not_a_number"),
        ("registrants", "30099982180,cabinet,Roy,,,", "client_number", "not_a_number"),
        ("registrants", ",cabinet,Roy,,,", "client_number", "blank"),
        ("registrants", "3009998218,bank,Roy,,,", "kind", "not_one_of"),
        ("registrants", "3009998218,cabinet, ,,,", "name", "blank"),
        ("registrants", "3009998218,cabinet,Roy,4499999013,,", "neq", "not_a_number"),
        ("registrants", "3009998218,cabinet,Roy,,de,", "language", "not_one_of"),
        ("registrants", "3009998218,cabinet,Roy,,,XX", "principal_regulator", "unknown_code"),
        ("registrants", "3009998218,cabinet,Roy", "", "wrong_count"),
        ("registrants", "3009998218,cabinet,Roy,,,,", "", "wrong_count"),
        ("registrants", f"3009998218,cabinet,{'é' * 301},,,", "name", "too_long"),
        ("registrants", "3009998218,cabinet,a\0b,,,", "name", "control_character"),
        ("registrants", '3009998218,cabinet,"Roy\net fils",,,', "name", "control_character"),
        ("registrants", '3009998218,cabinet,"Roy" inc.,,,', "", "not_csv"),
        ("registrants", '3009998218,cabinet,"Roy', "", "not_csv"),
        ("registrants", "3009998217,cabinet,Roy,,,", "client_number", "same_number"),
        ("individuals", ",,Marc,Roy", "client_number", "no_number"),
        ("individuals", ",12345678901,Marc,Roy", "nrd_number", "not_a_number"),
        ("individuals", ",1234567,Marc,Roy", "nrd_number", "same_number"),
        ("registrations", "3009998217,securities,XX,QC,,2020-01-01,,", "code", "unknown_code"),
        ("registrations", "3009998217,securities,AP,QC,,2020-01-01,,", "code", "unknown_code"),
        ("registrations", "3009998217,hearsay,PM,QC,,2020-01-01,,", "regime", "not_one_of"),
        ("registrations", "3009998217,securities,PM,XX,,2020-01-01,,", "jurisdiction", "unknown_code"),
        ("registrations", "3009998217,securities,PM,QC,dormant,2020-01-01,,", "state", "not_one_of"),
        ("registrations", "3009998217,distribution,AP,ON,,2020-01-01,,", "jurisdiction", "distribution_outside_quebec"),
        ("registrations", "3009998217,securities,PM,QC,,2023-02-29,,", "from", "not_a_day"),
        ("registrations", "3009998217,securities,PM,QC,,20200101,,", "from", "not_a_day"),
        ("registrations", "3009998217,securities,PM,QC,,01/02/2020,,", "from", "not_a_day"),
        ("registrations", "3009998217,securities,PM,QC,,,,", "from", "blank"),
        ("registrations", "3009998217,securities,PM,QC,,2020-01-02,2020-01-01,", "to", "ends_before_it_begins"),
        ("registrations", "3009998217,securities,PM,QC,,2020-01-02,2020-01-02,", "to", "ends_before_it_begins"),
        ("registrations", "3009990000,securities,PM,QC,,2020-01-01,,", "registrant", "unknown_registrant"),
        ("registrations", "3009998217,securities,EMD,QC,,2020-01-01,,", "from", "same_fact"),
        ("registrations", "3009998217,securities,EMD,QC,,2021-01-01,,", "from", "overlaps"),
        ("registrations", "3009998522,distribution,AP,QC,,2024-12-31,,", "from", "overlaps"),
        ("establishments", "3009998217,E2,principal,,9 rue X,Gaspé,QC,,,2024-01-01,,", "from", "overlaps"),
        ("establishments", "3009998217,E1,branch,,9 rue X,Gaspé,QC,,,2024-01-01,,", "from", "overlaps"),
        ("establishments", "3009998217,E2,branch,,9 rue X,Gaspé,ZZ,,,2024-01-01,,", "province", "unknown_code"),
        ("establishments", "3009998217,E2,branch,,,Gaspé,QC,,,2024-01-01,,", "street", "blank"),
        ("offices", "3009998217,,7654321,cco,2020-01-01,,", "individual_nrd_number", "unknown_individual"),
        ("offices", "3009998217,3009990009,,cco,2020-01-01,,", "individual_client_number", "unknown_individual"),
        ("offices", "3009998217,,,cco,2020-01-01,,", "individual_client_number", "nobody_named"),
        ("offices", "3009998217,3009990001,1234567,cco,2020-01-01,,", "individual_client_number", "two_individuals"),
        ("offices", "3009998522,,1234567,correspondent,2024-01-01,,", "from", "overlaps"),
        ("offices", "3009998217,,1234567,porter,2024-01-01,,", "role", "not_one_of"),
        ("attachments", "3009998217,,1234567,securities,EMD,,,2020-01-01,,", "code", "unknown_code"),
        ("attachments", "3009998217,,1234567,securities,AR,perhaps,,2020-01-01,,", "is_employee", "not_one_of"),
        ("attachments", "3009998217,,1234567,securities,DR,,,2019-01-01,,", "from", "overlaps"),
    ],
)
def test_a_bad_row_is_told_with_its_line_column_and_reason(folder, name, line, column, reason):
    folder.more(name, line)
    report, found = folder.imported()
    at = len(LINES[name]) + 2
    told = [(each.file, each.column, each.reason) for each in found]
    assert (f"{name}.csv", column, reason) in told
    assert len(found) == 1
    assert found[0].line == at or reason == "overlaps"
    assert (report.is_kept, report.refused) == (False, 1)
    assert not Registrant.objects.exists()


def test_everything_wrong_with_a_row_is_told(folder):
    folder.more("registrations", "1,hearsay,PM,XX,,2020-13-01,,")
    _, found = folder.imported()
    assert [(each.column, each.reason) for each in found] == [
        ("from", "not_a_day"), ("jurisdiction", "unknown_code"), ("regime", "not_one_of"),
        ("registrant", "not_a_number"),
    ]  # fmt: skip


def test_what_is_not_utf8_is_told_where_it_stands_and_the_rest_is_read(folder):
    path = folder.path / "registrants.csv"
    path.write_bytes(path.read_bytes() + b"3009998300,cabinet,Caf\xe9,,,\n3009998301,bank,Roy,,,\n")
    _, found = folder.imported()
    assert [(each.line, each.column, each.reason) for each in found] == [
        (4, "name", "not_utf8"), (5, "kind", "not_one_of"),
    ]  # fmt: skip
    assert found[0].value == "Caf?"


def test_lines_are_counted_as_an_editor_counts_them(folder):
    folder.more("registrants", '3009998300,cabinet,"Roy\n\net fils",,,', "", "3009998301,bank,Roy,,,")
    _, found = folder.imported()
    assert [each.line for each in found] == [4, 8]


def test_a_check_digit_only_warns(folder):
    folder.has("registrants", "1199999013", "1199999014")
    report, (warned,) = folder.imported()
    assert (report.is_kept, warned.column, warned.weight) == (True, "neq", Weight.WARNS)
    assert Registrant.objects.filter(neq="1199999014").exists()


def test_quotes_commas_and_composed_letters_are_text(folder):
    folder.has("establishments", "1, rue du Quai", 'Place ""E\u0301mile"", 2')
    folder.imported()
    assert Establishment.objects.get().street == 'Place "Émile", 2'


def test_columns_come_in_any_order_and_optional_ones_may_be_absent(folder):
    folder.lines("establishments")
    text = "\ufeffname,client_number,kind\r\nRoy inc.,3009998217,cabinet\r\nÎle,3009998522,cabinet\r\n"
    (folder.path / "registrants.csv").write_text(text, encoding="utf-8", newline="")
    report, found = folder.imported()
    assert (report.is_kept, found) == (True, [])
    assert list(Registrant.objects.order_by("id").values_list("name", "language")) == [
        ("Roy inc.", "fr"),
        ("Île", "fr"),
    ]


def test_what_a_spreadsheet_writes_in_french_is_read(folder):
    for name in HEADERS:
        path = folder.path / f"{name}.csv"
        rows = [line for line in path.read_text(encoding="utf-8").splitlines() if '"' not in line]
        path.write_text("\ufeff" + "\r\n".join(rows).replace(",", ";"), encoding="utf-8", newline="")
    report, found = folder.imported(skips_bad_rows=True)
    assert report.files["registrants.csv"].added == 1
    assert {each.reason for each in found} == {"unknown_registrant"}  # of the row taken out above


@pytest.mark.parametrize(
    ("header", "told"),
    [
        ("client_number,kind", "name"),
        ("client_number,kind,name,couleur", "couleur"),
        ("client_number,kind,name,name", "name"),
        ("", "'client_number', 'kind', 'name'"),
        ('"client_number', "client_number"),
    ],
)
def test_a_first_line_that_is_wrong_makes_the_folder_unusable(folder, header, told):
    folder.lines("registrants", header=header)
    with pytest.raises(FolderUnusable, match=told):
        folder.imported()
    assert not Registrant.objects.exists()


def test_a_file_in_another_encoding_is_unusable_and_says_so(folder):
    path = folder.path / "registrants.csv"
    path.write_bytes(path.read_text(encoding="utf-8").encode("utf-16"))
    with pytest.raises(FolderUnusable, match=r"registrants\.csv"):
        folder.imported()


def test_a_folder_lacks_no_file(folder):
    (folder.path / "offices.csv").unlink()
    (folder.path / "attachments.csv").unlink()
    (folder.path / "attachments.csv").mkdir()
    with pytest.raises(FolderUnusable, match=r"offices\.csv, attachments\.csv"):
        folder.imported()


def test_a_line_that_would_not_fit_in_memory_makes_the_folder_unusable(folder):
    folder.more("attachments", "x" * (LONGEST_LINE + 1))
    with pytest.raises(FolderUnusable, match=r"attachments\.csv"):
        folder.imported()


def test_a_value_that_never_ends_is_one_bad_row(folder):
    folder.more("registrants", f'3009998300,cabinet,"{"x" * 200_000}",,,')
    _, found = folder.imported()
    assert [(each.line, each.reason) for each in found] == [(4, "not_csv")]


def test_text_of_the_files_is_never_a_statement(folder):
    name = "'); DROP TABLE register_registrant; -- {name} %s"
    folder.lines("registrants", f'3009998217,cabinet,"{name}",,,', LINES["registrants"][1])
    folder.imported()
    assert Registrant.objects.filter(name=name).exists()
    folder.more("registrants", f'3009998217,"{name}",x,,,')
    _, (told,) = folder.imported()
    assert told.value == name


@pytest.mark.parametrize("reason", REASONS)
def test_every_reason_makes_a_sentence(reason):
    shape = SHAPES[0]
    said = str(Finding(shape.file, 3, "name", reason, "valeur", "détail"))
    assert said.startswith("registrants.csv, ligne 3, name — ")
    assert "%(" not in said
