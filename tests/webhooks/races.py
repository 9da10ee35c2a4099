"""What only a database with several writers can show: see `tests/on_postgresql.py`."""

import threading
from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection, transaction
from django.utils import timezone

from presence.models import OutboxEvent
from presence.sequence import sequence
from tests.factories import START
from tests.waiting import until
from tests.webhooks.receiver import Receiver
from tests.webhooks.servers import process
from tests.webhooks.world import make_endpoint, tell
from webhooks import deliveries
from webhooks.courier import deliver_due
from webhooks.models import Delivery

pytestmark = pytest.mark.usefixtures("committed")


def test_nobody_misses_the_slower_of_two_transactions() -> None:
    """The slower one drew its key first: who read by keys would have gone past it."""
    written, go = threading.Event(), threading.Event()

    def slower() -> None:
        with transaction.atomic():
            tell(1, "agent:1")
            written.set()
            assert go.wait(20)
        connection.close()

    with ThreadPoolExecutor(1) as other:
        done = other.submit(slower)
        assert written.wait(20)
        tell(2, "agent:2")
        assert [event.data["n"] for event in sequence()] == [2]
        go.set()
        done.result()
    assert [event.data["n"] for event in sequence()] == [1]
    by_key = OutboxEvent.objects.order_by("pk")
    assert [event.data["n"] for event in by_key] == [1, 2]
    assert [event.position for event in by_key] == [2, 1]


def test_many_processes_give_each_event_one_place_and_leave_no_gap() -> None:
    def work(writer: int) -> None:
        for n in range(25):
            tell(n, f"agent:{writer}")
            deliveries.take_in(timezone.now())
        connection.close()

    make_endpoint("http://127.0.0.1:9/")
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(work, range(8)))
    events = OutboxEvent.objects.order_by("position")
    assert [event.position for event in events] == list(range(1, 201))
    by_subject = defaultdict(list)
    for event in events:
        by_subject[event.subject].append(event.data["n"])
    assert all(numbers == list(range(25)) for numbers in by_subject.values())
    assert Delivery.objects.count() == 200
    assert Delivery.objects.filter(due_at__isnull=False).count() == 8


def test_several_at_once_deliver_each_event_once_and_in_order(receiver: Receiver) -> None:
    make_endpoint(receiver.url)
    for n in range(120):
        tell(n, f"agent:{n % 12}")
    now = timezone.now()

    def work(_worker: int) -> None:
        while Delivery.objects.filter(state="waiting").exists() or deliveries.take_in(now):
            deliver_due(now)
        connection.close()

    deliveries.take_in(now)
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(work, range(4)))
    assert sorted(receiver.numbers()) == list(range(120))
    assert_in_order(receiver)
    assert not Delivery.objects.exclude(state="delivered", attempts=1).exists()


def test_two_servers_deliver_each_event_once_and_in_order(receiver: Receiver) -> None:
    make_endpoint(receiver.url)
    since = (timezone.now() - START).total_seconds()
    with process(), process():
        for n in range(120):
            tell(n, f"agent:{n % 12}", seconds=since)
        until(lambda: Delivery.objects.filter(state="delivered").count() == 120)
    assert sorted(receiver.numbers()) == list(range(120))
    assert_in_order(receiver)


def test_a_turn_is_not_forgotten_by_one_who_notes_and_one_who_takes_in(
    receiver: Receiver,
) -> None:
    """An event comes while the one before it is being noted as delivered."""
    make_endpoint(receiver.url)

    def taker(_worker: int) -> None:
        for n in range(60):
            tell(n)
            deliveries.take_in(timezone.now())
        connection.close()

    with ThreadPoolExecutor(1) as pool:
        taken = pool.submit(taker, 0)
        while not taken.done() or Delivery.objects.filter(due_at__isnull=False).exists():
            deliver_due(timezone.now())
    assert receiver.numbers() == list(range(60))


def assert_in_order(receiver: Receiver) -> None:
    for agent in range(12):
        told = [n for n in receiver.numbers() if n % 12 == agent]
        assert told == sorted(told)
