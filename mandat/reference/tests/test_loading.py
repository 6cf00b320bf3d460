"""Loading the files: idempotent, whole or not at all, and losing nothing that was in force."""

import json
from datetime import date
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction
from django.db.backends.postgresql.psycopg_any import DateRange

from mandat.reference.commands import load
from mandat.reference.files import FilesRefused, read
from mandat.reference.models import Correction, Entry
from mandat.reference.queries import NoEntry, entry

HEAD = 'kind = "trial"\nfr = "Essais"\nen = "Trials"\nnote_fr = "Une note."\nnote_en = "A note."\n'
TODAY = date(2026, 11, 23)


def line(code="A", **columns):
    """Return one entry of a file; a column given as None is left out."""
    given = {"code": f'"{code}"', "fr": '"Essai"', "en": '"Trial"', "from": "2025-01-01", "source": '"Rien"'}
    given |= {"verified": "true", "values": "{ days = 5 }"} | columns
    return "[[entry]]\n" + "".join(f"{name} = {value}\n" for name, value in given.items() if value is not None)


@pytest.fixture
def folder(tmp_path, db):
    Entry.objects.all().delete()
    return tmp_path


def load_files(folder, *lines, on=TODAY, head=HEAD, dry=False):
    (folder / "trial.toml").write_text(head + "".join(lines), encoding="utf-8")
    return load(read(folder), on=on, dry=dry)


def refusal(folder, *lines, head=HEAD):
    with pytest.raises(FilesRefused) as refused:
        load_files(folder, *lines, head=head)
    assert Entry.objects.count() == 0
    return str(refused.value)


def test_our_own_files_are_loaded_and_without_fault():
    lines = read()
    assert {each.kind for each in lines} >= {
        "block",
        "jurisdiction",
        "firm_category",
        "discipline",
        "holiday",
        "policy",
    }
    assert len([each for each in lines if each.kind == "jurisdiction"]) == 13
    assert not [each for each in lines if each.kind == "block" and each.is_verified]


def test_loading_twice_changes_nothing_the_second_time(folder):
    assert load_files(folder, line())["added"] == ["list trial from 2025-01-01", "trial A from 2025-01-01"]
    again = load_files(folder, line())
    assert again == {"added": [], "changed": [], "ended": [], "removed": [], "unchanged": 2}
    assert Correction.objects.count() == 0


def test_a_dry_run_reports_and_writes_nothing(folder):
    assert load_files(folder, line(), dry=True)["added"]
    assert Entry.objects.count() == 0


def test_a_new_value_from_a_date_leaves_the_old_one_for_the_days_before(folder):
    load_files(folder, line())
    load_files(folder, line(to="2026-01-01"), line(**{"from": "2026-01-01"}, values="{ days = 15 }"))
    assert entry("trial", "A", date(2025, 12, 31)).values == {"days": 5}
    assert entry("trial", "A", date(2026, 1, 1)).values == {"days": 15}


def test_what_an_entry_said_before_its_correction_is_kept(folder):
    load_files(folder, line())
    assert load_files(folder, line(values="{ days = 6 }"))["changed"] == ["trial A from 2025-01-01"]
    assert Correction.objects.get().before["values"] == {"days": 5}
    assert entry("trial", "A", TODAY).values == {"days": 6}


def test_an_entry_gone_from_its_file_ends_with_the_day_and_stays_known(folder):
    load_files(folder, line("A"), line("B"))
    assert load_files(folder, line("A"))["ended"] == ["trial B from 2025-01-01"]
    assert entry("trial", "B", TODAY)
    with pytest.raises(NoEntry):
        entry("trial", "B", date(2026, 11, 24))
    assert load_files(folder, line("A"), on=date(2027, 1, 1))["ended"] == []  # ended once


def test_an_entry_that_had_ended_keeps_its_end(folder):
    load_files(folder, line("A"), line("B", to="2025-06-01"))
    assert load_files(folder, line("A"))["ended"] == []
    assert Entry.objects.get(code="B").last_day == date(2025, 5, 31)


def test_an_entry_still_to_come_is_removed_even_once_corrected(folder):
    coming = line("B", **{"from": "2027-01-01"})
    load_files(folder, line("A"), coming)
    load_files(folder, line("A"), line("B", **{"from": "2027-01-01"}, values="{ days = 9 }"))
    assert load_files(folder, line("A"))["removed"] == ["trial B from 2027-01-01"]
    assert not Entry.objects.filter(code="B").exists()


def test_moving_the_start_of_an_entry_in_force_is_refused(folder):
    load_files(folder, line())
    with pytest.raises(FilesRefused, match=r"A from 2024-01-01: give the entry that was in force a “to” date"):
        load_files(folder, line(**{"from": "2024-01-01"}))
    assert Entry.objects.get(code="A").during.lower == date(2025, 1, 1)


def test_entries_change_places_without_colliding(folder):
    load_files(folder, line(to="2025-06-01"), line(**{"from": "2025-06-01"}))
    load_files(
        folder, line(to="2025-03-01"), line(**{"from": "2025-03-01"}, to="2025-06-01"), line(**{"from": "2025-06-01"})
    )
    assert [each.during.lower.month for each in Entry.objects.filter(code="A")] == [1, 3, 6]


@pytest.mark.parametrize(
    ("columns", "fault"),
    [
        ({"fr": None}, "trial.toml: A: “fr” is missing"),
        ({"en": '""'}, "trial.toml: A: “en” is missing, empty"),
        ({"source": None}, "“source” is missing"),
        ({"verified": '"yes"'}, "“verified” is missing, empty or not a bool"),
        ({"from": '"2025-01-01"'}, "“from” is missing, empty or not a date"),
        ({"from": "2025-01-01T00:00:00"}, "“from” is missing, empty or not a date"),
        ({"to": "2025-01-01"}, "“to” is not after “from”"),
        ({"colour": '"red"'}, "“colour” is not a word of these files"),
        ({"values": '{ scope_fr = "Tout" }'}, "“scope_fr” has no “scope_en”"),
        ({"values": "{ fee = 1.5 }"}, "“fee” is a float"),
        ({"to_confirm": '["days"]'}, "“verified” is true though “to_confirm” names values"),
        ({"verified": "false", "to_confirm": '["hours"]'}, "“to_confirm” names “hours”"),
    ],
)
def test_refuses_a_faulty_entry_by_its_file_and_name(folder, columns, fault):
    assert fault in refusal(folder, line(**columns))


def test_refuses_two_entries_of_a_code_on_the_same_day(folder):
    told = refusal(folder, line(), line(**{"from": "2025-02-01"}))
    assert told == "trial.toml: A from 2025-02-01 overlaps trial.toml: A from 2025-01-01"


def test_refuses_a_file_that_is_not_toml_without_french_or_without_entries(folder):
    assert "trial.toml: not TOML" in refusal(folder, "[[entry]\n")
    assert "trial.toml: “note_fr” is missing" in refusal(folder, line(), head=HEAD.replace("note_fr", "note_de"))
    assert "trial.toml: no entry" in refusal(folder)
    assert "trial.toml: A: “fr” is missing" in refusal(folder, line(fr=None, en=None))


def test_refuses_a_folder_without_files(tmp_path):
    with pytest.raises(FilesRefused, match=r"no \.toml file"):
        read(tmp_path)


def test_names_every_fault_at_once(folder):
    told = refusal(folder, line("A", fr=None), line("B", en=None))
    assert "A: “fr”" in told
    assert "B: “en”" in told


def test_the_database_refuses_what_a_file_would_be_refused_for(db):
    row = {"kind": "trial", "code": "A", "label_fr": "a", "label_en": "a", "source": "s"}
    Entry.objects.create(**row, during=DateRange(TODAY, None), is_verified=True)
    for columns in (
        {"during": DateRange(TODAY, None), "is_verified": True},
        {"during": DateRange(None, TODAY), "is_verified": True},
        {"during": DateRange(date(2020, 1, 1), date(2020, 1, 2)), "is_verified": True, "to_confirm": ["fee"]},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            Entry.objects.create(**row | columns)


def test_the_command_reports_checks_and_speaks_json(folder):
    (folder / "trial.toml").write_text(HEAD + line(), encoding="utf-8")
    said = StringIO()
    with pytest.raises(CommandError, match="does not say what the files say"):
        call_command("load_reference", folder, "--check", stdout=said)
    assert Entry.objects.count() == 0
    said = StringIO()
    call_command("load_reference", folder, "--json", stdout=said)
    assert json.loads(said.getvalue())["added"] == ["list trial from 2025-01-01", "trial A from 2025-01-01"]
    call_command("load_reference", folder, "--check", stdout=said)
    (folder / "trial.toml").write_text(HEAD + line(fr=None), encoding="utf-8")
    said = StringIO()
    with pytest.raises(CommandError, match="Nothing was loaded"):
        call_command("load_reference", folder, "--json", stdout=said)
    assert json.loads(said.getvalue()) == {"faults": ["trial.toml: A: “fr” is missing, empty or not a str"]}
