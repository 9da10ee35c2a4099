"""Calls that wait in no queue: on an agent's own number, and placed by an agent (C19, C15-C17)."""

import pytest

from presence.models import Agent
from routing import calls, transfers
from routing.calls import CallError
from routing.models import Destination, DirectNumber, Interaction
from tests.factories import (
    at,
    choose,
    happen,
    make_agent,
    make_queue,
    offers_of,
    origin,
    row_of,
    told,
    turn,
)

pytestmark = pytest.mark.django_db


def own_number(agent: Agent, overflow: Destination | None = None) -> DirectNumber:
    return DirectNumber.objects.create(
        number=f"+49 {agent.pk}", agent=agent, ring_seconds=15, overflow=overflow
    )


def rings_directly(
    agent: Agent, seconds: float, overflow: Destination | None = None
) -> Interaction:
    number = own_number(agent, overflow)
    return calls.arrive_direct(origin(seconds), f"direct{agent.pk}", number, "+49 30 1")


def ended(call: Interaction) -> tuple[str, object]:
    call.refresh_from_db()
    return call.outcome, call.ended_at


@pytest.mark.parametrize("mode", ["available", "busy", "on_break", "offline"])
def test_a_direct_call_rings_whatever_the_mode(mode: str) -> None:
    ada = make_agent("Ada", mode=mode)
    assert offers_of(rings_directly(ada, 5)) == ["Ada"]
    assert row_of(ada).shown_status_id == "ringing"


def test_c19_a_direct_call_in_hand_keeps_queue_calls_away(ada: Agent) -> None:
    call = rings_directly(ada, 5)
    happen(call, ada, "answered", 8)
    row = row_of(ada)
    assert (row.shown_status_id, row.may_receive, row.why_not) == ("on_call", False, "engaged")
    happen(call, ada, "hung_up", 30)
    assert (ended(call), row_of(ada).may_receive) == (("handled", at(30)), True)


def test_a_direct_call_does_not_ring_at_who_is_on_a_call(ada: Agent, bob: Agent) -> None:
    first = rings_directly(ada, 5)
    happen(first, ada, "answered", 8)
    number = DirectNumber.objects.create(number="+49 2", agent=ada)
    second = calls.arrive_direct(origin(10), "second", number)
    assert ended(second) == ("overflowed", at(10))


def test_a_direct_call_not_answered_leaves_the_mode_alone_and_is_hung_up(ada: Agent) -> None:
    call = rings_directly(ada, 5)
    turn(20)
    assert (row_of(ada).shown_status_id, ended(call)) == ("available", ("overflowed", at(20)))
    assert told(about=f"interaction:{call.pk}") == ["interaction.overflowed", "interaction.ended"]


def test_a_direct_call_not_answered_may_wait_in_a_queue_instead(ada: Agent, bob: Agent) -> None:
    queue = make_queue(members=[bob], rollcall=True)
    call = rings_directly(ada, 5, Destination.objects.create(kind="queue", queue=queue))
    happen(call, ada, "rejected", 9)
    turn(9)
    assert (offers_of(call), ended(call)) == (["Bob"], ("", None))


def test_a_direct_call_to_a_deactivated_number_is_refused(ada: Agent) -> None:
    number = own_number(ada)
    number.active = False
    number.save()
    with pytest.raises(CallError) as refused:
        calls.arrive_direct(origin(1), "d", number)
    assert refused.value.code == "number_inactive"
    assert not Interaction.objects.exists()


@pytest.mark.parametrize("end", ["rejected", "timed out"])
def test_a_direct_call_handed_on_and_not_answered_is_not_forgotten(
    ada: Agent, bob: Agent, end: str
) -> None:
    mailbox = Destination.objects.create(kind="voicemail", address="ada")
    call = rings_directly(ada, 5, mailbox)
    happen(call, ada, "answered", 8)
    transfers.transfer_to_agent(call, ada, bob, origin(20))
    assert offers_of(call) == ["Bob"]
    if end == "rejected":
        happen(call, bob, "rejected", 25)
    turn(40)
    assert ended(call) == ("overflowed", at(25 if end == "rejected" else 40))


def test_a_direct_call_handed_to_a_queue_waits_there(ada: Agent, bob: Agent) -> None:
    call = rings_directly(ada, 5)
    happen(call, ada, "answered", 8)
    transfers.transfer_to_queue(call, ada, make_queue(members=[bob], rollcall=True), origin(20))
    turn(20)
    assert (offers_of(call), ended(call)) == (["Bob"], ("", None))


def test_a_direct_caller_who_gives_up_leaves_no_penalty(ada: Agent) -> None:
    call = rings_directly(ada, 5)
    calls.caller_left(call, origin(9))
    assert (ended(call), row_of(ada).shown_status_id) == (("unanswered", at(9)), "available")


def test_a_known_call_does_not_arrive_twice(ada: Agent) -> None:
    number = own_number(ada)
    calls.arrive_direct(origin(1), "twice", number)
    with pytest.raises(CallError) as refused:
        calls.arrive_direct(origin(2), "twice", number)
    assert refused.value.code == "already_known"


def test_c15_after_a_call_of_their_own_the_agent_is_on_break_again(ada: Agent) -> None:
    choose(ada, "on_break", 1)
    call = calls.dial(origin(10), "out", ada, "+49 30 7")
    assert row_of(ada).shown_status_id == "on_call"
    happen(call, ada, "hung_up", 20)
    assert (row_of(ada).shown_status_id, ended(call)) == ("on_break", ("unanswered", at(20)))


def test_c16_dialing_and_talking_both_keep_calls_away(ada: Agent) -> None:
    call = calls.dial(origin(10), "out", ada, "+49 30 7")
    assert (row_of(ada).activity, row_of(ada).may_receive) == ("dialing", False)
    happen(call, ada, "answered", 15)
    assert (row_of(ada).activity, row_of(ada).may_receive) == ("handling", False)
    happen(call, ada, "hung_up", 30)
    assert ended(call) == ("handled", at(30))


def test_c17_a_far_end_that_does_not_answer_is_no_miss_and_no_wrap_up(ada: Agent) -> None:
    call = calls.dial(origin(10), "out", ada, "+49 30 7")
    happen(call, ada, "withdrawn", 20)
    row = row_of(ada)
    assert (row.shown_status_id, row.misses, ended(call)[0]) == ("available", 0, "unanswered")


def test_an_outbound_call_can_be_handed_to_a_queue(ada: Agent, bob: Agent) -> None:
    call = calls.dial(origin(10), "out", ada, "+49 30 7")
    happen(call, ada, "answered", 15)
    transfers.transfer_to_queue(call, ada, make_queue(members=[bob], rollcall=True), origin(20))
    turn(20)
    assert (offers_of(call), ended(call)) == (["Bob"], ("", None))
