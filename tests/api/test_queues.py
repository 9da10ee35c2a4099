"""Queues over the API: the catalogue, live figures, and reserving the next agent."""

from typing import Any

import pytest

from presence import clock
from presence.models import Agent, Reason, Status
from routing import actions
from routing.models import Destination, Interaction, Queue
from routing.strategies import Strategy
from tests.api.program import Program
from tests.factories import at, make_agent, make_queue, make_reason, make_tier, offers_of, row_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def sales(ada: Agent) -> Queue:
    return make_queue("sales", members=[ada], rollcall=True)


def reserve(program: Program, queue: Queue, external_id: str = "1") -> Any:
    body = {"external_id": external_id, "caller": "020"}
    return program.post(f"/queues/{queue.pk}/reservations", body)


def test_the_catalogue_comes_in_its_order_with_active_reasons(program: Program) -> None:
    make_reason("on_break", "Lunch")
    Reason.objects.create(status_id="on_break", label="Old", active=False)
    items = program.get("/statuses").json()["items"]
    order = Status.objects.filter(active=True).order_by("order", "code")
    assert [item["code"] for item in items] == list(order.values_list("code", flat=True))
    (on_break,) = [item for item in items if item["code"] == "on_break"]
    assert [reason["label"] for reason in on_break["reasons"]] == ["Lunch"]
    assert (on_break["workforce"], on_break["selectable"]) == ("withdrawn", True)


def test_a_queue_is_shown_with_its_live_figures(program: Program, sales: Queue, ada: Agent) -> None:
    make_tier(sales, [make_agent("Away", mode="on_break"), make_agent("Gone")], 2)
    first = program.arrive("sales", "1")
    program.tell(first, "answered", ada.pk)
    program.arrive("sales", "2")
    shown = program.get(f"/queues/{sales.pk}").json()
    figures = {name: shown[name] for name in ("waiting", "ready", "engaged", "withdrawn", "absent")}
    assert figures == {"waiting": 1, "ready": 0, "engaged": 1, "withdrawn": 1, "absent": 1}
    assert shown["gap"] is True
    assert shown["longest_since"]
    assert 0 <= shown["longest_wait_seconds"] < 60
    assert shown["today"] == {
        "answered": 1, "within": 1, "abandoned": 0, "overflowed": 0, "service_level": 1.0,
    }  # fmt: skip


def test_a_queue_says_its_tiers_and_where_its_waits_lead(program: Program) -> None:
    other = make_queue("other")
    to = Destination.objects.create(kind="queue", queue=other)
    queue = make_queue("sales", ring=15, wrap_up=None, max_wait=90, max_wait_overflow=to)
    shown = program.get(f"/queues/{queue.pk}").json()
    assert shown["tiers"] == [
        {
            "tier": 1, "strategy": "longest_idle", "ring_seconds": 15, "next_tier_after": 40,
            "wrap_up_seconds": None, "cool_down_seconds": 0,
        }
    ]  # fmt: skip
    overflow = {"kind": "queue", "queue": "other", "address": ""}
    assert shown["max_wait"] == {"seconds": 90, "overflow": overflow}
    hang_up = {"kind": "hang_up", "queue": None, "address": ""}
    assert shown["wait_when_absent"] == {"seconds": None, "overflow": hang_up}
    assert (shown["waiting"], shown["longest_since"], shown["longest_wait_seconds"]) == (
        0, None, None,
    )  # fmt: skip
    assert shown["today"]["service_level"] is None


def test_active_queues_are_listed(program: Program, sales: Queue) -> None:
    shut = make_queue("shut", active=False)
    assert [item["name"] for item in program.get("/queues").json()["items"]] == ["sales"]
    assert program.get(f"/queues/{shut.pk}").json()["active"] is False
    assert program.get(f"/queues/{10**30}").status_code == 404


def test_a_reservation_says_whom_to_ring_and_how_long(
    program: Program, sales: Queue, ada: Agent
) -> None:
    answer = reserve(program, sales)
    assert answer.status_code == 201
    shown = answer.json()
    assert answer["Location"] == f"/api/v1/interactions/{shown['interaction']}"
    (offer,) = shown["offers"]
    assert (offer["agent"], offer["agent_name"], offer["ring_seconds"]) == (ada.pk, "Ada", 20)
    assert offer["devices"] == [
        {"kind": "webphone", "address": f"webphone/{ada.user.username}", "enabled": True}
    ]
    assert offer["deadline"] > program.get(answer["Location"]).json()["started_at"]
    assert row_of(ada).shown_status_id == "ringing"


def test_a9_an_agent_is_reserved_once(program: Program, sales: Queue) -> None:
    first, second = reserve(program, sales, "1"), reserve(program, sales, "2")
    assert (first.status_code, second.status_code) == (201, 409)
    assert reserve(program, sales, "1").json() == first.json()


def test_everybody_is_reserved_where_everybody_is_rung(
    program: Program, ada: Agent, bob: Agent
) -> None:
    queue = make_queue(members=[ada, bob], strategy=Strategy.RING_ALL)
    offers = reserve(program, queue).json()["offers"]
    assert sorted(offer["agent_name"] for offer in offers) == ["Ada", "Bob"]


def test_where_nobody_is_free_the_caller_waits_to_be_asked_for_again(
    program: Program, ada: Agent
) -> None:
    queue = make_queue(members=[ada, make_agent("Away", mode="on_break"), make_agent("Gone")])
    reserve(program, queue, "1")
    answer = reserve(program, queue, "2")
    shown = answer.json()
    assert (answer.status_code, shown["code"]) == (409, "nobody_available")
    counts = {name: shown[name] for name in ("ready", "engaged", "withdrawn", "absent")}
    assert counts == {"ready": 0, "engaged": 1, "withdrawn": 1, "absent": 1}
    call = Interaction.objects.get(pk=shown["interaction"])
    assert call.entries.get().left_at is None
    make_tier(queue, [make_agent("Eve", mode="available")], 2, next_tier_after=0)
    queue.ring_groups.filter(tier=1).update(next_tier_after=0)
    assert reserve(program, queue, "2").status_code == 201
    assert offers_of(call) == ["Eve"]


def test_a_reservation_that_rings_out_is_a_miss(program: Program, sales: Queue, ada: Agent) -> None:
    reserve(program, sales)
    clock.tick(at(10**9), actions.apply_all)
    assert row_of(ada).misses == 1


def test_what_is_over_or_taken_is_not_reserved_for(
    program: Program, sales: Queue, ada: Agent
) -> None:
    call = {"id": reserve(program, sales).json()["interaction"]}
    program.tell(call, "answered", ada.pk)
    answer = reserve(program, sales)
    assert (answer.status_code, answer.json()["code"]) == (409, "already_handled")
    program.tell(call, "hung_up", ada.pk)
    assert reserve(program, sales).json()["code"] == "interaction_ended"
    Queue.objects.filter(pk=sales.pk).update(active=False)
    assert reserve(program, sales, "2").json()["code"] == "queue_inactive"
    assert program.post("/queues/999/reservations", {"external_id": "1"}).status_code == 404
