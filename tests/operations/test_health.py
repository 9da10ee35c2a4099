"""What a process says of itself and of what it needs, part by part."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone
from pytest_django import Settings

from operations.health import Health, Part, State
from presence.models import AgentState
from routing.models import Connector, ConnectorLink, QueueEntry
from tests import factories

pytestmark = pytest.mark.usefixtures("committed")


def part(name: str, health: Health | None = None) -> Part:
    report = (health or Health()).report()
    return next(part for part in report.parts if part.name == name)


def test_an_installation_at_rest_is_ready_and_every_part_says_so() -> None:
    report = Health(lambda: True).report()
    assert (report.state, report.ready) == (State.OK, True)
    assert list(report.told()["parts"]) == [
        "database",
        "migrations",
        "clock",
        "distribution",
        "connectors",
        "boards",
    ]


def test_timers_that_nobody_fires_are_told_and_people_are_served_all_the_same() -> None:
    factories.make_agent("Ada", mode="available")
    AgentState.objects.update(deadline_at=timezone.now() - timedelta(hours=1))
    report = Health().report()
    assert (report.state, report.ready) == (State.DEGRADED, True)
    late = part("clock")
    assert late.words.startswith("Timers are 36")
    assert late.seconds == pytest.approx(3600, abs=90)


def test_callers_whom_nobody_distributes_are_told() -> None:
    factories.call_in(factories.make_queue("Sales", rollcall=True))
    assert QueueEntry.objects.get().tried is False
    assert part("distribution").state is State.DEGRADED
    QueueEntry.objects.update(tried=True, due_at=timezone.now() + timedelta(seconds=20))
    assert part("distribution").state is State.OK


def test_a_telephony_system_that_is_not_connected_is_told_without_its_name() -> None:
    connector = Connector.objects.create(name="pbx", user="rollcall", secret="secret")
    an_hour_ago = timezone.now() - timedelta(hours=1)
    ConnectorLink.objects.create(connector=connector, since=an_hour_ago)
    told = part("connectors")
    assert (told.state, told.words) == (State.DEGRADED, "Not up: 1 of 1.")
    assert told.seconds == pytest.approx(3600, abs=90)


def test_boards_that_are_not_level_keep_people_away() -> None:
    report = Health(lambda: False).report()
    assert (report.state, report.ready) == (State.AWAY, False)


@pytest.fixture
def behind() -> Iterator[None]:
    """The tables are older than the code: the last migration of routing was not applied."""
    row = "SELECT id FROM django_migrations WHERE app = 'routing' ORDER BY id DESC LIMIT 1"
    with connection.cursor() as cursor:
        cursor.execute(row)
        (last,) = cursor.fetchone()
        cursor.execute("UPDATE django_migrations SET app = 'none' WHERE id = %s", [last])
    yield
    with connection.cursor() as cursor:
        cursor.execute("UPDATE django_migrations SET app = 'routing' WHERE id = %s", [last])


def test_a_process_that_is_newer_than_the_tables_gets_nobody(behind: None) -> None:
    told = part("migrations")
    assert (told.state, told.words) == (
        State.AWAY,
        "Not applied yet: 1. Run manage.py migrate.",
    )


def test_who_asks_often_is_told_what_was_seen_a_moment_ago(monkeypatch: pytest.MonkeyPatch) -> None:
    health = Health()
    assert health.report() is health.report()
    monkeypatch.setattr("operations.health.KEPT", -1)
    assert health.report() is not health.report()


def test_a_redis_that_is_away_makes_boards_late_and_not_wrong(settings: Settings) -> None:
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    report = Health().report()
    assert report.ready
    assert part("redis").state is State.DEGRADED
