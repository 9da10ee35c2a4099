"""A queue's live figures: who waits and for how long, who is there, and how today went."""

import time
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, F, FloatField, Func, Min, Q
from django.utils import timezone

from presence.models.catalogue import Workforce
from routing import limits, staffing
from routing.days import midnight
from routing.models import EntryOutcome, Membership, Queue, QueueEntry
from routing.sight import EVERYTHING, Sight


@dataclass(frozen=True)
class Today:
    """Waits that ended since midnight, by how they ended. `within` were answered in time."""

    answered: int = 0
    within: int = 0
    abandoned: int = 0
    overflowed: int = 0

    @property
    def service_level(self) -> float | None:
        """The share (0 to 1) of today's callers who were answered in time: answered within the
        queue's service-level seconds, of all answered, abandoned and overflowed. None: nobody yet.
        """
        callers = self.answered + self.abandoned + self.overflowed
        return self.within / callers if callers else None


@dataclass(frozen=True)
class Workforces:
    """How many agents serve a queue, each counted once. One who opted out is at most withdrawn."""

    ready: int = 0
    engaged: int = 0
    withdrawn: int = 0
    absent: int = 0


@dataclass(frozen=True)
class Figures:
    """A queue now. `longest_since` is since when the longest wait lasts; None: nobody waits."""

    queue: Queue
    waiting: int
    longest_since: datetime | None
    workforce: Workforces
    today: Today

    @property
    def gap(self) -> bool:
        """Nobody is ready."""
        return self.workforce.ready == 0


class Waited(Func):
    """The seconds from the second of two moments to the first.

    Django's own subtraction calls Python for every row on SQLite: half a minute for a day's calls.
    """

    arity = 2
    output_field = FloatField()
    template = "EXTRACT(EPOCH FROM (%(expressions)s))"
    arg_joiner = " - "

    def as_sqlite(self, compiler: Any, connection: Any, **_: Any) -> tuple[str, Any]:
        # Rounded, for days are counted in floating point there.
        template = "ROUND((julianday(%(expressions)s)) * 86400.0, 3)"
        return self.as_sql(compiler, connection, template=template, arg_joiner=") - julianday(")


def read(queues: Iterable[Queue], sight: Sight = EVERYTHING) -> list[Figures]:
    """The figures of these queues, as of now, in their order. Who is not seen does not count."""
    queues = list(queues)
    callers, people, days = waits(queues), workforces(queues, sight), today(queues)
    return [
        Figures(
            queue=queue,
            waiting=callers.get(queue.pk, (0, None))[0],
            longest_since=callers.get(queue.pk, (0, None))[1],
            workforce=people.get(queue.pk, Workforces()),
            today=days.get(queue.pk, Today()),
        )
        for queue in queues
    ]


def waits(queues: Iterable[Queue]) -> dict[int, tuple[int, datetime]]:
    """By queue in which somebody waits, how many do, and since when the longest wait lasts."""
    entries = QueueEntry.objects.filter(queue__in=queues, left_at=None).order_by()
    counted = entries.values_list("queue_id").annotate(Count("pk"), Min("waiting_since"))
    return {queue_id: (waiting, since) for queue_id, waiting, since in counted}


def workforces(queues: Iterable[Queue], sight: Sight = EVERYTHING) -> dict[int, Workforces]:
    """By queue, how many agents who are seen it counts as what, each once."""
    members = Membership.objects.filter(
        limits.agents(sight, "agent"),
        ring_group__queue__in=queues,
        agent__active=True,
        agent__state__isnull=False,
    )
    fields = ("ring_group__queue_id", "agent_id", "opted_out", "agent__state__may_receive")
    status = "agent__state__shown_status__workforce"
    serving: dict[tuple[int, int], Workforce] = {}
    for queue_id, agent_id, out, ready, shown in members.values_list(*fields, status):
        counted = staffing.counts_as(Workforce(shown), may_receive=ready, opted_out=out)
        if out:  # of one tier only, maybe
            counted = serving.get((queue_id, agent_id), counted)
        serving[queue_id, agent_id] = counted
    counts: defaultdict[int, Counter[str]] = defaultdict(Counter)
    for (queue_id, _), kind in serving.items():
        counts[queue_id][kind.value] += 1
    return {queue_id: Workforces(**counter) for queue_id, counter in counts.items()}


def today(queues: Iterable[Queue]) -> dict[int, Today]:
    """By queue, how the floor's day went so far; nothing for those in which no wait has ended."""
    began = midnight(timezone.now())
    ended = QueueEntry.objects.filter(queue__in=queues, left_at__gte=began).order_by()
    answered = Q(outcome=EntryOutcome.ANSWERED)
    in_time = Q(waited__lte=F("queue__service_level_seconds"))
    waited = ended.alias(waited=Waited("left_at", "entered_at"))
    counted = waited.values_list("queue_id").annotate(
        answered=Count("pk", filter=answered),
        within=Count("pk", filter=answered & in_time),
        abandoned=Count("pk", filter=Q(outcome=EntryOutcome.ABANDONED)),
        overflowed=Count("pk", filter=Q(outcome=EntryOutcome.OVERFLOWED)),
    )
    return {queue_id: Today(*counts) for queue_id, *counts in counted}


class TodayReader:
    """How today went, for one who asks again and again. It is read anew after so many times as long
    as reading it took: it takes at most a fiftieth of the asker's time, however many calls."""

    def __init__(self) -> None:
        self._found: dict[int, Today] = {}
        self._due = float("-inf")

    def __call__(self, queues: Iterable[Queue]) -> dict[int, Today]:
        began = time.monotonic()
        if began >= self._due:
            self._found = today(queues)
            ended = time.monotonic()
            self._due = ended + _SHARE * (ended - began)
        return self._found


_SHARE = 50
