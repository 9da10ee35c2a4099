"""An agent's own day so far: intervals since midnight, and the time in each status."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from dashboard.rows import Look, reason_text
from presence.events import Cause
from presence.models import Agent, AgentState, Interval, Status
from presence.words import CAUSE


@dataclass(frozen=True)
class Span:
    """A stretch of one status; `ended` None is the one that still runs."""

    status: Look
    reason: str
    cause: str
    started: datetime
    ended: datetime | None
    seconds: float


@dataclass(frozen=True)
class Total:
    """The time in one status; `since` is when it would have begun in one stretch, if it runs."""

    status: Look
    seconds: float
    since: datetime | None = None


def spans(agent: Agent, start: datetime, now: datetime) -> list[Span]:
    """What showed from `start` until `now`, latest first; what began earlier is cut at `start`."""
    closed = (
        Interval.objects.filter(agent=agent, ended_at__gt=start)
        .select_related("status", "reason")
        .order_by("version")
    )
    found = [
        _span(i.status, reason_text(i.reason, i.note), i.cause, (i.started_at, i.ended_at), start)
        for i in closed
    ]
    state = AgentState.objects.select_related("shown_status", "shown_reason").get(agent=agent)
    reason = reason_text(state.shown_reason, state.shown_note)
    since = max(state.shown_since, start)
    found.append(
        Span(
            status=Look.of(state.shown_status),
            reason=reason,
            cause=CAUSE[Cause(state.shown_cause)],
            started=since,
            ended=None,
            seconds=max(0.0, (now - since).total_seconds()),
        )
    )
    return found[::-1]


def totals(day: list[Span]) -> list[Total]:
    """The time in each status of a day (latest first), in the catalogue's order."""
    seconds: dict[Look, float] = {}
    for span in day:
        seconds[span.status] = seconds.get(span.status, 0.0) + span.seconds
    ordered = sorted(seconds.items(), key=lambda item: (item[0].order, item[0].code))
    running = day[0]
    return [
        Total(look, spent, _as_one_stretch(running, spent) if look == running.status else None)
        for look, spent in ordered
    ]


def _as_one_stretch(running: Span, spent: float) -> datetime:
    return running.started - timedelta(seconds=spent - running.seconds)


def _span(
    status: Status, reason: str, cause: str, stretch: tuple[datetime, datetime], start: datetime
) -> Span:
    began, ended = max(stretch[0], start), stretch[1]
    seconds = (ended - began).total_seconds()
    return Span(Look.of(status), reason, CAUSE[Cause(cause)], began, ended, seconds)
