"""Random histories, and the slow and obvious way to count them: one look for each moment."""

from collections import Counter
from collections.abc import Iterable
from datetime import datetime, timedelta
from itertools import pairwise
from random import Random

from presence.events import Choice, Choose
from presence.models import Agent, AgentState, Interval
from presence.models.catalogue import Workforce
from routing import actions
from tests.factories import make_agent, make_reason

MODES = ["available", "busy", "on_break", "do_not_disturb", "offline"]
STEP = timedelta(minutes=1)
Looks = list[tuple[datetime, int, str, int | None]]
"""At each moment, what each agent showed: when, who, status and reason."""


def wander(agent: Agent, start: datetime, end: datetime, seed: int) -> None:
    """Chooses modes and reasons at random, at whole minutes, some of them at the same one."""
    random, at = Random(seed), start
    lunch = make_reason().pk
    while True:
        at += STEP * random.choice([0, 1, 7, 30, 200, 700])
        if at >= end:
            return
        mode = random.choice(MODES)
        reason = lunch if mode == "on_break" and random.random() < 0.5 else None
        actions.apply(agent.pk, Choose(at=at, choice=Choice(mode, reason)))


def make_floor(start: datetime, end: datetime, agents: int = 3, seed: int = 1) -> list[Agent]:
    found = [make_agent(mode="available", start=start) for _ in range(agents)]
    for number, agent in enumerate(found):
        wander(agent, start, end, seed * 100 + number)
    return found


def look(start: datetime, now: datetime) -> Looks:
    """Who showed what at each minute from `start` until `now`, asking history about every one."""
    rows = [
        (i.agent_id, i.status_id, i.reason_id, i.started_at, i.ended_at)
        for i in Interval.objects.all()
    ]
    rows += [
        (s.agent_id, s.shown_status_id, s.shown_reason_id, s.shown_since, now)
        for s in AgentState.objects.all()
    ]
    seen: Looks = []
    moment = start
    while moment < now:
        seen += [
            (moment, agent, status, reason)
            for agent, status, reason, began, ended in rows
            if began <= moment < ended
        ]
        moment += STEP
    return seen


def minutes(borders: Iterable[datetime]) -> dict[datetime, datetime]:
    """The border that the bucket of each minute begins with."""
    return {
        began + number * STEP: began
        for began, ended in pairwise(borders)
        for number in range((ended - began) // STEP)
    }


def workforce(looks: Looks, kinds: dict[str, Workforce]) -> dict[datetime, Counter[str]]:
    """How many agents were what at each moment."""
    seen: dict[datetime, Counter[str]] = {}
    for moment, _agent, status, _reason in looks:
        seen.setdefault(moment, Counter())[kinds[status].value] += 1
    return seen
