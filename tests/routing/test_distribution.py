"""Who gets the next call, told one happening at a time."""

import pytest

from presence import clock
from presence.models import Agent, OutboxEvent
from routing import actions, calls
from routing.calls import Origin
from routing.distribution import distribute
from routing.models import Connector, Destination, QueueEntry
from routing.strategies import Strategy
from tests.factories import (
    at,
    call_in,
    happen,
    make_agent,
    make_queue,
    make_tier,
    offers_of,
    row_of,
)

pytestmark = pytest.mark.django_db


def test_a_caller_rings_at_who_has_been_idle_longest(bob: Agent) -> None:
    eve = make_agent("Eve", mode="available", start=at(-60))
    queue = make_queue(members=[bob, eve], rollcall=True)
    call = call_in(queue, 5)
    assert distribute(at(5)).offers == 1
    assert offers_of(call) == ["Eve"]
    assert row_of(eve).shown_status_id == "ringing"


def test_nobody_is_offered_two_calls(ada: Agent) -> None:
    queue = make_queue(members=[ada], rollcall=True)
    first, second = call_in(queue, 1), call_in(queue, 2)
    assert distribute(at(3)).offers == 1
    assert (offers_of(first), offers_of(second)) == (["Ada"], [])


def test_b3_a_ring_that_times_out_goes_to_the_next_agent(ada: Agent, bob: Agent) -> None:
    queue = make_queue(members=[ada, bob], rollcall=True, ring=20)
    call = call_in(queue, 0)
    distribute(at(0))
    assert offers_of(call) == ["Ada"]
    clock.tick(at(20), actions.apply_all)
    distribute(at(20))
    assert offers_of(call) == ["Bob"]
    assert row_of(ada).shown_status_id == "no_answer"


def test_b7_a_rejected_call_is_not_offered_to_the_same_agent_again(ada: Agent) -> None:
    queue = make_queue(members=[ada], rollcall=True)
    call = call_in(queue, 0)
    distribute(at(0))
    happen(call, ada, "rejected", 2)
    assert row_of(ada).shown_status_id == "busy"
    distribute(at(3))
    assert offers_of(call) == []


def test_b9_ring_all_rings_everybody_and_the_first_answer_wins(ada: Agent, bob: Agent) -> None:
    queue = make_queue(members=[ada, bob], rollcall=True, strategy=Strategy.RING_ALL)
    call = call_in(queue, 0)
    assert distribute(at(0)).offers == 2
    eve = make_agent("Eve", mode="available")
    make_tier(queue, [eve], 2, strategy="ring_all")
    queue.ring_groups.filter(tier=1).update(next_tier_after=5)
    distribute(at(6))
    assert offers_of(call) == ["Ada", "Bob", "Eve"]
    happen(call, bob, "answered", 7)
    assert (offers_of(call), row_of(ada).shown_status_id) == ([], "available")
    assert QueueEntry.objects.get().outcome == "answered"


def test_a_second_tier_joins_after_the_first_ones_time(ada: Agent, bob: Agent) -> None:
    queue = make_queue(members=[], rollcall=True)
    queue.ring_groups.update(next_tier_after=30)
    make_tier(queue, [bob], 2)
    call = call_in(queue, 0)
    assert distribute(at(0)).next_due == at(30)
    assert offers_of(call) == []
    distribute(at(30))
    assert offers_of(call) == ["Bob"]


def test_a_wait_of_0_overflows_at_once_and_an_empty_one_never() -> None:
    away = make_agent("Away", mode="on_break")
    other = make_queue(members=[make_agent("Ada", mode="available")], rollcall=True)
    to = Destination.objects.create(kind="queue", queue=other)
    queue = make_queue(members=[away], rollcall=True, wait_when_withdrawn=0, withdrawn_overflow=to)
    call = call_in(queue, 0)
    done = distribute(at(0))
    assert (done.overflows, done.offers, offers_of(call)) == (1, 1, ["Ada"])
    patient = call_in(make_queue(members=[away], rollcall=True), 1)
    assert distribute(at(3600)).overflows == 0
    assert patient.entries.get().left_at is None


def test_the_longest_wait_ends_in_a_hang_up_where_nothing_else_is_said(ada: Agent) -> None:
    queue = make_queue(members=[], rollcall=True, max_wait=60)
    call = call_in(queue, 0)
    assert distribute(at(0)).next_due == at(60)
    distribute(at(75))
    call.refresh_from_db()
    assert (call.outcome, call.ended_at) == ("overflowed", at(60))
    told = list(OutboxEvent.objects.values_list("type", flat=True))
    assert told[-3:] == ["interaction.queued", "interaction.overflowed", "interaction.ended"]


def test_a_caller_in_a_connected_systems_own_queue_is_not_rollcalls_to_give(ada: Agent) -> None:
    Connector.objects.create(name="asterisk", user="rollcall", secret="secret")
    queue = make_queue(members=[ada], rollcall=True)
    mirrored = calls.arrive(Origin(at(0), "asterisk"), "1.1", queue)
    assert distribute(at(1)).offers == 0
    own = call_in(queue, 2)
    assert distribute(at(3)).offers == 1
    assert (offers_of(mirrored), offers_of(own)) == ([], ["Ada"])
