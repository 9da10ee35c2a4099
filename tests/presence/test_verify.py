"""What always holds is proved, and what is broken is told in words."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

import pytest
from django.db import connection

from presence import verify
from presence.connections import Lease
from presence.models import Agent, AgentState, Connection, Interval, OutboxEvent, Sequence
from presence.outbox import EventType
from presence.sequence import sequence
from presence.verify import Fault
from tests.factories import at, choose, make_agent

pytestmark = pytest.mark.django_db

Check = Callable[[datetime], Iterator[Fault]]


def sentences(check: Check, seconds: float = 60) -> list[str]:
    return [f"{fault.subject}: {fault.sentence}" for fault in check(at(seconds))]


@pytest.fixture
def busy_day(db: None) -> Agent:
    """Ada, whose page is open, after four changes of mode."""
    ada = make_agent("Ada", connected=False)
    Lease().opened(ada.pk, at(0))
    for second, mode in enumerate(("available", "busy", "available", "on_break"), 1):
        choose(ada, mode, second)
    sequence()
    return ada


@pytest.mark.parametrize("check", verify.CHECKS, ids=lambda check: check.__name__)
def test_an_ordinary_day_has_no_fault(busy_day: Agent, check: Check) -> None:
    assert sentences(check, 5) == []


def test_an_active_agent_without_a_state_is_told(busy_day: Agent) -> None:
    AgentState.objects.filter(agent=busy_day).delete()
    assert "Ada: The agent is active and has no state." in sentences(verify.agents)[0]


@pytest.mark.parametrize(
    ("column", "value", "said"),
    [
        ("shown_status", "available", "shown_status_id says available; on_break follows."),
        ("why_not", "mode pending", "why_not says mode pending; mode follows."),
        ("activity", "handling", "activity says handling; nothing follows."),
        ("deadline_at", at(500), f"deadline_at says {at(500)}; nothing follows."),
    ],
)
def test_a_column_that_does_not_follow_from_the_state_is_told(
    busy_day: Agent, column: str, value: object, said: str
) -> None:
    AgentState.objects.filter(agent=busy_day).update(**{column: value})
    assert f"Ada: {said}" in sentences(verify.agents)


def test_a_timer_that_nobody_fires_is_told(busy_day: Agent) -> None:
    Lease().closed(busy_day.pk, at(5))  # another process's count, so that grace begins here
    AgentState.objects.filter(agent=busy_day).update(
        webphone="lost", grace_until=at(15), deadline_at=at(15)
    )
    assert sentences(verify.agents, 20) == []
    assert sentences(verify.agents, 60) == ["Ada: A timer is 45 s overdue: no clock runs."]


def _damage(sql: str, *parameters: datetime | int) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)


def test_a_gap_in_history_is_told_with_its_length(busy_day: Agent) -> None:
    second = Interval.objects.filter(agent=busy_day)[2]
    _damage("DELETE FROM presence_interval WHERE id = %s", second.pk)
    assert sentences(verify.history) == [
        "Ada: History has a gap of 1 s at 2026-03-02 09:00:02 UTC.",
    ]


def test_an_overlap_in_history_is_told(busy_day: Agent) -> None:
    last = Interval.objects.filter(agent=busy_day).last()
    assert last
    _damage(
        "UPDATE presence_interval SET ended_at = %s WHERE id = %s",
        last.ended_at + timedelta(seconds=2),
        last.pk,
    )
    assert sentences(verify.history) == [
        "Ada: History has an overlap of 2 s at 2026-03-02 09:00:06 UTC."
    ]


def test_an_open_interval_that_is_older_than_a_closed_one_is_told(busy_day: Agent) -> None:
    AgentState.objects.filter(agent=busy_day).update(shown_version=1)
    assert "Ada: The open interval is older than a closed one." in sentences(verify.history)


def test_a_ghost_is_told(busy_day: Agent) -> None:
    Connection.objects.all().delete()
    assert sentences(verify.connections) == [
        "Ada: A ghost: shown as connected, and no server holds a page."
    ]


def test_an_open_page_that_does_not_count_is_told(busy_day: Agent) -> None:
    bob = make_agent("Bob", connected=False)
    server = Connection.objects.get().server
    Connection.objects.create(server=server, agent=bob)
    assert sentences(verify.connections, 5) == [
        "Bob: Has a page open and is shown as not connected."
    ]


def test_events_that_nobody_gives_a_place_are_told(busy_day: Agent) -> None:
    OutboxEvent.objects.create(
        type=EventType.AGENT_STATUS_CHANGED.value, at=at(0), subject="agent:1", data={}
    )
    assert sentences(verify.events) == [
        "stream: 1 events wait for their place: no server gives it."
    ]


def test_a_place_that_would_be_given_twice_is_told(busy_day: Agent) -> None:
    Sequence.objects.update(last=1)
    assert sentences(verify.events) == ["stream: The next event would get a place that is taken."]


def test_a_lease_that_no_clock_swept_is_a_ghost(busy_day: Agent) -> None:
    assert sentences(verify.connections, 3600) == [
        "Ada: A ghost: shown as connected, and no server holds a page."
    ]
