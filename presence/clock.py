"""Firing what is due. Deadlines are columns, so any number of clocks may run, and one that was
away catches up."""

import threading
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

import structlog
from django.db import connection
from django.db.utils import DatabaseError
from django.utils import timezone

from presence import connections
from presence.actions import Outcome
from presence.events import DeadlineReached, Event
from presence.models import AgentState
from presence.writing import write

log = structlog.get_logger(__name__)

Door = Callable[[Sequence[tuple[int, Event]]], list[Outcome]]
"""How the clock writes: `presence.actions.apply_all`, or a layer's above it that keeps records."""

_BATCH = 100
_SWEEP_EVERY = timedelta(seconds=2)


def next_due() -> datetime | None:
    """When the earliest deadline is due."""
    return (
        AgentState.objects.filter(deadline_at__isnull=False)
        .order_by("deadline_at")
        .values_list("deadline_at", flat=True)
        .first()
    )


def tick(now: datetime, apply_all: Door) -> int:
    """Fire everything due by `now`, in order of when it was due; gives how many deadlines fired.

    Each fires dated when it was due. Rows that another clock has in hand are left to it.
    """
    fired = 0
    while batch := _fire_batch(now, apply_all):
        fired += batch
    return fired


def _fire_batch(now: datetime, apply_all: Door) -> int:
    if (due := next_due()) is None or due > now:
        return 0
    with write():
        agents = list(
            AgentState.objects.select_for_update(skip_locked=True)
            .filter(deadline_at__lte=now)
            .order_by("deadline_at", "agent_id")
            .values_list("agent_id", flat=True)[:_BATCH]
        )
        apply_all([(agent_id, DeadlineReached(at=now, source="clock")) for agent_id in agents])
    return len(agents)


class Clock(threading.Thread):
    """A thread that ticks, sweeps dead servers' leases and renews this process's own."""

    def __init__(
        self, apply_all: Door, lease: connections.Lease | None = None, period: float = 0.1
    ) -> None:
        super().__init__(name="clock", daemon=True)
        self._apply_all = apply_all
        self._lease = lease
        self._period = period
        self._stopping = threading.Event()
        self._swept = timezone.now() - _SWEEP_EVERY

    def run(self) -> None:
        while not self._stopping.wait(self._period):
            try:
                self._turn(timezone.now())
            except DatabaseError as error:
                # The database is away: keep trying, for what is due stays due.
                log.warning("clock_waits", error=str(error))
                connection.close()
                self._stopping.wait(1)
        connection.close()

    def stop(self) -> None:
        self._stopping.set()
        self.join(timeout=5)

    def _turn(self, now: datetime) -> None:
        # A clock set back must not stop the sweep: compare the distance, not the order.
        if abs(now - self._swept) >= _SWEEP_EVERY:
            self._swept = now
            if self._lease:
                self._lease.renew(now)
            connections.sweep(now)
        tick(now, self._apply_all)
