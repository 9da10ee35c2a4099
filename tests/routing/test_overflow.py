"""Where callers go who cannot be served: queue to queue, to a number, to a mailbox, or nowhere."""

from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from presence.models import Agent, OutboxEvent
from routing import transfers
from routing.models import Destination, Interaction, Queue
from tests.factories import (
    at,
    call_in,
    choose,
    happen,
    make_agent,
    make_queue,
    offers_of,
    origin,
    told,
    turn,
)

pytestmark = pytest.mark.django_db


def to_queue(queue: Queue) -> Destination:
    return Destination.objects.create(kind="queue", queue=queue)


def chain(*settings: dict[str, Any], last: Destination | None = None) -> list[Queue]:
    """Queues without agents of which each overflows into the next at the end of its max wait."""
    queues: list[Queue] = []
    for each in reversed(settings):
        to = to_queue(queues[0]) if queues else last
        queues.insert(0, make_queue(rollcall=True, max_wait_overflow=to, **each))
    return queues


def overflows(call: Interaction) -> list[tuple[str, str, str, str]]:
    """From which queue, why, to what kind, and where."""
    events = OutboxEvent.objects.filter(
        type="interaction.overflowed", subject=f"interaction:{call.pk}"
    )
    return [
        (
            event.data["queue"],
            event.data["cause"],
            event.data["to"]["kind"],
            event.data["to"]["queue"] or event.data["to"]["address"],
        )
        for event in events.order_by("pk")
    ]


def test_a_caller_goes_down_a_chain_of_queues_in_one_pass(ada: Agent) -> None:
    first, second, third = chain({"max_wait": 0}, {"max_wait": 0}, {"max_wait": 60})
    third.ring_groups.get().memberships.create(agent=ada)
    call = call_in(first, 5)
    assert turn(5).overflows == 2
    assert offers_of(call) == ["Ada"]
    assert overflows(call) == [
        (first.name, "max_wait", "queue", second.name),
        (second.name, "max_wait", "queue", third.name),
    ]
    assert told(about=f"interaction:{call.pk}")[0] == "interaction.queued"


def test_each_queue_of_a_chain_has_its_own_wait_and_remembers_the_first() -> None:
    first, second = chain({"max_wait": 10}, {"max_wait": 30})
    call = call_in(first, 0)
    for seconds in (0, 10, 39):
        turn(seconds)
    entry = call.entries.get(left_at=None)
    assert (entry.queue, entry.entered_at, entry.waiting_since) == (second, at(10), at(0))
    turn(40)
    call.refresh_from_db()
    assert (call.outcome, call.ended_at) == ("overflowed", at(40))


def test_a_chain_that_was_overslept_keeps_its_times() -> None:
    """The pass comes late; every overflow is dated when its wait ran out."""
    first, _ = chain({"max_wait": 10}, {"max_wait": 30})
    call = call_in(first, 0)
    turn(0)
    turn(500)
    call.refresh_from_db()
    assert [entry.left_at for entry in call.entries.order_by("pk")] == [at(10), at(40)]
    assert call.ended_at == at(40)


def test_who_waited_longest_is_first_in_the_queue_they_overflow_into(ada: Agent) -> None:
    first, second = chain({"max_wait": 10}, {})
    second.ring_groups.get().memberships.create(agent=ada)
    held = call_in(second, 0)
    turn(0)
    happen(held, ada, "answered", 1)
    older, younger = call_in(first, 2), call_in(second, 5)
    turn(12)
    happen(held, ada, "hung_up", 20)
    turn(20)
    assert (offers_of(older), offers_of(younger)) == (["Ada"], [])


def test_the_second_queue_is_judged_by_who_is_there_now(ada: Agent) -> None:
    """What it knew of its staffing may be of yesterday: nobody has waited in it since."""
    second = make_queue(members=[ada], rollcall=True, wait_when_absent=0)
    first = make_queue(rollcall=True, max_wait=0, max_wait_overflow=to_queue(second))
    choose(ada, "offline", 0)
    assert call_in(second, 1).pk
    turn(1)
    choose(ada, "available", 100)
    held = call_in(make_queue(members=[ada], rollcall=True), 101)
    turn(101)
    happen(held, ada, "answered", 102)
    call = call_in(first, 110)
    turn(110)
    assert call.entries.get(left_at=None).queue == second


def test_a_second_queue_whose_wait_is_0_overflows_in_the_same_pass() -> None:
    away = make_agent("Away", mode="on_break")
    second = make_queue(members=[away], rollcall=True, wait_when_withdrawn=0)
    first = make_queue(rollcall=True, max_wait=0, max_wait_overflow=to_queue(second))
    call = call_in(first, 0)
    assert turn(0).overflows == 2
    call.refresh_from_db()
    assert (call.outcome, call.ended_at) == ("overflowed", at(0))


def test_a_queue_that_they_have_been_in_already_hangs_up() -> None:
    """Admins are told of loops; one made by two of them at once still ends."""
    first, second = chain({"max_wait": 0}, {"max_wait": 0})
    second.max_wait_overflow = to_queue(first)
    second.save()
    call = call_in(first, 0)
    turn(0)
    call.refresh_from_db()
    assert (call.outcome, overflows(call)[-1][2]) == ("overflowed", "hang_up")


def test_a_queue_whose_agent_transferred_them_takes_them_again(ada: Agent, bob: Agent) -> None:
    sales = make_queue("sales", members=[ada], rollcall=True)
    support = make_queue("support", rollcall=True, max_wait=0, max_wait_overflow=to_queue(sales))
    call = call_in(sales, 0)
    turn(0)
    happen(call, ada, "answered", 5)
    transfers.transfer_to_queue(call, ada, support, origin(60))
    turn(60)
    assert overflows(call) == [("support", "max_wait", "queue", "sales")]
    assert offers_of(call) == ["Ada"]


@pytest.mark.parametrize(("kind", "address"), [("number", "+49 30 7"), ("voicemail", "sales")])
def test_a_number_or_a_mailbox_takes_the_caller_away(kind: str, address: str) -> None:
    to = Destination.objects.create(kind=kind, address=address)
    [queue] = chain({"max_wait": 5}, last=to)
    call = call_in(queue, 0)
    turn(0)
    turn(5)
    call.refresh_from_db()
    assert (call.outcome, call.ended_at) == ("overflowed", at(5))
    assert overflows(call) == [(queue.name, "max_wait", kind, address)]


def test_each_wait_has_a_destination_of_its_own(ada: Agent) -> None:
    numbers: dict[str, Any] = {
        f"{name}_overflow": Destination.objects.create(kind="number", address=name)
        for name in ("withdrawn", "absent", "max_wait")
    }
    queue = make_queue(
        members=[ada],
        rollcall=True,
        wait_when_withdrawn=10,
        wait_when_absent=10,
        max_wait=20,
        **numbers,
    )
    for number, (mode, cause) in enumerate(
        [("on_break", "withdrawn"), ("offline", "absent"), ("available", "max_wait")]
    ):
        began = 100 * number
        choose(ada, mode, began)
        held = call_in(queue, began)
        call = call_in(queue, began)
        for seconds in (0, 1, 10, 19, 20):
            turn(began + seconds)
        if mode == "available":
            happen(held, ada, "answered", began + 20)
        assert overflows(call) == [(queue.name, cause, "number", cause)]


def test_an_overflow_into_a_queue_that_the_telephony_distributes_waits_there() -> None:
    mirrored = make_queue()
    [queue] = chain({"max_wait": 0}, last=to_queue(mirrored))
    call = call_in(queue, 0)
    turn(0)
    turn(5000)
    assert call.entries.get(left_at=None).queue == mirrored


@pytest.mark.parametrize(
    "fields",
    [
        {"kind": "queue"},
        {"kind": "number"},
        {"kind": "voicemail", "address": ""},
        {"kind": "hang_up", "address": "+49"},
    ],
)
def test_a_destination_is_whole_or_refused_in_words(fields: dict[str, str]) -> None:
    with pytest.raises(ValidationError, match="give an address"):
        Destination(**fields).full_clean()
    with pytest.raises(IntegrityError), transaction.atomic():
        Destination.objects.create(**fields)
