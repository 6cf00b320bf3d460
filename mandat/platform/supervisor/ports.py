"""The two ports: are they free, and the same pages on both loopback addresses."""

import asyncio
import contextlib
import errno
import os
import socket
import threading
from collections.abc import Awaitable, Callable, Iterable

from mandat.platform.supervisor.words import Refused

FOUR, SIX = "127.0.0.1", "::1"
LAST_PORT = 65_535
DEFAULT_PORT = 8000


def asked_port() -> int:
    """
    Return the port of the pages; the doorbell takes the next.

    :raises Refused: if `PORT` is no port number
    """
    said = os.environ.get("PORT") or str(DEFAULT_PORT)
    if not (said.isascii() and said.isdigit() and 0 < int(said) < LAST_PORT):
        raise Refused("bad_port", port=said)
    return int(said)


def check_free(ports: Iterable[int]) -> None:
    """
    Check that nobody answers on our ports.

    :raises Refused: if a port is taken, or not ours to take
    """
    for port in ports:
        reason = what_forbids(port)
        if reason in {errno.EADDRINUSE, errno.EACCES}:
            sentence = "busy_port" if reason == errno.EADDRINUSE else "closed_port"
            raise Refused(sentence, port=port, other=free_port_after(max(port, 8000)))


def what_forbids(port: int) -> int:
    """Return the error of listening on a port on either loopback address, or 0. A machine may lack one of the two."""
    for family, address in ((socket.AF_INET, FOUR), (socket.AF_INET6, SIX)):
        try:
            with socket.socket(family, socket.SOCK_STREAM) as tried:
                tried.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                tried.bind((address, port))
        except OSError as error:
            if error.errno in {errno.EADDRINUSE, errno.EACCES}:
                return error.errno
    return 0


def free_port_after(port: int) -> int:
    """Return a round port after this one, free with its neighbour."""
    rounds = range(port - port % 10 + 10, LAST_PORT - 10, 10)
    return next((each for each in rounds if not what_forbids(each) and not what_forbids(each + 1)), DEFAULT_PORT)


def answer_on_six(ports: Iterable[int]) -> None:
    """
    Carry what comes to `::1` over to 127.0.0.1, in a thread that ends with us.

    The server listens on one address, and a browser may take `localhost` for either.
    """
    threading.Thread(target=asyncio.run, args=(_answer(list(ports)),), daemon=True).start()


async def _answer(ports: list[int]) -> None:
    with contextlib.suppress(OSError):  # a machine without IPv6 has nothing to carry
        for port in ports:
            await asyncio.start_server(_carrier(port), SIX, port)
        await asyncio.Event().wait()


def _carrier(port: int) -> Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]:
    async def carry(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError):
            inner_reader, inner_writer = await asyncio.open_connection(FOUR, port)
            await asyncio.gather(_copy(reader, inner_writer), _copy(inner_reader, writer))
            inner_writer.close()
        writer.close()

    return carry


async def _copy(source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
    with contextlib.suppress(OSError):
        while block := await source.read(65_536):
            target.write(block)
            await target.drain()
    with contextlib.suppress(OSError):
        target.write_eof()
