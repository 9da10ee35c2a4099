"""Calls by agent and by queue, beside counts made by hand."""

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from presence.models import Agent
from reports import agent_calls, queue_calls
from reports.sheet import Sheet, Value
from reports.wish import By, Wish
from routing import calls, figures
from routing.calls import Origin
from routing.models import Queue
from tests.factories import (
    START,
    at,
    call_in,
    choose,
    happen,
    make_agent,
    make_queue,
    make_team,
    turn,
)

pytestmark = pytest.mark.django_db

ZONE = ZoneInfo("UTC")


def day(by: By, team: int | None = None, queue: int | None = None) -> Wish:
    return Wish(START.date(), START.date(), ZONE, by, team, queue)


def told(sheet: Sheet, place: int = 0) -> dict[str, Value]:
    tally = sheet.lines[place].tally
    return {column.code: column.value(tally) for column in sheet.columns}


@pytest.fixture
def queue(ada: Agent, bob: Agent) -> Queue:
    """A morning: one call answered in time, one late after a miss, one rejected and abandoned."""
    choose(bob, "on_break", 1)
    found = make_queue(
        "Support", members=[ada], rollcall=True, ring=30, wrap_up=10, service_level_seconds=20
    )
    first = call_in(found, 10)
    turn(10)
    happen(first, ada, "answered", 15)
    happen(first, ada, "hung_up", 115)
    turn(125)
    second = call_in(found, 200)
    turn(200)
    turn(230)  # rang out
    choose(ada, "available", 240)
    turn(240)
    happen(second, ada, "answered", 250)
    happen(second, ada, "hung_up", 300)
    turn(310)
    third = call_in(found, 4000)
    turn(4000)
    happen(third, ada, "rejected", 4005)
    calls.caller_left(third, Origin(at(4030), "pbx"))
    return found


def test_what_became_of_the_calls_offered_to_an_agent(queue: Queue) -> None:
    sheet = agent_calls.read(day(By.AGENT), at(5000))
    found = told(sheet)
    assert [line.name for line in sheet.lines] == ["Ada"]
    counts = [found[code] for code in ("offered", "answered", "rejected", "missed", "withdrawn")]
    assert counts == [4, 2, 1, 1, 0]
    assert (found["answer_rate"], found["speed"]) == (0.5, (5 + 10) / 2)
    assert found["handle"] == (110 + 60) / 2
    assert not sheet.lines[0].open


def test_a_call_counts_in_the_hour_in_which_it_rang(queue: Queue) -> None:
    sheet = agent_calls.read(day(By.HOUR), at(5000))
    assert [(line.began, line.tally["offered"]) for line in sheet.lines] == [
        (at(0), 3),
        (at(3600), 1),
    ]


def test_an_agents_call_that_lives_is_open_and_not_in_the_handle_time(
    ada: Agent, queue: Queue
) -> None:
    choose(ada, "available", 5000)
    call = call_in(queue, 5001)
    turn(5001)
    happen(call, ada, "answered", 5002)
    sheet = agent_calls.read(day(By.AGENT), at(6000))
    assert (told(sheet)["answered"], told(sheet)["handle"]) == (3, 85)
    assert sheet.lines[0].open


def test_calls_are_of_one_team_or_from_one_queue(ada: Agent, queue: Queue) -> None:
    team, other = make_team(), make_queue()
    assert not agent_calls.read(day(By.AGENT, team=team.pk), at(5000)).lines
    assert not agent_calls.read(day(By.AGENT, queue=other.pk), at(5000)).lines
    ada.team = team
    ada.save()
    by_team = agent_calls.read(day(By.TEAM, team=team.pk, queue=queue.pk), at(5000))
    assert [(line.name, line.tally["offered"]) for line in by_team.lines] == [(team.name, 4)]


def test_d12_who_listens_to_a_call_was_offered_none(queue: Queue, bob: Agent) -> None:
    call = call_in(queue, 300)
    happen(call, bob, "monitored", 310)
    assert [line.name for line in agent_calls.read(day(By.AGENT), at(320)).lines] == ["Ada"]
    happen(call, bob, "hung_up", 330)
    assert [line.name for line in agent_calls.read(day(By.AGENT), at(400)).lines] == ["Ada"]


def test_what_became_of_the_callers_of_a_queue(queue: Queue) -> None:
    found = told(queue_calls.read(day(By.QUEUE), at(5000)))
    counts = ("entered", "answered", "within", "late", "abandoned", "overflowed")
    assert [found[code] for code in counts] == [3, 2, 1, 1, 1, 0]
    assert (found["service_level"], found["abandon_rate"]) == (1 / 3, 1 / 3)
    assert (found["speed"], found["longest"], found["handle"]) == ((5 + 50) / 2, 50, 85)


def test_a_queues_hours_have_the_longest_wait_of_all_in_the_total(queue: Queue) -> None:
    sheet = queue_calls.read(day(By.HOUR, queue=queue.pk), at(5000))
    assert [line.tally["longest"] // 1_000_000 for line in sheet.lines] == [50, 30]
    assert sheet.total["longest"] == 50_000_000
    assert sheet.total["entered"] == 3
    assert not queue_calls.read(day(By.HOUR, queue=make_queue().pk), at(5000)).lines


def test_one_who_waits_makes_the_queue_open(queue: Queue) -> None:
    call_in(queue, 4990)
    sheet = queue_calls.read(day(By.QUEUE), at(5000))
    assert sheet.lines[0].open
    assert told(sheet)["entered"] == 4


@pytest.mark.parametrize("waited", [19.999_9, 20, 20.000_1])
def test_in_time_is_exact(waited: float) -> None:
    ada = make_agent("Ada", mode="available")
    queue = make_queue(members=[ada], rollcall=True, ring=60, service_level_seconds=20)
    call = call_in(queue, 1)
    turn(1)
    happen(call, ada, "answered", 1 + waited)
    assert told(queue_calls.read(day(By.QUEUE), at(99)))["within"] == int(waited <= 20)


def test_todays_service_level_is_the_monitors() -> None:
    midnight = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
    queue = make_queue(rollcall=True)
    for number, (came, left, outcome) in enumerate(
        ((-50, 5, "answered"), (10, 20, "answered"), (30, 90, "answered"), (5, 9, "abandoned"))
    ):
        moment = midnight + timedelta(seconds=came)
        call = queue.interactions.create(
            source="test", external_id=str(number), kind="queue", started_at=moment
        )
        left_at = midnight + timedelta(seconds=left)
        call.entries.create(
            queue=queue, entered_at=moment, waiting_since=moment, left_at=left_at, outcome=outcome
        )
    ((_, today),) = figures.today([queue]).items()
    date = midnight.date()
    sheet = queue_calls.read(Wish(date, date, ZONE, By.QUEUE), timezone.now())
    assert told(sheet)["service_level"] == today.service_level == 1 / 4
