"""Reading what showed, closed and still open, as stretches."""

from collections.abc import Iterator
from datetime import datetime

from presence.models import AgentState, Interval
from reports.stretches import Stretch


def stretches(start: datetime, end: datetime, now: datetime) -> Iterator[Stretch]:
    """Everybody's time in each status between `start` and `end`, uncut, and no later than `now`."""
    closed = Interval.objects.filter(ended_at__gt=start, started_at__lt=end).order_by()
    for row in closed.values_list(
        "agent_id", "status_id", "reason_id", "note", "started_at", "ended_at"
    ).iterator(chunk_size=5000):
        yield Stretch(*row)
    running = AgentState.objects.filter(shown_since__lt=end).values_list(
        "agent_id", "shown_status_id", "shown_reason_id", "shown_note", "shown_since"
    )
    for agent, status, reason, note, since in running:
        if now > max(since, start):
            yield Stretch(agent, status, reason, note, since, now, open=end > now)
