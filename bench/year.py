"""A year of 200 agents' history and calls for the reports' benchmark, made in bulk.

Every agent works each weekday from eight in the morning, give or take: ten calls of four intervals
(Available, Ringing, On Call, Wrap-Up), with a break instead of some, and is Offline until the next.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from itertools import count, cycle, pairwise
from random import Random
from typing import Any

from bench import world
from presence.models import Agent, Interval, Team
from routing.demo.past.load import load
from routing.models import Interaction, Leg, LegSpan, Queue, QueueEntry

AGENTS, TEAMS, CALLS = 200, 10, 10
FIRST, LAST = date(2025, 1, 1), date(2025, 12, 31)

Moments = list[tuple[str, datetime]]

_HISTORY = ("agent_id", "version", "status_id", "note", "started_at", "ended_at", "cause")
_CALL = ("id", "source", "external_id", "channel", "kind", "queue_id", "caller", "priority")
_TIMES = ("started_at", "answered_at", "ended_at", "outcome")
_ENTRY = ("id", "interaction_id", "queue_id", "entered_at", "waiting_since", "tried", "left_at")
_LEG = ("id", "interaction_id", "agent_id", "entry_id", "external_id", "state", "since")
_SPAN = ("leg_id", "agent_id", "state", "started_at", "ended_at")


def make(last: date = LAST) -> None:
    """Fill an empty, migrated database with what happened until `last`."""
    world.make_queues()
    world.grow(AGENTS)
    teams = Team.objects.bulk_create(Team(name=f"Team {number}") for number in range(TEAMS))
    agents = list(Agent.objects.order_by("pk"))
    for agent, team in zip(agents, cycle(teams), strict=False):
        agent.team = team
    Agent.objects.bulk_update(agents, ["team"])
    queues = list(Queue.objects.exclude(name=world.SPARSE).values_list("pk", flat=True))
    serving = dict(zip((agent.pk for agent in agents), cycle(queues), strict=False))
    days = list(_work(serving, last))
    load(Interval, _HISTORY, _intervals(days))
    calls = [(number, *call) for number, call in enumerate(_calls(days), 1)]
    load(Interaction, (*_CALL, *_TIMES), map(_interaction, calls))
    load(QueueEntry, (*_ENTRY, "outcome"), map(_entry, calls))
    load(Leg, (*_LEG, *_TIMES, "estimated"), map(_leg, calls))
    load(LegSpan, _SPAN, (span for call in calls for span in _spans(call)))


def _work(queues: dict[int, int], last: date) -> Iterator[tuple[int, int, Moments]]:
    """Each day's work of each agent, in the order of time: which status began when."""
    random = Random(5)
    for number in range((last - FIRST).days + 1):
        day = datetime(FIRST.year, 1, 1, 8, tzinfo=UTC) + timedelta(days=number)
        if day.weekday() >= 5:
            continue
        for agent, queue in queues.items():
            at, moments = day + timedelta(seconds=random.uniform(-900, 900)), []
            for call in range(CALLS):
                for code, mean in _LASTING if call % 4 else _RESTING:
                    moments.append((code, at))
                    at += timedelta(seconds=random.uniform(0.5, 1.5) * mean)
            yield agent, queue, [*moments, ("offline", at)]


_LASTING = (("available", 1200), ("ringing", 10), ("on_call", 1200), ("wrap_up", 120))
_RESTING = (("available", 1200), ("on_break", 600), ("available", 600), ("back_office", 300))


def _intervals(days: Iterable[tuple[int, int, Moments]]) -> Iterator[Sequence[Any]]:
    left: dict[int, datetime] = {}
    versions = count(1)
    for agent, _, moments in days:
        if agent in left:
            yield agent, next(versions), "offline", "", left[agent], moments[0][1], "log_out"
        for (code, began), (_, ended) in pairwise(moments):
            yield agent, next(versions), code, "", began, ended, "agent"
        left[agent] = moments[-1][1]


def _calls(days: Iterable[tuple[int, int, Moments]]) -> Iterator[tuple[int, int, list[datetime]]]:
    """Agent, queue, and when it rang, was answered, was hung up, and was wrapped up."""
    for agent, queue, moments in days:
        for place, (code, _) in enumerate(moments):
            if code == "ringing":
                yield agent, queue, [moment for _, moment in moments[place : place + 4]]


Made = tuple[int, int, int, list[datetime]]


def _interaction(call: Made) -> Sequence[Any]:
    pk, _, queue, (rang, answered, over, _) = call
    what = pk, "bench", f"year-{pk}", "call", "queue", queue, "", 0
    return *what, rang, answered, over, "handled"


def _entry(call: Made) -> Sequence[Any]:
    pk, _, queue, (rang, answered, _, _) = call
    return pk, pk, queue, rang, rang, True, answered, "answered"


def _leg(call: Made) -> Sequence[Any]:
    pk, agent, _, (rang, answered, _, done) = call
    return pk, pk, agent, pk, f"year-{pk}", "ended", done, rang, answered, done, "hung_up", False


def _spans(call: Made) -> Iterator[Sequence[Any]]:
    pk, agent, _, moments = call
    for state, (began, ended) in zip(
        ("offered", "handling", "wrap_up"), pairwise(moments), strict=True
    ):
        yield pk, agent, state, began, ended
