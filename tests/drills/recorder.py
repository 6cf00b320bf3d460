"""
Drills: the same tests at two sizes. `make test` runs them small; `make drill` at full size, and writes what it saw.

A drill is marked `@pytest.mark.drill("AZ-4")`, an id of the catalogue of promises, and asks the fixture `drill` for its
size. A drill that lacks a privilege skips with its reason, and is never counted as passed.
"""

import json
import os
import time
from dataclasses import asdict, dataclass, field
from pathlib import Path

import pytest

FULL_SIZE = os.environ.get("MANDAT_FULL") == "1"
RECORDS = pytest.StashKey[list["Record"]]()


@dataclass
class Record:
    """What one drill saw: one line of `var/drills.json`."""

    id: str
    name: str
    trials: int = 0
    failures: int = 0
    seconds: float = 0.0
    skipped: str = ""
    figures: dict[str, float] = field(default_factory=dict)


class Drill:
    """What a drill asks: how many trials, and where to say what came of them."""

    def __init__(self, record: Record) -> None:
        self.record = record

    def size(self, small: int, *, full: int) -> int:
        """Return the number of trials to make, and count them."""
        self.record.trials = full if FULL_SIZE else small
        return self.record.trials

    def figure(self, name: str, value: float) -> None:
        """Keep a figure worth reading beside the count."""
        self.record.figures[name] = round(value, 4)


def pytest_configure(config):
    config.stash[RECORDS] = []
    config.addinivalue_line("markers", "drill(id): proves a promise of the catalogue, at full size under `make drill`")


@pytest.fixture
def drill(request):
    marker = request.node.get_closest_marker("drill")
    record = Record(id=marker.args[0], name=request.node.name)
    request.node.drill_record = record
    return Drill(record)


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item, call):
    report = (yield).get_result()
    marker = item.get_closest_marker("drill")
    if marker is None or (report.when != "call" and report.passed):
        return
    record = getattr(item, "drill_record", None) or Record(id=marker.args[0], name=item.name)
    record.seconds = round(call.duration, 3)
    record.skipped = report.longrepr[2] if report.skipped and isinstance(report.longrepr, tuple) else ""
    record.failures = max(record.failures, 1) if report.failed else record.failures
    item.config.stash[RECORDS].append(record)


def pytest_sessionfinish(session):
    records = session.config.stash.get(RECORDS, [])
    if not FULL_SIZE or not records or hasattr(session.config, "workerinput"):
        return
    folder = Path(os.environ.get("MANDAT_DRILLS", "var"))
    folder.mkdir(exist_ok=True, parents=True)
    lines = [asdict(each) | {"at": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())} for each in records]
    (folder / "drills.json").write_text(json.dumps(lines, indent=1, ensure_ascii=False) + "\n")
