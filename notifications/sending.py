"""What is sent when: held while it is sent, tried again for a while, then given up."""

import random
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import structlog
from django.db.models import Q, QuerySet

from notifications import carriers
from notifications.kinds import SENT, Channel
from notifications.models import Sending
from presence.writing import write
from webhooks.models import DeliveryState
from webhooks.posting import Answer
from webhooks.retries import next_attempt

log = structlog.get_logger(__name__)

AT_ONCE = 20
HOLD = timedelta(minutes=5)
"""Longer than a batch can take: each mail has its own time-out."""
PATIENCE = timedelta(hours=1)
"""A notice that could not be sent for so long is no news any more."""

_random = random.SystemRandom()


def due(now: datetime) -> list[Channel]:
    """The channels by which something can be sent now."""
    found = Sending.objects.filter(_free(now), due_at__lte=now).values_list("channel", flat=True)
    return sorted(SENT & {Channel(channel) for channel in found.distinct().order_by()})


def send_due(now: datetime) -> int:
    """Send everything that is due, one channel after the other; gives how many attempts."""
    attempts = 0
    while sent := sum(send(channel, now) for channel in due(now)):
        attempts += sent
    return attempts


def send(channel: Channel, now: datetime) -> int:
    """Send what is due by one channel, at most a batch; gives how many attempts that were."""
    held = _hold(channel, now)
    if held:
        answers = carriers.carry(channel, held, now)
        _settle(list(zip(held, answers, strict=True)), now)
    return len(held)


def _hold(channel: Channel, now: datetime) -> list[Sending]:
    """Take what can be sent now, so that no other process sends it as well."""
    with write():
        rows = Sending.objects.select_for_update(skip_locked=True, of=("self",))
        ready = rows.filter(_free(now), channel=channel.value, due_at__lte=now)
        related = ready.select_related("notice__agent__user__preferences")
        taken = list(related.order_by("due_at")[:AT_ONCE])
        for sending in taken:
            sending.attempts += 1
            sending.held_until = now + HOLD
        Sending.objects.bulk_update(taken, ["attempts", "held_until"])
    return taken


def _settle(answers: Sequence[tuple[Sending, Answer]], now: datetime) -> None:
    with write():
        for sending, answer in answers:
            # By the number of the attempt: who held it too long has it no more.
            mine = Sending.objects.filter(pk=sending.pk, attempts=sending.attempts)
            mine.filter(state=DeliveryState.WAITING).update(**_outcome(sending, answer, now))


def _outcome(sending: Sending, answer: Answer, now: datetime) -> dict[str, Any]:
    came: dict[str, Any] = {"error": answer.error, "held_until": None}
    if not answer.error:
        return came | {"state": DeliveryState.DELIVERED, "due_at": None, "sent_at": now}
    again = next_attempt(sending.attempts, now, _random.random())
    refused = sending.channel == Channel.EMAIL.value and 500 <= (answer.status or 0) < 600
    log.warning("notice_not_sent", sending=sending.pk, channel=sending.channel, why=answer.error)
    if refused or again is None or again > sending.made_at + PATIENCE:
        return came | {"state": DeliveryState.FAILED, "due_at": None}
    return came | {"due_at": again}


def retry(sendings: QuerySet[Sending], now: datetime) -> int:
    """Try these again as if they were new, and what waits at once; gives how many."""
    with write():
        unsent = sendings.exclude(state=DeliveryState.DELIVERED)
        return unsent.filter(_free(now)).update(
            state=DeliveryState.WAITING, attempts=0, made_at=now, due_at=now, held_until=None
        )


def _free(now: datetime) -> Q:
    return Q(held_until__isnull=True) | Q(held_until__lte=now)
