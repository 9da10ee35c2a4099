"""What others did to an agent is told with who did it; what they did themselves is no news."""

from dataclasses import replace
from typing import Any

import pytest
from django.contrib.auth.models import User

from presence.events import (
    CancelPending,
    Cause,
    Choice,
    Choose,
    Event,
    LegAction,
    LegEvent,
    LogOut,
)
from presence.models import Agent, OutboxEvent
from presence.outbox import EventType
from routing.actions import apply
from tests.factories import (
    at,
    call_of,
    happen,
    leg_event,
    make_interaction,
    make_queue,
    make_reason,
    make_user,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def sam(db: None) -> User:
    return make_user("sam")


def news(kind: EventType) -> list[dict[str, Any]]:
    return [event.data for event in OutboxEvent.objects.filter(type=kind.value)]


def acts() -> list[tuple[str, str | None, str | None, bool]]:
    """What was told of acts: which, by whom, which mode, and whether it waits."""
    return [
        (data["act"], data["by"] and data["by"]["name"], data["status"], data["waits"])
        for data in news(EventType.AGENT_SUPERVISED)
    ]


def set_mode(user: User | None, status: str, seconds: float) -> Choose:
    actor = user.pk if user else None
    return Choose(at=at(seconds), choice=Choice(status), cause=Cause.SUPERVISOR, actor=actor)


def engage(agent: Agent, *, wrap_up: int | None = 0) -> None:
    call = call_of(make_interaction(queue=make_queue()), wrap_up=wrap_up)
    for action in (LegAction.OFFERED, LegAction.ANSWERED):
        apply(agent.pk, leg_event(action, 1, call=call))


def test_c13_the_agent_is_told_who_set_their_mode(ada: Agent, sam: User) -> None:
    apply(ada.pk, set_mode(sam, "busy", 1))
    assert acts() == [("set_mode", "sam", "busy", False)]


def test_c13_a_mode_set_on_a_call_waits_and_later_applies(ada: Agent, sam: User) -> None:
    lunch = make_reason()
    engage(ada)
    chosen = Choice("on_break", lunch.pk)
    apply(ada.pk, Choose(at=at(2), choice=chosen, cause=Cause.SUPERVISOR, actor=sam.pk))
    assert acts() == [("set_mode", "sam", "on_break", True)]
    assert not news(EventType.AGENT_PENDING_APPLIED)
    apply(ada.pk, leg_event(LegAction.HUNG_UP, 3))
    [applied] = news(EventType.AGENT_PENDING_APPLIED)
    assert (applied["status"], applied["reason"]) == ("on_break", "Lunch")


@pytest.mark.parametrize(
    ("event", "told"),
    [
        (CancelPending(at=at(4)), ("cancel_pending", "on_break", False)),
        (LogOut(at=at(4), cause=Cause.SUPERVISOR), ("log_out_agent", None, True)),
        (
            LegEvent(at=at(4), action=LegAction.HUNG_UP, leg="leg"),
            ("reset_call", None, False),
        ),
    ],
)
def test_every_other_act_is_told_too(
    ada: Agent, sam: User, event: Event, told: tuple[str, str | None, bool]
) -> None:
    engage(ada, wrap_up=None)
    apply(ada.pk, Choose(at=at(2), choice=Choice("on_break"), actor=ada.user_id))
    apply(ada.pk, replace(event, actor=sam.pk))
    act, status, waits = told
    assert acts() == [(act, "sam", status, waits)]


def test_the_end_of_wrap_up_is_told(ada: Agent, sam: User) -> None:
    engage(ada, wrap_up=None)
    apply(ada.pk, leg_event(LegAction.HUNG_UP, 2))
    done = LegEvent(
        at=at(3), actor=sam.pk, action=LegAction.WRAP_UP_DONE, leg="leg", cause=Cause.SUPERVISOR
    )
    apply(ada.pk, done)
    assert acts() == [("end_wrap_up", "sam", None, False)]


def test_what_a_program_sets_is_told_without_a_name(ada: Agent) -> None:
    apply(ada.pk, set_mode(None, "busy", 1))
    assert acts() == [("set_mode", None, "busy", False)]


def test_what_agents_do_themselves_is_no_news(ada: Agent) -> None:
    engage(ada)
    own = ada.user_id
    apply(ada.pk, Choose(at=at(2), choice=Choice("on_break"), actor=own))
    apply(ada.pk, CancelPending(at=at(3), actor=own))
    apply(ada.pk, Choose(at=at(4), choice=Choice("busy"), cause=Cause.SUPERVISOR, actor=own))
    apply(ada.pk, LegEvent(at=at(5), actor=own, action=LegAction.HUNG_UP, leg="leg"))
    assert acts() == []


def test_what_is_chosen_again_and_at_once_was_not_waited_for(ada: Agent, sam: User) -> None:
    engage(ada, wrap_up=None)
    apply(ada.pk, leg_event(LegAction.HUNG_UP, 2))
    apply(ada.pk, set_mode(sam, "busy", 3))
    at_once = Choose(
        at=at(4), choice=Choice("busy"), cause=Cause.SUPERVISOR, actor=sam.pk, immediate=True
    )
    apply(ada.pk, at_once)
    assert not news(EventType.AGENT_PENDING_APPLIED)


@pytest.mark.parametrize("rollcall", [True, False])
def test_a_missed_call_is_told_whoever_let_it_ring(ada: Agent, rollcall: bool) -> None:
    queue = make_queue("Helpdesk", members=[ada], rollcall=rollcall)
    call = make_interaction(queue=queue, caller="0207")
    details = call_of(call, ring=20 if rollcall else None)
    apply(ada.pk, leg_event(LegAction.OFFERED, 1, call=details))
    apply(ada.pk, leg_event(LegAction.RING_TIMED_OUT, 21))
    [missed] = news(EventType.AGENT_MISSED_CALL)
    assert (missed["interaction"]["caller"], missed["interaction"]["queue"]) == ("0207", "Helpdesk")


@pytest.mark.parametrize("action", ["withdrawn", "rejected", "hung_up"])
def test_b8_a_call_that_was_taken_back_was_not_missed(ada: Agent, action: str) -> None:
    call = make_interaction(queue=make_queue(members=[ada]))
    happen(call, ada, "offered", 1)
    happen(call, ada, action, 2)
    assert not news(EventType.AGENT_MISSED_CALL)
