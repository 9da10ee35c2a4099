"""A server process's courier at work: woken at once, and kept waiting by no slow endpoint."""

import threading
from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from django.utils import timezone

from presence import hints
from presence.models import OutboxEvent
from tests.factories import START
from tests.waiting import until
from tests.webhooks.receiver import Receiver, running
from tests.webhooks.world import make_endpoint, states, tell
from webhooks import courier, posting, retention, worker
from webhooks.courier import Courier
from webhooks.models import Delivery

pytestmark = pytest.mark.usefixtures("committed")


@pytest.fixture
def sequenced() -> threading.Event:
    return threading.Event()


@pytest.fixture
def start(sequenced: threading.Event) -> Iterator[Callable[[], Courier]]:
    running: list[Courier] = []

    def begin() -> Courier:
        running.append(Courier(sequenced.set))
        running[-1].start()
        return running[-1]

    yield begin
    for one in running:
        one.stop()
        assert not one.is_alive()


def say(n: int, subject: str = "agent:1", ago: timedelta = timedelta(0)) -> None:
    tell(n, subject, seconds=(timezone.now() - ago - START).total_seconds())
    hints.publish(())


def test_a_change_is_told_at_once(
    receiver: Receiver,
    start: Callable[[], Courier],
    sequenced: threading.Event,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Its longest pause is longer than the test's patience: a hint has to wake it."""
    monkeypatch.setattr(worker, "LONGEST_PAUSE", 3600)
    make_endpoint(receiver.url)
    start()
    for n in range(20):
        say(n)
        until(lambda: len(receiver.received) > n)  # noqa: B023 - asked before `n` goes on
    assert sequenced.is_set()
    assert receiver.numbers() == list(range(20))


def test_an_endpoint_that_does_not_answer_keeps_only_itself_waiting(
    receiver: Receiver, start: Callable[[], Courier]
) -> None:
    answering = threading.Event()
    with running() as slow:
        slow.answer = lambda _one: 204 if answering.wait(20) else 500
        make_endpoint(slow.url)
        make_endpoint(receiver.url)
        start()
        for n in range(5):
            say(n)
        until(lambda: len(receiver.received) == 5)
        assert slow.numbers() == [0]
        answering.set()
        until(lambda: len(slow.received) == 5)


def test_who_answers_too_late_is_tried_again(
    receiver: Receiver, start: Callable[[], Courier], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(posting, "TIMEOUT", 0.05)
    over = threading.Event()
    receiver.answer = lambda _one: 204 if over.wait(20) else 500
    make_endpoint(receiver.url)
    start()
    say(1)
    until(lambda: Delivery.objects.exclude(error="").exists())
    over.set()
    delivery = Delivery.objects.get()
    assert (delivery.state, delivery.held_until) == ("waiting", None)
    assert "No answer within" in delivery.error


def test_old_events_are_purged_but_none_that_is_undelivered(
    receiver: Receiver, start: Callable[[], Courier]
) -> None:
    make_endpoint(receiver.url)
    with running() as gone:
        down = make_endpoint(gone.url)
    say(1, ago=timedelta(days=8))
    courier.deliver_due(timezone.now())
    assert states() == ["delivered", "waiting"]
    assert retention.purge(timezone.now()) == 0
    down.delete()
    start()
    until(lambda: not OutboxEvent.objects.exists())
