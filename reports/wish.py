"""What a report is asked for."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from zoneinfo import ZoneInfo

from reports import borders
from routing.sight import EVERYTHING, Sight


class By(StrEnum):
    """What a line of a report is."""

    AGENT = "agent"
    TEAM = "team"
    QUEUE = "queue"
    DAY = "day"
    HOUR = "hour"
    HALF_HOUR = "half-hour"
    QUARTER = "quarter"
    AGENT_DAY = "agent-day"


STEPS = {By.HOUR: 60, By.HALF_HOUR: 30, By.QUARTER: 15}
"""Minutes that a line lasts."""
BY_TIME = frozenset({By.DAY, *STEPS})
BY_AGENT = frozenset({By.AGENT, By.TEAM, By.QUEUE, By.AGENT_DAY})
"""Whose lines are made of single agents' figures."""


@dataclass(frozen=True)
class Wish:
    """Days in `zone`, both included; of the agents of one team, of those who serve one queue, or of
    everybody, as far as `sight` goes. Teams and queues are primary keys."""

    first: date
    last: date
    zone: ZoneInfo
    by: By = By.AGENT
    team: int | None = None
    queue: int | None = None
    sight: Sight = EVERYTHING

    def borders(self) -> list[datetime]:
        """Where the report's buckets begin, and at last where the last one ends."""
        if minutes := STEPS.get(self.by):
            found = list(borders.steps(self.first, self.last, self.zone, minutes))
        else:
            found = list(borders.days(self.first, self.last, self.zone))
            if self.by not in {By.DAY, By.AGENT_DAY}:
                found = [(found[0][0], found[-1][1])]
        return [*(began for began, _ in found), found[-1][1]]
