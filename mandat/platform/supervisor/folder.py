"""The one folder that the product writes in: may we, is it taken, its secret."""

import contextlib
import fcntl
import json
import os
import pwd
import secrets
from collections.abc import Iterator
from pathlib import Path

from mandat.platform.durable import write_durably
from mandat.platform.supervisor.words import Refused

ROOT = Path(__file__).resolve().parents[3]
ELSEWHERE = "~/mandat"


def var_folder() -> Path:
    """Return the folder that `MANDAT_VAR` names, or `var` in the project."""
    return Path(os.environ.get("MANDAT_VAR") or ROOT / "var").absolute()


def check_writable(var: Path) -> None:
    """
    Check, touching nothing, that the folder is or can be ours.

    :raises Refused: if it belongs to someone else, or cannot be written
    """
    there = next(each for each in (var, *var.parents) if each.exists())
    owner = there.stat().st_uid
    if there == var and owner != os.geteuid():
        raise Refused("not_yours", folder=var, owner=name_of(owner), user=name_of(os.geteuid()), other=ELSEWHERE)
    if not os.access(there, os.W_OK | os.X_OK) or not there.is_dir():
        raise Refused("not_writable", folder=there, user=name_of(os.geteuid()), other=ELSEWHERE)


def name_of(user: int) -> str:
    """Return a user's name, or its number when it has none."""
    try:
        return pwd.getpwuid(user).pw_name
    except KeyError:
        return str(user)


@contextlib.contextmanager
def held(var: Path, *, address: str) -> Iterator[None]:
    """
    Hold the folder for one run. The lock is on the folder itself, so that nothing stays of it after any end.

    :raises Refused: if another run holds it
    """
    var.mkdir(parents=True, exist_ok=True)
    note = var / "running.json"
    with locked(var):
        note.write_text(json.dumps({"process": os.getpid(), "address": address}))
        try:
            yield
        finally:
            note.unlink(missing_ok=True)


@contextlib.contextmanager
def locked(var: Path) -> Iterator[None]:
    """
    Lock the folder, or say who runs there.

    :raises Refused: if another run holds it
    """
    opened = os.open(var, os.O_RDONLY | os.O_DIRECTORY)
    try:
        try:
            fcntl.flock(opened, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Refused("already_running", folder=var, other=ELSEWHERE, port=8010, **who_runs(var)) from None
        yield
    finally:
        os.close(opened)


def who_runs(var: Path) -> dict[str, object]:
    """Return the process and the address of the run that holds a folder, as far as it has said."""
    try:
        noted = json.loads((var / "running.json").read_text())
        return {"process": noted["process"], "address": noted["address"]}
    except (OSError, ValueError, KeyError):
        return {"process": "?", "address": "?"}


def kept_secret(var: Path) -> str | None:
    """Return the secret key of a folder, if it has one that we may read."""
    try:
        return (var / "secret").read_text().strip() or None
    except OSError:
        return None


def secret_key(var: Path) -> str:
    """Return the secret key: the operator's, or the folder's own, made once and readable by its owner alone."""
    if found := os.environ.get("MANDAT_SECRET_KEY") or kept_secret(var):
        return found
    made = secrets.token_urlsafe(48)
    write_durably(var / "secret", [made.encode()])
    return made
