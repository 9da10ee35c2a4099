"""How much there is of what at this moment: what this process knows, and what the database does."""

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta

from django.db import Error, connections
from django.db.models import Count, Min
from django.utils import timezone
from prometheus_client import (
    REGISTRY,
    CollectorRegistry,
    disable_created_metrics,
    generate_latest,
)
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from api.feed import feed
from dashboard.hub import hub
from presence import clock
from presence.models import AgentState
from routing import distribution
from routing.connectors import links
from routing.models import Queue, QueueEntry
from webhooks.models import Delivery, DeliveryState

KINDS = ("agent", "monitor", "page", "stream", "wallboard")


class Sockets(Collector):
    """The sockets that are open in this process."""

    def collect(self) -> Iterator[Metric]:
        opened = Counter({"stream": feed.sockets()}) + hub.sockets()
        family = GaugeMetricFamily(
            "rollcall_sockets", "Sockets that are open, by what they show", labels=["kind"]
        )
        for kind in KINDS:
            family.add_metric([kind], opened[kind])
        yield family


REGISTRY.register(Sockets())
disable_created_metrics()  # type: ignore[no-untyped-call] # series that nobody asks for


class _Families(Collector):
    """What was measured before it was asked for."""

    def __init__(self, families: Iterable[Metric]) -> None:
        self._families = list(families)

    def collect(self) -> Iterable[Metric]:
        return self._families


def _text(families: Iterable[Metric]) -> bytes:
    registry = CollectorRegistry()
    registry.register(_Families(families))
    return generate_latest(registry)


def _up(*, up: bool) -> Metric:
    return GaugeMetricFamily("rollcall_database_up", "Whether the database answers", value=up)


SILENT = _text([_up(up=False)])
"""What is known while the database says nothing."""


def of_database() -> bytes:
    """What the database knows, in Prometheus' text format. The same from every process."""
    try:
        return _text([_up(up=True), *_measured(timezone.now())])
    except Error:
        return SILENT
    finally:
        connections.close_all()


def _measured(now: datetime) -> Iterator[Metric]:
    agents = GaugeMetricFamily("rollcall_agents", "Active agents by status", labels=["status"])
    shown = AgentState.objects.filter(agent__active=True).values_list("shown_status")
    for status, number in shown.annotate(Count("pk")).order_by():
        agents.add_metric([status], number)
    yield agents

    overdue = GaugeMetricFamily(
        "rollcall_overdue_seconds", "How long the first that is due has been so", labels=["what"]
    )
    overdue.add_metric(["timers"], _since(clock.next_due(), now))
    overdue.add_metric(["callers"], _since(distribution.next_due(), now))
    yield overdue

    yield from _queues(now)
    yield from _connectors(now)
    yield from _webhooks(now)


def _queues(now: datetime) -> Iterator[Metric]:
    waiting = GaugeMetricFamily("rollcall_queue_waiting", "Callers who wait", labels=["queue"])
    longest = GaugeMetricFamily(
        "rollcall_queue_longest_wait_seconds", "The longest wait of them", labels=["queue"]
    )
    open_ = QueueEntry.objects.filter(left_at=None).values_list("queue").order_by()
    rows = open_.annotate(Count("pk"), Min("waiting_since"))
    found = {queue: (number, first) for queue, number, first in rows}
    for queue in Queue.objects.filter(active=True):
        number, first = found.get(queue.pk, (0, None))
        waiting.add_metric([queue.name], number)
        longest.add_metric([queue.name], _since(first, now))
    yield waiting
    yield longest


def _connectors(now: datetime) -> Iterator[Metric]:
    up = GaugeMetricFamily(
        "rollcall_connector_up", "Whether a telephony system is connected", labels=["connector"]
    )
    silence = GaugeMetricFamily(
        "rollcall_connector_silence_seconds",
        "Since it said something last",
        labels=["connector"],
    )
    for standing in links.read(now):
        connector = standing.connector
        up.add_metric([connector.name], standing.up)
        link = getattr(connector, "link", None)
        if link and link.heard_at:
            silence.add_metric([connector.name], _since(link.heard_at, now))
    yield up
    yield silence


def _webhooks(now: datetime) -> Iterator[Metric]:
    left = GaugeMetricFamily(
        "rollcall_webhook_deliveries",
        "Events that an endpoint has not had: waiting, or failed and given up",
        labels=["endpoint", "state"],
    )
    late = GaugeMetricFamily(
        "rollcall_webhook_late_seconds", "Since the first of those that wait", labels=["endpoint"]
    )
    rows = Delivery.objects.exclude(state=DeliveryState.DELIVERED)
    grouped = rows.values("endpoint__name", "state").order_by()
    for row in grouped.annotate(number=Count("pk"), first=Min("event__at")):
        left.add_metric([row["endpoint__name"], row["state"]], row["number"])
        if row["state"] == DeliveryState.WAITING:
            late.add_metric([row["endpoint__name"]], _since(row["first"], now))
    yield left
    yield late


def _since(moment: datetime | None, now: datetime) -> float:
    return max(now - moment, timedelta()).total_seconds() if moment else 0.0
