"""Letting go of events that everybody has had."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Exists, OuterRef

from presence import sequence
from presence.models import OutboxEvent
from webhooks.models import Delivery, DeliveryState

_BATCH = 500


def purge(now: datetime) -> int:
    """Delete events older than `OUTBOX_DAYS` with their deliveries, in small batches, but none
    that is still to be delivered or is stuck; gives how many."""
    total = 0
    while positions := _batch(now):
        sequence.purge(positions)
        total += len(positions)
    return total


def _batch(now: datetime) -> list[int]:
    undelivered = Delivery.objects.filter(event=OuterRef("pk")).exclude(
        state=DeliveryState.DELIVERED
    )
    old = OutboxEvent.objects.filter(
        ~Exists(undelivered),
        at__lt=now - timedelta(days=settings.OUTBOX_DAYS),
        position__isnull=False,
    )
    positions = old.order_by("at").values_list("position", flat=True)[:_BATCH]
    return [position for position in positions if position]
