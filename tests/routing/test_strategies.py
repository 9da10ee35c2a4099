"""Whom a ring group rings first, and that the work is shared fairly."""

from collections import Counter
from datetime import timedelta
from itertools import permutations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from presence.models import Agent
from routing.models import Leg, Membership, Queue
from routing.strategies import Candidate, Strategy, rank
from tests.factories import (
    at,
    call_in,
    happen,
    make_agent,
    make_queue,
    make_tier,
    offers_of,
    turn,
)

ADA = Candidate(1, at(0), priority=2, rung_at=at(5), calls_today=3)
BOB = Candidate(2, at(-60), priority=3, rung_at=at(2), calls_today=1)
EVE = Candidate(3, at(9), priority=1, rung_at=None, calls_today=1)


@pytest.mark.parametrize(
    ("strategy", "order"),
    [
        (Strategy.LONGEST_IDLE, [BOB, ADA, EVE]),
        (Strategy.ROUND_ROBIN, [EVE, BOB, ADA]),
        (Strategy.PRIORITY, [EVE, ADA, BOB]),
        (Strategy.FEWEST_CALLS, [BOB, EVE, ADA]),
        (Strategy.RING_ALL, [ADA, BOB, EVE]),
    ],
)
def test_each_strategy_has_an_order_of_its_own(strategy: Strategy, order: list[Candidate]) -> None:
    for found in permutations([ADA, BOB, EVE]):
        assert rank(strategy, found) == order


@pytest.mark.parametrize("strategy", list(Strategy))
def test_nobody_to_choose_from_is_nobody_chosen(strategy: Strategy) -> None:
    assert rank(strategy, []) == []


moments = st.integers(-3, 3).map(at)
candidates = st.lists(
    st.builds(
        Candidate,
        st.integers(1, 9),
        moments,
        st.integers(1, 3),
        st.one_of(st.none(), moments),
        st.integers(0, 3),
    ),
    unique_by=lambda candidate: candidate.agent_id,
)


@given(st.sampled_from(Strategy), candidates, st.randoms())
@settings(derandomize=True, deadline=None, database=None)
def test_the_order_loses_nobody_and_does_not_depend_on_how_they_were_read(
    strategy: Strategy, found: list[Candidate], chance: object
) -> None:
    ranked = rank(strategy, found)
    assert sorted(ranked, key=lambda c: c.agent_id) == sorted(found, key=lambda c: c.agent_id)
    chance.shuffle(found)  # type: ignore[attr-defined]
    assert rank(strategy, found) == ranked


# --- on the floor ------------------------------------------------------------------------------


def takes(queue: Queue, seconds: float, *, talks: float = 1) -> str:
    """A caller comes and is served; gives by whom."""
    call = call_in(queue, seconds)
    turn(seconds)
    leg = Leg.objects.get(interaction=call, state="offered")
    happen(call, leg.agent, "answered", seconds)
    happen(call, leg.agent, "hung_up", seconds + talks)
    turn(seconds + talks)
    return leg.agent.name


def team(*names: str) -> list[Agent]:
    return [make_agent(name, mode="available") for name in names]


@pytest.mark.django_db
@pytest.mark.parametrize(
    "strategy", [Strategy.LONGEST_IDLE, Strategy.ROUND_ROBIN, Strategy.FEWEST_CALLS]
)
def test_calls_are_shared_to_within_one(strategy: Strategy) -> None:
    queue = make_queue(members=team("Ada", "Bob", "Cid", "Dee"), rollcall=True, strategy=strategy)
    taken: Counter[str] = Counter()
    for number in range(1, 15):
        taken[takes(queue, number * 10, talks=number % 5)] += 1
        assert max(taken.values()) - min(taken[name] for name in ("Ada", "Bob", "Cid", "Dee")) <= 1


@pytest.mark.django_db
def test_round_robin_goes_round_whoever_talks_longest() -> None:
    """Ada's calls are long: longest idle would pass her over, a turn is a turn."""
    queue = make_queue(
        members=team("Ada", "Bob", "Cid"), rollcall=True, strategy=Strategy.ROUND_ROBIN
    )
    served = [takes(queue, number * 100, talks=90 if number % 3 == 0 else 1) for number in range(7)]
    assert served == ["Ada", "Bob", "Cid", "Ada", "Bob", "Cid", "Ada"]


@pytest.mark.django_db
def test_a_turn_that_was_not_taken_is_a_turn() -> None:
    ada, bob = team("Ada", "Bob")
    queue = make_queue(members=[ada, bob], rollcall=True, strategy=Strategy.ROUND_ROBIN)
    queue.ring_groups.update(no_answer="hold_for", no_answer_seconds=1)
    call = call_in(queue, 0)
    turn(0)
    assert offers_of(call) == ["Ada"]
    turn(20)
    assert offers_of(call) == ["Bob"]
    happen(call, bob, "answered", 21)
    turn(22)
    following = call_in(queue, 22)
    turn(22)
    assert offers_of(following) == ["Ada"]


@pytest.mark.django_db
def test_each_ring_group_has_turns_of_its_own() -> None:
    ada, bob = team("Ada", "Bob")
    one, two = (
        make_queue(members=[ada, bob], rollcall=True, strategy=Strategy.ROUND_ROBIN)
        for _ in range(2)
    )
    assert [takes(one, 0), takes(two, 10), takes(one, 20)] == ["Ada", "Ada", "Bob"]


@pytest.mark.django_db
def test_priority_goes_before_idleness() -> None:
    ada, bob = team("Ada", "Bob")
    queue = make_queue(members=[ada, bob], rollcall=True, strategy=Strategy.PRIORITY)
    Membership.objects.filter(agent=ada).update(priority=2)
    assert [takes(queue, seconds) for seconds in (0, 10, 20)] == ["Bob", "Bob", "Bob"]


@pytest.mark.django_db
def test_fewest_calls_counts_since_midnight() -> None:
    ada, bob = team("Ada", "Bob")
    queue = make_queue(members=[ada, bob], rollcall=True, strategy=Strategy.FEWEST_CALLS)
    alone = make_queue(members=[bob], rollcall=True)
    for seconds in (0, 10):
        assert takes(alone, seconds) == "Bob"
    assert takes(queue, 20) == "Ada"
    assert takes(queue, 30) == "Ada"
    tomorrow = timedelta(days=1).total_seconds()
    assert takes(queue, tomorrow) == "Bob"  # idle for longer, and nobody has a call today


@pytest.mark.django_db
def test_a_ring_that_is_withdrawn_is_no_call_taken() -> None:
    ada, bob = team("Ada", "Bob")
    both = make_queue(members=[ada, bob], rollcall=True, strategy=Strategy.RING_ALL)
    call = call_in(both, 0)
    turn(0)
    happen(call, bob, "answered", 1)
    happen(call, bob, "hung_up", 2)
    queue = make_queue(members=[ada, bob], rollcall=True, strategy=Strategy.FEWEST_CALLS)
    assert takes(queue, 10) == "Ada"


@pytest.mark.django_db
def test_the_oldest_caller_goes_first_across_queues_that_share_an_agent(ada: Agent) -> None:
    queues = [make_queue(members=[ada], rollcall=True) for _ in range(3)]
    came = [call_in(queues[place], place) for place in (0, 1, 2)]
    for place, call in enumerate(came):
        now = 10 + place
        turn(now)
        assert [offers_of(each) for each in came] == [
            ["Ada"] if each is call else [] for each in came
        ]
        happen(call, ada, "answered", now)
        happen(call, ada, "hung_up", now)


@pytest.mark.django_db
def test_a_higher_priority_goes_before_age_and_equal_ones_by_age(ada: Agent) -> None:
    queue, other = (make_queue(members=[ada], rollcall=True) for _ in range(2))
    old, urgent = call_in(queue, 0), call_in(other, 5, priority=3)
    later = call_in(queue, 6, priority=3)
    turn(10)
    assert [offers_of(call) for call in (old, urgent, later)] == [[], ["Ada"], []]


@pytest.mark.django_db
def test_an_old_caller_holds_up_nobody_whom_they_cannot_have(ada: Agent, bob: Agent) -> None:
    """Bob serves the younger caller's queue alone: he does not stay idle for the sake of order."""
    old = call_in(make_queue(members=[], rollcall=True), 0)
    young = call_in(make_queue(members=[bob], rollcall=True), 5)
    turn(5)
    assert (offers_of(old), offers_of(young)) == ([], ["Bob"])


@pytest.mark.django_db
def test_each_tier_rings_by_a_strategy_of_its_own(ada: Agent, bob: Agent) -> None:
    eve = make_agent("Eve", mode="on_break")
    queue = make_queue(members=[eve], rollcall=True)
    queue.ring_groups.update(next_tier_after=0)
    make_tier(queue, [ada, bob], 2, strategy="ring_all")
    call = call_in(queue, 0)
    turn(0)
    assert offers_of(call) == ["Ada", "Bob"]
