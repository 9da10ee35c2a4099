"""A key that is bound by a limit: what it does not see is not there for it."""

from typing import Any

import pytest
from django.db.models import ProtectedError

from presence.models import Agent, Team
from routing.models import Limit, Queue
from tests.api.program import SCOPES, Program
from tests.factories import make_limit, row_of
from tests.two_teams import ada, blue, bob, sales, support

__all__ = ["ada", "blue", "bob", "sales", "support"]

pytestmark = pytest.mark.django_db


@pytest.fixture
def limited(blue: Team) -> Program:
    """A program that may do everything, to Blue."""
    program = Program(*SCOPES)
    bind(program, make_limit(teams=[blue]))
    return program


def bind(program: Program, limit: Limit) -> None:
    program.key.limit = limit
    program.key.save()


def names(answer: Any) -> list[str]:
    return sorted(item["name"] for item in answer.json()["items"])


def test_only_agents_and_queues_that_are_seen_are_listed(
    limited: Program, ada: Agent, sales: Queue, support: Queue
) -> None:
    assert names(limited.get("/agents")) == ["Ada"]
    assert names(limited.get("/queues")) == ["Sales"]


def test_no_filter_widens_what_is_seen(
    limited: Program, bob: Agent, sales: Queue, support: Queue
) -> None:
    for asked in (f"team={bob.team_id}", f"queue={support.pk}", f"username={bob.user.username}"):
        assert names(limited.get(f"/agents?{asked}")) == []


def test_a_queues_agents_are_those_who_are_seen(limited: Program, sales: Queue) -> None:
    assert limited.get(f"/queues/{sales.pk}").json()["ready"] == 1


def test_f2_nobody_is_there_for_a_key_of_another_team(
    limited: Program, bob: Agent, sales: Queue, support: Queue
) -> None:
    before = row_of(bob).version
    for answer in (
        limited.get(f"/agents/{bob.pk}"),
        limited.get(f"/agents/{bob.pk}/availability"),
        limited.put(f"/agents/{bob.pk}/mode", {"status": "busy"}),
        limited.delete(f"/agents/{bob.pk}/pending"),
        limited.post(f"/agents/{bob.pk}/wrap-up/done"),
        limited.put(f"/agents/{bob.pk}/queues/{sales.pk}", {"opted_out": True}),
        limited.get(f"/queues/{support.pk}"),
        limited.post(f"/queues/{support.pk}/reservations", {"external_id": "1"}),
    ):
        assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
        assert "Bob" not in answer.content.decode()
    assert row_of(bob).version == before


def test_an_agent_who_is_seen_is_let_out_of_no_queue_that_is_not(
    limited: Program, ada: Agent, sales: Queue, support: Queue
) -> None:
    out = {"opted_out": True}
    assert limited.put(f"/agents/{ada.pk}/queues/{support.pk}", out).status_code == 404
    assert limited.put(f"/agents/{ada.pk}/queues/{sales.pk}", out).status_code == 200


@pytest.mark.usefixtures("sales", "support")
def test_calls_are_seen_by_their_queue_or_who_is_in_them(
    limited: Program, program: Program, ada: Agent
) -> None:
    ours, theirs = program.arrive("Sales", "1"), program.arrive("Support", "2")
    assert [item["id"] for item in limited.get("/interactions").json()["items"]] == [ours["id"]]
    assert limited.get(f"/interactions/{theirs['id']}").status_code == 404
    assert limited.tell(theirs, "hung_up").status_code == 404
    assert limited.get(f"/agents/{ada.pk}/availability?interaction={theirs['id']}").json()[
        "code"
    ] == ("unknown_interaction")


@pytest.mark.usefixtures("sales", "support")
def test_nobody_is_reserved_for_a_call_that_waits_where_a_key_sees_nothing(
    limited: Program, program: Program, sales: Queue, bob: Agent
) -> None:
    program.arrive("Support", "2")
    answer = limited.post(f"/queues/{sales.pk}/reservations", {"external_id": "2"})
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
    assert "Bob" not in answer.content.decode()


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"queue": "Support"}, "unknown_queue"),
        ({"kind": "outbound", "agent": "bob"}, "unknown_agent"),
    ],
)
def test_no_call_begins_where_a_key_sees_nothing(
    limited: Program, bob: Agent, support: Queue, body: dict[str, Any], code: str
) -> None:
    named = body | ({"agent": bob.pk} if "agent" in body else {})
    answer = limited.post("/interactions", {"external_id": "1", **named})
    assert (answer.status_code, answer.json()["code"]) == (422, code)


def test_nobody_is_put_through_to_whom_a_key_does_not_see(
    limited: Program, ada: Agent, bob: Agent, sales: Queue, support: Queue
) -> None:
    call = limited.arrive("Sales")
    limited.tell(call, "answered", ada.pk)
    for to, code in (
        ({"queue": "Support"}, "unknown_queue"),
        ({"agent": bob.pk}, "unknown_agent"),
        ({"address": f"webphone/{bob.user.username}"}, "unknown_agent"),
    ):
        answer = limited.tell(call, "transferred", ada.pk, to=to)
        assert (answer.status_code, answer.json()["code"]) == (422, code)


def test_a_limit_that_a_key_has_is_not_deleted(limited: Program) -> None:
    with pytest.raises(ProtectedError):
        Limit.objects.get().delete()
