"""What is said once pages are served: where they are, who may sign in, where mail and letters go, how to stop."""

import os
from pathlib import Path

from mandat.platform.supervisor.words import say

#: What the maker of the demonstration said of its sign-ins, kept to be said again at each start.
SIGN_INS = "demo-sign-ins.txt"


def welcome(var: Path, address: str) -> None:
    """Say that the product is ready."""
    print(flush=True)
    say("ready", address=address)
    if (var / SIGN_INS).exists():
        print(f"\n{(var / SIGN_INS).read_text().strip()}\n", flush=True)
        say("totp", command=as_typed(var / "venv" / "bin" / "mandat"))
    say("mail", folder=os.environ.get("SMTP_HOST") or as_typed(var / "mail"))
    say("post", folder=as_typed(var / "post"))
    say("how_to_stop")


def as_typed(path: Path) -> str:
    """Return a path as one would type it from here."""
    return str(path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path)
