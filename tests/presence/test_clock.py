"""Deadlines fire when they were due, once, however many clocks there are and however late."""

import threading
from collections.abc import Sequence
from contextlib import closing
from datetime import datetime

import pytest
from django.db import OperationalError, connection
from django.utils import timezone

from presence import actions, clock
from presence.actions import Outcome
from presence.connections import Lease
from presence.events import Event, LegAction, NoAnswer
from presence.models import Agent, AgentState, Server, Status, Transition
from routing import actions as routing
from tests.factories import at, make_agent, row_of
from tests.presence.story import Story, tick

pytestmark = pytest.mark.django_db


def _fired(agent: Agent) -> int:
    return Transition.objects.filter(agent=agent, event="DeadlineReached").count()


def test_nothing_is_due_where_nothing_waits(ada: Agent) -> None:
    assert clock.next_due() is None
    assert tick(9999) == 0


def test_the_earliest_deadline_of_all_agents_is_the_next(ada: Agent, bob: Agent) -> None:
    Story(ada).gets(5, ring=30)
    Story(bob).gets(6, ring=10)
    assert clock.next_due() == at(16)


def test_a_deadline_fires_dated_when_it_was_due_and_once(ada: Agent) -> None:
    Story(ada).gets(5, ring=20, no_answer=NoAnswer.HOLD)
    assert tick(24) == 0
    assert tick(26) == 1
    assert tick(27) == 0
    assert (row_of(ada).at, row_of(ada).shown_since) == (at(25), at(25))


def test_a_clock_that_was_away_catches_up_in_order(ada: Agent) -> None:
    story = Story(ada)
    story.gets(5, ring=20, no_answer=NoAnswer.HOLD_FOR, hold=30)
    assert tick(3600) == 2
    story.chooses(3700, "busy")
    assert story.history == [
        ("available", 5),
        ("ringing", 20),
        ("no_answer", 30),
        ("available", 3700 - 55),
    ]


def test_wrap_up_and_cool_down_of_the_same_call_follow_one_another(ada: Agent) -> None:
    story = Story(ada)
    story.talks(5, wrap_up=20, cool_down=10)
    story.then(30, LegAction.HUNG_UP)
    assert tick(3600) == 2
    assert (story.row.ready_since, story.row.shown_since) == (at(60), at(50))


def test_more_agents_than_one_batch_are_all_served(db: None) -> None:
    agents = [make_agent(mode="available") for _ in range(clock._BATCH + 5)]
    for agent in agents:
        Story(agent).gets(5, ring=20, no_answer=NoAnswer.BUSY)
    assert tick(30) == len(agents)
    assert set(AgentState.objects.values_list("shown_status", flat=True)) == {"busy"}


def test_a_deadline_that_settings_have_outdated_does_nothing_and_is_cleared(ada: Agent) -> None:
    Status.objects.filter(pk="on_break").update(max_seconds=60, after_maximum_id="busy")
    story = Story(ada)
    story.chooses(5, "on_break")
    version = story.row.version
    Status.objects.filter(pk="on_break").update(max_seconds=None, after_maximum_id=None)
    tick(70)
    row = story.row
    assert (row.shown_status_id, row.deadline_at, row.version) == ("on_break", None, version)
    assert clock.next_due() is None


def test_what_else_the_settings_changed_stops_no_clock(ada: Agent, bob: Agent) -> None:
    Status.objects.filter(pk="available").update(max_seconds=60, after_maximum_id="busy")
    for agent in (ada, bob):
        actions.refresh([agent.pk])
    Story(bob).chooses(1, "on_break")
    Story(bob).gets(2, ring=58, no_answer=NoAnswer.BUSY)
    Status.objects.filter(pk="available").update(
        max_seconds=None, after_maximum_id=None, accepts_inbound=False, workforce="withdrawn"
    )
    tick(70)
    assert (row_of(ada).may_receive, row_of(ada).why_not) == (False, "mode")
    assert row_of(bob).shown_status_id == "on_break"


def test_a_deadline_moved_by_a_setting_fires_at_its_new_time(ada: Agent) -> None:
    Status.objects.filter(pk="on_break").update(max_seconds=60, after_maximum_id="busy")
    story = Story(ada)
    story.chooses(5, "on_break")
    Status.objects.filter(pk="on_break").update(max_seconds=600)
    tick(70)
    assert (story.shown, story.row.deadline_at) == ("on_break", at(605))
    tick(700)
    assert (story.shown, story.row.shown_since) == ("busy", at(605))


@pytest.mark.usefixtures("committed")
def test_two_clocks_fire_each_deadline_once() -> None:
    agents = [make_agent(mode="available") for _ in range(30)]
    for agent in agents:
        Story(agent).gets(5, ring=20, no_answer=NoAnswer.HOLD)
    begin, fired = threading.Barrier(3), []

    def run() -> None:
        with closing(connection):
            begin.wait()
            fired.append(tick(60))

    clocks = [threading.Thread(target=run) for _ in range(3)]
    for each in clocks:
        each.start()
    for each in clocks:
        each.join()
    assert sum(fired) == len(agents)
    assert [_fired(agent) for agent in agents] == [1] * len(agents)
    assert {row_of(agent).shown_since for agent in agents} == {at(25)}


class _Door:
    """A door that is broken at first, as while the database is away."""

    def __init__(self, failures: int) -> None:
        self.failures = failures
        self.done = threading.Event()

    def __call__(self, events: Sequence[tuple[int, Event]]) -> list[Outcome]:
        if self.failures:
            self.failures -= 1
            raise OperationalError("the database is away")
        outcomes = routing.apply_all(events)
        self.done.set()
        return outcomes


@pytest.mark.usefixtures("committed")
def test_a_clock_outlives_a_database_that_is_away() -> None:
    agent = make_agent(mode="available", start=timezone.now())
    _ring_now(agent)
    door = _Door(failures=1)
    ticking = clock.Clock(door, period=0.001)
    ticking.start()
    assert door.done.wait(10)
    ticking.stop()
    assert not ticking.is_alive()
    assert _fired(agent) == 1


@pytest.mark.usefixtures("committed")
def test_a_running_clock_renews_its_lease_and_sweeps_dead_ones() -> None:
    dead = Lease()
    dead.renew(datetime(2020, 1, 1, tzinfo=at().tzinfo))
    agent = make_agent(mode="available", start=timezone.now())
    _ring_now(agent)
    lease, door = Lease(), _Door(failures=0)
    ticking = clock.Clock(door, lease, period=0.001)
    ticking.start()
    assert door.done.wait(10)
    ticking.stop()
    assert [server.pk for server in Server.objects.all()] == [lease.server_id]


def _ring_now(agent: Agent) -> None:
    """A ring that is due already: what a running clock finds at its first look."""
    Story(agent).gets(5, ring=1, no_answer=NoAnswer.HOLD)
    AgentState.objects.filter(agent=agent).update(deadline_at=at(0))
    row = row_of(agent)
    row.legs[0]["deadline"] = at(0).isoformat()
    row.save()


def test_a_deadline_that_cannot_be_applied_does_not_stop_the_others(ada: Agent, bob: Agent) -> None:
    Story(ada).gets(5, ring=10, no_answer=NoAnswer.HOLD)
    Story(bob).gets(5, ring=10, no_answer=NoAnswer.HOLD)

    def door(events: Sequence[tuple[int, Event]]) -> list[Outcome]:
        if ada.pk in {agent_id for agent_id, _ in events}:
            raise ValueError("Ada's row is damaged.")
        return actions.apply_all(events)

    assert clock.tick(at(20), door) == 1
    assert (row_of(ada).shown_status_id, row_of(bob).shown_status_id) == ("ringing", "no_answer")
