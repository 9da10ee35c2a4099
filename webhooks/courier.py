"""A server process's own hand at delivering: it looks whenever something changed here, and once a
second for what other processes or the passing of time made due."""

import threading
import time
from collections.abc import Callable
from datetime import datetime, timedelta

import structlog
from django.db import connection
from django.utils import timezone

from presence import hints, outbox
from presence.models import OutboxEvent
from webhooks import deliveries, posting, retention
from webhooks.models import Endpoint
from webhooks.posting import Answer, Parcel

log = structlog.get_logger(__name__)

TEST = "webhook.test"
"""The type of an event that an admin sends to see whether it arrives."""
LONGEST_PAUSE = 1.0
SHORTEST_PAUSE = 0.01
"""Seconds. Changes within the shortest are taken in together."""
MOST_ENDPOINTS = 8
"""Endpoints that are sent to at the same time; one that is slow keeps only itself waiting."""
_PATIENCE = 5.0
_PURGE_EVERY = timedelta(minutes=1)


def deliver_due(now: datetime) -> int:
    """Take in new events and send everything that is due by `now`, one endpoint after the other;
    gives how many attempts that took."""
    while deliveries.take_in(now):
        pass
    attempts = 0
    while sent := sum(deliver(endpoint_id, now) for endpoint_id in deliveries.due_endpoints(now)):
        attempts += sent
    return attempts


def deliver(endpoint_id: int, now: datetime) -> int:
    """Send what is due to one endpoint, at most a batch; gives how many attempts that were."""
    held = deliveries.hold(endpoint_id, now)
    if held:
        if not connection.in_atomic_block:
            connection.close()  # not kept from others while the endpoint thinks
        answers = posting.post([_parcel(one.endpoint, one.event, now) for one in held], now)
        deliveries.settle(endpoint_id, list(zip(held, answers, strict=True)), now)
    return len(held)


def send_test(endpoint: Endpoint, now: datetime) -> Answer:
    """Send an event that tells nothing, once and at once."""
    event = OutboxEvent(type=TEST, at=now, data={"endpoint": endpoint.name})
    return posting.post([_parcel(endpoint, event, now)], now)[0]


def _parcel(endpoint: Endpoint, event: OutboxEvent, now: datetime) -> Parcel:
    return Parcel(
        url=endpoint.url,
        id=str(event.uid),
        body=outbox.message(event),
        secrets=tuple(endpoint.secrets(now)),
    )


class Courier(threading.Thread):
    """Delivers until it is stopped. A database that is away comes back.

    `sequenced` is called after new events got their place in the stream.
    """

    def __init__(self, sequenced: Callable[[], None]) -> None:
        super().__init__(name="courier", daemon=True)
        self._sequenced = sequenced
        self._rounds: dict[int, threading.Thread] = {}
        self._purged: datetime | None = None
        self._wake = threading.Event()
        self._stopping = threading.Event()

    def run(self) -> None:
        hints.listen(self._hint)
        while not self._stopping.is_set():
            try:
                self._turn(timezone.now())
            except Exception as error:
                log.warning("courier_waits", error=str(error))
                connection.close()
                self._stopping.wait(LONGEST_PAUSE)
            self._wake.wait(LONGEST_PAUSE)
            self._stopping.wait(SHORTEST_PAUSE)
            self._wake.clear()
        hints.unlisten(self._hint)
        connection.close()

    def stop(self) -> None:
        """What is being sent may still be answered for a moment; else it is sent again later."""
        self._stopping.set()
        self._wake.set()
        until = time.monotonic() + _PATIENCE
        for thread in (self, *self._rounds.copy().values()):
            thread.join(max(until - time.monotonic(), 0))

    def _turn(self, now: datetime) -> None:
        while deliveries.take_in(now):
            self._sequenced()
        for endpoint_id in deliveries.due_endpoints(now):
            if endpoint_id not in self._rounds and len(self._rounds) < MOST_ENDPOINTS:
                self._start_round(endpoint_id)
        # A clock set back must not stop the purge: compare the distance, not the order.
        if self._purged is None or abs(now - self._purged) >= _PURGE_EVERY:
            self._purged = now
            retention.purge(now)

    def _start_round(self, endpoint_id: int) -> None:
        # Daemons, for an address that does not answer must not keep the process from ending.
        thread = threading.Thread(
            target=self._round, args=[endpoint_id], name="courier-round", daemon=True
        )
        self._rounds[endpoint_id] = thread
        thread.start()

    def _round(self, endpoint_id: int) -> None:
        try:
            deliver(endpoint_id, timezone.now())
        except Exception:
            log.exception("delivery_failed", endpoint=endpoint_id)
        finally:
            connection.close()
            del self._rounds[endpoint_id]
            self._wake.set()

    def _hint(self, _agent_ids: list[int]) -> None:
        self._wake.set()
