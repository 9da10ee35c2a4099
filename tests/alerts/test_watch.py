"""Looks at the floor, one after the other: each alert is raised, worsens and is cleared once."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from alerts import subjects, watch
from alerts.acknowledging import acknowledge
from alerts.kinds import Kind
from alerts.models import Alert, Onset, Rule
from alerts.watch import look
from presence import actions, clock
from presence.events import DeviceKind, WebphoneLost
from presence.models import Agent, Status
from presence.outbox import EventType
from presence.writing import write
from routing import calls
from routing.actions import apply_all
from routing.calls import Origin
from routing.figures import Today
from routing.models import Connector, ConnectorLink
from tests.alerts.world import alert, make_rule, only, seen
from tests.factories import (
    at,
    call_in,
    choose,
    happen,
    make_agent,
    make_queue,
    make_reason,
    make_team,
    make_user,
    opt_out,
    told,
)

pytestmark = pytest.mark.django_db


def moments(one: Alert) -> dict[str, Any]:
    names = ("since", "raised_at", "worsened_at", "cleared_at")
    return {name: getattr(one, name) for name in names if getattr(one, name)}


def test_a_new_installation_is_watched_at_once() -> None:
    assert set(Rule.objects.values_list("kind", flat=True)) == {
        Kind.LONG_STATUS, Kind.GAP, Kind.LONG_WAIT, Kind.LINK_LOST, Kind.CONNECTION_LOST,
        Kind.DEAD_CALL,
    }  # fmt: skip
    for rule in Rule.objects.all():
        rule.full_clean()


def test_a7_a_long_break_warns_then_is_critical_then_is_over() -> None:
    Status.objects.filter(pk="on_break").update(max_seconds=60, critical_seconds=120)
    ada = make_agent("Ada", mode="on_break", reason=make_reason().pk)
    assert seen(59) == []
    assert seen(75) == [("Ada", "warning")]
    assert seen(140) == [("Ada", "critical")]
    choose(ada, "available", 150)
    assert seen(160) == []
    assert moments(alert()) == {
        "since": at(0), "raised_at": at(60), "worsened_at": at(120), "cleared_at": at(150),
    }  # fmt: skip
    assert alert().about == {
        "status": "on_break", "label": "On Break", "built_in": True, "reason": "Lunch",
    }  # fmt: skip
    assert told(about=f"alert:{alert().pk}") == [
        EventType.ALERT_RAISED, EventType.ALERT_WORSENED, EventType.ALERT_CLEARED,
    ]  # fmt: skip


def test_looking_again_changes_nothing() -> None:
    Status.objects.filter(pk="on_break").update(max_seconds=60)
    make_agent("Ada", mode="on_break")
    look(at(61))
    before = told()
    assert not look(at(62))
    assert told() == before


def test_one_who_was_looked_at_late_is_dated_when_it_was_due() -> None:
    Status.objects.filter(pk="on_break").update(max_seconds=60, critical_seconds=120)
    make_agent("Ada", mode="on_break")
    look(at(3600))
    assert moments(alert()) == {"since": at(0), "raised_at": at(60), "worsened_at": at(120)}


def test_another_break_that_is_too_long_is_another_alert_though_nobody_looked_between() -> None:
    Status.objects.filter(pk="on_break").update(max_seconds=60)
    ada = make_agent("Ada", mode="on_break")
    look(at(61))
    choose(ada, "available", 100)
    choose(ada, "on_break", 200)
    assert seen(3600) == [("Ada", "warning")]
    first, second = map(moments, Alert.objects.order_by("pk"))
    assert first == {"since": at(0), "raised_at": at(60), "cleared_at": at(200)}
    assert second == {"since": at(200), "raised_at": at(260)}
    assert not look(at(3601))


def test_rules_narrow_by_team_reason_and_queue() -> None:
    lunch, blue = make_reason(), make_team("Blue")
    ada = make_agent("Ada", mode="on_break", reason=lunch.pk, team=blue)
    make_agent("Bob", mode="on_break", team=blue)
    make_agent("Cid", mode="on_break", reason=lunch.pk)
    queue = make_queue(members=[ada])
    limit = {"warning_seconds": 60}
    only(Kind.LONG_STATUS, reason=lunch, team=blue, **limit)
    assert seen(61) == [("Ada", "warning")]
    only(Kind.LONG_STATUS, status_id="on_break", queue=queue, **limit)
    assert seen(62) == [("Ada", "warning")]
    only(Kind.LONG_STATUS, status_id="on_break", **limit)
    assert [name for name, _ in seen(63)] == ["Ada", "Bob", "Cid"]


def test_nobody_ready_while_somebody_waits(ada: Agent) -> None:
    only(Kind.GAP, only_when_waiting=True, warning_seconds=5, critical_seconds=60)
    queue = make_queue("Sales", members=[ada])
    call = call_in(queue, 10)
    assert seen(20) == []
    choose(ada, "busy", 30)
    assert seen(31) == []
    assert Onset.objects.get().since == at(30)
    assert seen(36) == [("Sales", "warning")]
    assert not Onset.objects.exists()
    calls.caller_left(call, Origin(at(50), "pbx"))
    assert seen(51) == []
    assert moments(alert()) == {"since": at(30), "raised_at": at(35), "cleared_at": at(51)}


def test_an_onset_that_passes_is_forgotten(ada: Agent) -> None:
    only(Kind.GAP, warning_seconds=30)
    make_queue(members=[ada])
    choose(ada, "busy", 10)
    look(at(11))
    choose(ada, "available", 20)
    look(at(21))
    assert not Onset.objects.exists()
    choose(ada, "busy", 30)
    assert seen(59) == []
    assert seen(60) != []


def test_what_flaps_is_one_alert_and_keeps_who_acknowledged_it(ada: Agent) -> None:
    only(Kind.GAP)
    make_queue("Sales", members=[ada])
    choose(ada, "busy", 10)
    look(at(11))
    sam = make_user("sam")
    acknowledge(alert().pk, sam.pk, at(12))
    for second in range(20, 80, 20):
        choose(ada, "available", second)
        look(at(second + 1))
        choose(ada, "busy", second + 10)
        assert seen(second + 11) == [("Sales", "warning")]
    assert alert().acknowledged
    choose(ada, "available", 100)
    look(at(101))
    choose(ada, "busy", 140)
    look(at(141))
    assert Alert.objects.count() == 2
    assert not Alert.objects.get(cleared_at=None).acknowledged


def test_an_agent_who_opted_out_or_is_away_is_not_ready(ada: Agent, bob: Agent) -> None:
    only(Kind.FEW_READY, at_least=2)
    queue = make_queue("Sales", members=[ada, bob])
    assert seen(1) == []
    opt_out(bob, queue)
    assert seen(2) == [("Sales", "warning")]
    opt_out(bob, queue, out=False)
    assert seen(3) == []


def test_a_team_with_too_few_ready(ada: Agent) -> None:
    blue = make_team("Blue")
    Agent.objects.filter(pk=ada.pk).update(team=blue)
    only(Kind.FEW_READY, at_least=1, team=blue)
    make_queue()
    assert seen(1) == []
    choose(ada, "busy", 5)
    assert seen(6) == [("Blue", "warning")]
    assert alert().since == at(5)


def test_a_long_wait_goes_on_with_the_next_caller_and_ends_with_the_last(ada: Agent) -> None:
    only(Kind.LONG_WAIT, critical_seconds=60)
    queue = make_queue("Sales", members=[ada])
    first, second = call_in(queue, 0), call_in(queue, 30)
    assert seen(61) == [("Sales", "critical")]
    happen(first, ada, "offered", 62)
    happen(first, ada, "answered", 63)
    assert seen(64) == [("Sales", "warning")]
    assert (alert().since, alert().raised_at) == (at(30), at(20))
    calls.caller_left(second, Origin(at(66), "pbx"))
    assert seen(70) == []
    assert alert().cleared_at == at(66)


def test_a_service_level_under_its_target() -> None:
    only(Kind.SERVICE_LEVEL, least_callers=2)
    queue = make_queue("Sales")

    def days(_queues: Any) -> dict[int, Any]:
        return {queue.pk: Today(answered=4, within=3)}

    look(at(0), days)
    assert (alert().name, alert().about) == ("Sales", {"percent": 80})


def test_a_telephony_that_is_not_connected() -> None:
    only(Kind.LINK_LOST, warning_seconds=10)
    pbx = Connector.objects.create(name="pbx", user="u", secret="s")
    link = ConnectorLink.objects.create(
        connector=pbx, since=at(0), held_until=at(999), state=ConnectorLink.State.UP
    )
    assert seen(20) == []
    ConnectorLink.objects.update(state=ConnectorLink.State.DOWN, since=at(30))
    assert seen(39) == []
    assert seen(41) == [("pbx", "warning")]
    assert alert().raised_at == at(40)
    link.state = ConnectorLink.State.UP
    link.save()
    assert seen(50) == []


def test_e4_on_a_call_without_a_connection(ada: Agent) -> None:
    only(Kind.CONNECTION_LOST)
    call = call_in(make_queue(members=[ada]), 0)
    happen(call, ada, "offered", 1)
    happen(call, ada, "answered", 2)
    assert seen(3) == []
    actions.apply(ada.pk, WebphoneLost(at=at(5), source="test"))
    clock.tick(at(20), apply_all)
    assert seen(21) == [("Ada", "warning")]
    assert alert().since == at(15)
    happen(call, ada, "hung_up", 30)
    assert seen(31) == []


def test_d17_a_caller_hung_up_and_the_line_is_still_open(ada: Agent) -> None:
    only(Kind.DEAD_CALL, warning_seconds=10)
    call = call_in(make_queue(members=[ada]), 0)
    happen(call, ada, "offered", 1)
    happen(call, ada, "answered", 2)
    calls.caller_left(call, Origin(at(20), "pbx"), ends_call=False)
    assert seen(29) == []
    assert seen(31) == [("Ada", "warning")]
    happen(call, ada, "hung_up", 40)
    assert seen(45) == []
    assert moments(alert()) == {"since": at(20), "raised_at": at(30), "cleared_at": at(40)}


def test_one_who_takes_calls_by_telephone_only_has_lost_nothing() -> None:
    only(Kind.CONNECTION_LOST)
    ada = make_agent("Ada", mode="available", devices=[DeviceKind.SIP], connected=False)
    call = call_in(make_queue(members=[ada]), 0)
    happen(call, ada, "offered", 1)
    happen(call, ada, "answered", 2)
    assert seen(60) == []


def test_a_rule_that_is_deactivated_and_an_agent_who_is_clear_their_alerts() -> None:
    Status.objects.filter(pk="on_break").update(max_seconds=60)
    make_agent("Ada", mode="on_break")
    bob = make_agent("Bob", mode="on_break")
    assert len(seen(61)) == 2
    Agent.objects.filter(pk=bob.pk).update(active=False)
    assert seen(62) == [("Ada", "warning")]
    Rule.objects.update(active=False)
    assert seen(63) == []


def test_worsening_asks_to_be_acknowledged_anew() -> None:
    Status.objects.filter(pk="on_break").update(max_seconds=60, critical_seconds=120)
    make_agent("Ada", mode="on_break")
    look(at(61))
    warned = alert().crossing
    sam, pat = make_user("sam"), make_user("pat")
    acknowledge(alert().pk, sam.pk, at(62))
    assert acknowledge(alert().pk, pat.pk, at(63)).acknowledged_by == sam
    look(at(121))
    assert not alert().acknowledged
    assert alert().crossing != warned
    acknowledge(alert().pk, pat.pk, at(122))
    assert alert().acknowledged_by == pat


def test_who_acknowledged_a_warning_just_before_a_look_finds_it_critical_is_asked_anew() -> None:
    Status.objects.filter(pk="on_break").update(max_seconds=60, critical_seconds=120)
    make_agent("Ada", mode="on_break")
    look(at(61))
    acknowledge(alert().pk, make_user("sam").pk, at(120.5))
    look(at(121))
    assert not alert().acknowledged
    acknowledge(alert().pk, make_user("pat").pk, at(122))
    look(at(123))
    assert alert().acknowledged


def test_who_acknowledges_while_another_server_looks_is_not_overwritten(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    Status.objects.filter(pk="on_break").update(max_seconds=60)
    ada, sam = make_agent("Ada", mode="on_break"), make_user("sam")
    look(at(61))
    choose(ada, "available", 70)
    ended = subjects.ended

    def meanwhile(one: Alert, now: datetime) -> datetime:
        acknowledge(one.pk, sam.pk, at(70))
        return ended(one, now)

    monkeypatch.setattr(subjects, "ended", meanwhile)
    look(at(71))
    assert (alert().cleared_at, alert().acknowledged_by) == (at(70), sam)


def test_what_is_over_when_it_is_to_be_written_is_not_told(
    ada: Agent, monkeypatch: pytest.MonkeyPatch
) -> None:
    only(Kind.GAP)
    make_queue(members=[ada])
    choose(ada, "busy", 10)

    @contextmanager
    def late() -> Iterator[None]:
        choose(ada, "available", 11)
        with write():
            yield

    monkeypatch.setattr(watch, "write", late)
    assert not look(at(12))
    assert not Alert.objects.exists()


def test_what_is_over_cannot_be_acknowledged() -> None:
    only(Kind.GAP)
    make_queue()
    look(at(1))
    Rule.objects.update(active=False)
    look(at(2))
    assert acknowledge(alert().pk, make_user().pk, at(3)).acknowledged_by is None


def test_a_look_costs_the_same_whatever_the_size_of_the_floor(ada: Agent) -> None:
    make_rule(Kind.FEW_READY, at_least=1)
    make_rule(Kind.SERVICE_LEVEL)

    def cost(seconds: float) -> int:
        with CaptureQueriesContext(
            connection,
        ) as queries:
            look(at(seconds))
        return len(queries)

    make_queue(members=[ada])
    before = cost(1)
    make_queue(members=[make_agent(mode="available") for _ in range(20)])
    make_queue(members=[make_agent(mode="available") for _ in range(20)])
    assert cost(2) == before <= 14
