"""A server's own watch: at work from the start, beside others, and outliving its database."""

from collections.abc import Iterator

import pytest
from django.db import connection

from alerts import watcher
from alerts.kinds import Kind
from alerts.models import Alert
from alerts.watcher import Watcher
from tests.alerts.world import only
from tests.factories import make_queue
from tests.waiting import until

pytestmark = pytest.mark.usefixtures("committed")


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watcher, "PERIOD", 0.02)


@pytest.fixture
def running(committed: None, quick: None) -> Iterator[list[Watcher]]:
    """Three, as in three processes."""
    threads = [Watcher() for _ in range(3)]
    for thread in threads:
        thread.start()
    yield threads
    for thread in threads:
        thread.stop()
    assert not any(thread.is_alive() for thread in threads)


def test_what_was_wrong_before_the_start_is_seen_at_the_start() -> None:
    only(Kind.GAP)
    make_queue()
    thread = Watcher()
    thread.start()
    until(Alert.objects.exists)
    thread.stop()


@pytest.mark.usefixtures("running")
def test_any_number_of_watchers_raise_each_alert_once(caplog: pytest.LogCaptureFixture) -> None:
    only(Kind.GAP)
    for _ in range(10):
        make_queue()
    until(lambda: Alert.objects.count() == 10)
    assert "watch_waits" not in caplog.text


def _rename(name: str, to: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"ALTER TABLE {name} RENAME TO {to}")


@pytest.mark.usefixtures("running")
def test_they_outlive_a_database_that_they_cannot_use(caplog: pytest.LogCaptureFixture) -> None:
    only(Kind.SERVICE_LEVEL)
    _rename("alerts_onset", "away")
    try:
        until(lambda: "watch_waits" in caplog.text)
    finally:
        _rename("away", "alerts_onset")
    only(Kind.GAP)
    make_queue()
    until(Alert.objects.exists)
