"""A server process's own hand at notifying: it makes notices of what happened, finds what lasts too
long or soon ends, and sends what goes out. Any number of processes may do it."""

from datetime import datetime, timedelta
from functools import partial

from django.utils import timezone

from notifications import idling, making, overlong, retention, sending
from notifications.kinds import Channel
from presence.models import OutboxEvent, Sequence
from webhooks.worker import Worker

_LOOK_EVERY = timedelta(seconds=1)
_PURGE_EVERY = timedelta(minutes=10)


class Notifier(Worker):
    """Notifies until it is stopped. A database that is away comes back."""

    def __init__(self) -> None:
        super().__init__("notifier")
        self._read = 0
        self._looked: datetime | None = None
        self._purged: datetime | None = None

    def turn(self, now: datetime) -> None:
        last = Sequence.objects.values_list("last", flat=True).first() or 0
        if self._anything_told(last):
            while making.take_in(now):
                pass
        self._read = last
        if self._looked is None or abs(now - self._looked) >= _LOOK_EVERY:
            self._looked = now
            if found := [*overlong.find(now), *idling.find(now)]:
                making.make(found, now)
        for channel in sending.due(now):
            self.start_round(channel, partial(_send, channel))
        if self._purged is None or abs(now - self._purged) >= _PURGE_EVERY:
            self._purged = now
            retention.purge(now)

    def _anything_told(self, last: int) -> bool:
        """Asked without a lock: most of what happens is no notice."""
        new = OutboxEvent.objects.filter(position__gt=self._read, position__lte=last)
        return new.filter(type__in=making.TOLD).exists()


def _send(channel: Channel) -> None:
    sending.send(channel, timezone.now())
