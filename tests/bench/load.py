"""Clients that ask over kept connections, in turn or several at once, and how long each waited."""

import http.client
import statistics
import threading
import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from urllib.parse import urlencode

TOKEN = "b" * 32


@dataclass(frozen=True)
class Ask:
    """One request: a GET, or a POST when there is something to send; and the status that answers it."""

    address: str
    sent: Mapping[str, object] | None = None
    status: int = 200


@dataclass
class Waits:
    """How long each answer took, in seconds, and how long the whole."""

    each: list[float] = field(default_factory=list)
    whole: float = 0

    def percentile(self, hundredths: int) -> float:
        return statistics.quantiles(self.each, n=100)[hundredths - 1]

    @property
    def per_second(self) -> float:
        return len(self.each) / self.whole


def ask_all(port: int, cookies: Mapping[str, str], asks: Iterable[Ask], *, clients: int, csrf: str) -> Waits:
    """
    Ask everything, each request once, by some clients at once.

    :raises AssertionError: if an answer has another status than it should
    """
    waits, left, lock = Waits(), iter(list(asks)), threading.Lock()
    wrong: list[str] = []
    threads = [
        threading.Thread(target=ask_in_turn, args=(port, cookies, left, lock, waits, wrong, csrf))
        for _ in range(clients)
    ]
    began = time.perf_counter()
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    waits.whole = time.perf_counter() - began
    assert not wrong, wrong[:3]
    return waits


def ask_in_turn(  # noqa: PLR0917 - one thread, all that it shares
    port: int, cookies: Mapping[str, str], left: Iterator[Ask], lock: threading.Lock, waits: Waits, wrong: list[str],
    csrf: str,
) -> None:  # fmt: skip
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    headers = {
        "Cookie": "; ".join(f"{name}={value}" for name, value in {**cookies, csrf: TOKEN}.items()),
        "Host": f"localhost:{port}", "Origin": f"http://localhost:{port}", "Accept-Encoding": "gzip",
        "Content-Type": "application/x-www-form-urlencoded",
    }  # fmt: skip
    while True:
        with lock:
            ask = next(left, None)
        if ask is None:
            return
        body = None if ask.sent is None else urlencode({**ask.sent, "csrfmiddlewaretoken": TOKEN})
        began = time.perf_counter()
        connection.request("GET" if body is None else "POST", ask.address, body, headers)
        answer = connection.getresponse()
        answer.read()
        waits.each.append(time.perf_counter() - began)
        if answer.status != ask.status:
            wrong.append(f"{answer.status} {ask.address}")
