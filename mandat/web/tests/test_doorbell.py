"""The doorbell: who is rung, what is refused, and what a page misses between its drawing and its listening."""

import asyncio
import json
from types import SimpleNamespace
from urllib.parse import urlsplit

import psycopg
import pytest
from django.conf import settings
from django.core.signing import TimestampSigner

from mandat.web import doorbell as module
from mandat.web.doorbell import Doorbell, application, read_ticket, ticket

PATH = urlsplit(settings.DOORBELL_URL).path


class Page:
    """A browser's side of one connection, in process."""

    def __init__(self, *, query: str = "", path: str = PATH, method: str = "GET") -> None:
        self.scope = {"type": "http", "path": path, "method": method, "query_string": query.encode()}
        self.sent: list[dict] = []
        self.gone = asyncio.Event()

    async def receive(self) -> dict:
        await self.gone.wait()
        return {"type": "http.disconnect"}

    async def send(self, message: dict) -> None:
        self.sent.append(message)

    @property
    def status(self) -> int:
        return self.sent[0]["status"]

    @property
    def rung(self) -> list[str]:
        text = b"".join(each.get("body", b"") for each in self.sent).decode()
        return [json.loads(line[6:]) for line in text.splitlines() if line.startswith("data: ")]


async def until(condition, *, tries: int = 400):
    for _ in range(tries):
        if condition():
            return
        await asyncio.sleep(0.01)
    raise AssertionError("it never came")


@pytest.fixture
def bell(monkeypatch):
    bell = Doorbell()
    bell.start = lambda: None
    bell.remembers_since = 0
    monkeypatch.setattr(module, "doorbell", bell)
    return bell


def open_page(query, **more):
    async def go():
        page = Page(query=query, **more)
        page.gone.set()
        await application(page.scope, page.receive, page.send)
        return page

    return asyncio.run(go())


def signed(*, key, salt):
    return "ticket=" + TimestampSigner(key=key, salt=salt).sign_object({"topics": ["events"]})


@pytest.mark.parametrize(
    "query",
    [
        *("", "ticket=", "ticket=nonsense", "ticket=a:b:c", "ticket=%00%ff"),
        pytest.param("ticket=" + "x" * 5000, id="long"),
        pytest.param(signed(key="another", salt="mandat.web.doorbell"), id="signed with another key"),
        pytest.param(signed(key=settings.SECRET_KEY, salt="elsewhere"), id="signed for another use"),
    ],
)
def test_refuses_a_page_without_a_valid_ticket(bell, query):
    assert open_page(query).status == 403


def test_refuses_a_ticket_of_yesterday(bell, monkeypatch):
    monkeypatch.setattr(module, "TICKET_SECONDS", -1)
    assert open_page("ticket=" + ticket(["events"])).status == 403


def test_answers_only_its_own_address_and_only_get(bell):
    assert open_page("", path="/elsewhere").status == 404
    assert open_page("", method="POST").status == 405


def test_refuses_more_readers_than_it_can_hold(bell, monkeypatch):
    monkeypatch.setattr(module, "MOST_READERS", 0)
    assert open_page("ticket=" + ticket(["events"])).status == 503


def test_rings_the_pages_that_watch_a_topic_and_no_other(bell):
    async def go():
        mine, other = Page(query="ticket=" + ticket(["filing:1"])), Page(query="ticket=" + ticket(["filing:2"]))
        served = [asyncio.create_task(application(each.scope, each.receive, each.send)) for each in (mine, other)]
        await until(lambda: len(bell.readers) == 2)
        bell.ring("filing:1")
        await until(lambda: mine.rung)
        for each in (mine, other):
            each.gone.set()
        await asyncio.gather(*served)
        return mine, other

    mine, other = asyncio.run(go())
    assert mine.rung == ["filing:1"]
    assert other.rung == []
    assert not bell.readers


def test_carries_no_data_and_is_never_stored(bell):
    page = open_page("ticket=" + ticket(["events"]))
    headers = dict(page.sent[0]["headers"])
    assert headers[b"cache-control"] == b"no-store"
    assert headers[b"access-control-allow-origin"] == settings.PUBLIC_URL.encode()
    assert b"data" not in b"".join(each.get("body", b"") for each in page.sent)


def test_rings_melt_into_one_for_a_slow_reader():
    async def go():
        reader = module.Reader(frozenset({"events"}))
        for _ in range(1000):
            reader.ring("events")
        return await anext(reader.rings())

    assert asyncio.run(go()) == {"events"}


def test_a_ring_between_drawing_and_listening_is_not_missed(bell):
    topics, drawn_at = read_ticket(ticket(["filing:1", "filing:2"]))
    bell.ring("filing:1")
    assert bell.missed_by(topics, since=drawn_at) == {"filing:1"}


def test_a_doorbell_that_has_just_started_rings_the_pages_drawn_before(bell):
    topics, drawn_at = read_ticket(ticket(["filing:1"]))
    bell.forget()
    assert bell.missed_by(topics, since=drawn_at) == {"filing:1"}
    assert bell.missed_by(topics, since=drawn_at + 3600) == set()


@pytest.mark.django_db(transaction=True)
def test_comes_back_after_the_database_cut_it_off(django_db_setup, monkeypatch):
    """The connection is cut by the server; every open page is rung when it is back, then each notified topic."""
    database = dict(settings.DATABASES["default"])
    from django.db import connection

    database |= {"HOST": connection.settings_dict["HOST"], "NAME": connection.settings_dict["NAME"]}
    monkeypatch.setattr(module, "settings", SimpleNamespace(DATABASES={"default": database}, SECRET_KEY="x"))
    cut = (
        "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity"
        " WHERE datname = current_database() AND query ILIKE 'LISTEN%'"
    )

    async def go():
        bell = Doorbell()
        reader = module.Reader(frozenset({"filing:1"}))
        bell.readers.add(reader)
        bell.start()
        await until(lambda: reader.waiting)
        async with await psycopg.AsyncConnection.connect(
            host=database["HOST"], dbname=database["NAME"], user="mandat_superuser", autocommit=True
        ) as other:
            reader.waiting.clear()
            await other.execute(cut)
            await until(lambda: reader.waiting)
            reader.waiting.clear()
            await other.execute("SELECT pg_notify('doorbell', 'filing:1')")
            await until(lambda: reader.waiting == {"filing:1"})
        bell.listening.cancel()

    asyncio.run(go())
