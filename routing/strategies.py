"""Whom a ring group rings first: pure functions over those who may be offered the call."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any


class Strategy(StrEnum):
    """How a ring group chooses among its agents."""

    LONGEST_IDLE = "longest_idle"
    ROUND_ROBIN = "round_robin"
    PRIORITY = "priority"
    FEWEST_CALLS = "fewest_calls"
    RING_ALL = "ring_all"


@dataclass(frozen=True)
class Candidate:
    """An agent who may be offered the call through a ring group: since when they are ready, their
    priority there (1 is first), when the group last rang them, and the calls they took today."""

    agent_id: int
    ready_since: datetime
    priority: int = 1
    rung_at: datetime | None = None
    calls_today: int = 0


_NEVER = datetime.min.replace(tzinfo=UTC)

_Key = Callable[[Candidate], Any]

_KEYS: Mapping[Strategy, _Key] = {
    Strategy.LONGEST_IDLE: lambda c: (c.ready_since, c.agent_id),
    Strategy.ROUND_ROBIN: lambda c: (c.rung_at or _NEVER, c.agent_id),
    Strategy.PRIORITY: lambda c: (c.priority, c.ready_since, c.agent_id),
    Strategy.FEWEST_CALLS: lambda c: (c.calls_today, c.ready_since, c.agent_id),
    Strategy.RING_ALL: lambda c: c.agent_id,
}
"""What each strategy sorts by, smallest first; round robin by whom it rang least recently."""


def rank(strategy: Strategy, candidates: Iterable[Candidate]) -> list[Candidate]:
    """The candidates in the order in which the call is theirs; ring all offers it to every one."""
    return sorted(candidates, key=_KEYS[strategy])
