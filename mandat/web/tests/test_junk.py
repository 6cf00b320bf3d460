"""Junk, sent to every address: a 4xx at worst, in the language of the address, never a 500."""

import gzip
from itertools import product

import pytest
from django.conf import settings

from mandat.web.permissions import RULES, Public
from mandat.web.tests.samples import addresses
from mandat.web.tests.sparing import spared
from tests.drills.recorder import FULL_SIZE

pytestmark = pytest.mark.xdist_group("junk")  # one demonstration, of which several tests ask

OPENED = 200
READERS = ("nobody", "rse", "supervisor")
FORM, MULTIPART = "application/x-www-form-urlencoded", "multipart/form-data; boundary=X"
#: What may come in a body, by its content type.
BODIES = [
    (FORM, b"next=%00&login=%00%00&password=%ED%A0%80&code=\xff\xfe&key=not-a-uuid"),
    (FORM, b"login=" + b"9" * 200_000),
    (FORM, "login=\ud800".encode("utf-8", "surrogatepass")),
    (FORM, b"&".join(b"a%d=1" % each for each in range(1100))),
    (FORM + "; charset=utf-16", b"\xff\xfeb\x00"),
    (FORM + "; charset=no-such", b"login=a"),
    (MULTIPART, b"no boundary here"),
    (MULTIPART, b'--X\r\nContent-Disposition: form-data; name="login"; filename="\x00"\r\n\r\n\x00\r\n--X--'),
    (
        MULTIPART,
        b'--X\r\nContent-Disposition: form-data; name="login"\r\nContent-Transfer-Encoding: base64\r\n\r\n!\r\n--X--',
    ),
    ("multipart/form-data", b"--"),
    ("application/json", b'{"login": '),
    ("text/\x00", b"\x00"),
    ("", b"login=a"),
]
QUERIES = [
    "%00",
    "next=%00",
    "next=//evil.example/",
    "page=%FF&page=-1",
    "page=999999999999999999999",
    "on=%00",
    "on=0000-00-00",
    "words=%ED%A0%80",
    "a=" + "9" * 20_000,
    "=&&==;",
    "next=" + "%2e%2e/" * 500,
    "on=99999-01-01",
    "all=%F0%9F",
]
HEADERS = [
    {"HTTP_COOKIE": 'session="\\000\\000"; csrf="\\377"'},
    {"HTTP_COOKIE": "session=" + "a" * 8000},
    {"HTTP_COOKIE": "session=\xff\xfe; ;;=;messages={"},
    {"HTTP_COOKIE": "csrf=<script>; session=../../etc/passwd"},
    {"HTTP_ACCEPT_LANGUAGE": "x" * 5000 + ";q=NaN,\x00,fr;q=1e999,*;q=-1"},
    {"HTTP_ACCEPT_LANGUAGE": "\xff, en-" + "x-" * 300},
    {"HTTP_HX_REQUEST": "\x00", "HTTP_HX_CURRENT_URL": "http://[::1"},
    {"HTTP_X_FORWARDED_FOR": "\x00, 999.999.999.999"},
    {"HTTP_REFERER": "http://[bad"},
    {"HTTP_ACCEPT": "\x00/*;q=", "HTTP_ACCEPT_ENCODING": "gzip;q=\xff"},
    {"HTTP_IF_MODIFIED_SINCE": "Thu, 99 Zzz 9999", "HTTP_IF_NONE_MATCH": '"' * 99, "HTTP_RANGE": "bytes=9-1"},
    {"HTTP_HOST": "evil.example"},
    {"HTTP_HOST": "localhost:\xff"},
    {"HTTP_HOST": "a" * 300},
    {"CONTENT_LENGTH": "-1"},
    {"CONTENT_LENGTH": "a lot"},
]
#: Raw bytes of a path, as WSGI hands them over: latin-1.
PATHS = [
    "/\x00",
    "/en/\x00",
    "/en/\xff\xfe",
    "/d/\xe9/",
    "/en/d/not-a-uuid/",
    "/en/d/00000000-0000-0000-0000-00000000000g/",
    "/" + "a/" * 4000,
    "/en/../../etc/passwd",
    "/en//evil.example/%2e%2e",
    "/en/agence/reference/\x00",
    "/en/agence/reference/" + "x" * 5000,
    "/agence/reference/\xed\xa0\x80",
    "/en/agence/serveur/reprendre/x/00000000-0000-4000-8000-000000000000",
    "/en\\",
    "/EN/",
    "/en/d/",
    "/static/\x00",
    "/static/../config/settings.py",
    "/en/compte/\u0000/é".encode().decode("latin-1"),
    "",
]


@pytest.fixture
def visitors(one_demonstration, db):
    return one_demonstration


@pytest.fixture
def send(visitors):
    """Send a request that a browser would not, and return the answer; whoever was signed out by one is in for the next."""
    browsers = {who: visitors.browser(who) for who in READERS}

    def send(who, method, path, body=b"", content_type=FORM, **headers):
        before = session_of(browsers[who])
        answer = browsers[who].generic(method, "/", body, content_type, PATH_INFO=path, **headers)
        if before and session_of(browsers[who]) != before:
            browsers[who] = visitors.browser(who)
        return answer

    with spared(pages=False):
        yield send
        assert browsers["rse"].get(f"/d/{visitors.own_firm.public_id}/acces/").status_code == OPENED
        assert browsers["supervisor"].get("/agence/personnel/").status_code == OPENED


def session_of(browser) -> str:
    cookie = browser.cookies.get(settings.SESSION_COOKIE_NAME)
    return cookie.value if cookie else ""


def faults(response, path: str) -> list[str]:
    """Return what is wrong with an answer to junk."""
    found = []
    if not 200 <= response.status_code < 500:
        found.append(f"answered {response.status_code}")
    is_page = response.status_code >= 400 and response["Content-Type"].startswith("text/html")
    language = "en" if path == "/en" or path.startswith("/en/") else "fr"
    content = gzip.decompress(response.content) if "Content-Encoding" in response else response.content
    if is_page and f'<html lang="{language}-CA">' not in content.decode():
        found.append(f"answered {response.status_code} not in {language}")
    return found


def reader_of(name: str) -> str:
    return "supervisor" if name.startswith("staff:") else "rse"


def readers_of(name: str) -> set[str]:
    """Return who tries an address: whoever may open it, and nobody where that is not the gate's affair alone."""
    is_asked_by_nobody = FULL_SIZE or isinstance(RULES[name], Public)
    return {"nobody", reader_of(name)} if is_asked_by_nobody else {reader_of(name)}


def share(junk: list, place: int) -> list:
    """Return each piece of junk with its number: in `make test` a quarter of them at each address, in turn."""
    return list(enumerate(junk)) if FULL_SIZE else list(enumerate(junk))[place % 4 :: 4]


@pytest.mark.drill("TI-6")
def test_junk_in_a_body_is_never_our_fault(send, visitors, drill):
    wrong = []
    for place, (name, address) in enumerate(addresses(visitors.own_firm.public_id).items()):
        for who in readers_of(name):
            for number, (content_type, body) in share(BODIES, place):
                drill.record.trials += 1
                response = send(who, "POST", f"/en{address}" if number % 2 else address, body, content_type)
                path = f"/en{address}" if number % 2 else address
                wrong += [(name, who, content_type, body[:30], fault) for fault in faults(response, path)]
    assert wrong == []


@pytest.mark.drill("TI-6")
def test_junk_in_a_query_is_never_our_fault(send, visitors, drill):
    wrong = []
    for place, (name, address) in enumerate(addresses(visitors.own_firm.public_id).items()):
        for number, query in share(QUERIES, place):
            drill.record.trials += 1
            path = f"/en{address}" if number % 2 else address
            response = send(reader_of(name), "GET", path, QUERY_STRING=query)
            wrong += [(name, query[:30], fault) for fault in faults(response, path)]
            assert "evil.example" not in response.get("Location", "").partition("next=")[0]
    assert wrong == []


@pytest.mark.drill("TI-6")
def test_junk_in_a_header_is_never_our_fault(send, visitors, drill):
    wrong = []
    for place, (name, address) in enumerate(addresses(visitors.own_firm.public_id).items()):
        for number, headers in share(HEADERS, place):
            drill.record.trials += 1
            path = f"/en{address}" if number % 2 else address
            who = "nobody" if "HTTP_COOKIE" in headers else reader_of(name)
            response = send(who, "GET", path, **headers)
            wrong += [(name, headers, fault) for fault in faults(response, path)]
    assert wrong == []


def test_junk_in_a_path_is_never_our_fault(send):
    requests = product(("nobody", "rse", "supervisor"), ("GET", "POST", "PROPFIND", "\xff"), PATHS)
    wrong = [(each, fault) for each in requests for fault in faults(send(*each), each[2])]
    assert wrong == []
