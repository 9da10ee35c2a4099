"""Calls in progress: hold, consultation, transfer, conference, and how each of them ends (D)."""

import pytest

from presence.models import Agent
from routing import calls, transfers
from routing.calls import CallError
from routing.models import Interaction, LegSpan, Queue
from routing.strategies import Strategy
from tests.factories import (
    at,
    call_in,
    choose,
    happen,
    make_agent,
    make_queue,
    offers_of,
    origin,
    row_of,
    state_of,
    told,
    turn,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def queue(ada: Agent) -> Queue:
    """A queue that Ada alone serves, with half a minute of wrap-up."""
    return make_queue("sales", members=[ada], rollcall=True, wrap_up=30)


@pytest.fixture
def call(queue: Queue, ada: Agent) -> Interaction:
    """A caller of `sales` who has talked with Ada since `at(10)`."""
    taken = call_in(queue, 5)
    turn(5)
    happen(taken, ada, "answered", 10)
    return taken


def shown(agent: Agent) -> str:
    return row_of(agent).shown_status_id


def ended(call: Interaction) -> tuple[str, object]:
    call.refresh_from_db()
    return call.outcome, call.ended_at


def waiting(call: Interaction) -> bool:
    return call.entries.filter(left_at=None).exists()


def test_a_call_that_is_handled_ends_with_its_last_agent(call: Interaction, ada: Agent) -> None:
    happen(call, ada, "hung_up", 60)
    assert ended(call) == ("handled", at(60))
    assert shown(ada) == "wrap_up"
    happen(call, ada, "wrap_up_done", 70)
    assert (ended(call), shown(ada)) == (("handled", at(60)), "available")


def test_d1_every_state_of_a_leg_is_kept_with_its_times(call: Interaction, ada: Agent) -> None:
    happen(call, ada, "held", 20)
    happen(call, ada, "resumed", 30)
    happen(call, ada, "hung_up", 60)
    turn(90)
    spans = LegSpan.objects.values_list("state", "started_at", "ended_at")
    assert list(spans) == [
        ("offered", at(5), at(10)),
        ("handling", at(10), at(20)),
        ("on_hold", at(20), at(30)),
        ("handling", at(30), at(60)),
        ("wrap_up", at(60), at(90)),
    ]


def test_d3_a_caller_who_gives_up_on_hold_is_counted_so(call: Interaction, ada: Agent) -> None:
    happen(call, ada, "held", 20)
    calls.caller_left(call, origin(40))
    assert ended(call) == ("abandoned_on_hold", at(40))
    assert shown(ada) == "wrap_up"


def test_d3_so_is_one_whose_hang_up_the_telephony_tells_of_the_leg(
    call: Interaction, ada: Agent
) -> None:
    happen(call, ada, "held", 20)
    happen(call, ada, "hung_up", 40)
    assert ended(call) == ("abandoned_on_hold", at(40))


def test_d4_a_consultation_rings_at_the_colleague_while_the_customer_waits(
    call: Interaction, ada: Agent, bob: Agent
) -> None:
    transfers.consult(call, ada, bob, origin(20))
    assert (state_of(ada).shown.activity, shown(bob)) == ("consulting", "ringing")
    happen(call, bob, "answered", 25)
    assert shown(bob) == "on_call"


@pytest.mark.parametrize("end", ["rejected", "hung_up"])
def test_d6_a_consultation_that_comes_back_ends_nothing(
    call: Interaction, ada: Agent, bob: Agent, end: str
) -> None:
    choose(ada, "on_break", 15)
    transfers.consult(call, ada, bob, origin(20))
    if end == "hung_up":
        happen(call, bob, "answered", 22)
    happen(call, bob, end, 25)
    happen(call, ada, "resumed", 26)
    assert (shown(ada), row_of(ada).pending_id, ended(call)) == ("on_call", "on_break", ("", None))


def test_a_consultation_of_somebody_engaged_is_refused_and_changes_nothing(
    call: Interaction, ada: Agent, bob: Agent
) -> None:
    other = call_in(make_queue(members=[bob], rollcall=True), 11)
    turn(11)
    happen(other, bob, "answered", 12)
    with pytest.raises(CallError) as refused:
        transfers.consult(call, ada, bob, origin(20))
    assert refused.value.code == "engaged"
    assert state_of(ada).shown.activity == "handling"


def test_d7_a_blind_transfer_leaves_the_first_and_rings_at_the_second(
    call: Interaction, ada: Agent, bob: Agent
) -> None:
    transfers.transfer_to_agent(call, ada, bob, origin(20))
    assert (shown(ada), shown(bob), offers_of(call)) == ("wrap_up", "ringing", ["Bob"])
    happen(call, bob, "answered", 25)
    happen(call, bob, "hung_up", 60)
    assert ended(call) == ("handled", at(60))


@pytest.mark.parametrize("end", ["rejected", "timed out"])
def test_d7_a_caller_whom_nobody_takes_after_a_transfer_waits_again(
    call: Interaction, ada: Agent, bob: Agent, end: str
) -> None:
    transfers.transfer_to_agent(call, ada, bob, origin(20))
    if end == "rejected":
        happen(call, bob, "rejected", 25)
    turn(45)
    assert (ended(call), waiting(call)) == (("", None), True)
    turn(50)
    assert offers_of(call) == ["Ada"]


def test_d8_an_attended_transfer_hands_the_call_on_whole(
    call: Interaction, ada: Agent, bob: Agent
) -> None:
    transfers.consult(call, ada, bob, origin(20))
    happen(call, bob, "answered", 25)
    transfers.transfer_to_agent(call, ada, bob, origin(30))
    assert (shown(ada), shown(bob)) == ("wrap_up", "on_call")
    assert state_of(bob).shown.activity == "handling"
    happen(call, bob, "hung_up", 90)
    call.refresh_from_db()
    assert (call.answered_at, call.ended_at, call.legs.count()) == (at(10), at(90), 2)


def test_d7_a_transfer_while_the_consultation_rings_lets_it_ring_on(
    call: Interaction, ada: Agent, bob: Agent
) -> None:
    transfers.consult(call, ada, bob, origin(20))
    transfers.transfer_to_agent(call, ada, bob, origin(25))
    assert (shown(ada), offers_of(call)) == ("wrap_up", ["Bob"])
    assert told(about=f"agent:{bob.pk}").count("offer.created") == 1


def test_d7_a_transfer_to_a_queue_waits_there_for_the_next(
    call: Interaction, ada: Agent, bob: Agent
) -> None:
    transfers.transfer_to_queue(call, ada, make_queue(members=[bob], rollcall=True), origin(20))
    turn(20)
    assert (shown(ada), offers_of(call)) == ("wrap_up", ["Bob"])
    happen(call, bob, "answered", 25)
    happen(call, bob, "hung_up", 30)
    assert ended(call) == ("handled", at(30))


def test_a_transfer_to_a_number_ends_what_rollcall_knows_of_the_call(
    call: Interaction, ada: Agent
) -> None:
    transfers.transfer_out(call, ada, origin(20))
    assert (ended(call), shown(ada)) == (("transferred", at(20)), "wrap_up")


def test_a_deactivated_queue_takes_no_transfer(call: Interaction, ada: Agent) -> None:
    with pytest.raises(CallError) as refused:
        transfers.transfer_to_queue(call, ada, make_queue(active=False), origin(20))
    assert (refused.value.code, shown(ada)) == ("queue_inactive", "on_call")


def _transfers(call: Interaction, agent: Agent, to: Agent, kind: str) -> None:
    if kind == "queue":
        transfers.transfer_to_queue(call, agent, make_queue(rollcall=True), origin(70))
    elif kind == "agent":
        transfers.transfer_to_agent(call, agent, to, origin(70))
    else:
        transfers.transfer_out(call, agent, origin(70))


@pytest.mark.parametrize("kind", ["queue", "agent", "out"])
def test_only_who_talks_in_a_call_can_transfer_it(
    call: Interaction, ada: Agent, bob: Agent, kind: str
) -> None:
    with pytest.raises(CallError) as refused:
        _transfers(call, bob, make_agent("Eve", mode="available"), kind)
    assert refused.value.code == "not_possible"
    assert (ended(call), waiting(call), shown(ada)) == (("", None), False, "on_call")


@pytest.mark.parametrize("kind", ["queue", "agent", "out"])
def test_a_call_that_has_ended_is_transferred_no_more(
    call: Interaction, ada: Agent, bob: Agent, kind: str
) -> None:
    """In wrap-up the agent still has a part in it, but nobody is there to be put through."""
    happen(call, ada, "hung_up", 60)
    with pytest.raises(CallError) as refused:
        _transfers(call, ada, bob, kind)
    assert refused.value.code == "not_possible"
    assert (ended(call), waiting(call)) == (("handled", at(60)), False)


def test_a_caller_waits_in_one_queue_at_a_time(call: Interaction, ada: Agent, bob: Agent) -> None:
    _conference(call, ada, bob)
    transfers.transfer_to_queue(call, ada, make_queue("first", rollcall=True), origin(40))
    with pytest.raises(CallError) as refused:
        transfers.transfer_to_queue(call, bob, make_queue("second", rollcall=True), origin(41))
    assert (refused.value.code, shown(bob)) == ("already_waiting", "on_call")
    assert call.entries.filter(left_at=None).count() == 1


def test_nobody_transfers_a_call_to_themselves(call: Interaction, ada: Agent) -> None:
    with pytest.raises(CallError) as refused:
        transfers.transfer_to_agent(call, ada, ada, origin(20))
    assert refused.value.code == "not_possible"
    assert shown(ada) == "on_call"


def test_a_transfer_back_rings_at_who_still_wraps_the_call_up(
    call: Interaction, ada: Agent, bob: Agent
) -> None:
    transfers.transfer_to_agent(call, ada, bob, origin(20))
    happen(call, bob, "answered", 25)
    transfers.transfer_to_agent(call, bob, ada, origin(30))
    assert (offers_of(call), shown(ada)) == (["Ada"], "ringing")
    happen(call, ada, "answered", 32)
    assert (ended(call), shown(ada)) == (("", None), "on_call")


def _conference(call: Interaction, ada: Agent, bob: Agent) -> None:
    transfers.consult(call, ada, bob, origin(20))
    happen(call, bob, "answered", 25)
    transfers.confer(call, origin(30))


def test_d9_a_three_way_call_is_a_conference_for_both(
    call: Interaction, ada: Agent, bob: Agent
) -> None:
    _conference(call, ada, bob)
    assert {state_of(each).shown.activity for each in (ada, bob)} == {"in_conference"}


def test_d10_who_leaves_a_conference_wraps_up_and_the_others_stay(
    call: Interaction, ada: Agent, bob: Agent
) -> None:
    _conference(call, ada, bob)
    happen(call, ada, "hung_up", 40)
    assert (shown(ada), state_of(bob).shown.activity) == ("wrap_up", "in_conference")
    assert ended(call) == ("", None)
    happen(call, bob, "hung_up", 50)
    assert ended(call) == ("handled", at(50))


def test_d11_a_customer_who_leaves_a_conference_ends_it_for_everybody(
    call: Interaction, ada: Agent, bob: Agent
) -> None:
    _conference(call, ada, bob)
    calls.caller_left(call, origin(40))
    assert (shown(ada), shown(bob)) == ("wrap_up", "available")
    assert ended(call) == ("handled", at(40))


def alone(call: Interaction) -> dict[str, object]:
    """Who is alone in the call, and since when."""
    return {leg.agent.name: leg.alone_since for leg in call.legs.dead()}


def test_d17_an_agent_whose_phone_is_up_when_the_caller_left_is_on_a_dead_call(
    call: Interaction, ada: Agent
) -> None:
    calls.caller_left(call, origin(40), ends_call=False)
    assert (shown(ada), alone(call), ended(call)) == ("on_call", {"Ada": at(40)}, ("", None))
    assert call.caller_left_at == at(40)
    calls.caller_left(call, origin(45), ends_call=False)
    happen(call, ada, "held", 50)
    assert alone(call) == {"Ada": at(40)}
    happen(call, ada, "hung_up", 60)
    assert (shown(ada), alone(call)) == ("wrap_up", {})
    assert ended(call) == ("abandoned_on_hold", at(60))
    assert call.legs.get().alone_since == at(40)


def test_d17_a_call_whose_caller_left_is_nobodys_to_transfer(
    call: Interaction, queue: Queue, ada: Agent
) -> None:
    calls.caller_left(call, origin(40), ends_call=False)
    with pytest.raises(CallError) as refused:
        transfers.transfer_to_queue(call, ada, queue, origin(41))
    assert refused.value.code == "caller_left"


def test_d17_an_offer_that_rings_when_the_caller_leaves_keeps_no_phone_up(
    queue: Queue, ada: Agent
) -> None:
    rings = call_in(queue, 5)
    turn(5)
    calls.caller_left(rings, origin(8), ends_call=False)
    assert (shown(ada), ended(rings)) == ("available", ("abandoned", at(8)))


def test_d11_agents_whom_the_customer_left_talk_until_each_leaves(
    call: Interaction, ada: Agent, bob: Agent
) -> None:
    _conference(call, ada, bob)
    calls.caller_left(call, origin(40), ends_call=False)
    assert [state_of(agent).shown.activity for agent in (ada, bob)] == ["handling", "handling"]
    assert alone(call) == {}
    happen(call, ada, "hung_up", 50)
    assert (shown(ada), alone(call)) == ("wrap_up", {"Bob": at(50)})
    happen(call, bob, "hung_up", 55)
    assert ended(call) == ("handled", at(55))


def test_a_conference_needs_somebody_who_talks(queue: Queue) -> None:
    with pytest.raises(CallError) as refused:
        transfers.confer(call_in(queue, 1), origin(2))
    assert refused.value.code == "not_possible"


def test_d13_wrap_up_ends_on_time_and_the_next_caller_rings(
    call: Interaction, queue: Queue, ada: Agent
) -> None:
    happen(call, ada, "hung_up", 60)
    following = call_in(queue, 61)
    turn(89)
    assert offers_of(following) == []
    turn(90)
    assert offers_of(following) == ["Ada"]


def test_d14_the_wrap_up_of_the_queue_called_counts_for_every_queue(
    call: Interaction, ada: Agent
) -> None:
    other = make_queue(members=[ada], rollcall=True, wrap_up=0)
    happen(call, ada, "hung_up", 60)
    following = call_in(other, 61)
    turn(89)
    assert offers_of(following) == []
    turn(90)
    assert offers_of(following) == ["Ada"]


def test_d16_a_call_never_answered_has_no_wrap_up(queue: Queue, ada: Agent) -> None:
    call = call_in(queue, 5)
    turn(5)
    calls.caller_left(call, origin(9))
    assert (shown(ada), ended(call)) == ("available", ("abandoned", at(9)))


def test_wrap_up_may_be_for_campaign_calls_only(ada: Agent) -> None:
    for kind, after in (("queue", "available"), ("campaign", "wrap_up")):
        queue = make_queue(members=[ada], rollcall=True, wrap_up=30, kind=kind)
        queue.ring_groups.update(wrap_up_campaign_only=True)
        call = call_in(queue, 5)
        turn(5)
        happen(call, ada, "answered", 6)
        happen(call, ada, "hung_up", 7)
        assert shown(ada) == after


def test_g1_the_same_event_twice_counts_once(call: Interaction, ada: Agent) -> None:
    happen(call, ada, "held", 20, "pbx-1")
    happen(call, ada, "resumed", 30, "pbx-2")
    assert happen(call, ada, "held", 20, "pbx-1").result == "duplicate"
    assert state_of(ada).shown.activity == "handling"


@pytest.mark.parametrize("late", ["answered", "offered", "dialed", "held", "hung_up"])
def test_g2_nothing_happens_in_a_call_that_has_ended(
    queue: Queue, ada: Agent, bob: Agent, late: str
) -> None:
    call = call_in(queue, 5)
    turn(5)
    calls.caller_left(call, origin(9))
    outcome = happen(call, ada, late, 10)
    assert outcome.decision.refused is not None
    assert outcome.decision.refused.code == "leg_ended"
    with pytest.raises(CallError) as refused:
        happen(call, bob, late, 10)
    assert refused.value.code == "interaction_ended"
    assert (shown(ada), shown(bob)) == ("available", "available")


def test_g2_an_answer_that_comes_after_the_hang_up_of_its_ring_is_late(
    queue: Queue, ada: Agent
) -> None:
    call = call_in(queue, 5)
    turn(5)
    happen(call, ada, "hung_up", 9)
    outcome = happen(call, ada, "answered", 8)
    assert outcome.decision.refused is not None
    assert (outcome.decision.refused.code, shown(ada)) == ("leg_ended", "available")
    assert waiting(call)


def test_an_answer_in_the_moment_of_the_ring_timeout_still_counts(queue: Queue, ada: Agent) -> None:
    call = call_in(queue, 5)
    turn(5)
    turn(26)
    assert shown(ada) == "no_answer"
    happen(call, ada, "answered", 24)
    assert (shown(ada), waiting(call)) == ("on_call", False)


def test_g1_an_end_that_is_told_again_is_a_duplicate(call: Interaction, ada: Agent) -> None:
    happen(call, ada, "hung_up", 60, "pbx-9")
    turn(90)
    assert happen(call, ada, "hung_up", 60, "pbx-9").result == "duplicate"


def test_g3_the_end_of_a_part_that_nobody_has_is_refused(call: Interaction, bob: Agent) -> None:
    before = row_of(bob).version
    with pytest.raises(CallError) as refused:
        happen(call, bob, "hung_up", 20)
    assert (refused.value.code, row_of(bob).version) == ("not_possible", before)
    assert ended(call) == ("", None)


def test_g3_a_caller_leaves_once(call: Interaction) -> None:
    calls.caller_left(call, origin(20))
    with pytest.raises(CallError) as refused:
        calls.caller_left(call, origin(21))
    assert refused.value.code == "interaction_ended"
    assert ended(call)[1] == at(20)


def test_who_answers_a_moment_after_somebody_else_has_no_part_in_the_call(
    ada: Agent, bob: Agent
) -> None:
    queue = make_queue(members=[ada, bob], rollcall=True, strategy=Strategy.RING_ALL)
    call = call_in(queue, 5)
    turn(5)
    happen(call, ada, "answered", 9)
    outcome = happen(call, bob, "answered", 9)
    assert outcome.decision.refused is not None
    assert (outcome.decision.refused.code, shown(bob)) == ("leg_ended", "available")
