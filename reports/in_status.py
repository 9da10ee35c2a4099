"""Time in each status, by agent, team, day or hour."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from zoneinfo import ZoneInfo

from presence.models import Agent
from reports import borders
from reports.read import stretches
from reports.stretches import cut


class By(StrEnum):
    """What a line of the report is."""

    AGENT = "agent"
    TEAM = "team"
    DAY = "day"
    HOUR = "hour"


@dataclass(frozen=True)
class Wish:
    """What is asked for: days in `zone`, both included; of one team, or of everybody."""

    first: date
    last: date
    zone: ZoneInfo
    by: By = By.AGENT
    team: int | None = None


@dataclass(frozen=True)
class Line:
    """Seconds by status, of one agent or team (by name), or from one moment on. `open`: some of
    it still runs."""

    name: str
    began: datetime | None
    seconds: Mapping[str, float]
    open: bool

    @property
    def total(self) -> float:
        return sum(self.seconds.values())


def read(wish: Wish, now: datetime) -> list[Line]:
    """The report's lines: people by name, times in order. Who has no team is in the line ''."""
    buckets = list(_buckets(wish))
    starts, end = [began for began, _ in buckets], buckets[-1][1]
    agents = _agents(wish)
    sums: defaultdict[tuple[str, int], defaultdict[str, float]] = defaultdict(_none)
    running: set[tuple[str, int]] = set()
    for one in stretches(starts[0], end, now):
        if one.agent not in agents:
            continue
        for number, seconds in cut(one.began, one.ended, starts, end):
            key = agents[one.agent], number
            sums[key][one.status] += seconds
            if one.open and starts[number] <= now < buckets[number][1]:
                running.add(key)
    by_time = wish.by in {By.DAY, By.HOUR}
    ordered = sorted(sums, key=lambda key: (key[1], key[0].casefold()))
    return [
        Line(_name(*key), starts[key[1]] if by_time else None, sums[key], key in running)
        for key in ordered
    ]


def _none() -> defaultdict[str, float]:
    return defaultdict(float)


def _name(key: str, _bucket: int) -> str:
    return key.partition("\0")[0]


def _buckets(wish: Wish) -> list[tuple[datetime, datetime]]:
    if wish.by is By.DAY:
        return list(borders.days(wish.first, wish.last, wish.zone))
    if wish.by is By.HOUR:
        return list(borders.hours(wish.first, wish.last, wish.zone))
    whole = list(borders.days(wish.first, wish.last, wish.zone))
    return [(whole[0][0], whole[-1][1])]


def _agents(wish: Wish) -> dict[int, str]:
    """Which line each agent's time goes to: two agents of one name keep lines of their own."""
    found = Agent.objects.filter(team=wish.team) if wish.team else Agent.objects.all()
    rows = found.values_list("pk", "name", "team__name")
    match wish.by:
        case By.AGENT:
            return {pk: f"{name}\0{pk}" for pk, name, _ in rows}
        case By.TEAM:
            return {pk: team or "" for pk, _, team in rows}
        case By.DAY | By.HOUR:
            return {pk: "" for pk, _, _ in rows}
