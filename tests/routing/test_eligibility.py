"""Why not? Every cause that keeps a call from an agent, and that distribution goes by the same."""

from typing import Any

import pytest

from presence import actions as presence
from presence.derive import Refusal
from presence.events import (
    CallKind,
    DeviceKind,
    DeviceSwitched,
    NoAnswer,
    PhoneReach,
    PhoneSeen,
    WebphoneLost,
)
from presence.models import Agent
from routing.eligibility import why_not
from routing.models import Interaction, Queue
from routing.strategies import Strategy
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
    row_of,
    turn,
)

pytestmark = pytest.mark.django_db

R = Refusal


@pytest.fixture
def queue(ada: Agent) -> Queue:
    return make_queue(members=[ada], rollcall=True, ring=10, no_answer=NoAnswer.HOLD)


def causes(agent: Agent, queue: Queue | None = None, call: Interaction | None = None) -> list[R]:
    kind = CallKind(queue.kind) if queue else CallKind.QUEUE
    return list(why_not(row_of(agent), kind, queue, call))


def offered(queue: Queue, agent: Agent, seconds: float) -> bool:
    """Whether a new caller of `queue` rings at the agent at once."""
    call = call_in(queue, seconds)
    turn(seconds)
    return agent.name in offers_of(call)


def test_a2_nothing_stands_against_who_is_available(ada: Agent, queue: Queue) -> None:
    assert causes(ada, queue) == []
    assert offered(queue, ada, 1)


@pytest.mark.parametrize("mode", ["busy", "on_break", "offline"])
def test_a3_a_mode_that_takes_no_calls_is_a_cause(ada: Agent, queue: Queue, mode: str) -> None:
    choose(ada, mode, 1)
    assert causes(ada, queue) == [R.MODE]
    assert not offered(queue, ada, 2)


def test_a8_who_opted_out_of_one_queue_still_has_the_others(ada: Agent, queue: Queue) -> None:
    other = make_queue(members=[ada], rollcall=True)
    opt_out(ada, queue)
    assert (causes(ada, queue), causes(ada, other)) == ([R.OPTED_OUT], [])
    assert not offered(queue, ada, 1)
    assert offered(other, ada, 1)


def test_a8_who_opted_out_of_one_tier_of_a_queue_is_in_it_by_the_other(
    ada: Agent, queue: Queue
) -> None:
    opt_out(ada, queue)
    make_tier(queue, [ada], 2)
    assert causes(ada, queue) == []


def test_who_is_not_a_member_is_told_so(bob: Agent, queue: Queue) -> None:
    assert causes(bob, queue) == [R.NOT_MEMBER]
    assert not offered(queue, bob, 1)


def test_a11_an_unreachable_phone_is_a_cause_while_the_status_stays() -> None:
    sip = make_agent(
        "Sip", mode="available", connected=False, devices=[DeviceKind.SIP], presence="telephony"
    )
    queue = make_queue(members=[sip], rollcall=True)
    presence.apply(sip.pk, PhoneSeen(at=at(1), logged_in=True, reach=PhoneReach.REACHABLE))
    assert causes(sip, queue) == []
    presence.apply(sip.pk, PhoneSeen(at=at(2), reach=PhoneReach.UNREACHABLE))
    assert causes(sip, queue) == [R.UNREACHABLE]
    assert not offered(queue, sip, 3)
    assert row_of(sip).mode_id == "available"


def test_a12_a_phone_of_which_nothing_is_known_counts_as_reachable() -> None:
    sip = make_agent(
        "Sip", mode="available", connected=False, devices=[DeviceKind.SIP], presence="telephony"
    )
    queue = make_queue(members=[sip], rollcall=True)
    presence.apply(sip.pk, PhoneSeen(at=at(1), logged_in=True))
    assert causes(sip, queue) == []
    assert offered(queue, sip, 2)


def test_a_campaign_call_needs_the_webphone_itself(queue: Queue) -> None:
    mobile = make_agent("Mo", mode="available", connected=False, devices=[DeviceKind.MOBILE])
    campaign = make_queue(members=[mobile], rollcall=True, kind="campaign")
    inbound = make_queue(members=[mobile], rollcall=True)
    assert (causes(mobile, campaign), causes(mobile, inbound)) == ([R.NOT_PRESENT], [])
    assert not offered(campaign, mobile, 1)
    assert offered(inbound, mobile, 2)


def test_a_campaign_call_rings_where_the_page_is_open(ada: Agent) -> None:
    assert offered(make_queue(members=[ada], rollcall=True, kind="campaign"), ada, 1)


def test_devices_switched_off_and_pages_lost_are_causes(ada: Agent, queue: Queue) -> None:
    presence.apply(ada.pk, DeviceSwitched(at=at(1), device=DeviceKind.WEBPHONE, on=False))
    assert causes(ada, queue) == [R.NO_DEVICE]
    presence.apply(ada.pk, DeviceSwitched(at=at(2), device=DeviceKind.WEBPHONE, on=True))
    presence.apply(ada.pk, WebphoneLost(at=at(3)))
    turn(13)
    assert causes(ada, queue) == [R.NOT_PRESENT]
    assert not offered(queue, ada, 14)


def test_a_deactivated_agent_gets_nothing(ada: Agent, queue: Queue) -> None:
    ada.active = False
    ada.save()
    presence.refresh([ada.pk])
    assert causes(ada, queue) == [R.INACTIVE]
    assert not offered(queue, ada, 1)


def test_c18_who_is_engaged_is_told_so_with_what_waits(ada: Agent, queue: Queue) -> None:
    call = call_in(queue, 0)
    turn(0)
    happen(call, ada, "answered", 1)
    choose(ada, "on_break", 2)
    assert causes(ada, queue) == [R.PENDING, R.ENGAGED]
    assert not offered(queue, ada, 3)


def test_a_miss_and_a_cool_down_are_causes_until_they_are_over(ada: Agent) -> None:
    queue = make_queue(
        members=[ada], rollcall=True, ring=10, cool_down=5, no_answer=NoAnswer.HOLD_FOR
    )
    call = call_in(queue, 0)
    turn(0)
    turn(10)
    assert causes(ada, queue) == [R.NO_ANSWER]
    turn(40)
    happen(call, ada, "answered", 41)
    happen(call, ada, "hung_up", 50)
    assert causes(ada, queue) == [R.COOL_DOWN]
    assert not offered(queue, ada, 54)
    turn(55)
    assert R.COOL_DOWN not in causes(ada, queue)


def test_b7_a_rejected_call_is_theirs_no_more_and_others_are(ada: Agent, queue: Queue) -> None:
    call = call_in(queue, 0)
    turn(0)
    happen(call, ada, "rejected", 1)
    choose(ada, "available", 2)
    assert (causes(ada, queue, call), causes(ada, queue)) == ([R.REJECTED], [])
    turn(3)
    assert offers_of(call) == []
    assert offered(queue, ada, 4)


def test_b16_a_new_ring_timeout_counts_from_the_next_offer(ada: Agent, queue: Queue) -> None:
    call = call_in(queue, 0)
    turn(0)
    queue.ring_groups.update(ring_seconds=30)
    turn(10)
    assert (offers_of(call), row_of(ada).shown_status_id) == ([], "no_answer")
    choose(ada, "available", 11)
    turn(11)
    assert row_of(ada).deadline_at == at(41)


@pytest.fixture
def turning_away(settings: Any) -> None:
    settings.CHOICE_ENDS_OFFER = True


@pytest.mark.usefixtures("turning_away")
def test_a10_turning_away_while_it_rings_costs_the_caller_nothing(ada: Agent, bob: Agent) -> None:
    queue = make_queue(members=[ada, bob], rollcall=True)
    call = call_in(queue, 0)
    turn(0)
    assert offers_of(call) == ["Ada"]
    choose(ada, "on_break", 1)
    turn(1)
    row = row_of(ada)
    assert (row.shown_status_id, row.misses, offers_of(call)) == ("on_break", 0, ["Bob"])


def test_a10_who_may_not_have_it_at_the_last_moment_is_passed_over(ada: Agent, bob: Agent) -> None:
    """What her row says of Ada is old by now; the machine has the last word."""
    queue = make_queue(members=[ada, bob], rollcall=True)
    Agent.objects.filter(pk=ada.pk).update(active=False)
    assert row_of(ada).may_receive
    call = call_in(queue, 2)
    turn(2)
    assert (offers_of(call), row_of(ada).shown_status_id) == (["Bob"], "available")


@pytest.mark.parametrize("end", ["rejected", "timed out"])
def test_b14_a_break_chosen_while_it_rings_is_where_the_agent_lands(
    ada: Agent, queue: Queue, end: str
) -> None:
    call = call_in(queue, 0)
    turn(0)
    choose(ada, "on_break", 2)
    if end == "rejected":
        happen(call, ada, "rejected", 3)
    turn(10)
    assert row_of(ada).shown_status_id == "on_break"


def test_b6_misses_in_a_row_move_the_agent_and_say_why(ada: Agent) -> None:
    queue = make_queue(members=[ada], rollcall=True, ring=10, no_answer=NoAnswer.HOLD_FOR)
    queue.ring_groups.update(max_misses=2, misses_then="busy", no_answer_seconds=5)
    call = call_in(queue, 0)
    for seconds in (0, 10, 15, 25):
        turn(seconds)
    row = row_of(ada)
    assert (row.mode_id, row.shown_cause, offers_of(call)) == ("busy", "calls_missed", [])


def test_b11_everybody_who_lets_it_ring_has_one_miss(ada: Agent, bob: Agent) -> None:
    queue = make_queue(members=[ada, bob], rollcall=True, ring=10, strategy=Strategy.RING_ALL)
    queue.ring_groups.update(max_misses=9, misses_then="busy")
    call = call_in(queue, 0)
    turn(0)
    turn(10)
    assert [row_of(each).misses for each in (ada, bob)] == [1, 1]
    assert call.entries.get().left_at is None


def test_b10_a_rejection_leaves_the_others_ringing(ada: Agent, bob: Agent) -> None:
    queue = make_queue(members=[ada, bob], rollcall=True, strategy=Strategy.RING_ALL)
    call = call_in(queue, 0)
    turn(0)
    happen(call, ada, "rejected", 1)
    turn(1)
    assert (offers_of(call), row_of(ada).shown_status_id) == (["Bob"], "busy")
