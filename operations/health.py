"""Whether this process may be sent people, and how the parts that it needs are, in words."""

import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

import redis
from django.conf import settings
from django.db import Error, connection, connections
from django.utils import timezone

from presence import clock, redis_url
from presence.tables import unapplied
from routing import distribution
from routing.connectors import links

LATE = timedelta(seconds=5)
"""How late what is due may be before it is told."""
KEPT = 1.0
"""Seconds that a report is good for: who asks more often learns no more, and costs nothing."""
_REDIS_PATIENCE = 1.0


class State(StrEnum):
    """How a part is. Without one that is `AWAY` this process can serve nobody; where one is
    `DEGRADED` people are served, and something is late or missing."""

    OK = "ok"
    DEGRADED = "degraded"
    AWAY = "away"
    UNKNOWN = "unknown"


_WORST = (State.AWAY, State.DEGRADED, State.OK)


@dataclass(frozen=True)
class Part:
    """One part: its state, what is so, in words, and the seconds that it took or is late by."""

    name: str
    state: State
    words: str
    seconds: float | None = None

    def told(self) -> dict[str, Any]:
        told = {"state": self.state.value, "words": self.words}
        return told if self.seconds is None else told | {"seconds": round(self.seconds, 3)}


@dataclass(frozen=True)
class Report:
    """Every part, as of one moment."""

    parts: tuple[Part, ...]

    @property
    def state(self) -> State:
        states = {part.state for part in self.parts}
        return next((state for state in _WORST if state in states), State.OK)

    @property
    def ready(self) -> bool:
        """Whether people may be sent here."""
        return self.state is not State.AWAY

    def told(self) -> dict[str, Any]:
        return {
            "state": self.state.value,
            "parts": {part.name: part.told() for part in self.parts},
        }


SILENT = Report((Part("database", State.AWAY, "The database does not answer."),))
"""What is said when nothing came back in time."""


@dataclass
class Health:
    """Looks at the parts, at most once in `KEPT` seconds, from any thread. `boards` says whether
    this process's boards are level with the database; None for one that has none."""

    boards: Callable[[], bool] | None = None
    _turn: threading.Lock = field(default_factory=threading.Lock)
    _report: Report = SILENT
    _looked_at: float = float("-inf")
    _migrated: bool = False

    def report(self) -> Report:
        with self._turn:
            if time.monotonic() - self._looked_at > KEPT:
                self._report = Report(tuple(self._look()))
                self._looked_at = time.monotonic()
            return self._report

    def _look(self) -> Iterator[Part]:
        try:
            yield _database()
            yield self._migrations()
            now = timezone.now()
            yield _late("clock", clock.next_due(), now, "Timers")
            yield _late("distribution", distribution.next_due(), now, "Callers")
            yield _connectors(now)
        except Error:
            yield SILENT.parts[0]
        finally:
            connections.close_all()
        if settings.REDIS_URL:
            yield _redis()
        if self.boards:
            yield _boards(level=self.boards())

    def _migrations(self) -> Part:
        """What is applied stays so, so a process looks until it is."""
        if not self._migrated:
            if left := unapplied():
                words = f"Not applied yet: {len(left)}. Run manage.py migrate."
                return Part("migrations", State.AWAY, words)
            self._migrated = True
        return Part("migrations", State.OK, "All are applied.")


def _database() -> Part:
    began = time.perf_counter()
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return Part("database", State.OK, "It answers.", time.perf_counter() - began)


def _late(name: str, due: datetime | None, now: datetime, what: str) -> Part:
    late = max(now - due, timedelta()) if due else timedelta()
    if late > LATE:
        words = (
            f"{what} are {late.total_seconds():.0f} s late: no clock runs, or it cannot keep up."
        )
        return Part(name, State.DEGRADED, words, late.total_seconds())
    return Part(name, State.OK, "Nothing is late.", late.total_seconds())


def _connectors(now: datetime) -> Part:
    standing = links.read(now)
    down = [one for one in standing if not one.up]
    if not down:
        return Part("connectors", State.OK, f"All are up: {len(standing)}.")
    since = [one.since for one in down if one.since]
    longest = (now - min(since)).total_seconds() if since else None
    words = f"Not up: {len(down)} of {len(standing)}."
    return Part("connectors", State.DEGRADED, words, longest)


def _redis() -> Part:
    began = time.perf_counter()
    patience = {"socket_timeout": _REDIS_PATIENCE, "socket_connect_timeout": _REDIS_PATIENCE}
    try:
        with redis_url.connected(settings.REDIS_URL, **patience) as client:
            client.ping()
    except (redis.RedisError, OSError):
        words = (
            "It does not answer: other processes' changes reach boards within seconds, not at once."
        )
        return Part("redis", State.DEGRADED, words)
    return Part("redis", State.OK, "It answers.", time.perf_counter() - began)


def _boards(*, level: bool) -> Part:
    if level:
        return Part("boards", State.OK, "They show what the database says.")
    return Part("boards", State.AWAY, "They are not level with the database.")
