"""The queue strip: what the monitor tells of each queue. Who serves it is counted by the rows that
the board shows, so that the two always agree and a large floor costs only what changed."""

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from types import MappingProxyType

from django.utils import timezone

from dashboard.rows import Row
from dashboard.table import natural
from presence.models.catalogue import Workforce
from routing import figures
from routing.figures import Today, TodayReader, Workforces
from routing.models import Queue
from routing.staffing import counts_as


class Severity(StrEnum):
    """How much a queue needs somebody to look. The first two move it to the front."""

    URGENT = "urgent"  # callers wait, and nobody is ready
    LATE = "late"  # somebody waits longer than the service level allows
    GAP = "gap"  # nobody is ready, and nobody waits
    CALM = "calm"


_NONE: Mapping[int, str] = MappingProxyType({})
_NOBODY = (0, None)
"""How many wait, and since when."""

_FRONT = (Severity.URGENT, Severity.LATE)


@dataclass(frozen=True)
class Card:
    """A queue now. `level` is the share of today's callers answered within `seconds`, in whole
    percent, None when there were none; `target` is what it should be. `late`: somebody waits longer
    than that. `alert` is the severity of the worst alert about it, if there is one."""

    id: int
    name: str
    waiting: int
    longest_since: datetime | None
    people: Workforces
    seconds: int
    level: int | None
    target: int
    late: bool
    alert: str = ""

    @property
    def severity(self) -> Severity:
        if self.gap:
            return Severity.URGENT if self.waiting else Severity.GAP
        return Severity.LATE if self.late else Severity.CALM

    def with_people(self, people: Workforces) -> "Card":
        return replace(self, people=people)

    @property
    def gap(self) -> bool:
        return self.people.ready == 0

    @property
    def low(self) -> bool:
        return self.level is not None and self.level < self.target


class Crews:
    """How many of the agents whose rows it was given serve each queue, and as what."""

    def __init__(self) -> None:
        self._parts: dict[int, dict[int, Workforce]] = {}
        self._counts: defaultdict[int, Counter[str]] = defaultdict(Counter)

    def put(self, row: Row) -> None:
        """Count the agent as their row shows them."""
        self.drop(row.id)
        ready = row.availability == "available"
        part = {
            queue.id: counts_as(row.workforce, may_receive=ready, opted_out=queue.opted_out)
            for queue in row.queues
        }
        self._parts[row.id] = part
        for queue_id, kind in part.items():
            self._counts[queue_id][kind.value] += 1

    def drop(self, agent_id: int) -> None:
        """Count the agent no more."""
        for queue_id, kind in self._parts.pop(agent_id, {}).items():
            self._counts[queue_id][kind.value] -= 1

    def __getitem__(self, queue_id: int) -> Workforces:
        return Workforces(**self._counts[queue_id])


class Strip(Crews):
    """Knows the agents whose rows it was given; asks the database for the rest."""

    def __init__(self) -> None:
        super().__init__()
        self._today = TodayReader()

    def read(self, alerts: Mapping[int, str] = _NONE) -> list[Card]:
        """A card for every active queue, in order. `alerts` are severities by queue."""
        queues = list(Queue.objects.filter(active=True))
        waits, today, now = figures.waits(queues), self._today(queues), timezone.now()
        cards = [
            self._card(queue, waits.get(queue.pk, _NOBODY), today.get(queue.pk, Today()), now)
            for queue in queues
        ]
        return in_order(replace(card, alert=alerts.get(card.id, "")) for card in cards)

    def _card(
        self, queue: Queue, wait: tuple[int, datetime | None], today: Today, now: datetime
    ) -> Card:
        waiting, since = wait
        level = today.service_level
        return Card(
            id=queue.pk,
            name=queue.name,
            waiting=waiting,
            longest_since=since,
            people=self[queue.pk],
            seconds=queue.service_level_seconds,
            level=None if level is None else _percent(level),
            target=queue.service_level_percent,
            late=since is not None and now - since > timedelta(seconds=queue.service_level_seconds),
        )


def in_order(cards: Iterable[Card]) -> list[Card]:
    """Those first that need somebody, else by name."""
    return sorted(cards, key=_rank)


def _percent(share: float) -> int:
    """Rounded down, so that a target that was just missed does not read as met."""
    return math.floor(share * 100 + 1e-9)


def _rank(card: Card) -> tuple[int, str, int]:
    # Only two steps, so that cards do not jump about with every caller.
    front = _FRONT.index(card.severity) if card.severity in _FRONT else len(_FRONT)
    return front, natural(card.name), card.id
