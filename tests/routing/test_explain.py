"""What a queue's settings mean, in words, and what is said of those that do less than they seem."""

from typing import Any

import pytest

from presence.models import Agent
from routing.doubts import doubts
from routing.explain import in_words, rings, span
from routing.models import Destination, Membership, Queue
from tests.factories import make_agent, make_queue, make_tier

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (1, "1 s"), (90, "90 s"), (120, "2 min"), (130, "2 min 10 s"), (300, "5 min"),
        (5400, "90 min"), (7200, "2 h"), (9000, "2 h 30 min"), (7201, "2 h 1 s"),
    ],
)  # fmt: skip
def test_spans_are_said_as_people_say_them(seconds: int, words: str) -> None:
    assert span(seconds) == words


@pytest.mark.parametrize(
    ("ring", "seconds", "words"),
    [
        (20, 40, "for 2 x 20 s"),
        (20, 20, "for 1 x 20 s"),
        (20, 50, "for 50 s (2 rings of 20 s and one more that goes on)"),
        (20, 30, "for 30 s (1 ring of 20 s and a second that goes on)"),
        (20, 10, "for 10 s (the ring of 20 s goes on)"),
        (10, 95, "for 95 s (9 rings of 10 s and one more that goes on)"),
    ],
)
def test_a_tier_rings_so_often_before_the_next_joins(ring: int, seconds: int, words: str) -> None:
    assert rings(ring, seconds) == words


def make_support(**settings: Any) -> Queue:
    """Four agents, then two more who are rung together; all three waits lead somewhere."""
    night = Destination.objects.create(kind="queue", queue=make_queue("Night"))
    waits: dict[str, Any] = {
        "wait_when_withdrawn": 60,
        "withdrawn_overflow": Destination.objects.create(kind="voicemail", address="200"),
        "wait_when_absent": 0,
        "absent_overflow": night,
        "max_wait": 300,
    }
    members = [make_agent() for _ in range(4)]
    queue = make_queue("Support", members=members, rollcall=True, **waits | settings)
    make_tier(queue, [make_agent(), make_agent()], 2, strategy="ring_all")
    return queue


def test_a_queue_says_what_a_caller_meets() -> None:
    assert in_words(make_support()) == [
        "A call rings Tier 1 (longest idle, 4 agents) for 2 x 20 s, "
        "then Tier 2 joins (ring all, 2 agents, 20 s a ring).",
        "Everybody withdrawn: after 60 s to Voicemail 200.",
        "Nobody on shift: at once to Queue Night.",
        "At most 5 min, then hang up.",
        "Every tier: who lets it ring shows No Answer until they choose.",
        "Every tier: after a call no wrap-up.",
        "The goal: 80 % answered within 20 s.",
    ]


def _says(queue: Queue, start: str) -> str:
    return next(sentence for sentence in in_words(queue) if sentence.startswith(start))


def test_waits_of_0_and_none_are_told_apart() -> None:
    queue = make_queue(rollcall=True, max_wait=0)
    assert _says(queue, "Nobody free") == "Nobody free right now: hang up at once."
    assert _says(queue, "Everybody") == "Everybody withdrawn: no limit."
    assert _says(make_queue(rollcall=True), "No longest") == "No longest wait."


def test_a_tier_without_agents_only_takes_time() -> None:
    queue = make_queue(rollcall=True)
    make_tier(queue, [make_agent()], 2)
    assert _says(queue, "A call") == (
        "A call rings Tier 1 (longest idle, nobody) for 40 s, "
        "then Tier 2 joins (longest idle, 1 agent, 20 s a ring)."
    )


def test_tiers_that_begin_together_are_asked_in_their_order() -> None:
    queue = make_queue(members=[make_agent()], rollcall=True)
    queue.ring_groups.update(next_tier_after=0)
    make_tier(queue, [make_agent()], 2)
    assert _says(queue, "A call") == (
        "A call rings Tier 1 (longest idle, 1 agent), "
        "or Tier 2 (longest idle, 1 agent, 20 s a ring) where nobody there is free."
    )


def test_where_the_telephony_decides_no_wait_is_told() -> None:
    queue = make_queue(members=[make_agent()], max_wait=60)
    assert _says(queue, "The telephony") == (
        "The telephony decides whom a call rings; asked for the next agent: "
        "Tier 1 (longest idle, 1 agent, 20 s a ring)."
    )
    assert not any("At most" in sentence for sentence in in_words(queue))


def test_what_follows_a_miss_and_a_call_is_told() -> None:
    queue = make_queue(members=[make_agent()])
    queue.ring_groups.update(
        no_answer="hold_for", no_answer_seconds=30, max_misses=3, misses_then="on_break",
        wrap_up_seconds=None, wrap_up_campaign_only=True, cool_down_seconds=5,
    )  # fmt: skip
    sentences = in_words(queue)
    assert (
        "Tier 1: who lets it ring shows No Answer for 30 s, and is On Break after 3 in a row."
        in sentences
    )
    assert (
        "Tier 1: after a call wrap-up until done (campaign calls only), then 5 s without calls."
        in sentences
    )


def test_tiers_that_differ_are_told_one_by_one() -> None:
    queue = make_support()
    queue.ring_groups.filter(tier=2).update(no_answer="busy")
    assert in_words(queue)[4:7] == [
        "Tier 1: who lets it ring shows No Answer until they choose.",
        "Tier 2: who lets it ring is Busy until they choose.",
        "Every tier: after a call no wrap-up.",
    ]


# --- doubts ------------------------------------------------------------------------------------


def test_a_sound_queue_leaves_nothing_to_look_at() -> None:
    assert doubts(make_support()) == []


def test_a_tier_whose_agents_all_opted_out_is_looked_at(ada: Agent, bob: Agent) -> None:
    queue = make_queue(members=[ada], rollcall=True)
    make_tier(queue, [bob], 3)
    assert doubts(queue) == []
    Membership.objects.filter(agent=bob).update(opted_out=True)
    (doubt,) = doubts(queue)
    assert doubt.startswith("Tier 3 rings nobody: add an agent")


def test_a_wait_that_the_longest_wait_overtakes_is_looked_at() -> None:
    (doubt,) = doubts(make_support(wait_when_withdrawn=300))
    assert "The wait of 5 min when everybody is withdrawn never runs out" in doubt
    Queue.objects.filter(name="Support").update(wait_when_withdrawn=299)
    assert doubts(Queue.objects.get(name="Support")) == []


def test_a_tier_that_joins_after_the_longest_wait_is_looked_at() -> None:
    (doubt,) = doubts(make_support(max_wait=40, wait_when_withdrawn=None, withdrawn_overflow=None))
    assert doubt.startswith("Tier 2 joins after 40 s, but the longest wait ends after 40 s")


def test_waits_where_the_telephony_decides_are_looked_at(ada: Agent) -> None:
    (doubt,) = doubts(make_queue(members=[ada], max_wait=0))
    assert doubt.startswith("The telephony decides here, so no wait")


def test_wrap_up_after_campaign_calls_is_looked_at_where_there_are_none(ada: Agent) -> None:
    queue = make_queue(members=[ada], wrap_up=20)
    queue.ring_groups.update(wrap_up_campaign_only=True)
    (doubt,) = doubts(queue)
    assert "campaign calls only" in doubt
    Queue.objects.update(kind="campaign")
    assert doubts(Queue.objects.get()) == []
