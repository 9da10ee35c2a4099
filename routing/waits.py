"""How long a caller waits and who may be rung meanwhile: pure functions of a queue's settings."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum


class Level(StrEnum):
    """Who is there for a queue: somebody ready or engaged, only withdrawn ones, or nobody."""

    STAFFED = "staffed"
    WITHDRAWN = "withdrawn"
    ABSENT = "absent"


class Wait(StrEnum):
    """Which of a queue's waits ran out."""

    WITHDRAWN = "withdrawn"
    ABSENT = "absent"
    MAX_WAIT = "max_wait"


@dataclass(frozen=True)
class Waits:
    """A queue's waits in seconds: 0 overflows at once, None never."""

    withdrawn: int | None = None
    absent: int | None = None
    max_wait: int | None = None


def joins(tiers: Sequence[int]) -> list[int]:
    """The seconds after which each tier joins, where each entry of `tiers` is how long after that
    tier the next one joins."""
    return [sum(tiers[:index]) for index in range(len(tiers))]


def expiry(
    waits: Waits, entered_at: datetime, level: Level, since: datetime
) -> tuple[datetime, Wait] | None:
    """When a wait runs out, and which: the earliest of those that run; None when none does.

    The wait for a `level` runs from when the caller entered or the level began (`since`),
    whichever is later.
    """
    running = [(Wait.MAX_WAIT, waits.max_wait, entered_at)]
    if level is Level.WITHDRAWN:
        running.append((Wait.WITHDRAWN, waits.withdrawn, max(entered_at, since)))
    if level is Level.ABSENT:
        running.append((Wait.ABSENT, waits.absent, max(entered_at, since)))
    due = [
        (start + timedelta(seconds=seconds), wait)
        for wait, seconds, start in running
        if seconds is not None
    ]
    return min(due, key=lambda pair: pair[0], default=None)


def next_join(tiers: Sequence[int], entered_at: datetime, now: datetime) -> datetime | None:
    """When the next tier joins that has not joined by `now`."""
    moments = (entered_at + timedelta(seconds=seconds) for seconds in joins(tiers))
    return next((moment for moment in moments if moment > now), None)
