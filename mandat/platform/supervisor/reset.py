"""Throw the demonstration away, after asking."""

import os
import shutil
import sys
from pathlib import Path

from mandat.platform.supervisor.children import clear_leftovers
from mandat.platform.supervisor.welcome import SIGN_INS
from mandat.platform.supervisor.words import YES, say, words

#: What a demonstration writes; the programs and the secret key stay.
OF_THE_DEMONSTRATION = ("postgres", "mail", "post", "files", SIGN_INS)


def erase(var: Path) -> bool:
    """Erase the database and the files of a folder if its owner types the word; return whether they did."""
    if "DATABASE_URL" in os.environ:
        say("not_ours", to=sys.stderr)
        return False
    print(words("confirm_reset", folder=var), end="", flush=True)
    if sys.stdin.readline().strip().lower() not in YES:
        say("kept")
        return False
    clear_leftovers(var)
    stop_server_left(var)
    for name in OF_THE_DEMONSTRATION:
        remove(var / name)
    say("erased")
    return True


def remove(path: Path) -> None:
    """Remove a folder or a file, if it is there."""
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def stop_server_left(var: Path) -> None:
    """Stop a server that outlived its run."""
    from mandat.platform.postgres import stale

    if (data := var / "postgres" / "data").exists():
        stale.clear(data)
