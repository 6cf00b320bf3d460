"""Goals 6 and 8: a firm's list of filings, and a signature, beside what plain Django does; rounds in turn."""

import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

from mandat.platform.postgres.cluster import Cluster
from mandat.platform.supervisor.ports import free_port_after
from tests.bench.figures import Figures
from tests.bench.load import Ask, Waits, ask_all

ROUNDS, PAGES, SIGNATURES, CLIENTS = 5, 60, 48, 8
FORM = {"name": "Océane Thibeault", "day": "2026-11-23", "email": "oceane@demo.test", "note": "Rien à ajouter."}
Start = Callable[[str, int, dict[str, str]], object]


def pages_and_signatures(environment: dict[str, str], figures: Figures, *, start: Start, until: Callable) -> None:
    """Measure both beside the peer, on the cluster of a product that runs; `start` runs a server, `until` waits for it."""
    Cluster(Path(environment["MANDAT_VAR"]) / "postgres").create_database("plain")
    peer = said_by([sys.executable, "-m", "tests.bench.plain_portal"], environment)
    ours = said_by(
        [sys.executable, "manage.py", "shell", "--no-imports", "-c",
         f"from tests.bench.prepare import main; main({ROUNDS * SIGNATURES})"],
        environment,
    )  # fmt: skip
    signatures = iter([Ask(address, sent, 302) for address, sent in ours["signatures"]])
    sides = {
        "product": (ours, ours["csrf"], lambda: Ask(ours["list"]), lambda: next(signatures)),
        "plain": (peer, "csrftoken", lambda: Ask("/"), lambda: Ask("/", FORM, 302)),
    }
    targets = {"product": "config.wsgi:application", "plain": "tests.bench.plain_portal:application"}
    ports = {"product": int(environment["PORT"])}
    ports["plain"] = free_port_after(ports["product"] + 10)
    with ExitStack() as opened:
        opened.enter_context(start(targets["plain"], ports["plain"], environment))
        until(f"http://127.0.0.1:{ports['plain']}/", since=time.monotonic())
        report(figures, dict(measured(sides, ports)))


def measured(sides: dict, ports: dict[str, int]) -> Iterator[tuple[tuple[str, str], list[Waits]]]:
    """Yield, by what is measured and side, the waits of each round."""
    kept: dict[tuple[str, str], list[Waits]] = {}
    for number in range(ROUNDS + 1):
        for side, (said, csrf, page, signature) in sides.items():

            def asked(asks: list[Ask], clients: int, side=side, said=said, csrf=csrf) -> Waits:
                return ask_all(ports[side], said["cookies"], asks, clients=clients, csrf=csrf)

            round_of = {
                "page": asked([page() for _ in range(PAGES)], 1),
                "pages at once": asked([page() for _ in range(PAGES)], CLIENTS),
            }
            if number:  # the first round warms up
                round_of["signatures at once"] = asked([signature() for _ in range(SIGNATURES)], CLIENTS)
                for name, waits in round_of.items():
                    kept.setdefault((name, side), []).append(waits)
    yield from kept.items()


def report(figures: Figures, kept: dict[tuple[str, str], list[Waits]]) -> None:
    """Write the figures down, each a median of the rounds."""

    def median(name: str, side: str, of: Callable[[Waits], float]) -> float:
        return statistics.median(of(each) for each in kept[name, side])

    for name in ("page", "pages at once"):
        waits = [median(name, side, lambda each: each.percentile(50) * 1000) for side in ("product", "plain")]
        figures.ratio_at_most(f"goal 6: list of filings, {name}, p50", *waits, 1.5, "ms")
    rates = [median("signatures at once", side, lambda each: each.per_second) for side in ("product", "plain")]
    figures.ratio_at_least("goal 8: signatures, 8 clients", *rates, 0.5, "/s")
    spread = median("signatures at once", "product", lambda each: each.percentile(99) / each.percentile(50))
    figures.at_most("goal 8: signatures, p99 over p50", spread, 3, "")


def said_by(command: list[str], environment: dict[str, str]) -> dict:
    """Run a command, and return the JSON that it says last."""
    done = subprocess.run(command, env=os.environ | environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    said: dict = json.loads(done.stdout.splitlines()[-1])
    return said
