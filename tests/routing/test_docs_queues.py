"""docs/queues.md tells what the code does: its example, played through distribution."""

import re
from pathlib import Path

import pytest

from presence.models import Agent, OutboxEvent
from routing.explain import in_words
from routing.models import Destination, Interaction, Queue
from tests.factories import (
    at,
    call_in,
    choose,
    happen,
    make_agent,
    make_queue,
    make_tier,
    offers_of,
    row_of,
    turn,
)

pytestmark = pytest.mark.django_db

DOCS = Path(__file__).parents[2] / "docs"
PAGE = " ".join((DOCS / "queues.md").read_text().replace("\n>", "\n").split())
"""The page, its lines joined."""


@pytest.fixture
def night(db: None) -> Queue:
    return make_queue("Night", members=[make_agent("Nat", mode="available")], rollcall=True)


@pytest.fixture
def support(ada: Agent, bob: Agent, night: Queue) -> Queue:
    """The queue of the page."""
    queue = make_queue(
        "Support",
        members=[ada, bob],
        rollcall=True,
        wait_when_withdrawn=60,
        withdrawn_overflow=Destination.objects.create(kind="voicemail", address="200"),
        wait_when_absent=0,
        absent_overflow=Destination.objects.create(kind="queue", queue=night),
        max_wait=300,
    )
    both = [make_agent("Cid", mode="available"), make_agent("Dee", mode="available")]
    make_tier(queue, both, 2, strategy="ring_all")
    return queue


def rung(call: Interaction, *moments: float) -> list[list[str]]:
    """At whom the call rings at each of these moments, in seconds."""
    found = []
    for moment in moments:
        turn(moment)
        found.append(offers_of(call))
    return found


def went_to(call: Interaction) -> tuple[str, str]:
    """The wait that ran out for the caller last, and where they went."""
    events = OutboxEvent.objects.filter(subject=f"interaction:{call.pk}")
    told = events.filter(type="interaction.overflowed").latest("pk").data
    return told["cause"], told["to"]["kind"]


def test_the_page_says_what_the_admin_says_of_its_example(support: Queue) -> None:
    for sentence in in_words(support)[:4]:
        assert sentence in PAGE


def test_nobody_answers_and_the_wait_when_withdrawn_wins(support: Queue) -> None:
    call = call_in(support, 0)
    assert rung(call, 0, 20, 40, 60, 119) == [["Ada"], ["Bob"], ["Cid", "Dee"], [], []]
    turn(120)
    call.refresh_from_db()
    assert (call.ended_at, went_to(call)) == (at(120), ("withdrawn", "voicemail"))
    assert "ends at 120 s in Voicemail 200" in PAGE


def test_somebody_comes_back_and_the_wait_begins_anew(support: Queue, bob: Agent) -> None:
    call = call_in(support, 0)
    rung(call, 0, 20, 40, 60)
    choose(bob, "available", 90)
    assert rung(call, 90, 110, 120, 169) == [["Bob"], [], [], []]
    turn(170)
    call.refresh_from_db()
    assert (call.ended_at, went_to(call)) == (at(170), ("withdrawn", "voicemail"))
    assert "ends at 170 s in Voicemail 200" in PAGE


def test_a_phone_that_rings_is_not_interrupted_by_the_longest_wait(
    support: Queue, ada: Agent
) -> None:
    busy = {agent: call_in(support, -99) for agent in Agent.objects.exclude(name="Nat")}
    for agent, theirs in busy.items():
        happen(theirs, agent, "answered", -90)
    call = call_in(support, 0)
    assert rung(call, 0, 60, 289) == [[], [], []]
    happen(busy[ada], ada, "hung_up", 290)
    assert rung(call, 290, 300, 309) == [["Ada"], ["Ada"], ["Ada"]]
    assert Agent.objects.get(name="Bob").state.shown_status_id == "on_call"
    turn(310)
    call.refresh_from_db()
    assert (call.ended_at, went_to(call)) == (at(310), ("max_wait", "hang_up"))
    assert "is hung up at 310 s" in PAGE


def test_nobody_is_on_shift_and_the_caller_goes_at_once(support: Queue) -> None:
    for agent in Agent.objects.exclude(name="Nat"):
        choose(agent, "offline", 0)
    call = call_in(support, 5)
    turn(5)
    assert offers_of(call) == ["Nat"]
    entry = call.entries.latest("pk")
    assert (entry.queue.name, entry.entered_at, entry.waiting_since) == ("Night", at(5), at(5))


def test_a_caller_keeps_their_age_and_the_next_queues_waits_begin_anew(
    support: Queue, night: Queue
) -> None:
    Queue.objects.filter(pk=support.pk).update(
        max_wait=30, max_wait_overflow=Destination.objects.get(queue=night)
    )
    Queue.objects.filter(pk=night.pk).update(max_wait=50)
    for agent in Agent.objects.exclude(name="Nat"):
        choose(agent, "on_break", 0)
    choose(Agent.objects.get(name="Nat"), "on_break", 0)
    older, younger = call_in(support, 0), call_in(night, 20)
    rung(older, 0, 20, 30)
    entry = older.entries.latest("pk")
    assert (entry.queue, entry.entered_at, entry.waiting_since) == (night, at(30), at(0))
    choose(Agent.objects.get(name="Nat"), "available", 40)
    turn(40)
    assert (offers_of(older), offers_of(younger)) == (["Nat"], [])
    rung(younger, 60, 70)
    older.refresh_from_db()
    younger.refresh_from_db()
    assert (younger.ended_at, older.ended_at) == (at(70), None)
    turn(80)
    older.refresh_from_db()
    assert older.ended_at == at(80)


def test_a_longest_wait_of_0_means_unless_somebody_is_free_right_now(ada: Agent) -> None:
    queue = make_queue(members=[ada], rollcall=True, max_wait=0)
    first, second = call_in(queue, 0), call_in(queue, 0)
    turn(0)
    second.refresh_from_db()
    assert (offers_of(first), second.ended_at) == (["Ada"], at(0))


def test_a_wait_that_ran_out_goes_before_an_agent_who_is_free(ada: Agent) -> None:
    choose(ada, "on_break", 0)
    queue = make_queue(members=[ada], rollcall=True, max_wait=60)
    call = call_in(queue, 0)
    turn(0)
    choose(ada, "available", 60)
    turn(60)
    call.refresh_from_db()
    assert (offers_of(call), call.ended_at) == ([], at(60))
    assert row_of(ada).may_receive


def test_every_number_of_the_picture_is_on_the_page() -> None:
    picture = (DOCS / "queues.svg").read_text()
    told = {number for text in re.findall(r">([^<]*\d[^<]*)<", picture) for number in text.split()}
    moments = {word for word in told if word.isdigit()} - {"180", "240"}  # the scale alone
    assert {"90", "120", "170", "290", "310"} <= moments <= set(re.findall(r"\d+", PAGE))
