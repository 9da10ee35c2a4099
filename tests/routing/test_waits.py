"""How long a caller waits, and which of the waits runs out first (SPEC 6)."""

from datetime import datetime
from typing import Any

import pytest

from presence.events import DeviceKind
from presence.models import Agent, OutboxEvent
from routing import calls
from routing.models import Interaction, Queue, Staffing
from routing.strategies import Strategy
from routing.waits import Level, Wait, Waits, expiry, joins, next_join
from tests.factories import (
    at,
    call_in,
    choose,
    happen,
    make_agent,
    make_queue,
    make_tier,
    offers_of,
    opt_out,
    origin,
    turn,
)

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("tiers", "after"), [([], []), ([40], [0]), ([40, 20, 5], [0, 40, 60]), ([0, 0, 9], [0, 0, 0])]
)
def test_a_tier_joins_when_those_before_it_have_had_their_time(
    tiers: list[int], after: list[int]
) -> None:
    assert joins(tiers) == after


def test_the_next_tier_to_join_is_the_first_that_has_not() -> None:
    tiers = [10, 20, 30]
    found = [next_join(tiers, at(0), at(seconds)) for seconds in (0, 9, 10, 29, 30, 99)]
    assert found == [at(10), at(10), at(30), at(30), None, None]


@pytest.mark.parametrize(
    ("waits", "level", "since", "due"),
    [
        (Waits(), Level.ABSENT, 0, None),
        (Waits(30, 10, 60), Level.STAFFED, 0, (at(60), Wait.MAX_WAIT)),
        (Waits(30, 10, 60), Level.WITHDRAWN, 0, (at(30), Wait.WITHDRAWN)),
        (Waits(30, 10, 60), Level.ABSENT, 0, (at(10), Wait.ABSENT)),
        (Waits(30, 10, 60), Level.WITHDRAWN, 20, (at(50), Wait.WITHDRAWN)),
        (Waits(30, 10, 60), Level.WITHDRAWN, 45, (at(60), Wait.MAX_WAIT)),
        (Waits(30, 10, 60), Level.ABSENT, -100, (at(10), Wait.ABSENT)),
        (Waits(0, 0, 0), Level.STAFFED, 0, (at(0), Wait.MAX_WAIT)),
        (Waits(30, None, None), Level.ABSENT, 0, None),
    ],
)
def test_the_earliest_wait_that_runs_decides(
    waits: Waits, level: Level, since: float, due: tuple[datetime, Wait] | None
) -> None:
    assert expiry(waits, at(0), level, at(since)) == due


def gone(call: Interaction) -> bool:
    call.refresh_from_db()
    return call.outcome == "overflowed"


def why(call: Interaction) -> str:
    event = OutboxEvent.objects.get(subject=f"interaction:{call.pk}", type="interaction.overflowed")
    return str(event.data["cause"])


def queue_of(*members: Agent, **settings: Any) -> Queue:
    return make_queue(members=members, rollcall=True, **settings)


def test_a_caller_holds_while_everybody_is_withdrawn_for_as_long_as_is_said(ada: Agent) -> None:
    choose(ada, "on_break", 0)
    call = call_in(queue_of(ada, wait_when_withdrawn=30), 5)
    assert turn(5).next_due == at(35)
    turn(34)
    assert not gone(call)
    turn(40)
    assert (gone(call), call.ended_at, why(call)) == (True, at(35), "withdrawn")


def test_the_wait_when_absent_is_another_one(ada: Agent) -> None:
    choose(ada, "offline", 0)
    call = call_in(queue_of(ada, wait_when_withdrawn=5, wait_when_absent=30), 0)
    turn(0)
    turn(10)
    assert not gone(call)
    turn(30)
    assert (gone(call), why(call)) == (True, "absent")


def test_engaged_agents_count_as_present(ada: Agent) -> None:
    queue = queue_of(ada, wait_when_withdrawn=0, wait_when_absent=0)
    first = call_in(queue, 0)
    turn(0)
    happen(first, ada, "answered", 1)
    second = call_in(queue, 2)
    turn(500)
    assert not gone(second)


def test_the_wait_begins_when_the_last_one_withdraws(ada: Agent) -> None:
    queue = queue_of(ada, wait_when_withdrawn=30)
    first = call_in(queue, 0)
    turn(0)
    happen(first, ada, "answered", 1)
    second = call_in(queue, 2)
    turn(2)
    choose(ada, "on_break", 3)
    happen(first, ada, "hung_up", 100)
    turn(100)
    turn(129)
    assert not gone(second)
    turn(130)
    assert (gone(second), second.ended_at) == (True, at(130))


def test_a_caller_whom_somebody_comes_back_to_waits_on(ada: Agent) -> None:
    choose(ada, "on_break", 0)
    call = call_in(queue_of(ada, wait_when_withdrawn=30), 0)
    turn(0)
    choose(ada, "available", 29)
    turn(30)
    assert offers_of(call) == ["Ada"]


def test_the_wait_begins_anew_each_time_everybody_withdraws(ada: Agent, bob: Agent) -> None:
    """Bob comes and goes; only an unbroken while without anybody counts."""
    queue = queue_of(bob, wait_when_withdrawn=30)
    other = call_in(queue_of(bob), 0)
    turn(0)
    happen(other, bob, "answered", 1)
    call = call_in(queue, 2)
    turn(2)
    choose(bob, "on_break", 3)
    happen(other, bob, "hung_up", 10)
    turn(10)
    opt_out(bob, queue)
    choose(bob, "available", 20)
    turn(20)  # ready, but not for this queue: withdrawn still
    opt_out(bob, queue, out=False)
    happen(calls.dial(origin(25), "out", bob), bob, "answered", 26)
    turn(27)  # engaged: somebody is there
    opt_out(bob, queue)
    turn(35)
    turn(64)
    assert not gone(call)
    turn(65)
    assert (gone(call), call.ended_at) == (True, at(65))


def test_one_who_opted_out_is_no_more_than_withdrawn(ada: Agent) -> None:
    queue = queue_of(ada, wait_when_withdrawn=10, wait_when_absent=99)
    opt_out(ada, queue)
    call = call_in(queue, 0)
    turn(0)
    turn(10)
    assert (gone(call), why(call)) == (True, "withdrawn")


def test_one_whom_a_mobile_reaches_is_there_though_the_board_says_offline() -> None:
    busy = make_agent("Mo", mode="available", connected=False, devices=[DeviceKind.MOBILE])
    queue = queue_of(busy, wait_when_absent=0)
    call = call_in(queue, 0)
    turn(0)
    assert offers_of(call) == ["Mo"]


def test_a_queue_without_members_is_absent() -> None:
    call = call_in(queue_of(wait_when_absent=0), 0)
    turn(0)
    assert (gone(call), why(call)) == (True, "absent")


def test_max_wait_counts_whoever_is_there(ada: Agent) -> None:
    queue = queue_of(ada, max_wait=60)
    first, second = call_in(queue, 0), call_in(queue, 1)
    turn(1)
    happen(first, ada, "answered", 2)
    turn(60)
    assert not gone(second)
    turn(61)
    assert (gone(second), why(second)) == (True, "max_wait")


def test_a_max_wait_of_0_still_offers_to_who_is_free(ada: Agent) -> None:
    queue = queue_of(ada, max_wait=0)
    first, second = call_in(queue, 0), call_in(queue, 0)
    turn(0)
    assert (offers_of(first), gone(first), gone(second)) == (["Ada"], False, True)


def test_a_wait_that_runs_out_while_it_rings_counts_when_the_ring_is_over(ada: Agent) -> None:
    call = call_in(queue_of(ada, ring=20, max_wait=10), 0)
    turn(0)
    turn(15)
    assert (offers_of(call), gone(call)) == (["Ada"], False)
    turn(25)
    assert (gone(call), call.ended_at) == (True, at(20))


def test_an_answer_in_that_ring_still_counts(ada: Agent) -> None:
    call = call_in(queue_of(ada, ring=20, max_wait=10), 0)
    turn(0)
    happen(call, ada, "answered", 15)
    turn(15)
    assert (gone(call), call.entries.get().outcome) == (False, "answered")


def test_staffing_that_changes_while_it_rings_counts_when_the_ring_is_over(ada: Agent) -> None:
    queue = queue_of(ada, ring=20, wait_when_withdrawn=60)
    call = call_in(queue, 0)
    turn(0)
    opt_out(ada, queue)
    turn(5)
    turn(20)
    assert (offers_of(call), gone(call)) == ([], False)
    turn(65)
    assert (gone(call), call.ended_at) == (True, at(65))


def test_what_was_known_of_last_night_decides_nothing_today(ada: Agent) -> None:
    """Nobody waited meanwhile, so nobody looked; the caller is met by who is there now."""
    choose(ada, "offline", 0)
    queue = queue_of(ada, wait_when_absent=0)
    assert call_in(queue, 1).pk
    turn(1)
    assert Staffing.objects.get().level == "absent"
    choose(ada, "available", 100)
    first = call_in(queue, 110)
    turn(110)
    happen(first, ada, "answered", 111)
    second = call_in(queue, 120)
    turn(120)
    assert not gone(second)


def test_a_caller_rings_in_the_first_tier_again_before_the_second_joins(
    ada: Agent, bob: Agent
) -> None:
    queue = queue_of(ada, ring=10)
    queue.ring_groups.update(next_tier_after=30, no_answer="hold_for", no_answer_seconds=5)
    make_tier(queue, [bob], 2)
    call = call_in(queue, 0)
    rang = []
    for seconds in (0, 10, 15, 25, 30):
        turn(seconds)
        rang.append(offers_of(call))
    assert rang == [["Ada"], [], ["Ada"], [], ["Ada"]]
    choose(ada, "on_break", 31)
    turn(40)
    assert offers_of(call) == ["Bob"]


def test_tiers_that_begin_together_ring_in_their_order(ada: Agent, bob: Agent) -> None:
    queue = queue_of(ada)
    queue.ring_groups.update(next_tier_after=0)
    make_tier(queue, [bob], 2)
    first, second = call_in(queue, 0), call_in(queue, 0)
    turn(0)
    assert (offers_of(first), offers_of(second)) == (["Ada"], ["Bob"])


def test_of_two_tiers_that_ring_everybody_the_second_joins_in(ada: Agent, bob: Agent) -> None:
    queue = queue_of(ada, strategy=Strategy.RING_ALL, ring=60)
    queue.ring_groups.update(next_tier_after=10)
    make_tier(queue, [bob], 2, strategy="ring_all")
    call = call_in(queue, 0)
    turn(0)
    assert offers_of(call) == ["Ada"]
    turn(10)
    assert offers_of(call) == ["Ada", "Bob"]


def test_nobody_joins_in_once_a_wait_has_run_out(ada: Agent, bob: Agent) -> None:
    queue = queue_of(ada, bob, strategy=Strategy.RING_ALL, ring=20, max_wait=30)
    choose(bob, "busy", 0)
    call = call_in(queue, 0)
    turn(0)
    choose(bob, "available", 15)
    turn(15)
    turn(20)
    choose(ada, "available", 31)
    turn(31)
    assert offers_of(call) == ["Bob"]
    turn(35)
    call.refresh_from_db()
    assert (call.outcome, call.ended_at) == ("overflowed", at(35))


def test_a_tier_that_rings_one_at_a_time_does_not_join_a_call_that_rings(
    ada: Agent, bob: Agent
) -> None:
    queue = queue_of(ada, strategy=Strategy.RING_ALL, ring=60)
    queue.ring_groups.update(next_tier_after=0)
    make_tier(queue, [bob], 2)
    call = call_in(queue, 0)
    for seconds in (0, 1):
        turn(seconds)
    assert offers_of(call) == ["Ada"]
    happen(call, ada, "rejected", 2)
    turn(2)
    assert offers_of(call) == ["Bob"]
