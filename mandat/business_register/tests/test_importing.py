import json
import threading
from datetime import date, datetime
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction

from mandat.business_register import commands
from mandat.business_register.commands import AlreadyReading, read_extract
from mandat.business_register.enterprise import Address
from mandat.business_register.format import Reason, Unusable
from mandat.business_register.models import Extract
from mandat.business_register.queries import ask
from mandat.business_register.synthetic import Known, write_extract
from mandat.business_register.tests.archives import NEQ, archive, enterprise, name, written
from mandat.platform.clock import LEGAL_ZONE
from mandat.platform.models import EventRow

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("_the_day_of_the_data")]
OTHER = "1199999021"


@pytest.fixture
def _the_day_of_the_data(at):
    at(datetime(2026, 7, 5, 12, tzinfo=LEGAL_ZONE))


def test_an_enterprise_is_found_by_its_number_with_all_that_the_register_says(tmp_path):
    read_extract(
        archive(
            tmp_path / "a.zip",
            Entreprise=[enterprise(DAT_STAT_IMMAT="2019-05-01", ADR_DOMCL_LIGN1_ADR="12, rue des Pins",
                                   ADR_DOMCL_LIGN2_ADR="Québec (Québec)", ADR_DOMCL_LIGN4_ADR="G1R9Z9")],
            Nom=[name("Courtage Rive-Haute inc."), name("Courtage RH", TYP_NOM_ASSUJ="A"), name("Huard inc.", STAT_NOM="A")],
            Etablissements=[
                {"NEQ": NEQ, "NO_SUF_ETAB": "2", "IND_ETAB_PRINC": "N", "LIGN1_ADR": "9, rue Neuve", "LIGN2_ADR": "Laval"},
                {"NEQ": NEQ, "NO_SUF_ETAB": "1", "IND_ETAB_PRINC": "O", "LIGN1_ADR": "1, quai Bas", "LIGN2_ADR": "Lévis"},
            ],
            FusionScissions=[{"NEQ": NEQ, "NEQ_ASSUJ_REL": OTHER, "DENOMN_SOC": "Ancêtre inc.", "COD_RELA_ASSUJ": "FUS",
                              "DAT_EFCTVT": "2019-01-01"}],
        )
    )  # fmt: skip
    found = ask(NEQ)
    assert (found.as_of, found.is_silent) == (date(2026, 7, 1), False)
    said = found.enterprise
    assert (said.name, said.other_names, said.former_names) == (
        "Courtage Rive-Haute inc.", ("Courtage RH",), ("Huard inc.",)
    )  # fmt: skip
    assert (said.is_registered, said.status_label, said.status_on, said.is_bankrupt) == (
        True, "Immatriculée", date(2019, 5, 1), False
    )  # fmt: skip
    assert said.addresses == (Address("12, rue des Pins", "Québec", "G1R 9Z9"), Address("1, quai Bas", "Lévis", ""))
    assert [(each.kind, each.neq, each.took_effect_on) for each in said.relations] == [
        ("Fusion", OTHER, date(2019, 1, 1))
    ]


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ({"COD_STAT_IMMAT": "RD"}, (False, "Radiée sur demande", False)),
        ({"COD_STAT_IMMAT": "ZZ"}, (False, "ZZ", False)),
        ({"IND_FAIL": "O"}, (True, "Immatriculée", True)),
    ],
)
def test_one_that_was_struck_off_or_is_bankrupt_is_told(tmp_path, said, expected):
    read_extract(archive(tmp_path / "a.zip", Entreprise=[enterprise(**said)]))
    found = ask(NEQ).enterprise
    assert (found.is_registered, found.status_label, found.is_bankrupt) == expected


def test_files_in_a_folder_in_capitals_with_line_breaks_in_names_are_read(tmp_path):
    read_extract(archive(tmp_path / "a.zip", folder="JeuDonnees/2026/", Nom=[name("Chez\nnous inc.")]))
    assert ask(NEQ).enterprise.name == "Chez\nnous inc."


def test_bad_rows_are_told_where_they_stand_and_the_others_are_read(tmp_path):
    good = [enterprise(NEQ=f"119{number:07d}") for number in range(500)]
    bad = [enterprise(NEQ="119"), enterprise(DAT_IMMAT="31/12/2020"), ["one", "two"], enterprise(COD_STAT_IMMAT="I\0")]
    told = []
    report = read_extract(archive(tmp_path / "a.zip", Entreprise=[enterprise(), *good, *bad]), tell=told.append)
    assert [(each.file, each.line, each.reason) for each in told] == [
        ("Entreprise.csv", 503, Reason.NEQ), ("Entreprise.csv", 504, Reason.DATE),
        ("Entreprise.csv", 505, Reason.COLUMNS), ("Entreprise.csv", 506, Reason.UNREADABLE),
    ]  # fmt: skip
    counts = report.files["Entreprise.csv"]
    assert (counts.read, counts.kept, counts.refused) == (505, 501, 4)
    assert ask(NEQ).enterprise


def test_bytes_that_are_no_text_cost_their_row_and_no_other(tmp_path):
    rows = [name("Bon inc."), *(name(f"Autre {number}", NEQ=OTHER) for number in range(200))]
    broken = written("Nom.csv", [*rows, name("Cass")]).replace(b"Cass,", b"Cass\xff,")
    report = read_extract(archive(tmp_path / "a.zip", Nom=broken))
    assert (report.files["Nom.csv"].kept, report.files["Nom.csv"].refused) == (201, 1)


def test_a_number_that_is_there_twice_is_kept_once_and_counted(tmp_path):
    rows = [enterprise(COD_STAT_IMMAT="IM"), enterprise(COD_STAT_IMMAT="RD")]
    report = read_extract(archive(tmp_path / "a.zip", Entreprise=rows))
    assert report.files["Entreprise.csv"].repeated == 1
    assert ask(NEQ).enterprise.is_registered


def test_an_extract_replaces_the_one_before_it_and_that_is_told(tmp_path):
    read_extract(archive(tmp_path / "a.zip"))
    read_extract(archive(tmp_path / "b.zip", Entreprise=[enterprise(NEQ=OTHER)], Nom=[name("Deux inc.", NEQ=OTHER)]))
    assert ask(NEQ).enterprise is None
    assert ask(OTHER).enterprise.name == "Deux inc."
    assert list(Extract.objects.values_list("slot", "is_current")) == [(0, False), (1, True)]
    read_extract(archive(tmp_path / "c.zip", Nom=[name("Trois inc.")]))
    assert ask(NEQ).enterprise.name == "Trois inc."
    assert ask(OTHER).enterprise is None
    assert EventRow.objects.filter(name="ExtractCameIntoUse").count() == 3


def test_the_same_archive_twice_changes_nothing(tmp_path):
    path = archive(tmp_path / "a.zip")
    assert not read_extract(path).is_known
    assert read_extract(path).is_known
    assert Extract.objects.count() == 1


@pytest.mark.parametrize(
    ("made", "said"),
    [
        ({"without": "Nom.csv"}, "Nom.csv"),
        ({"Nom": b"\xef\xbb\xbfNEQ,NOM\r\n"}, "NOM_ASSUJ"),
        ({"Nom": b""}, "NEQ"),
        ({"Entreprise": []}, "Aucune entreprise"),
        ({"Entreprise": [enterprise(), enterprise(NEQ="1")]}, "1 lignes de Entreprise.csv sur 2"),
    ],
)
def test_an_archive_that_is_no_extract_leaves_the_one_in_use(tmp_path, made, said):
    read_extract(archive(tmp_path / "a.zip"))
    with pytest.raises(Unusable, match=said):
        read_extract(archive(tmp_path / "b.zip", **made))
    assert ask(NEQ).enterprise.name == "Courtage Rive-Haute inc."


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 cut short", b"not a zip at all"])
def test_a_file_that_is_no_archive_is_said_to_be_none(tmp_path, content):
    (tmp_path / "a.zip").write_bytes(content)
    with pytest.raises(Unusable, match="ZIP"):
        read_extract(tmp_path / "a.zip")
    with pytest.raises(Unusable, match="n’existe pas"):
        read_extract(tmp_path / "none.zip")


def test_a_reading_that_dies_in_the_middle_leaves_the_register_as_it_was_and_can_be_begun_again(tmp_path, monkeypatch):
    read_extract(archive(tmp_path / "a.zip"))
    second = archive(tmp_path / "b.zip", Nom=[name("Deux inc.")])

    def die(*_said):
        raise KeyboardInterrupt

    for stage in ("_refuse_unless_credible", "_bring_into_use"):
        with monkeypatch.context() as dying, pytest.raises(KeyboardInterrupt):
            dying.setattr(commands, stage, die)
            read_extract(second)
        assert ask(NEQ).enterprise.name == "Courtage Rive-Haute inc."
    read_extract(second)
    assert ask(NEQ).enterprise.name == "Deux inc."


def test_the_slot_in_use_can_be_neither_emptied_nor_indexed(tmp_path):
    read_extract(archive(tmp_path / "a.zip"))
    for statement in ("business_register_clear('name', 0::smallint)", "business_register_index('name', 0::smallint)"):
        with pytest.raises(IntegrityError, match="in use"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"SELECT {statement}")
    assert ask(NEQ).enterprise


def test_nothing_is_concluded_from_an_extract_that_is_absent_or_out_of_date(tmp_path, at):
    assert ask(NEQ).is_silent
    read_extract(archive(tmp_path / "a.zip"))
    at(datetime(2026, 8, 15, 12, tzinfo=LEGAL_ZONE))
    assert not ask(NEQ).is_silent
    at(datetime(2026, 8, 16, 12, tzinfo=LEGAL_ZONE))
    assert ask(NEQ).is_silent
    assert ask(NEQ).enterprise


def test_the_register_answers_in_one_statement_whatever_its_size(tmp_path, django_assert_num_queries):
    write_extract(tmp_path / "a.zip", enterprises=2_000, known=[Known(NEQ, "Nous inc.", "1, rue", "Laval", "H7A9Z9")])
    report = read_extract(tmp_path / "a.zip", as_of=date(2026, 7, 1))
    assert report.files["Entreprise.csv"].kept == 2_001
    assert not any(counts.refused for counts in report.files.values())
    with django_assert_num_queries(3):  # with the clock and the policy of the day
        assert ask(NEQ).enterprise.name == "Nous inc."


@pytest.mark.django_db(transaction=True)
def test_two_readings_at_once_do_not_fill_the_same_slot(tmp_path, as_owner):
    with as_owner() as other:
        other.execute("SELECT pg_advisory_lock(%s)", [commands.LOCK])
        with pytest.raises(AlreadyReading):
            read_extract(archive(tmp_path / "a.zip"))
    assert Extract.objects.count() == 0


@pytest.mark.django_db(transaction=True)
def test_readers_see_the_register_of_before_or_of_after_and_never_wait(tmp_path):
    numbers = [f"119{number:07d}" for number in range(50)]
    paths = [
        archive(tmp_path / f"{each}.zip", Entreprise=[enterprise(NEQ=neq, COD_FORME_JURI=each) for neq in numbers],
                Nom=[name(f"{each} inc.", NEQ=neq) for neq in numbers], day=(2026, 7, day, 0, 0, 0))
        for day, each in enumerate(("CIE", "APE", "SENC", "IND"), 1)
    ]  # fmt: skip
    read_extract(paths[0])
    seen, over = [], threading.Event()

    def look():
        try:
            while not over.is_set():
                with transaction.atomic(), connection.cursor() as cursor:
                    cursor.execute("SET LOCAL statement_timeout = '2s'")
                    found = [ask(neq) for neq in numbers[:3]]
                seen.extend((each.as_of.day, each.enterprise.name) for each in found)
        finally:
            connection.close()

    reader = threading.Thread(target=look)
    reader.start()
    try:
        for path in paths[1:]:
            read_extract(path)
    finally:
        over.set()
        reader.join()
    assert seen
    assert set(seen) <= {(1, "CIE inc."), (2, "APE inc."), (3, "SENC inc."), (4, "IND inc.")}


def said(*words):

    out, code = StringIO(), 0
    try:
        call_command("import_business_register", *words, stdout=out)
    except CommandError as refused:
        out.write(str(refused))
        code = refused.returncode
    except SystemExit as ended:
        code = ended.code
    return out.getvalue(), code


def test_the_command_says_what_it_did_and_exits_accordingly(tmp_path, monkeypatch):
    monkeypatch.setenv("LANG", "fr_CA.UTF-8")
    rows = [enterprise(NEQ=f"119{number:07d}") for number in range(200)]
    good, bad = archive(tmp_path / "a.zip"), archive(tmp_path / "b.zip", Entreprise=[*rows, enterprise(NEQ="1")])
    out, code = said(str(good))
    assert code == 0
    assert "Le registre des entreprises du 2026-07-01 est en vigueur." in out
    assert said(str(good)) == ("Cet extrait est déjà en vigueur\u00a0: rien n’a changé.\n", 0)
    out, code = said(str(bad), "--as-of", "2026-07-02")
    assert code == 1
    assert "Entreprise.csv, ligne 202\u00a0: «\u00a01\u00a0», ce n’est pas un NEQ de dix chiffres" in out
    assert said(str(tmp_path / "none.zip"))[1] == 2


def test_the_command_reports_to_programs(tmp_path):
    out, code = said(str(archive(tmp_path / "a.zip")), "--json")
    told = json.loads(out)
    assert (code, told["as_of"], told["files"]["Entreprise.csv"]["kept"]) == (0, "2026-07-01", 1)
    out, code = said(str(tmp_path / "none.zip"), "--json")
    assert code == 2
    assert "unusable" in json.loads(out.splitlines()[0])
