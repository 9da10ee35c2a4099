"""The write path against the plain ORM, over random histories: the same rows, whatever is batched
and whoever changes a setting in between; and in how many statements."""

import random
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.db import DatabaseError, connection
from django.test.utils import CaptureQueriesContext

from bench import plain
from presence import actions, store
from presence.actions import Result
from presence.events import Choice, Choose, Event
from presence.models import (
    Agent,
    AgentState,
    Floor,
    Interval,
    OutboxEvent,
    PendingMode,
    Status,
    Transition,
)
from presence.rules import rules_for
from presence.writing import write
from tests.factories import START, at, make_agent, make_reason, make_user, row_of
from tests.presence import walk


def _rows(agent: Agent) -> dict[str, list[dict[str, Any]]]:
    """Everything that is written down of `agent`, but for whom it is about."""
    of = {"agent_id": agent.pk}
    kept = {
        "state": AgentState.objects.filter(**of),
        "intervals": Interval.objects.filter(**of),
        "pending": PendingMode.objects.filter(**of),
        "transitions": Transition.objects.filter(**of),
        "told": OutboxEvent.objects.filter(subject=f"agent:{agent.pk}"),
    }
    found = {name: list(rows.order_by("pk").values()) for name, rows in kept.items()}
    for row in (row for rows in found.values() for row in rows):
        for name in ("id", "agent_id", "uid", "subject"):
            row.pop(name, None)
        if "data" in row:
            del row["data"]["agent"]
    return found


def _settings_change(pick: walk.Pick) -> None:
    """As an admin's other process would: nothing in this one is told of it."""
    limits = pick(
        ({"max_seconds": None, "after_maximum": None}, {"max_seconds": 25, "after_maximum": "busy"})
    )
    Status.objects.filter(pk="on_break").update(**limits)
    Floor.objects.update(
        grace_seconds=pick((5, 10, 60)),
        after_connection_lost=pick((None, "do_not_disturb")),
        login_policy=pick(("offline", "restore", "available")),
    )


@pytest.mark.django_db
@pytest.mark.parametrize("seed", range(8))
def test_random_histories_are_what_the_plain_orm_makes_of_them(seed: int) -> None:
    pick = random.Random(seed).choice
    Floor.objects.get_or_create(pk=1)
    Status.objects.create(code="vip", label="VIP", workforce="ready", accepts_inbound=True)
    reasons, boss = (make_reason().pk, make_reason(label="Coffee").pk), make_user().pk
    ours, theirs = (
        make_agent("Ada", connected=False, logged_in=False, presence=policy)
        for policy in [pick(("browser", "telephony", "either"))] * 2
    )
    now = START
    for batch in range(20):
        _settings_change(pick)
        assert rules_for(ours) == plain.rules_of(ours)
        events: list[Event] = []
        made: list[bool] = []
        for number in range(pick((1, 1, 3, 8))):
            row = row_of(theirs)
            now = max(now, row.at) + timedelta(seconds=pick(walk.GAPS))
            event = walk.next_event(store.load(row), plain.rules_of(theirs), now, pick, reasons)
            event = replace(event, source="walk", id=pick(("", f"{batch}.{number}")), actor=boss)
            for one in [event] * (2 if event.id and number % 3 == 0 else 1):
                events.append(one)
                made.append(plain.apply(theirs.pk, one))
        outcomes = actions.apply_all([(ours.pk, event) for event in events])
        assert [o.result is Result.APPLIED for o in outcomes] == made
        assert _rows(ours) == _rows(theirs)
    assert Transition.objects.filter(agent=ours).count() > 10


@pytest.mark.django_db
def test_a_transition_is_three_round_trips_on_postgresql(ada: Agent) -> None:
    choose = Choose(at=at(5), choice=Choice("busy"))
    actions.apply(ada.pk, replace(choose, choice=Choice("on_break")))  # its SQL is made now
    with write(), CaptureQueriesContext(connection) as seen:
        actions.apply(ada.pk, choose)
    # SQLite has no round trips, and no statement that writes several tables.
    assert len(seen) == (3 if connection.vendor == "postgresql" else 6)


@pytest.mark.django_db
def test_agents_who_are_written_together_are_locked_together(ada: Agent, bob: Agent) -> None:
    events = [(agent.pk, Choose(at=at(5), choice=Choice("busy"))) for agent in (bob, ada, bob)]
    actions.apply_all([(a, replace(e, choice=Choice("on_break"))) for a, e in events])
    with write(), CaptureQueriesContext(connection) as seen:
        outcomes = actions.apply_all(events)
    assert [outcome.agent_id for outcome in outcomes] == [bob.pk, ada.pk, bob.pk]
    assert row_of(ada).mode_id == row_of(bob).mode_id == "busy"
    assert len(seen) == (3 if connection.vendor == "postgresql" else 7)


@pytest.mark.django_db
def test_what_fails_in_a_part_of_a_transaction_fails_the_whole(ada: Agent) -> None:
    def fail() -> None:
        with write():
            actions.apply(ada.pk, Choose(at=at(5), choice=Choice("busy")))
            with write(), connection.cursor() as cursor:
                cursor.execute("SELECT no_such_column")

    with pytest.raises(DatabaseError):
        fail()
    assert row_of(ada).mode_id == "available"
