"""Statuses that last longer than they may, found when their limit has just been crossed."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from notifications.kinds import SENDABLE, Kind
from notifications.making import News, unnoted
from presence.models import AgentState, Status


def find(now: datetime) -> list[News]:
    """What is to be told of. What was long over when its limit was set, or when a server is back
    after an outage, is no news."""
    return unnoted(
        [
            _news(state, level, seconds)
            for status in Status.objects.filter(max_seconds__isnull=False)
            for level, seconds in _limits(status)
            for state in _over(status, seconds, now)
        ]
    )


def _limits(status: Status) -> Iterator[tuple[str, int]]:
    if status.max_seconds:
        yield "warning", status.max_seconds
    if status.critical_seconds:
        yield "critical", status.critical_seconds


def _over(status: Status, seconds: int, now: datetime) -> Iterator[AgentState]:
    latest = now - timedelta(seconds=seconds)
    crossed = (latest - SENDABLE, latest)
    states = AgentState.objects.filter(shown_status=status, shown_since__range=crossed)
    return states.filter(agent__active=True).select_related("shown_reason").iterator()


def _news(state: AgentState, level: str, seconds: int) -> News:
    reason = state.shown_reason.label if state.shown_reason else state.shown_note
    data = {
        "status": state.shown_status_id,
        "reason": reason or None,
        "level": level,
        "seconds": seconds,
    }
    at = state.shown_since + timedelta(seconds=seconds)
    return News(state.agent_id, Kind.OVER_LONG, f"{state.shown_version}:{level}", at, data)
