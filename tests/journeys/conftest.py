"""The product as anybody runs it, `mandat up`, in a folder and on ports of its own; and a browser in front of it."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import pytest
from playwright.sync_api import Page

from mandat.platform.supervisor.ports import free_port_after

ROOT = Path(__file__).parents[2]
MANAGE = [sys.executable, str(ROOT / "manage.py")]
READY_WITHIN = 180


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items):
    """Send all journeys to one worker: they share one product."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.xdist_group("live"))


@dataclass(frozen=True)
class Live:
    """A running product: its address, and the environment to speak to it from the command line."""

    url: str
    environment: dict[str, str]

    def command(self, *words: str) -> str:
        """Run a command of the product, and return what it says."""
        done = subprocess.run([*MANAGE, *words], env=self.environment, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    def failing(self, *words: str) -> str:
        """Run a command of the product that should fail, and return its whole line and what it says."""
        done = subprocess.run([*MANAGE, *words], env=self.environment, capture_output=True, text=True, check=False)
        assert done.returncode != 0, done.stdout
        return f"{words[0]}: {done.stdout}{done.stderr}"

    def code_of(self, name: str) -> str:
        """Return what somebody of the demonstration reads on their telephone now."""
        return self.command("demo", "totp", name)


def is_ready(url: str) -> bool:
    try:
        with urlopen(f"{url}/readyz", timeout=10) as answer:
            return answer.status == 200
    except (URLError, OSError):
        return False


@pytest.fixture(scope="session")
def live(tmp_path_factory) -> Iterator[Live]:
    """Start the product on a new demonstration, and stop it as Ctrl-C does."""
    folder, port = tmp_path_factory.mktemp("live"), free_port_after(10_000 + os.getpid() * 10 % 8_000)
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("MANDAT_", "DJANGO_"))}
    environment |= {"MANDAT_VAR": str(folder), "PORT": str(port)}
    with (folder / "said").open("wb") as said:
        product = subprocess.Popen([*MANAGE, "up"], env=environment, cwd=ROOT, stdout=said, stderr=said)
    url, until = f"http://localhost:{port}", time.monotonic() + READY_WITHIN
    try:
        while not is_ready(url):
            assert product.poll() is None, (folder / "said").read_text()
            assert time.monotonic() < until, (folder / "said").read_text()
            time.sleep(0.2)
        yield Live(url, environment)
    finally:
        product.send_signal(signal.SIGINT)
        product.wait(60)


@pytest.fixture
def browser(chromium, live) -> Iterator[Page]:
    """Open a window where nobody is signed in; a page that the console complains of fails the journey."""
    window = chromium.new_context(base_url=live.url, viewport={"width": 1280, "height": 900}, locale="fr-CA")
    page = window.new_page()
    complaints: list[str] = []
    page.on("console", lambda said: complaints.append(said.text) if said.type in {"error", "warning"} else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    yield page
    window.close()
    assert not [each for each in complaints if "status of 422" not in each]  # a form to correct is said so
