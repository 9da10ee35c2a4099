"""A server process's own watch over the floor. What is due stays due: any number of processes may
watch, and one that was away catches up."""

import threading

import structlog
from django.db import connection
from django.utils import timezone

from alerts.watch import look
from routing.figures import TodayReader

log = structlog.get_logger(__name__)

PERIOD = 1.0
"""Seconds from one look to the next."""


class Watcher(threading.Thread):
    """Looks until it is stopped. A database that is away comes back."""

    def __init__(self) -> None:
        super().__init__(name="watcher", daemon=True)
        self._stopping = threading.Event()
        self._today = TodayReader()

    def run(self) -> None:
        pause = 0.0
        while not self._stopping.wait(pause):
            pause = PERIOD
            try:
                look(timezone.now(), self._today)
            except Exception as error:
                log.warning("watch_waits", error=str(error))
                connection.close()
        connection.close()

    def stop(self) -> None:
        self._stopping.set()
        self.join(timeout=5)
