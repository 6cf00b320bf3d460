"""The command: what it says, in whose language, how it ends, and what is left when it is killed."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import connection

from mandat.demo.firms import REGISTERED
from mandat.demo.register_files import write_world
from mandat.register.models import Attachment, ImportedChange, Individual, Registrant
from mandat.register.tests.folders import Folder

ROOT = Path(__file__).parents[3]


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.setenv("LANGUAGE", "")
    monkeypatch.setenv("LC_ALL", "fr_CA.UTF-8")
    return Folder(tmp_path)


def run(folder, capsys, *words):
    """Run the command; return how it ended, and what it wrote on each channel, no-break spaces made plain."""
    code = 0
    try:
        call_command("import_register", str(folder.path), *words)
    except CommandError as error:
        code = error.returncode
        sys.stderr.write(str(error))
    out, err = (written.replace("\u00a0", " ") for written in capsys.readouterr())
    return code, out, err


@pytest.mark.django_db
def test_a_good_folder_ends_with_0_and_counts(folder, capsys):
    code, out, err = run(folder, capsys)
    assert (code, err) == (0, "")
    assert "attachments.csv : 2 lues, 2 ajoutées, 0 changées" in out
    assert "Le registre est à jour." in out
    assert "rien n’a changé" in run(folder, capsys)[1]


@pytest.mark.django_db
def test_a_dry_run_says_that_nothing_was_written(folder, capsys):
    code, out, _ = run(folder, capsys, "--dry-run")
    assert (code, "Essai : rien n’a été écrit." in out) == (0, True)
    assert not Registrant.objects.exists()


@pytest.mark.django_db
def test_a_bad_row_ends_with_1_and_is_named(folder, capsys):
    folder.more("individuals", ",,Marc,Roy")
    code, out, err = run(folder, capsys)
    assert code == 1
    assert "individuals.csv, ligne 4, client_number — ni client_number ni nrd_number n’est donné" in out
    assert "1 ligne refusée : rien n’a été importé." in err
    code, _, err = run(folder, capsys, "--skip-bad-rows")
    assert (code, "les autres ont été importées" in err) == (1, True)
    assert Individual.objects.count() == 2


@pytest.mark.django_db
def test_a_folder_that_cannot_be_used_ends_with_2(folder, capsys):
    (folder.path / "offices.csv").unlink()
    code, out, err = run(folder, capsys)
    assert (code, out) == (2, "")
    assert "il manque offices.csv" in err


@pytest.mark.django_db
def test_what_programs_read_is_one_json_object(folder, capsys):
    folder.more("individuals", ",,Marc,Roy", ",x,Marc,Roy")
    code, out, _ = run(folder, capsys, "--json")
    said = json.loads(out)
    assert (code, said["is_kept"], said["files"]["individuals.csv"]["refused"]) == (1, False, 2)
    assert {each["reason"] for each in said["findings"]} == {"no_number", "not_a_number"}
    assert said["findings"][0]["line"] == 4
    (folder.path / "offices.csv").unlink()
    code, out, _ = run(folder, capsys, "--json")
    assert (code, "offices.csv" in json.loads(out)["unusable"]) == (2, True)


@pytest.mark.django_db
def test_progress_goes_where_no_program_reads(folder, capsys):
    _, out, err = run(folder, capsys, "--json", "--progress")
    assert json.loads(out)["is_kept"]
    assert "attachments.csv : 2 lignes lues" in err


@pytest.mark.django_db
def test_the_report_is_in_the_language_of_the_terminal(folder, capsys, monkeypatch):
    monkeypatch.setenv("LC_ALL", "en_CA.UTF-8")
    folder.more("individuals", ",,Marc,Roy")
    _, out, err = run(folder, capsys)
    assert "individuals.csv, line 4, client_number — neither client_number nor nrd_number is given" in out
    assert "1 row refused: nothing was imported." in err


@pytest.mark.django_db
def test_the_demonstration_is_imported_by_the_same_command(tmp_path, folder, capsys):
    write_world(tmp_path)
    code, out, _ = run(folder, capsys)
    assert code == 0
    assert "—" not in out, "it leaves nothing to tell"
    assert Registrant.objects.count() == len(REGISTERED)
    assert "rien n’a changé" in run(folder, capsys)[1]


@pytest.mark.django_db(transaction=True)
def test_killed_in_the_middle_it_leaves_nothing(folder, as_owner):
    """It is killed once everything is written and nothing is committed: while it waits to publish its event."""
    with as_owner() as other, other.transaction():
        other.execute("LOCK TABLE platform_eventrow IN EXCLUSIVE MODE")
        process = subprocess.Popen(
            [sys.executable, "manage.py", "import_register", str(folder.path)], cwd=ROOT,
            env=os.environ | environment(), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        wait_until(lambda: waiting(other) or process.poll() is not None)
        (session,) = waiting(other)
        process.send_signal(signal.SIGKILL)
        process.wait()
    with as_owner() as other:
        wait_until(lambda: session not in sessions(other))
    assert not Registrant.objects.exists()
    assert not Attachment.objects.exists()
    assert not ImportedChange.objects.exists()
    report, _ = folder.imported()
    assert report.is_kept


def environment():
    database = connection.settings_dict
    return {
        "DJANGO_SETTINGS_MODULE": "config.settings_test",
        "MANDAT_DATABASE_NAME": database["NAME"],
        "MANDAT_DATABASE_SOCKET": database["HOST"],
        "MANDAT_VAR": str(settings.VAR),
    }


def waiting(other):
    """Return the sessions that wait for the table of events."""
    return [
        pid
        for (pid,) in other.execute(
            "SELECT pid FROM pg_locks l JOIN pg_class c ON c.oid = l.relation"
            " WHERE c.relname = 'platform_eventrow' AND NOT l.granted"
        )
    ]


def sessions(other):
    return [pid for (pid,) in other.execute("SELECT pid FROM pg_stat_activity")]


def wait_until(happened):
    for _ in range(600):
        if happened():
            return
        time.sleep(0.1)
    raise AssertionError("it never happened")
