"""The days before one, each with a few totals."""

from bisect import bisect_right
from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from dashboard.day.parts import MISSED, REJECTED, Window
from presence.events import CallKind, LegAction
from presence.models import AgentState, Status
from presence.models.catalogue import Workforce
from reports import borders
from reports.read import stretches
from reports.stretches import cut
from routing.models import Leg

DAYS = 14
ANSWERED = LegAction.ANSWERED.value


@dataclass(frozen=True)
class Before:
    """One day; times in seconds."""

    day: date
    logged_in: float
    engaged: float
    answered: int
    missed: int
    rejected: int


def days_before(state: AgentState, window: Window) -> list[Before]:
    """The days before the window's, latest first."""
    first, last = window.day - timedelta(days=DAYS), window.day - timedelta(days=1)
    buckets = list(borders.days(first, last, window.zone))
    starts, end = [began for began, _ in buckets], buckets[-1][1]
    times = _times(state, starts, end, window.now)
    counts = _counts(state.agent_id, starts, end)
    found = [
        Before(
            day=first + timedelta(days=number),
            logged_in=times[number, "logged_in"],
            engaged=times[number, Workforce.ENGAGED.value],
            answered=counts[number, ANSWERED],
            missed=counts[number, MISSED],
            rejected=counts[number, REJECTED],
        )
        for number in range(DAYS)
    ]
    return found[::-1]


def _times(
    state: AgentState, starts: list[datetime], end: datetime, now: datetime
) -> dict[tuple[int, str], float]:
    kinds = dict(Status.objects.values_list("code", "workforce"))
    seconds: defaultdict[tuple[int, str], float] = defaultdict(float)
    for one in stretches(starts[0], end, now, state.agent_id):
        for number, spent in cut(one.began, one.ended, starts, end):
            if kinds[one.status] != Workforce.ABSENT:
                seconds[number, "logged_in"] += spent
            seconds[number, kinds[one.status]] += spent
    return seconds


def _counts(agent_id: int, starts: list[datetime], end: datetime) -> Counter[tuple[int, str]]:
    offered = Leg.objects.filter(
        agent_id=agent_id, started_at__gte=starts[0], started_at__lt=end
    ).exclude(interaction__kind=CallKind.OUTBOUND.value)
    counts: Counter[tuple[int, str]] = Counter()
    for began, answered_at, outcome in offered.values_list("started_at", "answered_at", "outcome"):
        number = bisect_right(starts, began) - 1
        counts[number, ANSWERED if answered_at else outcome] += 1
    return counts
