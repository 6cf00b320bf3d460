"""
Measure the product beside a bare Django, in one run: cold start, start of the whole, page weight, memory.

    python -m tests.bench.run [--clone] [--full]     # --clone also times a fresh clone to its first page

Only ratios made in one run say anything on a shared machine; see goals 1, 2, 6, 7, 8, 12, 13 and 14 of the project.
"""

import argparse
import contextlib
import gzip
import os
import re
import signal
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urljoin, urlsplit

import psutil

from mandat.platform.supervisor.ports import free_port_after
from tests.bench.business_register import ENTERPRISES, FULL, business_register
from tests.bench.decisions import decisions
from tests.bench.figures import Figures
from tests.bench.portal import pages_and_signatures
from tests.bench.sign_ins import sign_ins

ROOT = Path(__file__).parents[2]
BIN = Path(sys.executable).parent
ROUNDS = 5
PAGES = ["/", "/avant-de-commencer", "/entrer"]


def get(url: str, *, encoding: str = "gzip, br") -> tuple[int, bytes, dict[str, str]]:
    request = urllib.request.Request(url, headers={"Accept-Encoding": encoding})
    with urllib.request.urlopen(request, timeout=10) as answer:
        return answer.status, answer.read(), {name.lower(): value for name, value in answer.headers.items()}


def answers(url: str, *, since: float) -> None:
    """Wait until something answers at an address, whatever it says."""
    while time.monotonic() - since < 60:
        try:
            get(url)
        except urllib.error.HTTPError:
            return
        except OSError:
            time.sleep(0.05)
        else:
            return


def seconds_until(url: str, *, since: float, most: float = 180) -> float:
    while time.monotonic() - since < most:
        with contextlib.suppress(OSError, urllib.error.URLError):
            if get(url)[0] == 200:
                return time.monotonic() - since
        time.sleep(0.01)
    raise TimeoutError(url)


@contextlib.contextmanager
def running(command: list[str], *, environment: dict[str, str], cwd: Path = ROOT) -> Iterator[subprocess.Popen[bytes]]:
    """Run a program, and stop it with all its children."""
    quiet = {"stdin": subprocess.DEVNULL, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    process = subprocess.Popen(command, env=os.environ | environment, cwd=cwd, start_new_session=True, **quiet)
    try:
        yield process
    finally:
        process.send_signal(signal.SIGINT)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(30)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)


def granian(target: str, port: int) -> list[str]:
    words = [
        "--interface",
        "wsgi",
        "--host",
        "127.0.0.1",
        "--port",
        str(port),
        "--workers",
        "1",
        "--blocking-threads",  # as many as the launcher gives ours
        "5",
        "--log-level",
        "error",
    ]
    return [str(BIN / "granian"), *words, target]


def memory(process: psutil.Process) -> float:
    """Return the resident megabytes of a process that serves: of a granian, those of its one worker."""
    return max(each.memory_info().rss for each in [process, *process.children(recursive=True)]) / 1e6


def whole_product(var: Path, figures: Figures) -> dict[str, str]:
    """Time the second start of the whole, and weigh its pages and processes; return what a web process needs to run."""
    port = free_port_after(18_000)
    environment = {"MANDAT_VAR": str(var), "PORT": str(port), "LANG": "en_CA.UTF-8"}
    up = [sys.executable, "manage.py", "up"]
    here = f"http://127.0.0.1:{port}"
    for name in ("first start, database and demo made", "second start of the whole"):
        since = time.monotonic()
        with running(up, environment=environment) as process:
            taken = seconds_until(f"{here}/readyz", since=since)
            figures.at_most(name, taken, 60 if "first" in name else 10, "s")
            if "second" in name:
                weigh_pages(here, figures)
                weigh_processes(psutil.Process(process.pid), here, figures)
    return environment | {"BENCH_SOCKET": str(var / "postgres" / "socket")}


def weigh_pages(here: str, figures: Figures) -> None:
    """Weigh the first visit of each public page as a browser would fetch it, fonts aside."""
    for page in PAGES:
        _, body, headers = get(here + page, encoding="gzip")
        html = gzip.decompress(body).decode() if headers.get("content-encoding") == "gzip" else body.decode()
        named = set(re.findall(r'<(?:link|script|img)[^>]+?(?:href|src)="([^"#]+)"', html))
        own = {url for url in named if re.search(r"\.(css|js|svg|png|ico)$", urlsplit(url).path)}
        weights = {url: len(get(urljoin(here, url))[1]) for url in own}
        scripts = sum(weight for url, weight in weights.items() if url.endswith(".js"))
        figures.at_most(f"page {page}: weight without fonts", (len(body) + sum(weights.values())) / 1024, 60, "KB")
        figures.at_most(f"page {page}: requests", 1 + len(weights), 6, "")
        figures.at_most(f"page {page}: scripts", scripts / 1024, 25, "KB")


def weigh_processes(launcher: psutil.Process, here: str, figures: Figures) -> None:
    """Weigh each process after a thousand mixed requests."""
    for number in range(1000):
        with contextlib.suppress(urllib.error.HTTPError):
            get(here + [*PAGES, "/nowhere", "/readyz"][number % 5])
    figures.at_most("memory: launcher", launcher.memory_info().rss / 1e6, 60, "MB")
    for child in launcher.children():
        words = " ".join(child.cmdline())
        name = next((each for each in ("postgres", "doorbell", "wsgi", "worker") if each in words), None)
        if name and name != "postgres":
            figures.at_most(f"memory: {'web' if name == 'wsgi' else name}", memory(child), 130, "MB")


def cold_starts(environment: dict[str, str], figures: Figures, *, enterprises: int) -> None:
    """Time a web process to its first page, in turn with a bare Django on the same database."""
    port = free_port_after(int(environment["PORT"]))
    up = [sys.executable, "manage.py", "up"]
    targets = {"product": "config.wsgi:application", "bare": "tests.bench.bare_django:application"}
    taken: dict[str, list[float]] = {name: [] for name in targets}
    heavy: dict[str, float] = {}
    with running(up, environment=environment) as whole:
        seconds_until(f"http://127.0.0.1:{environment['PORT']}/readyz", since=time.monotonic())
        secret = Path(environment["MANDAT_VAR"], "secret").read_text().strip()
        own = environment | {"MANDAT_SECRET_KEY": secret, "PORT": str(port)}
        for _ in range(ROUNDS):
            for name, target in targets.items():
                since = time.monotonic()
                with running(granian(target, port), environment=own) as process:
                    taken[name].append(seconds_until(f"http://127.0.0.1:{port}/", since=since))
                    heavy[name] = memory(psutil.Process(process.pid))
        with tempfile.TemporaryDirectory(prefix="mandat-register-") as folder:
            business_register(own, Path(folder), figures, enterprises=enterprises)
        decisions(environment | {"MANDAT_SECRET_KEY": secret}, figures)
        sign_ins(environment | {"MANDAT_SECRET_KEY": secret}, figures)
        pages_and_signatures(
            environment | {"MANDAT_SECRET_KEY": secret}, figures,
            start=lambda target, port, own: running(granian(target, port), environment=own), until=answers,
        )  # fmt: skip
        assert whole.poll() is None
    medians = {name: statistics.median(values) for name, values in taken.items()}
    figures.ratio_at_most("cold start of a web process", medians["product"], medians["bare"], 2.5, "s")
    figures.ratio_at_most("memory of a web process, just started", heavy["product"], heavy["bare"], 2.5, "MB")


def clone_to_page(folder: Path, figures: Figures) -> None:
    """Time a fresh clone to its first page, with the packages in the machine's cache if they were there."""
    port = free_port_after(18_000)
    since = time.monotonic()
    subprocess.run(["git", "clone", "-q", str(ROOT), str(folder)], check=True)
    environment = {"PORT": str(port), "MANDAT_VAR": str(folder / "var")}
    with running(["make", "run"], environment=environment, cwd=folder):
        taken = seconds_until(f"http://127.0.0.1:{port}/", since=since, most=600)
    figures.at_most("fresh clone to first page", taken, 120, "s")


def main() -> int:
    """Measure, print a table, write `var/bench.json`; return 1 when a goal was not met."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--clone", action="store_true", help="also time a fresh clone to its first page")
    parser.add_argument("--full", action="store_true", help="also read a register as large as Québec’s")
    wanted = parser.parse_args()
    figures = Figures()
    with tempfile.TemporaryDirectory(prefix="mandat-bench-") as folder:
        if wanted.clone:
            clone_to_page(Path(folder) / "clone", figures)
        environment = whole_product(Path(folder) / "var", figures)
        cold_starts(environment, figures, enterprises=FULL if wanted.full else ENTERPRISES)
    figures.write(Path(os.environ.get("MANDAT_VAR", ROOT / "var")) / "bench.json")
    sys.stdout.write(figures.table() + "\n")
    return 0 if all(row.met for row in figures.rows) else 1


if __name__ == "__main__":
    sys.exit(main())
