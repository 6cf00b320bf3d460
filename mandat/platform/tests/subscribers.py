"""Events and handlers for the tests. In a worker of its own, a handler writes what it does to a folder."""

import os
import time
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from mandat.platform.events import Event, publish


@dataclass(frozen=True, kw_only=True)
class Happened(Event):
    aggregate: ClassVar[str] = "thing"
    thing: str
    order: int = 0


@dataclass(frozen=True, kw_only=True)
class Followed(Event):
    aggregate: ClassVar[str] = "thing"
    thing: str


@dataclass(frozen=True, kw_only=True)
class Dragged(Event):
    aggregate: ClassVar[str] = "thing"
    thing: str


def note(event):
    write("done", f"{event.thing} {event.event_id}")


def publish_then_fail(event):
    publish(Followed(thing=event.thing))
    write("begun", event.thing)
    raise RuntimeError("after ordering more")


def take_until_told(event):
    """Begin, wait until the file `go` exists, and only then be done."""
    write("begun", event.thing)
    while not (folder() / "go").exists():
        time.sleep(0.02)
    write("done", f"{event.thing} {event.event_id}")


def folder():
    return Path(os.environ["MANDAT_TEST_NOTES"])


def write(name, line):
    with (folder() / name).open("a") as file:
        file.write(line + "\n")


SUBSCRIPTIONS = {Happened: [publish_then_fail], Followed: [note], Dragged: [take_until_told]}
