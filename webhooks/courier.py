"""A server process's own hand at delivering: it takes in new events, and sends what is due."""

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial

from django.db import connection
from django.utils import timezone

from presence import outbox
from presence.models import OutboxEvent
from webhooks import deliveries, posting, retention
from webhooks.models import Endpoint
from webhooks.posting import Answer, Parcel
from webhooks.worker import Worker

TEST = "webhook.test"
"""The type of an event that an admin sends to see whether it arrives."""
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


def _round(endpoint_id: int) -> None:
    deliver(endpoint_id, timezone.now())


class Courier(Worker):
    """Delivers until it is stopped. `sequenced` is called after new events got their place in the
    stream."""

    def __init__(self, sequenced: Callable[[], None]) -> None:
        super().__init__("courier")
        self._sequenced = sequenced
        self._purged: datetime | None = None

    def turn(self, now: datetime) -> None:
        while deliveries.take_in(now):
            self._sequenced()
        for endpoint_id in deliveries.due_endpoints(now):
            self.start_round(endpoint_id, partial(_round, endpoint_id))
        # A clock set back must not stop the purge: compare the distance, not the order.
        if self._purged is None or abs(now - self._purged) >= _PURGE_EVERY:
            self._purged = now
            retention.purge(now)
