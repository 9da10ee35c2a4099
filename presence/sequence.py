"""The order in which others read events: each gets its position once it is committed."""

from collections.abc import Collection

from django.db import connection
from django.db.models import QuerySet

from presence.models import OutboxEvent, Sequence
from presence.writing import write

_BATCH = 500
_PLACE = "UPDATE presence_outboxevent SET position = %s WHERE id = %s"
"""In place of `bulk_update`, whose one statement with a case for each takes Python longer than the
database takes for all."""


def sequence() -> list[OutboxEvent]:
    """Give committed events that have none their position, in the order of their keys; gives them,
    at most a batch.

    It waits for another process that does the same: leaving it to that one would leave out what
    was committed after it looked.
    """
    with write():
        line = _lock()
        events = list(_new()[:_BATCH])
        for position, event in enumerate(events, line.last + 1):
            event.position = position
        with connection.cursor() as cursor:
            cursor.executemany(_PLACE, [(event.position, event.pk) for event in events])
        line.last += len(events)
        line.save()
    return events


def has_new() -> bool:
    """Whether there is something to sequence."""
    return _new().exists()


def purge(positions: Collection[int]) -> None:
    """Delete the events at `positions`. Who has not read as far as the last of them can never
    resume."""
    with write():
        line = _lock()
        line.purged = max(line.purged, *positions)
        line.save()
        OutboxEvent.objects.filter(position__in=positions).delete()


def _new() -> QuerySet[OutboxEvent]:
    return OutboxEvent.objects.filter(position=None).order_by("pk")


def _lock() -> Sequence:
    return Sequence.objects.select_for_update().get_or_create(pk=1)[0]
