"""Firing what is due. Deadlines are columns, so any number of clocks may run, and one that was
away catches up."""

import threading
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

import structlog
from django.db import OperationalError, connection
from django.db.models import QuerySet
from django.utils import timezone
from prometheus_client import Histogram

from presence import connections
from presence.actions import Outcome
from presence.events import DeadlineReached, Event
from presence.models import AgentState
from presence.writing import write

log = structlog.get_logger(__name__)

LATE = Histogram(
    "rollcall_timer_late_seconds",
    "How late timers fired after they were due",
    buckets=(0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300),
)

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
    """Fire everything due by `now`, in order of when it was due; gives for how many agents.

    Each fires dated when it was due. Rows that another clock has in hand are left to it.
    """
    fired = 0
    while batch := _fire_batch(now, apply_all):
        fired += batch
    return fired


def _fire_batch(now: datetime, apply_all: Door) -> int:
    if (earliest := next_due()) is None or earliest > now:
        return 0
    due = AgentState.objects.filter(deadline_at__lte=now)
    try:
        return _fire(due, now, apply_all)
    except OperationalError:
        raise
    except Exception:
        # One agent whose deadline cannot be applied must not stop everybody else's.
        log.exception("deadlines_failed")
        return sum(_fire_one(due.filter(agent_id=state.agent_id), now, apply_all) for state in due)


def _fire_one(due: QuerySet[AgentState], now: datetime, apply_all: Door) -> int:
    try:
        return _fire(due, now, apply_all)
    except OperationalError:
        raise
    except Exception:
        log.exception("deadline_failed")
        return 0


def _fire(due: QuerySet[AgentState], now: datetime, apply_all: Door) -> int:
    with write():
        free = due.select_for_update(skip_locked=True).order_by("deadline_at", "agent_id")
        taken = list(free.values_list("agent_id", "deadline_at")[:_BATCH])
        apply_all([(agent_id, DeadlineReached(at=now, source="clock")) for agent_id, _ in taken])
    for _, deadline in taken:
        if deadline:  # as it is, or the row would not be due
            LATE.observe(max((now - deadline).total_seconds(), 0))
    return len(taken)


class Clock(threading.Thread):
    """A thread that ticks, sweeps dead servers' leases and renews this process's own. Without a
    door it leaves what is due to other clocks."""

    def __init__(
        self, apply_all: Door | None, lease: connections.Lease | None = None, period: float = 0.1
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
            except Exception as error:
                # The database is away, or worse: keep trying, for what is due stays due.
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
        if self._apply_all:
            tick(now, self._apply_all)
