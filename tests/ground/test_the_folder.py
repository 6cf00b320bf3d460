"""Where the product may write, as each kind of user."""

import os
import subprocess

import pytest

from mandat.platform.supervisor import folder, ports
from mandat.platform.supervisor.words import SENTENCES, Refused, speaks_english
from tests.ground.runs import environment, say_up

NOBODY = 65_534
as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root may become another user")


def as_nobody(*words, **more):
    """Run the check with the machine's own Python, as somebody who owns nothing here."""
    become = ["setpriv", "--reuid", str(NOBODY), "--regid", str(NOBODY), "--clear-groups"] if os.geteuid() == 0 else []
    command = [*become, "/usr/bin/python3", "-B", str(folder.ROOT / "manage.py"), "up", *words]
    return subprocess.run(command, env=environment(**more), capture_output=True, text=True, timeout=60, cwd="/")


def test_a_read_only_folder_is_named_with_what_to_do(tmp_path_factory):
    closed = tmp_path_factory.getbasetemp().parent.parent / f"mandat-closed-{os.getpid()}"
    closed.mkdir(mode=0o555)
    try:
        refused = as_nobody("--check", "folder", MANDAT_VAR=closed / "var")
    finally:
        closed.rmdir()
    if "Permission denied" in refused.stderr or "can't open file" in refused.stderr:
        pytest.skip("this checkout is closed to other users")
    assert refused.returncode == 1
    assert f"cannot write in {closed}" in refused.stderr
    assert "MANDAT_VAR=" in refused.stderr


@as_root
def test_somebody_elses_folder_is_not_written_in(tmp_path):
    os.chown(tmp_path, NOBODY, NOBODY)
    refused = say_up("--check", "folder", MANDAT_VAR=tmp_path)
    assert refused.returncode == 1
    assert f"{tmp_path} belongs to nobody, and you are root" in refused.stderr


def test_a_port_that_is_none_is_refused():
    refused = say_up("--check", "all", PORT="eighty")
    assert refused.returncode == 1
    assert "which is no port number" in refused.stderr


def test_the_secret_is_made_once(tmp_path, monkeypatch):
    monkeypatch.delenv("MANDAT_SECRET_KEY", raising=False)
    made = folder.secret_key(tmp_path)
    assert len(made) > 50
    assert folder.secret_key(tmp_path) == made == folder.kept_secret(tmp_path)


def test_the_lock_goes_with_its_holder(tmp_path):
    with folder.held(tmp_path, address="here"), pytest.raises(Refused, match="here"), folder.locked(tmp_path):
        pass
    with folder.locked(tmp_path):
        assert list(tmp_path.iterdir()) == []


def test_a_suggested_port_is_free():
    port = ports.free_port_after(8000)
    assert port % 10 == 0
    assert not ports.what_forbids(port)


@pytest.mark.parametrize(
    ("terminal", "english"),
    [
        ({}, False),
        ({"LANG": "C.UTF-8"}, False),
        ({"LANG": "en_CA.UTF-8"}, True),
        ({"LANG": "en_US.UTF-8", "LC_ALL": "fr_CA.UTF-8"}, False),
    ],
)
def test_the_terminal_is_spoken_to_in_french_unless_it_asks_for_english(terminal, english):
    assert speaks_english(terminal) is english


@pytest.mark.parametrize("name", SENTENCES)
def test_both_languages_say_the_same_values(name):
    import string

    french, english = ({part[1] for part in string.Formatter().parse(text) if part[1]} for text in SENTENCES[name])
    assert french == english
