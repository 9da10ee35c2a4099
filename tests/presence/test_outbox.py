"""What others are told is written with what happened, and read in one order by all."""

import json
from typing import Any

import pytest
from django.db import transaction

from presence import actions, outbox
from presence.events import Choice, Choose, LegAction
from presence.models import Agent, OutboxEvent, Sequence
from presence.outbox import EventType
from presence.sequence import has_new, purge, sequence
from tests.factories import at, call_of, leg_event, make_interaction

pytestmark = pytest.mark.django_db


def events() -> list[OutboxEvent]:
    return list(OutboxEvent.objects.order_by("position", "pk"))


def choose(agent: Agent, mode: str, seconds: float) -> None:
    actions.apply(agent.pk, Choose(at=at(seconds), choice=Choice(mode), actor=agent.user_id))


def last_data() -> dict[str, Any]:
    return dict(OutboxEvent.objects.latest("pk").data)


def put(subject: str = "agent:1") -> None:
    outbox.put(EventType.AGENT_STATUS_CHANGED, at(), subject, {})


def test_a_change_of_status_is_told_with_what_boards_show(ada: Agent) -> None:
    choose(ada, "on_break", 5)
    told = last_data()
    assert told["agent"] == {"id": ada.pk, "name": "Ada"}
    assert (told["status"], told["mode"], told["since"]) == (
        "on_break",
        "on_break",
        at(5).isoformat(),
    )
    assert (told["may_receive"], told["why_not"]) == (False, ["mode"])


def test_a6_choosing_the_same_again_tells_nothing(ada: Agent) -> None:
    choose(ada, "on_break", 5)
    before = OutboxEvent.objects.count()
    choose(ada, "on_break", 6)
    assert OutboxEvent.objects.count() == before


def test_c1_a_mode_that_waits_is_told_at_once(ada: Agent) -> None:
    call = call_of(make_interaction())
    actions.apply(ada.pk, leg_event(LegAction.ANSWERED, 5, call=call))
    choose(ada, "on_break", 10)
    told = last_data()
    assert (told["status"], told["pending"], told["may_receive"]) == ("on_call", "on_break", False)


def test_what_did_not_happen_is_not_told(ada: Agent) -> None:
    before = OutboxEvent.objects.count()
    with transaction.atomic():
        choose(ada, "on_break", 5)
        transaction.set_rollback(True)
    assert OutboxEvent.objects.count() == before


def test_events_get_their_positions_in_the_order_in_which_they_were_written() -> None:
    for number in range(3):
        put(f"agent:{number}")
    assert has_new()
    assert [event.position for event in sequence()] == [1, 2, 3]
    put("agent:3")
    sequence()
    assert [event.subject for event in events()] == [f"agent:{n}" for n in range(4)]
    assert not has_new()
    assert sequence() == []


def test_a_position_is_never_given_again_though_its_event_was_purged() -> None:
    put()
    sequence()
    purge([1])
    put()
    assert [event.position for event in sequence()] == [2]
    assert (Sequence.objects.get().last, Sequence.objects.get().purged) == (2, 1)


def test_a_message_says_what_happened_when_and_by_which_id() -> None:
    outbox.put(EventType.OFFER_CREATED, at(1), "agent:1", {"leg": "ä"})
    event = OutboxEvent.objects.get()
    assert json.loads(outbox.message(event)) == {
        "id": str(event.uid),
        "type": "offer.created",
        "timestamp": at(1).isoformat(),
        "data": {"leg": "ä"},
    }
