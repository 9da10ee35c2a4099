"""What Prometheus is told: by whom it may be asked, and what is measured when something happens."""

import asyncio
from datetime import timedelta

import pytest
from asgiref.sync import sync_to_async
from django.db import connections
from django.utils import timezone
from prometheus_client import REGISTRY
from pytest_django import Settings

from dashboard.hub import Hub
from operations import front, gauges
from operations.front import Front
from operations.health import Health
from presence import actions, clock
from presence.events import Choice, Choose, PhoneReach
from presence.models import Agent, AgentState, Device
from routing import calls
from routing.connectors.desk import Desk
from routing.models import Connector, ConnectorLink, EntryOutcome
from routing.reports import CallerReported, PhoneReported
from tests import factories
from tests.dashboard.test_hub import choose, hub, make_agent, shows, watch
from tests.factories import at
from tests.operations.test_front import ask, pages
from tests.webhooks.conftest import receiver
from tests.webhooks.receiver import Receiver
from tests.webhooks.world import make_endpoint, tell
from webhooks import courier

__all__ = ["hub", "receiver"]

pytestmark = pytest.mark.usefixtures("committed")

TOKEN = "for Prometheus only"


def value(name: str, **labels: str) -> float:
    """What this process's own metric says."""
    return REGISTRY.get_sample_value(name, labels) or 0.0


def known(line: str) -> bool:
    """Whether the database's metrics have this line."""
    return line in gauges.of_database().decode().splitlines()


async def test_without_a_token_of_its_own_there_is_no_such_page(settings: Settings) -> None:
    settings.METRICS_TOKEN = ""
    assert (await ask("/metrics")).status_code == 400  # by Django: for it the host is wrong


async def test_who_has_not_the_token_is_told_nothing(settings: Settings) -> None:
    settings.METRICS_TOKEN = TOKEN
    served = Front(pages, Health())
    for headers in ({}, {"Authorization": "Bearer guess"}, {"Authorization": TOKEN}):
        refused = await ask("/metrics", served, **headers)
        assert refused.status_code == 401
        assert "rollcall" not in refused.text
    told = await ask("/metrics", served, Authorization=f"Bearer {TOKEN}")
    assert told.status_code == 200
    assert told.headers["Content-Type"].startswith("text/plain; version=")
    assert "rollcall_database_up 1.0" in told.text
    assert 'rollcall_sockets{kind="monitor"} 0.0' in told.text


async def test_while_the_database_says_nothing_the_process_tells_of_itself(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.METRICS_TOKEN = TOKEN
    monkeypatch.setattr(front, "PATIENCE", 0.01)
    served = Front(pages, Health())
    silent = asyncio.Event()
    loop = asyncio.get_running_loop()
    served._ask(lambda: asyncio.run_coroutine_threadsafe(silent.wait(), loop).result())
    told = await ask("/metrics", served, Authorization=f"Bearer {TOKEN}")
    silent.set()
    assert "rollcall_database_up 0.0" in told.text
    assert "rollcall_events_total" in told.text


async def test_requests_are_counted_by_their_route_and_not_by_their_address() -> None:
    name = "rollcall_request_seconds_count"
    route = {"method": "GET", "route": "agents/<int:agent_id>/", "status": "302"}
    before = value(name, **route)
    for agent_id in (1, 2):
        await ask(f"/agents/{agent_id}/", Host="localhost")
    await sync_to_async(connections.close_all)()
    assert value(name, **route) == before + 2


def test_a_change_is_counted_by_event_cause_and_what_became_of_it(ada: Agent) -> None:
    labels = {"event": "Choose", "cause": "agent", "outcome": "applied"}
    before = value("rollcall_events_total", **labels), value("rollcall_change_seconds_count")
    actions.apply(ada.pk, Choose(at=at(1), choice=Choice("busy")))
    after = value("rollcall_events_total", **labels), value("rollcall_change_seconds_count")
    assert after == (before[0] + 1, before[1] + 1)


def test_a_timer_says_how_late_it_fired(ada: Agent) -> None:
    AgentState.objects.update(deadline_at=at(10))
    name = "rollcall_timer_late_seconds_sum"
    before = value(name)
    assert clock.tick(at(14), actions.apply_all) >= 1
    assert value(name) == before + 4
    AgentState.objects.update(deadline_at=timezone.now() - timedelta(hours=2))
    told = gauges.of_database().decode()
    assert 'rollcall_overdue_seconds{what="timers"} 72' in told


def test_who_waits_and_how_long_they_waited_is_told_by_queue() -> None:
    queue = factories.make_queue("Sales", rollcall=True)
    factories.make_queue("Empty")
    call = factories.call_in(queue)
    assert known('rollcall_queue_waiting{queue="Sales"} 1.0')
    assert known('rollcall_queue_waiting{queue="Empty"} 0.0')
    assert not known('rollcall_queue_longest_wait_seconds{queue="Sales"} 0.0')
    labels = {"queue": "Sales", "outcome": EntryOutcome.ABANDONED.value}
    before = value("rollcall_queue_wait_seconds_sum", **labels)
    calls.caller_left(call, factories.origin(42), ends_call=True)
    assert value("rollcall_queue_wait_seconds_sum", **labels) == before + 42
    assert known('rollcall_queue_waiting{queue="Sales"} 0.0')


def test_what_became_of_a_telephonys_reports_is_counted(ada: Agent) -> None:
    connector = Connector.objects.create(name="counted", user="u", secret="s", queues="Sales")
    Device.objects.filter(agent=ada).update(address="PJSIP/ada")
    desk = Desk(connector)
    seen = PhoneReported(at=at(5), id="1", address="PJSIP/ada", reach=PhoneReach.LOST)
    other = CallerReported(at=at(5), id="2", queue="Other", interaction="7", joined=True)
    desk.take([seen, other, seen], timezone.now())
    name = "rollcall_connector_reports_total"
    assert value(name, connector="counted", outcome="used") == 1
    assert value(name, connector="counted", outcome="ignored") == 2


def test_a_telephony_system_tells_whether_it_is_connected_and_since_when_it_is_silent() -> None:
    connector = Connector.objects.create(name="pbx", user="u", secret="s")
    assert known('rollcall_connector_up{connector="pbx"} 0.0')
    desk = Desk(connector)
    desk.claim(timezone.now())
    desk.note(ConnectorLink.State.UP, timezone.now())
    desk.beat(heard_at=timezone.now() - timedelta(hours=2))
    assert known('rollcall_connector_up{connector="pbx"} 1.0')
    assert 'silence_seconds{connector="pbx"} 72' in gauges.of_database().decode()


def test_agents_are_counted_by_status(ada: Agent, bob: Agent) -> None:
    assert known('rollcall_agents{status="available"} 2.0')


async def test_how_late_a_change_is_on_the_boards_is_measured_from_its_first_hint(hub: Hub) -> None:
    ada = await make_agent("Ada")
    board = await watch(hub)
    await board.until(shows(ada, "Available"))
    assert hub.sockets() == {"monitor": 1}
    name = "rollcall_board_lag_seconds_count"
    before = value(name), value("rollcall_frame_seconds_count")
    await choose(ada, "busy")
    await board.until(shows(ada, "Busy"))
    await board.until(lambda _: value(name) > before[0])
    assert value("rollcall_frame_seconds_count") > before[1]


def test_attempts_to_deliver_are_counted_and_what_is_left_is_told(receiver: Receiver) -> None:
    endpoint = make_endpoint(receiver.url)
    tell(1)
    name = "rollcall_webhook_attempts_total"
    before = {which: value(name, outcome=which) for which in ("waiting", "delivered")}
    receiver.answer = lambda _: 500
    courier.deliver_due(at(1))
    left = f'rollcall_webhook_deliveries{{endpoint="{endpoint.name}",state="waiting"}} 1.0'
    assert known(left)
    receiver.answer = lambda _: 200
    courier.deliver_due(at(3600))
    assert not known(left)
    after = {which: value(name, outcome=which) for which in before}
    assert after == {which: number + 1 for which, number in before.items()}
