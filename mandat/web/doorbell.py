"""
The doorbell: a small process that tells open pages that something moved, and never what.

A page shows a signed ticket for the topics that its reader may watch. The stream carries a topic and a number, no
data: on a ring, or when the stream comes back, the page fetches its fragment again and Django decides again.
Raw ASGI, for it costs a twentieth of a framework's request; it loads settings, not the applications.
"""

import asyncio
import contextlib
import json
import logging
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import UUID

import psycopg
from django.conf import settings
from django.core.signing import BadSignature, TimestampSigner, b62_decode

logger = logging.getLogger(__name__)

#: A page left open is rung for as long as a session may live.
TICKET_SECONDS = 12 * 3600
#: A comment this often keeps proxies from closing a quiet stream, and finds readers that have gone.
HEARTBEAT_SECONDS = 15
MOST_READERS = 5000
#: How many topics' last rings are remembered, for the page that was drawn just before one and listens just after.
MOST_TOPICS = 10_000
#: Tickets are dated to the second, by another process.
CLOCK_MARGIN_SECONDS = 2
CHANNEL = "doorbell"

Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]


def ticket(topics: Iterable[str], *, person: UUID | None = None) -> str:
    """Return a signed leave to be rung for topics; it opens nothing else."""
    return _signer().sign_object({"topics": sorted(topics), "person": str(person or "")})


def read_ticket(signed: str) -> tuple[frozenset[str], float]:
    """
    Return the topics of a ticket, and when it was signed.

    :raises BadSignature: if we did not sign it, or too long ago
    """
    topics = frozenset(_signer().unsign_object(signed, max_age=TICKET_SECONDS)["topics"])
    signed_at = b62_decode(signed.rsplit(":", 2)[1])
    return topics, float(signed_at)


def _signer() -> TimestampSigner:
    return TimestampSigner(key=settings.SECRET_KEY, salt="mandat.web.doorbell", fallback_keys=[])


class Reader:
    """One open page. Rings that it has not yet taken melt into one, so a slow reader costs no memory."""

    def __init__(self, topics: frozenset[str]) -> None:
        self.topics = topics
        self.waiting: set[str] = set()
        self.bell = asyncio.Event()

    def ring(self, topic: str) -> None:
        if topic in self.topics:
            self.waiting.add(topic)
            self.bell.set()

    async def rings(self) -> AsyncIterator[set[str]]:
        """Yield the topics rung since the last time; an empty set is a heartbeat."""
        while True:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self.bell.wait(), HEARTBEAT_SECONDS)
            self.bell.clear()
            rung, self.waiting = self.waiting, set()
            yield rung


class Doorbell:
    """The readers, and the one connection that listens to the database."""

    def __init__(self) -> None:
        self.readers: set[Reader] = set()
        self.listening: asyncio.Task[None] | None = None
        self.number = 0
        self.rung_at: dict[str, float] = {}
        self.remembers_since = time.time()

    def start(self) -> None:
        if self.listening is None or self.listening.done():
            self.listening = asyncio.get_running_loop().create_task(self.listen())

    async def listen(self) -> None:
        """Ring the readers of each notified topic; after a cut, ring everybody, for a ring may have been missed."""
        pause = 0.1
        while True:
            try:
                async with await psycopg.AsyncConnection.connect(connection_string(), autocommit=True) as connection:
                    await connection.execute(f"LISTEN {CHANNEL}")
                    pause = 0.1
                    self.forget()
                    self.ring_everybody()
                    async for notified in connection.notifies():
                        self.ring(notified.payload)
            except psycopg.Error as error:
                logger.warning("the doorbell lost the database, and tries again: %s", type(error).__name__)
            await asyncio.sleep(pause)
            pause = min(pause * 2, 2)

    def ring(self, topic: str) -> None:
        if len(self.rung_at) >= MOST_TOPICS:
            self.forget()
        self.rung_at[topic] = time.time()
        for reader in self.readers:
            reader.ring(topic)

    def forget(self) -> None:
        """Begin remembering rings anew; a page drawn before is rung once when it begins to listen."""
        self.rung_at.clear()
        self.remembers_since = time.time()

    def missed_by(self, topics: frozenset[str], *, since: float) -> set[str]:
        """Return the topics that may have rung between the drawing of a page and its listening."""
        drawn = since - CLOCK_MARGIN_SECONDS
        return {topic for topic in topics if self.rung_at.get(topic, self.remembers_since) >= drawn}

    def ring_everybody(self) -> None:
        for reader in self.readers:
            for topic in reader.topics:
                reader.ring(topic)

    async def serve(self, topics: frozenset[str], since: float, receive: Receive, send: Send) -> None:
        """Stream rings to one page until it goes away."""
        reader = Reader(topics)
        for topic in self.missed_by(topics, since=since):
            reader.ring(topic)
        self.readers.add(reader)
        gone = asyncio.create_task(_wait_until_gone(receive))
        pushing = asyncio.create_task(self._push(reader, send))
        try:
            await asyncio.wait({gone, pushing}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            self.readers.discard(reader)
            for task in (gone, pushing):
                task.cancel()

    async def _push(self, reader: Reader, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": STREAM_HEADERS})
        await _body(send, ": open\n\n")
        async for rung in reader.rings():
            self.number += 1
            lines = [f"id: {self.number}\nevent: ring\ndata: {json.dumps(topic)}\n\n" for topic in sorted(rung)]
            await _body(send, "".join(lines) or ": still here\n\n")


async def _wait_until_gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


async def _body(send: Send, text: str) -> None:
    await send({"type": "http.response.body", "body": text.encode(), "more_body": True})


async def _refuse(send: Send, status: int, words: bytes) -> None:
    await send({"type": "http.response.start", "status": status, "headers": [*PLAIN_HEADERS, *CROSS_ORIGIN]})
    await send({"type": "http.response.body", "body": words})


def connection_string() -> str:
    """Return the address of the database, for a connection outside Django."""
    database = settings.DATABASES["default"]
    known = {"dbname": "NAME", "user": "USER", "password": "PASSWORD", "host": "HOST", "port": "PORT"}
    return psycopg.conninfo.make_conninfo(
        **{ours: database[theirs] for ours, theirs in known.items() if database.get(theirs)}
    )


def _origin(url: str) -> bytes:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}".encode()


CROSS_ORIGIN = [(b"access-control-allow-origin", _origin(settings.PUBLIC_URL)), (b"vary", b"origin")]
PLAIN_HEADERS = [(b"content-type", b"text/plain; charset=utf-8"), (b"x-content-type-options", b"nosniff")]
STREAM_HEADERS = [
    (b"content-type", b"text/event-stream; charset=utf-8"),
    (b"cache-control", b"no-store"),
    (b"x-accel-buffering", b"no"),
    (b"x-content-type-options", b"nosniff"),
    *CROSS_ORIGIN,
]

doorbell = Doorbell()


async def application(scope: dict[str, Any], receive: Receive, send: Send) -> None:
    """Answer one connection: the stream, or a refusal in a word."""
    if scope["type"] == "lifespan":
        return await _live(receive, send)
    doorbell.start()
    if scope["type"] != "http" or scope["path"] != urlsplit(settings.DOORBELL_URL).path:
        return await _refuse(send, 404, b"not here\n") if scope["type"] == "http" else None
    if scope["method"] != "GET":
        return await _refuse(send, 405, b"GET only\n")
    asked = parse_qs(scope["query_string"].decode("ascii", "replace")).get("ticket", [""])[0]
    try:
        topics, drawn_at = read_ticket(asked)
    except (BadSignature, KeyError, TypeError, ValueError):
        return await _refuse(send, 403, b"no valid ticket\n")
    if len(doorbell.readers) >= MOST_READERS:
        return await _refuse(send, 503, b"too many readers\n")
    return await doorbell.serve(topics, drawn_at, receive, send)


async def _live(receive: Receive, send: Send) -> None:
    while True:
        message = await receive()
        if message["type"] == "lifespan.startup":
            doorbell.start()
            await send({"type": "lifespan.startup.complete"})
        else:
            if doorbell.listening:
                doorbell.listening.cancel()
            return await send({"type": "lifespan.shutdown.complete"})
