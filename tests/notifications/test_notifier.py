"""A server process notifies at once, by any number of processes, and no slow server holds it up."""

import threading
from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from django.utils import timezone
from pytest_django import Settings

from notifications.kinds import Channel
from notifications.models import Cursor, Notice, Sending
from notifications.notifier import Notifier
from presence import hints
from presence.models import Agent, AgentState, Sequence, Status
from tests.factories import START, make_agent
from tests.notifications.conftest import mail_to
from tests.notifications.world import make_gateway, miss, want
from tests.services import smtp_server
from tests.waiting import until
from tests.webhooks.receiver import Receiver
from webhooks import worker
from webhooks.courier import Courier

pytestmark = pytest.mark.usefixtures("committed")


@pytest.fixture
def start() -> Iterator[Callable[[], Notifier]]:
    """Start what a server runs: a notifier, woken by a courier that sequences."""
    running: list[worker.Worker] = []

    def begin() -> Notifier:
        one = Notifier()
        running.extend((one, Courier(one.wake)))
        for thread in running[-2:]:
            thread.start()
        return one

    yield begin
    for thread in running:
        thread.stop()
        assert not thread.is_alive()


def miss_now(agent: Agent, caller: str = "0207") -> None:
    miss(agent, (timezone.now() - START).total_seconds(), caller)
    hints.publish(())


def test_a_notice_is_there_at_once(
    start: Callable[[], Notifier], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The longest pause is longer than the test's patience: what wakes it has to."""
    monkeypatch.setattr(worker, "LONGEST_PAUSE", 3600)
    ada = make_agent("Ada")
    start()
    for n in range(5):
        miss_now(ada)
        until(lambda: Notice.objects.count() > n)  # noqa: B023 - asked before `n` goes on


def test_many_processes_make_each_notice_once_and_in_order(
    start: Callable[[], Notifier],
) -> None:
    ada = make_agent("Ada")
    for _ in range(3):
        start()
    for n in range(30):
        miss_now(ada, str(n))
    until(lambda: Notice.objects.count() == 30)
    callers = [notice.data["caller"] for notice in Notice.objects.order_by("pk")]
    assert callers == [str(n) for n in range(30)]


def test_a_restart_goes_on_where_the_last_one_was(start: Callable[[], Notifier]) -> None:
    ada = make_agent("Ada")
    miss_now(ada, "while away")
    one = start()
    until(lambda: Notice.objects.count() == 1)
    one.stop()
    miss_now(ada, "while away again")
    start()
    until(lambda: Notice.objects.count() == 2)
    assert Cursor.objects.get().position == Sequence.objects.get().last


def test_an_over_long_status_is_found_by_itself(start: Callable[[], Notifier]) -> None:
    Status.objects.filter(pk="on_break").update(max_seconds=60)
    began = timezone.now() - timedelta(seconds=61)
    agent = make_agent("Ada", mode="on_break", start=began)
    start()
    until(lambda: Notice.objects.filter(agent=agent, kind="over_long").exists())
    assert AgentState.objects.get().shown_since == began


def test_a_mail_server_that_hangs_holds_up_no_notice_and_no_text(
    start: Callable[[], Notifier],
    receiver: Receiver,
    settings: Settings,
) -> None:
    hanging = threading.Event()
    ada = make_agent("Ada")
    ada.user.email = "ada@example.org"
    ada.user.save()
    want(ada, Channel.IN_APP, Channel.EMAIL, Channel.TEXT)
    make_gateway(receiver.url)
    with smtp_server.running() as server:
        server.hold = hanging
        mail_to(settings, server.port)
        start()
        for n in range(3):
            miss_now(ada, str(n))
        until(lambda: len(receiver.received) == 3)
        assert Notice.objects.count() == 3
        assert not server.received
        hanging.set()
        until(lambda: len(server.received) == 3)
    until(lambda: not Sending.objects.exclude(state="delivered").exists())


def test_old_notices_are_purged_by_itself(start: Callable[[], Notifier]) -> None:
    ada = make_agent("Ada")
    long_ago = timezone.now() - timedelta(days=31)
    Notice.objects.create(agent=ada, kind="missed_call", key="x", at=long_ago)
    start()
    until(lambda: not Notice.objects.exists())
