"""A server's own hand at distribution: woken by hints and by time, and outliving its database."""

from collections.abc import Iterator

import pytest
from django.db import connection
from django.utils import timezone

from presence.events import Choice, Choose
from presence.models import Agent
from routing import actions, calls, distributor
from routing.calls import Origin
from routing.distributor import Distributor
from routing.models import Interaction, Queue
from tests.factories import make_agent, make_queue, make_tier, offers_of
from tests.waiting import until

pytestmark = pytest.mark.usefixtures("committed")

NEVER = 3600.0


@pytest.fixture
def running(committed: None) -> Iterator[Distributor]:
    thread = Distributor()
    thread.start()
    yield thread
    thread.stop()
    assert not thread.is_alive()


@pytest.fixture
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """It looks when it is told to, or when something is due, and at no other time."""
    monkeypatch.setattr(distributor, "LONGEST_PAUSE", NEVER)


def comes(queue: Queue) -> Interaction:
    return calls.arrive(Origin(timezone.now(), "pbx"), "call", queue)


def choose(agent: Agent, status: str) -> None:
    actions.apply(agent.pk, Choose(at=timezone.now(), choice=Choice(status)))


def rings_at(call: Interaction, *names: str) -> None:
    """Wait until it does: a thread is at work."""
    until(lambda: offers_of(call) == list(names))


@pytest.mark.usefixtures("patient", "running")
def test_a_caller_who_comes_wakes_it() -> None:
    rings_at(comes(make_queue(members=[make_agent("Ada", mode="available")], rollcall=True)), "Ada")


@pytest.mark.usefixtures("patient", "running")
def test_an_agent_who_becomes_ready_wakes_it() -> None:
    ada = make_agent("Ada", mode="on_break")
    queue = make_queue(members=[ada], rollcall=True, max_wait=600)
    call = comes(queue)
    until(lambda: call.entries.get().tried)
    choose(ada, "available")
    rings_at(call, "Ada")


@pytest.mark.usefixtures("patient", "running")
def test_what_is_due_wakes_it() -> None:
    queue = make_queue(rollcall=True)
    queue.ring_groups.update(next_tier_after=1)
    make_tier(queue, [make_agent("Ada", mode="available")], 2)
    rings_at(comes(queue), "Ada")


@pytest.mark.usefixtures("patient", "running")
def test_a_wait_that_runs_out_wakes_it() -> None:
    call = comes(make_queue(rollcall=True, max_wait=1))
    until(lambda: Interaction.objects.get(pk=call.pk).outcome == "overflowed")


def test_who_came_while_no_server_was_there_is_found_at_the_start() -> None:
    call = comes(make_queue(members=[make_agent("Ada", mode="available")], rollcall=True))
    thread = Distributor()
    thread.start()
    rings_at(call, "Ada")
    thread.stop()


def _rename(table: str, name: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"ALTER TABLE {table} RENAME TO {name}")


@pytest.mark.usefixtures("running")
def test_it_outlives_a_database_that_it_cannot_use(caplog: pytest.LogCaptureFixture) -> None:
    ada = make_agent("Ada", mode="on_break")
    call = comes(make_queue(members=[ada], rollcall=True, max_wait=600))
    _rename("routing_staffing", "away")
    try:
        until(lambda: "distribution_waits" in caplog.text)  # no pass is half-way any more
        caplog.clear()
        choose(ada, "available")
        until(lambda: "distribution_waits" in caplog.text)
        assert offers_of(call) == []
    finally:
        _rename("away", "routing_staffing")
    rings_at(call, "Ada")
