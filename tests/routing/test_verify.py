"""What always holds for calls is proved, and what is broken is told in words."""

import random
from collections.abc import Callable, Iterator
from datetime import datetime

import pytest
from django.db import connection

from presence import verify as presence
from presence.events import LegAction
from presence.models import Agent, AgentState
from presence.verify import Fault
from routing import verify
from routing.actions import apply
from routing.models import Interaction, Leg, LegSpan, QueueEntry
from tests.factories import (
    at,
    call_in,
    call_of,
    happen,
    leg_event,
    make_interaction,
    make_queue,
    turn,
)
from tests.routing.walk import make_floor

pytestmark = pytest.mark.django_db

Check = Callable[[datetime], Iterator[Fault]]


def sentences(check: Check, seconds: float = 60) -> list[str]:
    return [f"{fault.subject}: {fault.sentence}" for fault in check(at(seconds))]


@pytest.fixture
def talking(ada: Agent) -> Interaction:
    """Ada talks to a caller, after a hold."""
    call = call_in(make_queue(members=[ada], rollcall=True), 1)
    turn(2)
    for second, action in ((5, "answered"), (10, "held"), (15, "resumed")):
        happen(call, ada, action, second)
    return call


def test_random_days_have_no_fault() -> None:
    for seed in range(3):
        floor = make_floor(random.Random(seed).choice)
        for _ in range(50):
            floor.step()
            floor.look()
            floor.distribute()
        checks = (presence.agents, presence.history, *verify.CHECKS)
        assert [said for check in checks for said in sentences(check, floor.now)] == []


@pytest.mark.parametrize("check", verify.CHECKS, ids=lambda check: check.__name__)
def test_an_ordinary_call_has_no_fault(talking: Interaction, check: Check) -> None:
    assert sentences(check) == []


def test_a_part_that_the_machine_forgot_is_told(talking: Interaction) -> None:
    AgentState.objects.update(legs=[])
    [said] = sentences(verify.parts)
    assert said.startswith("Ada: The state has the parts none, the record {")


def test_a_part_that_the_record_has_in_another_state_is_told(talking: Interaction) -> None:
    Leg.objects.update(state="on_hold")
    assert len(sentences(verify.parts)) == 1


def test_two_calls_that_ring_at_once_are_told(ada: Agent) -> None:
    for leg in ("one", "two"):
        call = call_of(make_interaction(), ring=None)
        apply(ada.pk, leg_event(LegAction.OFFERED, 1, leg=leg, call=call))
    assert "Ada: Two calls ring at once." in sentences(verify.parts)


def test_a_gap_between_the_states_of_a_part_is_told(talking: Interaction) -> None:
    hold = LegSpan.objects.get(state="on_hold")
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM routing_legspan WHERE id = %s", [hold.pk])
    [said] = sentences(verify.spans)
    assert said == f"Ada: Part {hold.leg_id}: a gap or overlap at 2026-03-02 09:00:10 UTC."


def test_a_state_of_a_part_that_is_kept_as_anothers_is_told(
    talking: Interaction, bob: Agent
) -> None:
    hold = LegSpan.objects.get(state="on_hold")
    with connection.cursor() as cursor:
        cursor.execute("UPDATE routing_legspan SET agent_id = %s WHERE id = %s", [bob.pk, hold.pk])
    [said] = sentences(verify.spans)
    assert said == f"Bob: Part {hold.leg_id}: a state of it is kept as Bob's; it is Ada's."


def test_an_ended_call_in_which_somebody_talks_is_told(talking: Interaction) -> None:
    Interaction.objects.update(ended_at=at(20), outcome="handled")
    [said] = sentences(verify.calls)
    assert said.endswith("Has ended, and somebody still waits or talks in it.")


def test_a_call_that_nobody_has_is_told_once_it_is_old(talking: Interaction) -> None:
    Leg.objects.update(state="ended", ended_at=at(20), since=at(20))
    assert sentences(verify.calls, 60) == []
    [said] = sentences(verify.calls, 3600)
    assert said.endswith("Has not ended, and nobody waits or talks in it.")


def test_two_agents_who_handle_one_call_are_told_unless_they_came_together_in_it(
    talking: Interaction, bob: Agent
) -> None:
    Leg.objects.create(
        interaction=talking,
        agent=bob,
        external_id="bobs",
        state="handling",
        started_at=at(20),
        answered_at=at(20),
    )
    [said] = sentences(verify.calls)
    assert said.endswith("2 agents handle it at once.")
    LegSpan.objects.create(
        leg=talking.legs.get(agent=bob),
        agent=bob,
        state="consulting",
        started_at=at(20),
        ended_at=at(21),
    )
    assert sentences(verify.calls) == []


def test_a_wait_whose_time_is_over_and_that_nobody_looked_at_is_told(ada: Agent) -> None:
    call_in(make_queue("Billing"), 1)
    QueueEntry.objects.update(due_at=at(30))
    assert sentences(verify.waits, 35) == []
    [said] = sentences(verify.waits, 60)
    assert said.endswith("Waits in Billing, and what was due is 30 s late: no server distributes.")
