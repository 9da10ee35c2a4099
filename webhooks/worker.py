"""A thread of a server process that does what is due: it looks whenever something changed here, and
once a second for what other processes or the passing of time made due."""

import threading
import time
from collections.abc import Callable, Hashable
from datetime import datetime

import structlog
from django.db import connection
from django.utils import timezone

from presence import hints

log = structlog.get_logger(__name__)

LONGEST_PAUSE = 1.0
SHORTEST_PAUSE, LONGEST_GATHERING = 0.01, 0.1
"""Seconds. Changes within the shortest are taken in together; on a busy floor, where a turn takes
long, within so many times its length."""
TURN_SHARE = 4
MOST_ROUNDS = 8
"""Rounds at the same time; one that is slow keeps only itself waiting."""
_PATIENCE = 5.0


class Worker(threading.Thread):
    """Takes a turn again and again until it is stopped. A database that is away comes back."""

    def __init__(self, name: str) -> None:
        super().__init__(name=name, daemon=True)
        self._rounds: dict[Hashable, threading.Thread] = {}
        self._wake = threading.Event()
        self._stopping = threading.Event()

    def turn(self, now: datetime) -> None:
        """Do what is due; leave to rounds what others may keep waiting."""
        raise NotImplementedError

    def run(self) -> None:
        hints.listen(self._hint)
        while not self._stopping.is_set():
            began = time.monotonic()
            try:
                self.turn(timezone.now())
            except Exception as error:
                log.warning(f"{self.name}_waits", error=str(error))
                connection.close()
                self._stopping.wait(LONGEST_PAUSE)
            gathering = TURN_SHARE * (time.monotonic() - began)
            self._wake.wait(LONGEST_PAUSE)
            self._stopping.wait(min(max(gathering, SHORTEST_PAUSE), LONGEST_GATHERING))
            self._wake.clear()
        hints.unlisten(self._hint)
        connection.close()

    def wake(self) -> None:
        """There may be something to do. From any thread."""
        self._wake.set()

    def stop(self) -> None:
        """What is being sent may still be answered for a moment; else it is sent again later."""
        self._stopping.set()
        self._wake.set()
        until = time.monotonic() + _PATIENCE
        for thread in (self, *self._rounds.copy().values()):
            thread.join(max(until - time.monotonic(), 0))

    def start_round(self, key: Hashable, job: Callable[[], object]) -> None:
        """Run `job` in a thread of its own, unless one with this key runs or too many do."""
        if key in self._rounds or len(self._rounds) >= MOST_ROUNDS:
            return
        # Daemons, for an address that does not answer must not keep the process from ending.
        thread = threading.Thread(
            target=self._round, args=[key, job], name=f"{self.name}-round", daemon=True
        )
        self._rounds[key] = thread
        thread.start()

    def _round(self, key: Hashable, job: Callable[[], object]) -> None:
        try:
            job()
        except Exception:
            log.exception(f"{self.name}_round_failed", key=str(key))
        finally:
            connection.close()
            del self._rounds[key]
            self._wake.set()

    def _hint(self, _agent_ids: list[int]) -> None:
        self._wake.set()
