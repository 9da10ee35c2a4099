"""What a day is made of: parts that are cut at its borders, and their sums."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.utils import timezone

from dashboard.rows import Look, with_reason
from presence.events import LegAction
from presence.models.catalogue import Workforce
from presence.state import LegState
from reports import borders

MISSED, REJECTED = LegAction.RING_TIMED_OUT.value, LegAction.REJECTED.value
RINGING = frozenset({LegState.OFFERED, LegState.DIALING})
TALKING = frozenset({LegState.HANDLING, LegState.CONSULTING, LegState.IN_CONFERENCE})
ON_HOLD = frozenset({LegState.ON_HOLD})
WRAP_UP = frozenset({LegState.WRAP_UP})


@dataclass(frozen=True)
class Window:
    """A day of a time zone, from `began` until `ended`, as known at `now` (aware UTC)."""

    day: date
    zone: ZoneInfo
    began: datetime
    ended: datetime
    now: datetime

    @classmethod
    def of(cls, day: date, zone: ZoneInfo, now: datetime) -> "Window":
        ((began, ended),) = borders.days(day, day, zone)
        return cls(day, zone, began, ended, now)

    @property
    def runs(self) -> bool:
        """It is today."""
        return self.began <= self.now < self.ended

    def has(self, moment: datetime | None) -> bool:
        return moment is not None and self.began <= moment < self.ended

    def cut(self, began: datetime, ended: datetime | None) -> "Part | None":
        """What lies in the day of something that lasted from `began` to `ended` (None: it still
        runs). None where nothing does; never negative, for a clock may have been set back."""
        runs = ended is None
        stop = ended or max(self.now, began)
        if began >= self.ended or stop < self.began or (stop == self.began > began):
            return None
        start, until = max(began, self.began), min(stop, self.ended)
        return Part(start, until, open=runs and self.now < self.ended)


def current_zone() -> ZoneInfo:
    """The viewer's."""
    return ZoneInfo(timezone.get_current_timezone_name())


@dataclass(frozen=True)
class Part:
    """From `began` until `ended`; `open`: it still runs, and `ended` is now."""

    began: datetime
    ended: datetime
    open: bool

    @property
    def seconds(self) -> float:
        return (self.ended - self.began).total_seconds()


@dataclass(frozen=True)
class Span:
    """A stretch of one status and reason. `cause` and `by` say why it began and who set it; it
    began with the state's `version`."""

    part: Part
    version: int
    status: Look
    workforce: Workforce
    reason: str
    cause: str
    by: str

    @property
    def name(self) -> str:
        return with_reason(self.status.label, self.reason)


@dataclass(frozen=True)
class Activity:
    """A stretch of a call in one state."""

    part: Part
    state: LegState


@dataclass(frozen=True)
class Call:
    """The agent's part in a call, named `leg`. `result` tells the `outcome` in words. It counts on
    the day on which it began (`counts`); `handle` is its handle time in seconds, once it is over.
    """

    part: Part
    leg: str
    queue: str
    caller: str
    direction: str
    outcome: str
    result: str
    estimated: bool
    outbound: bool
    answered: bool
    counts: bool
    handle: float | None
    activities: tuple[Activity, ...]

    @property
    def name(self) -> str:
        return " · ".join(filter(None, (self.queue, self.caller)))

    @property
    def missed(self) -> bool:
        return self.outcome == MISSED

    @property
    def rejected(self) -> bool:
        return self.outcome == REJECTED

    @property
    def times(self) -> list["Sum"]:
        """Ringing, talking, on hold and in wrap-up."""
        return [time_in(kinds, [self]) for kinds in (RINGING, TALKING, ON_HOLD, WRAP_UP)]


@dataclass(frozen=True)
class Wait:
    """A pending mode: what waited, who asked for it, and what became of it."""

    part: Part
    mode: str
    by: str
    end: str


@dataclass(frozen=True)
class Loss:
    """A stretch in which the agent's webphone or phone could not be reached."""

    part: Part
    what: str


@dataclass(frozen=True)
class Sum:
    """Seconds in all; where exactly one part still runs, `since` is when it would have begun had
    it been all in one stretch, so that it can be shown running."""

    seconds: float
    since: datetime | None = None


def add_up(parts: Iterable[Part]) -> Sum:
    parts = list(parts)
    seconds = sum(part.seconds for part in parts)
    running = [part for part in parts if part.open]
    if len(running) != 1:
        return Sum(seconds)
    return Sum(seconds, running[0].ended - timedelta(seconds=seconds))


def time_in(states: frozenset[LegState], calls: Iterable[Call]) -> Sum:
    """The time that these calls spent in one of the states."""
    return add_up(one.part for call in calls for one in call.activities if one.state in states)
