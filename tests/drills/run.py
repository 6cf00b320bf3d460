"""Run every drill at full size, one at a time, and write `var/drills.json`. Words given are passed to pytest."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def main(words: list[str]) -> int:
    """Run the drills; return pytest's exit code."""
    environment = os.environ | {"MANDAT_FULL": "1", "MANDAT_DRILLS": os.environ.get("MANDAT_VAR", str(ROOT / "var"))}
    environment.pop("MANDAT_VAR", None)
    command = [sys.executable, "-m", "pytest", "-m", "drill", "-q", "-p", "no:randomly", *words]
    return subprocess.run(command, cwd=ROOT, env=environment, check=False).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
