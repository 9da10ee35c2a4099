"""A server process's own hand at distribution: it passes whenever something changed here or, by
hints, elsewhere; when something is due; and once a second, for what no hint told of."""

import threading
from datetime import datetime

import structlog
from django.db import connection
from django.utils import timezone

from presence import hints
from routing.distribution import distribute

log = structlog.get_logger(__name__)

LONGEST_PAUSE = 1.0
SHORTEST_PAUSE = 0.01
"""Seconds. Changes within the shortest are one pass."""


class Distributor(threading.Thread):
    """Distributes until it is stopped. A database that is away comes back."""

    def __init__(self) -> None:
        super().__init__(name="distributor", daemon=True)
        self._wake = threading.Event()
        self._stopping = threading.Event()

    def run(self) -> None:
        hints.listen(self._hint)
        pause = 0.0
        while not self._stopping.is_set():
            self._wake.wait(pause)
            self._stopping.wait(SHORTEST_PAUSE)
            self._wake.clear()
            try:
                now = timezone.now()
                pause = _until(distribute(now).next_due, now)
            except Exception as error:
                log.warning("distribution_waits", error=str(error))
                connection.close()
                pause = LONGEST_PAUSE
        hints.unlisten(self._hint)
        connection.close()

    def stop(self) -> None:
        self._stopping.set()
        self._wake.set()
        self.join(timeout=5)

    def _hint(self, _agent_ids: list[int]) -> None:
        self._wake.set()


def _until(due: datetime | None, now: datetime) -> float:
    """Seconds until `due`, within bounds: a clock that was set back must stop nothing."""
    if due is None:
        return LONGEST_PAUSE
    return min(max((due - now).total_seconds(), 0.0), LONGEST_PAUSE)
