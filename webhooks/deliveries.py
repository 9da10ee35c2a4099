"""What is delivered when: one at a time in order about one subject, and held while it is sent.

Who makes deliveries or passes turns holds the endpoint's lock, so that a turn is never given
twice, nor forgotten because each looked before the other's change.
"""

import random
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

import structlog
from django.db import transaction
from django.db.models import Min, Q, QuerySet
from prometheus_client import Counter

from audit import origin
from presence import hints, sequence
from presence.models import OutboxEvent
from presence.writing import write
from webhooks.models import Delivery, DeliveryState, Endpoint
from webhooks.posting import GONE, Answer
from webhooks.retries import next_attempt

log = structlog.get_logger(__name__)

ATTEMPTS = Counter(
    "rollcall_webhook_attempts_total",
    "Attempts to post an event, by what came of them",
    ["outcome"],
)

AT_ONCE = 20
"""Deliveries of one endpoint that a process sends at the same time."""
HOLD = timedelta(minutes=1)
"""Longer than an attempt can take."""

_random = random.SystemRandom()


def take_in(now: datetime) -> int:
    """Give new events their place in the stream and note for whom they are, in one transaction;
    gives how many there were, at most a batch."""
    if not sequence.has_new():
        return 0
    with write():
        events = sequence.sequence()
        endpoints = Endpoint.objects.select_for_update(no_key=True).filter(active=True)
        for endpoint in endpoints.order_by("pk"):
            wanted = [event for event in events if endpoint.wants(event.type)]
            Delivery.objects.bulk_create(_deliveries(endpoint, wanted, now))
    return len(events)


def _deliveries(
    endpoint: Endpoint, events: Sequence[OutboxEvent], now: datetime
) -> Iterable[Delivery]:
    waiting = _waiting(endpoint.pk, {event.subject for event in events})
    taken = set(waiting.values_list("subject", flat=True))
    for event in events:
        yield Delivery(
            endpoint=endpoint,
            event=event,
            position=event.position or 0,
            subject=event.subject,
            due_at=None if event.subject in taken else now,
        )
        taken.add(event.subject)


def due_endpoints(now: datetime) -> list[int]:
    """The endpoints that something can be sent to now, the one that is longest due first."""
    due = Delivery.objects.filter(_free(now), due_at__lte=now, endpoint__active=True)
    longest = due.values("endpoint").annotate(since=Min("due_at")).order_by("since")
    return list(longest.values_list("endpoint", flat=True))


def hold(endpoint_id: int, now: datetime) -> list[Delivery]:
    """Take what can be sent to the endpoint now, so that no other process sends it as well."""
    with write():
        rows = Delivery.objects.select_for_update(skip_locked=True, of=("self",))
        due = rows.filter(_free(now), endpoint=endpoint_id, endpoint__active=True, due_at__lte=now)
        taken = list(due.select_related("endpoint", "event").order_by("due_at")[:AT_ONCE])
        for delivery in taken:
            delivery.attempts += 1
            delivery.held_until = now + HOLD
        Delivery.objects.bulk_update(taken, ["attempts", "held_until"])
    return taken


def settle(endpoint_id: int, answers: Sequence[tuple[Delivery, Answer]], now: datetime) -> None:
    """Note what came of the attempts, and pass on the turns of those delivered or given up."""
    with write():
        endpoint = _lock(endpoint_id)
        for delivery, answer in answers:
            # By the number of the attempt: who held it too long has it no more.
            mine = Delivery.objects.filter(pk=delivery.pk, attempts=delivery.attempts)
            outcome = _outcome(delivery, answer, now)
            mine.filter(state=DeliveryState.WAITING).update(**outcome)
            ATTEMPTS.labels(outcome.get("state", DeliveryState.WAITING).value).inc()
            if answer.status == GONE and endpoint and endpoint.active:
                _deactivate(endpoint)
        _pass_turns(endpoint_id, {delivery.subject for delivery, _ in answers}, now)


def _deactivate(endpoint: Endpoint) -> None:
    endpoint.active = False
    with origin.acting(origin.by_itself):
        endpoint.save(update_fields=["active"])
    log.warning("endpoint_gone", endpoint=endpoint.pk)


def _outcome(delivery: Delivery, answer: Answer, now: datetime) -> dict[str, Any]:
    came: dict[str, Any] = {"status": answer.status, "error": answer.error, "held_until": None}
    if not answer.error:
        return came | {"state": DeliveryState.DELIVERED, "due_at": None, "delivered_at": now}
    again = next_attempt(delivery.attempts, now, _random.random())
    if again is None or answer.status == GONE:
        return came | {"state": DeliveryState.FAILED, "due_at": None}
    return came | {"due_at": again}


def retry(deliveries: QuerySet[Delivery], now: datetime) -> int:
    """Send those of these that wait or are stuck as soon as it is their turn, and let what is
    before them be due now; gives how many."""
    chosen = deliveries.exclude(state=DeliveryState.DELIVERED).values_list("endpoint", "pk")
    by_endpoint: dict[int, list[int]] = {}
    for endpoint_id, pk in chosen.order_by("endpoint"):
        by_endpoint.setdefault(endpoint_id, []).append(pk)
    return sum(_retry(endpoint_id, pks, now) for endpoint_id, pks in by_endpoint.items())


def _retry(endpoint_id: int, pks: list[int], now: datetime) -> int:
    with write():
        _lock(endpoint_id)
        rows = Delivery.objects.filter(pk__in=pks)
        rows.filter(state=DeliveryState.FAILED).update(state=DeliveryState.WAITING, attempts=0)
        subjects = set(rows.values_list("subject", flat=True))
        _waiting(endpoint_id, subjects).filter(_free(now)).update(due_at=None)
        _pass_turns(endpoint_id, subjects, now)
        transaction.on_commit(lambda: hints.publish(()))
    return len(pks)


def _pass_turns(endpoint_id: int, subjects: Collection[str], now: datetime) -> None:
    """Give the turn, where nobody has it, to the first that waits. The endpoint is locked."""
    waiting = _waiting(endpoint_id, subjects)
    turns = waiting.filter(due_at__isnull=False).values("subject")
    firsts = waiting.exclude(subject__in=turns).values("subject").annotate(first=Min("position"))
    positions = list(firsts.order_by().values_list("first", flat=True))
    Delivery.objects.filter(endpoint=endpoint_id, position__in=positions).update(due_at=now)


def _lock(endpoint_id: int) -> Endpoint | None:
    """Hold the endpoint's row until the transaction ends."""
    return Endpoint.objects.select_for_update(no_key=True).filter(pk=endpoint_id).first()


def _waiting(endpoint_id: int, subjects: Collection[str]) -> QuerySet[Delivery]:
    return Delivery.objects.filter(
        endpoint=endpoint_id, state=DeliveryState.WAITING, subject__in=subjects
    )


def _free(now: datetime) -> Q:
    return Q(held_until__isnull=True) | Q(held_until__lte=now)
