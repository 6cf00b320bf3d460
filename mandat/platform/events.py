"""
Events: what happened, told once, to whoever subscribes.

`publish` writes, in the transaction of the act, one event row and, per handler, one delivery and its job. Deliveries of
one aggregate to one handler come in the order published (a command locks its aggregate before it publishes); nothing
orders the others. A handler runs in one transaction with marking its delivery done, and must bear being run twice.

`mandat/subscriptions.py` says who subscribes. It stands above every context, so this module names it by a setting and
imports it at the first use: an import written here would point upward.

The doorbell. `publish` also notifies the channel `doorbell`, in the same transaction: it rings at commit or never. A
notification's payload is one topic and nothing else:

- `events`: something happened somewhere;
- `<aggregate>:<id>`, such as `filing:5b1f…`: something happened to this one; the id is the aggregate's public id.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from typing import Any, ClassVar, TypeAlias
from uuid import uuid4

from django.conf import settings
from django.db import connection
from django.utils.module_loading import import_string
from procrastinate.contrib.django import app

from mandat.platform.clock import AppNow
from mandat.platform.effects import WAITS, attempt, defer, require_transaction
from mandat.platform.models import Delivery, EventRow


@dataclass(frozen=True, kw_only=True)
class Event:
    """
    What happened, in the past tense, its fields naming rows by their public ids, as strings.

    `aggregate` names what it happened to, and is the name of the field that holds its id.
    """

    aggregate: ClassVar[str]
    #: A stable key for what a handler does outside.
    event_id: str = field(default_factory=lambda: str(uuid4()), compare=False)

    @property
    def aggregate_id(self) -> str:
        """Return the id of what it happened to."""
        return str(getattr(self, self.aggregate))

    def body(self) -> dict[str, Any]:
        """Return its own fields."""
        return {each.name: getattr(self, each.name) for each in fields(self) if each.name != "event_id"}


Handler: TypeAlias = Callable[[Any], None]
Subscriptions: TypeAlias = Mapping[type[Event], Sequence[Handler]]


class NotSubscribed(Exception):
    """No such event is known, or it has no such handler: the code that knew it is gone."""


def publish(event: Event, *also: str) -> None:
    """
    Record an event, order its deliveries and ring the doorbell, for other topics too, in the current transaction.

    :raises TransactionManagementError: outside a transaction
    """
    require_transaction()
    row = EventRow.objects.create(
        public_id=event.event_id, name=type(event).__name__, at=AppNow(),
        aggregate=event.aggregate, aggregate_id=event.aggregate_id, body=event.body(),
    )  # fmt: skip
    handlers = subscriptions().get(type(event), ())
    deliveries = [Delivery(event=row, handler=name_of(handler), ordered_at=AppNow()) for handler in handlers]
    defer(*Delivery.objects.bulk_create(deliveries))
    ring("events", f"{event.aggregate}:{event.aggregate_id}", *also)


def ring(*topics: str) -> None:
    """Ring the doorbell for some topics, when the current transaction commits."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_notify('doorbell', topic) FROM unnest(%s::text[]) AS topic", [list(topics)])


@app.task(name=Delivery.job, retry=WAITS)
def deliver(effect: str) -> None:
    """Hand an event over to a handler."""
    attempt(Delivery, effect, hand_over)


def hand_over(delivery: Delivery) -> None:
    """
    Run a delivery's handler.

    :raises NotSubscribed: if the handler is gone
    """
    row = delivery.event
    for kind, handlers in subscriptions().items():
        for handler in handlers:
            if (kind.__name__, name_of(handler)) == (row.name, delivery.handler):
                handler(kind(event_id=str(row.public_id), **row.body))
                return
    raise NotSubscribed(f"{row.name} → {delivery.handler}")


def subscriptions() -> Subscriptions:
    """Return who subscribes to what."""
    table: Subscriptions = import_string(settings.SUBSCRIPTIONS)
    return table


def name_of(handler: Handler) -> str:
    """Return the name that a delivery knows a handler by."""
    return f"{handler.__module__}.{handler.__qualname__}"
