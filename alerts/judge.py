"""Which rules are broken, where, since when and how badly: a pure function of rules and facts."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from alerts.kinds import ONE_STAY, REMEMBERED, Kind, Severity


@dataclass(frozen=True, slots=True)
class Rule:
    """What is watched. `warning` and `critical` are seconds; None: no such step, or the catalogue's
    or the queue's own. Percentages are shares of callers answered in time."""

    id: int
    kind: Kind
    status: str | None = None
    reason: int | None = None
    team: int | None = None
    queue: int | None = None
    warning: int | None = None
    critical: int | None = None
    at_least: int = 1
    only_when_waiting: bool = False
    warning_percent: int | None = None
    critical_percent: int | None = None
    least_callers: int = 0


@dataclass(frozen=True, slots=True)
class Person:
    """An agent's shown status since `since`; `warning` and `critical` are the catalogue's seconds
    for it."""

    id: int
    status: str
    reason: int | None
    since: datetime
    team: int | None = None
    queues: frozenset[int] = frozenset()
    warning: int | None = None
    critical: int | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """A queue: `seconds` and `target` (percent) are its service level, `level` is today's of
    `callers`. `changed` is when something changed last among those who serve it."""

    id: int
    ready: int = 0
    waiting: int = 0
    longest_since: datetime | None = None
    changed: datetime | None = None
    seconds: int = 20
    target: int = 80
    level: float | None = None
    callers: int = 0


@dataclass(frozen=True, slots=True)
class Crew:
    """A team, and when something changed last among its members."""

    id: int
    ready: int = 0
    changed: datetime | None = None


@dataclass(frozen=True, slots=True)
class Link:
    """A telephony system that is not connected, since then if that is known."""

    id: int
    lost_since: datetime | None


@dataclass(frozen=True, slots=True)
class Facts:
    """`lost` are on a call without a connection `since` then, `alone` on one that everybody else
    has left."""

    people: tuple[Person, ...] = ()
    lost: tuple[Person, ...] = ()
    alone: tuple[Person, ...] = ()
    lines: tuple[Line, ...] = ()
    crews: tuple[Crew, ...] = ()
    links: tuple[Link, ...] = ()


Place = tuple[int, str]
"""A rule and what it is broken by, as `agent:1`."""


@dataclass(frozen=True, slots=True)
class Breach:
    """A rule does not hold at `subject` since `since`. It is a warning from `warning_at` on and
    critical from `critical_at` on, where those are set. One of `one_stay` goes on only as long as
    `since` stays."""

    rule: int
    subject: str
    since: datetime
    warning_at: datetime | None
    critical_at: datetime | None
    one_stay: bool = False

    @property
    def place(self) -> Place:
        return self.rule, self.subject

    @property
    def raised_at(self) -> datetime | None:
        """When it is first worth an alert; None: never."""
        return min(filter(None, (self.warning_at, self.critical_at)), default=None)

    def severity(self, now: datetime) -> Severity | None:
        """None where it has not lasted long enough."""
        if self.critical_at is not None and self.critical_at <= now:
            return Severity.CRITICAL
        if self.warning_at is not None and self.warning_at <= now:
            return Severity.WARNING
        return None


def judge(
    rules: Iterable[Rule], facts: Facts, known: Mapping[Place, datetime], now: datetime
) -> list[Breach]:
    """Everything that breaks a rule, whether it has lasted long enough yet or not. `known` is since
    when each breach was seen before. Nothing begins after `now`."""
    return [
        found
        for rule in rules
        for found in _LOOKS[rule.kind](rule, facts, _Known(known, rule, now))
    ]


@dataclass(frozen=True, slots=True)
class _Known:
    before: Mapping[Place, datetime]
    rule: Rule
    now: datetime

    def breach(
        self, subject: str, since: datetime | None, warning: int | None, critical: int | None
    ) -> Breach:
        began = min(since or self.now, self.now)
        place = (self.rule.id, subject)
        if self.rule.kind in REMEMBERED and place in self.before:
            began = min(self.before[place], self.now)
        one_stay = self.rule.kind in ONE_STAY
        return Breach(*place, began, _after(began, warning), _after(began, critical), one_stay)


def _after(began: datetime, seconds: int | None) -> datetime | None:
    return None if seconds is None else began + timedelta(seconds=seconds)


def _long_status(rule: Rule, facts: Facts, known: _Known) -> Iterator[Breach]:
    own = rule.warning is not None or rule.critical is not None
    for one in facts.people:
        warning, critical = (rule.warning, rule.critical) if own else (one.warning, one.critical)
        if _of(rule, one) and (warning, critical) != (None, None):
            yield known.breach(f"agent:{one.id}", one.since, warning, critical)


def _of(rule: Rule, one: Person) -> bool:
    return (
        rule.status in {None, one.status}
        and rule.reason in {None, one.reason}
        and rule.team in {None, one.team}
        and (rule.queue is None or rule.queue in one.queues)
    )


def _connection(rule: Rule, facts: Facts, known: _Known) -> Iterator[Breach]:
    for one in facts.alone if rule.kind is Kind.DEAD_CALL else facts.lost:
        if _of(rule, one):
            yield known.breach(f"agent:{one.id}", one.since, *_steps(rule))


def _few_ready(rule: Rule, facts: Facts, known: _Known) -> Iterator[Breach]:
    for line in _lines(rule, facts):
        short = line.ready < rule.at_least
        if short and (line.waiting or not rule.only_when_waiting):
            since = _latest(line.changed, line.longest_since if rule.only_when_waiting else None)
            yield known.breach(f"queue:{line.id}", since, *_steps(rule))
    for crew in facts.crews:
        if crew.id == rule.team and crew.ready < rule.at_least:
            yield known.breach(f"team:{crew.id}", crew.changed, *_steps(rule))


def _long_wait(rule: Rule, facts: Facts, known: _Known) -> Iterator[Breach]:
    for line in _lines(rule, facts):
        if line.longest_since:
            warning = line.seconds if rule.warning is None else rule.warning
            critical = rule.critical
            if critical is not None and critical <= warning:  # a queue that is allowed longer waits
                critical = None
            yield known.breach(f"queue:{line.id}", line.longest_since, warning, critical)


def _service_level(rule: Rule, facts: Facts, known: _Known) -> Iterator[Breach]:
    for line in _lines(rule, facts):
        if line.level is None or line.callers < rule.least_callers:
            continue
        target = line.target if rule.warning_percent is None else rule.warning_percent
        least = rule.critical_percent or 0
        level = line.level * 100 + 1e-9  # 57 of 100 callers are no less than 57 %
        if level < max(target, least):
            found = known.breach(f"queue:{line.id}", None, 0, None)
            yield replace(found, critical_at=known.now) if level < least else found


def _link_lost(rule: Rule, facts: Facts, known: _Known) -> Iterator[Breach]:
    for link in facts.links:
        yield known.breach(f"connector:{link.id}", link.lost_since, *_steps(rule))


_LOOKS = {
    Kind.LONG_STATUS: _long_status,
    Kind.GAP: _few_ready,
    Kind.FEW_READY: _few_ready,
    Kind.LONG_WAIT: _long_wait,
    Kind.SERVICE_LEVEL: _service_level,
    Kind.LINK_LOST: _link_lost,
    Kind.CONNECTION_LOST: _connection,
    Kind.DEAD_CALL: _connection,
}


def _steps(rule: Rule) -> tuple[int | None, int | None]:
    """Seconds until warning and critical; where neither is given, a warning at once."""
    if rule.warning is None and rule.critical is None:
        return 0, None
    return rule.warning, rule.critical


def _lines(rule: Rule, facts: Facts) -> Iterator[Line]:
    if rule.team is None:
        yield from (line for line in facts.lines if rule.queue in {None, line.id})


def _latest(*moments: datetime | None) -> datetime | None:
    return max(filter(None, moments), default=None)
