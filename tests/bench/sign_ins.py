"""Sign-ins a second, password and code, and what other pages wait meanwhile."""

import http.client
import re
import sys
import threading
import time
from itertools import islice
from urllib.parse import urlencode

from tests.bench.figures import Figures
from tests.bench.load import TOKEN, Ask, ask_all
from tests.bench.portal import said_by

SIGN_INS, PAGES, HANDS = 160, 80, 4
#: How much longer a page may wait, at its 95th percentile, while others sign in as fast as they can.
LONGER = 3


def sign_ins(environment: dict[str, str], figures: Figures) -> None:
    """Measure a page alone, then while persons sign in, each once, by four hands at once."""
    said = said_by(
        [sys.executable, "manage.py", "shell", "--no-imports", "-c",
         f"from tests.bench.prepare import people; people({SIGN_INS})"],
        environment,
    )  # fmt: skip
    port = int(environment["PORT"])

    def pages() -> float:
        asks = (Ask("/avant-de-commencer") for _ in range(PAGES))
        return ask_all(port, {}, asks, clients=1, csrf=said["csrf"]).percentile(95) * 1000

    pages()  # warms up
    alone = pages()
    left, wrong = iter(said["people"]), []
    hands = [threading.Thread(target=sign_in_in_turn, args=(port, said, left, wrong)) for _ in range(HANDS)]
    began = time.perf_counter()
    for each in hands:
        each.start()
    meanwhile = pages()
    for each in hands:
        each.join()
    taken = time.perf_counter() - began
    assert not wrong, wrong[:3]
    figures.noted("sign-ins, password and code, four hands", SIGN_INS / taken, "/s")
    figures.ratio_at_most("a page while others sign in, p95", meanwhile, alone, LONGER, "ms")


def sign_in_in_turn(port: int, said: dict, left: object, wrong: list[str]) -> None:
    """Sign in whoever is left, one after another, each in a browser of their own."""
    for email, password, code in islice(left, None):  # type: ignore[call-overload] # threads share the iterator
        browser = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        cookies = {said["csrf"]: TOKEN}
        sent = send(browser, cookies, "/entrer", {"login": email, "password": password}, port)
        where = sent.getheader("Location") or "/entrer"
        answer = send(browser, cookies, where, {"code": code}, port)
        if answer.status != http.client.FOUND or said["session"] not in cookies:
            wrong.append(f"{sent.status} {where} {answer.status}")
        browser.close()


def send(
    browser: http.client.HTTPConnection, cookies: dict[str, str], address: str, form: dict[str, str], port: int
) -> http.client.HTTPResponse:
    """Send a form, and keep the cookies that come back."""
    headers = {
        "Cookie": "; ".join(f"{name}={value}" for name, value in cookies.items()), "Host": f"localhost:{port}",
        "Origin": f"http://localhost:{port}", "Content-Type": "application/x-www-form-urlencoded",
    }  # fmt: skip
    browser.request("POST", address, urlencode({**form, "csrfmiddlewaretoken": TOKEN}), headers)
    answer = browser.getresponse()
    answer.read()
    for each in answer.headers.get_all("Set-Cookie") or []:
        if kept := re.match(r"([^=]+)=([^;]*)", each):
            cookies[kept[1]] = kept[2]
    return answer
