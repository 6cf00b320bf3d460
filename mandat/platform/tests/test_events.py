import itertools
import logging
from dataclasses import fields
from uuid import uuid4

import psycopg
import pytest
from django.db import DatabaseError, IntegrityError, ProgrammingError, connection, transaction
from django.db.transaction import TransactionManagementError
from django.utils.module_loading import import_string

from mandat.platform.commands import unpark_delivery
from mandat.platform.effects import MOST_ATTEMPTS, EffectState
from mandat.platform.events import Event, deliver, name_of, publish
from mandat.platform.models import Delivery, EventRow
from mandat.platform.queries import parked_deliveries
from mandat.platform.tests.running import work_off
from mandat.platform.tests.subscribers import Followed, Happened
from mandat.platform.workflow import MoveNotAllowed

HEARD = []
BROKEN = set()


def hear(event):
    if (event.thing, event.order) in BROKEN:
        raise RuntimeError(f"cannot hear {event.thing}")
    HEARD.append((event.thing, event.order))


def overhear(event):
    HEARD.append(("overheard", event.thing))


def chain(event):
    publish(Followed(thing=event.thing))
    hear(event)


TABLE = {Happened: [hear]}
TWO_HANDLERS = {Happened: [hear, overhear]}
CHAINED = {Happened: [chain], Followed: [overhear]}
NOBODY = {}


@pytest.fixture(autouse=True)
def _listening(settings):
    settings.SUBSCRIPTIONS = f"{__name__}.TABLE"
    HEARD.clear()
    BROKEN.clear()


@pytest.mark.django_db
def test_an_event_reaches_each_handler_once(settings):
    settings.SUBSCRIPTIONS = f"{__name__}.TWO_HANDLERS"
    publish(Happened(thing="a", order=1))
    assert work_off() == 2
    assert sorted(HEARD) == [("a", 1), ("overheard", "a")]
    assert work_off() == 0


@pytest.mark.django_db
def test_an_event_is_kept_as_it_happened_even_when_nobody_listens(settings):
    settings.SUBSCRIPTIONS = f"{__name__}.NOBODY"
    event = Happened(thing="a", order=1)
    publish(event)
    row = EventRow.objects.get()
    assert (row.name, row.aggregate, row.aggregate_id) == ("Happened", "thing", "a")
    assert (row.body, str(row.public_id)) == ({"thing": "a", "order": 1}, event.event_id)
    assert not Delivery.objects.exists()


@pytest.mark.django_db
def test_a_job_that_runs_twice_does_its_work_once():
    publish(Happened(thing="a"))
    delivery = str(Delivery.objects.get().public_id)
    deliver(effect=delivery)
    deliver(effect=delivery)
    assert HEARD == [("a", 0)]


@pytest.mark.django_db
def test_what_a_failing_handler_ordered_is_undone(settings):
    settings.SUBSCRIPTIONS = f"{__name__}.CHAINED"
    BROKEN.add(("a", 0))
    publish(Happened(thing="a"))
    work_off(on_failure="wait")
    assert list(EventRow.objects.values_list("name", flat=True)) == ["Happened"]
    BROKEN.clear()
    Delivery.objects.update(attempts=0)
    deliver(effect=str(Delivery.objects.get().public_id))
    work_off()
    assert sorted(HEARD) == [("a", 0), ("overheard", "a")]


@pytest.mark.django_db
def test_events_of_one_aggregate_keep_their_order_and_hold_up_no_other():
    BROKEN.add(("a", 0))
    for order, thing in enumerate(["a", "b", "a", "b"]):
        publish(Happened(thing=thing, order=order))
    work_off(on_failure="wait")
    assert HEARD == [("b", 1), ("b", 3)]
    BROKEN.clear()
    with connection.cursor() as cursor:
        cursor.execute("UPDATE procrastinate_jobs SET scheduled_at = NULL")  # the wait is over
    work_off()
    assert HEARD[2:] == [("a", 0), ("a", 2)]


@pytest.mark.django_db
def test_one_broken_handler_does_not_hold_up_the_other(settings):
    settings.SUBSCRIPTIONS = f"{__name__}.TWO_HANDLERS"
    BROKEN.add(("a", 0))
    publish(Happened(thing="a"))
    work_off(on_failure="wait")
    assert HEARD == [("overheard", "a")]


@pytest.mark.django_db
def test_a_poisoned_event_is_set_aside_with_an_alarm_and_the_next_goes_on(caplog):
    BROKEN.add(("a", 1))
    publish(Happened(thing="a", order=1))
    with caplog.at_level(logging.ERROR):
        assert work_off(on_failure="again") == MOST_ATTEMPTS
    publish(Happened(thing="a", order=2))
    work_off()

    assert HEARD == [("a", 2)]
    parked = parked_deliveries().get()
    assert (parked.event.body["order"], parked.attempts) == (1, MOST_ATTEMPTS)
    assert "cannot hear a" in parked.last_error
    assert str(parked.public_id) in caplog.text
    assert "cannot hear" not in caplog.text  # what an error says may be personal


@pytest.mark.django_db
def test_an_event_that_kills_its_worker_each_time_is_set_aside_too():
    publish(Happened(thing="a"))
    Delivery.objects.update(attempts=MOST_ATTEMPTS)  # each attempt was counted before it began; none came back
    work_off()
    assert HEARD == []
    assert parked_deliveries().exists()


@pytest.mark.django_db
def test_each_wait_is_longer_than_the_last():
    BROKEN.add(("a", 0))
    publish(Happened(thing="a"))
    waits = []
    for _ in range(MOST_ATTEMPTS - 1):
        work_off(on_failure="wait")
        with connection.cursor() as cursor:
            cursor.execute("SELECT extract(epoch FROM scheduled_at - now()) FROM procrastinate_jobs")
            waits.append(cursor.fetchone()[0])
            cursor.execute("UPDATE procrastinate_jobs SET scheduled_at = NULL")
    assert all(later > 2 * earlier for earlier, later in itertools.pairwise(waits))


@pytest.mark.django_db
def test_what_was_set_aside_can_be_resumed_once_mended():
    BROKEN.add(("a", 0))
    publish(Happened(thing="a"))
    work_off(on_failure="again")
    BROKEN.clear()
    delivery = parked_deliveries().get()
    unpark_delivery(delivery=delivery.public_id)
    work_off()
    delivery.refresh_from_db()
    assert HEARD == [("a", 0)]
    assert (delivery.state, delivery.attempts) == (EffectState.DONE, 1)
    with pytest.raises(MoveNotAllowed):
        unpark_delivery(delivery=delivery.public_id)


@pytest.mark.django_db
def test_a_delivery_to_a_handler_that_is_gone_is_set_aside(settings):
    publish(Happened(thing="a"))
    settings.SUBSCRIPTIONS = f"{__name__}.NOBODY"
    work_off(on_failure="again")
    assert "NotSubscribed" in parked_deliveries().get().last_error


@pytest.mark.django_db(transaction=True)
def test_an_act_that_fails_leaves_no_event_no_job_and_rings_nobody():
    with listening() as bell:
        with pytest.raises(ZeroDivisionError), transaction.atomic():
            publish(Happened(thing="undone"))
            raise ZeroDivisionError
        with transaction.atomic():
            publish(Happened(thing="done"))
        rung = {ring.payload for ring in bell.notifies(timeout=20, stop_after=2)}
    assert rung == {"events", "thing:done"}
    assert work_off() == 1
    assert HEARD == [("done", 0)]


def listening():
    known = connection.get_connection_params()
    bell = psycopg.connect(host=known["host"], dbname=known["dbname"], user=known["user"], autocommit=True)
    bell.execute("LISTEN doorbell")
    return bell


@pytest.mark.django_db(transaction=True)
def test_refuses_to_publish_outside_a_transaction():
    with pytest.raises(TransactionManagementError):
        publish(Happened(thing="a"))
    assert not EventRow.objects.exists()


@pytest.mark.django_db
def test_refuses_an_event_that_carries_an_object():
    with pytest.raises(TypeError, match="JSON"):
        publish(Happened(thing=uuid4()))


@pytest.mark.django_db
@pytest.mark.parametrize("change", ["UPDATE platform_eventrow SET name = 'x'", "DELETE FROM platform_eventrow"])
def test_the_application_may_not_change_an_event(change):
    publish(Happened(thing="a"))
    with (
        pytest.raises(ProgrammingError, match="permission denied"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(change)


@pytest.mark.django_db
def test_the_application_may_not_empty_the_events():
    with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("TRUNCATE platform_eventrow CASCADE")


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("change", ["UPDATE platform_eventrow SET name = 'x'", "DELETE FROM platform_eventrow"])
def test_not_even_the_owner_changes_an_event_unawares(change, as_owner, settings):
    settings.SUBSCRIPTIONS = f"{__name__}.NOBODY"
    with transaction.atomic():
        publish(Happened(thing="a"))
    with as_owner() as owner, pytest.raises(psycopg.errors.RestrictViolation, match="append-only"):
        owner.execute(change)


@pytest.mark.django_db
def test_an_event_has_one_delivery_per_handler():
    publish(Happened(thing="a"))
    twin = Delivery.objects.get()
    twin.pk, twin.public_id = None, uuid4()
    with pytest.raises(IntegrityError, match="one_delivery_per_event_and_handler"):
        twin.save(force_insert=True)


def test_the_products_own_subscriptions_can_be_named():
    """A delivery names its event and its handler: neither name may stand for two."""
    table = import_string("mandat.subscriptions.SUBSCRIPTIONS")
    names = [kind.__name__ for kind in table]
    assert len(names) == len(set(names))
    for kind, handlers in table.items():
        assert issubclass(kind, Event)
        assert kind.aggregate in {each.name for each in fields(kind)}
        assert len({name_of(each) for each in handlers}) == len(handlers)
        assert all(import_string(name_of(each)) is each for each in handlers)
