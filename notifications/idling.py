"""Modes that are about to end for want of a sign of the agent."""

from datetime import datetime, timedelta

from notifications.kinds import Kind
from notifications.making import News, unnoted
from presence import derive, store
from presence.models import AgentState
from presence.rules import RulesReader

AHEAD = timedelta(seconds=60)
"""How long before the end, as the page asks whether somebody is there (static/idle.js)."""


def find(now: datetime) -> list[News]:
    """What is to be told of. A sign puts the end off, and the next end is told anew."""
    near = AgentState.objects.filter(
        agent__active=True,
        mode__after_idle__isnull=False,
        deadline_at__gt=now,
        deadline_at__lte=now + AHEAD,
    )
    rules = RulesReader()
    found = []
    for row in near.select_related("agent", "mode"):
        ends = derive.idle_out(store.load(row), rules(row.agent))
        if ends and ends == row.deadline_at:
            data = {"status": row.mode_id, "then": row.mode.after_idle_id}
            found.append(News(row.agent_id, Kind.IDLE, ends.isoformat(), ends - AHEAD, data))
    return unnoted(found)
