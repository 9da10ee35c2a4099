"""Reserving the next agent for a telephony system that rings by itself (A9)."""

import pytest

from presence.models import Agent
from routing import calls, transfers
from routing.calls import CallError
from routing.models import Interaction, Leg, Queue
from routing.reservations import reserve
from routing.strategies import Strategy
from tests.factories import (
    at,
    call_in,
    choose,
    happen,
    make_queue,
    origin,
    row_of,
    told,
    turn,
)

pytestmark = pytest.mark.django_db


@pytest.fixture(params=[True, False], ids=["rollcall", "telephony"])
def queue(request: pytest.FixtureRequest, ada: Agent, bob: Agent) -> Queue:
    """A queue that Rollcall distributes, and one that the telephony does: both may be asked."""
    return make_queue(members=[ada, bob], rollcall=request.param, ring=15)


def ask(queue: Queue, name: str, seconds: float, priority: int = 0) -> list[str]:
    """The names of who is reserved for the caller `name`."""
    _, legs = reserve(origin(seconds), name, queue, "+49 30 1", priority)
    return sorted(leg.agent.name for leg in legs)


def test_the_best_agent_is_reserved_until_the_ring_is_over(queue: Queue, ada: Agent) -> None:
    call, [leg] = reserve(origin(5), "call", queue, "+49 30 1")
    assert (leg.agent, row_of(ada).shown_status_id, row_of(ada).deadline_at) == (
        ada,
        "ringing",
        at(20),
    )
    assert (call.caller, call.queue) == ("+49 30 1", queue)
    assert "offer.created" in told(about=f"agent:{ada.pk}")


def test_a9_two_callers_never_get_the_same_agent(queue: Queue) -> None:
    assert [ask(queue, name, 1) for name in ("one", "two", "three")] == [["Ada"], ["Bob"], []]


def test_asked_again_it_gives_whom_it_gave(queue: Queue) -> None:
    assert ask(queue, "call", 1) == ask(queue, "call", 2) == ["Ada"]
    assert (Leg.objects.count(), Interaction.objects.count()) == (1, 1)


def test_a_caller_for_whom_nobody_is_free_waits_to_be_asked_for_again(
    queue: Queue, ada: Agent
) -> None:
    for name in ("one", "two"):
        ask(queue, name, 1)
    assert ask(queue, "three", 2) == []
    assert Interaction.objects.get(external_id="three").entries.get().left_at is None
    happen(Interaction.objects.get(external_id="one"), ada, "answered", 3)
    happen(Interaction.objects.get(external_id="one"), ada, "hung_up", 4)
    assert ask(queue, "three", 5) == ["Ada"]


def test_after_a_ring_that_was_not_answered_the_next_one_is_reserved(queue: Queue) -> None:
    assert ask(queue, "call", 1) == ["Ada"]
    turn(16)
    assert ask(queue, "call", 17) == ["Bob"]


def test_everybody_is_reserved_where_everybody_is_rung(ada: Agent, bob: Agent) -> None:
    queue = make_queue(members=[ada, bob], strategy=Strategy.RING_ALL)
    assert ask(queue, "call", 1) == ["Ada", "Bob"]


def test_who_waits_longer_goes_first(ada: Agent) -> None:
    queue = make_queue(members=[ada], rollcall=True)
    older = call_in(queue, 1)
    assert ask(queue, "younger", 2) == []
    assert Leg.objects.get().interaction == older


def test_a_higher_priority_goes_first(ada: Agent) -> None:
    queue = make_queue(members=[ada], rollcall=True)
    call_in(queue, 1)
    assert ask(queue, "urgent", 2, priority=5) == ["Ada"]


def test_a_deactivated_queue_takes_nobody(ada: Agent) -> None:
    queue = make_queue(members=[ada], rollcall=True, active=False)
    with pytest.raises(CallError) as refused:
        ask(queue, "call", 1)
    assert refused.value.code == "queue_inactive"
    assert not Interaction.objects.exists()


def test_a_call_that_is_handled_or_over_reserves_nobody(queue: Queue, ada: Agent) -> None:
    call, _ = reserve(origin(1), "call", queue)
    happen(call, ada, "answered", 2)
    with pytest.raises(CallError) as refused:
        ask(queue, "call", 3)
    assert refused.value.code == "already_handled"
    calls.caller_left(call, origin(4))
    with pytest.raises(CallError) as refused:
        ask(queue, "call", 5)
    assert refused.value.code == "interaction_ended"
    assert Leg.objects.count() == 1


def test_a_call_that_was_handed_back_to_a_queue_may_be_asked_for_again(
    queue: Queue, ada: Agent
) -> None:
    call, _ = reserve(origin(1), "call", queue)
    happen(call, ada, "answered", 2)
    transfers.transfer_to_queue(call, ada, queue, origin(3))
    choose(ada, "on_break", 3)
    assert ask(queue, "call", 4) == ["Bob"]
