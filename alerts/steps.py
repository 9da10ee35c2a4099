"""What has to change in the alerts that are open, now that these rules are broken. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from alerts.judge import Breach, Place
from alerts.kinds import Severity

HYSTERESIS = timedelta(seconds=30)
"""What comes back within it was never away: it is told once."""


@dataclass(frozen=True, slots=True)
class Standing:
    """How bad an alert is: `worsened_at` is when it became critical, `eased_at` when it was that no
    more."""

    severity: Severity
    since: datetime
    worsened_at: datetime | None = None
    eased_at: datetime | None = None

    def goes_on(self, breach: Breach) -> bool:
        """Whether `breach` is the one that this is about."""
        return not breach.one_stay or breach.since <= self.since

    def moved(self, breach: Breach, now: datetime) -> "Standing":
        """As `breach` has it now. Whoever turns critical again within a moment does not worsen."""
        severity = breach.severity(now) or self.severity
        after = replace(self, severity=severity, since=breach.since)
        if severity is self.severity:
            return after
        if severity is Severity.WARNING:
            return replace(after, eased_at=now)
        at = breach.critical_at or now
        again = self.worsened_at and self.eased_at and at - self.eased_at <= HYSTERESIS
        return after if again else replace(after, worsened_at=at)


@dataclass(frozen=True, slots=True)
class Steps:
    """Breaches to raise, open alerts that changed or are over, and onsets to note or forget."""

    raised: tuple[Breach, ...]
    moved: tuple[Breach, ...]
    cleared: tuple[Place, ...]
    noted: tuple[Breach, ...]
    forgotten: tuple[Place, ...]

    def __bool__(self) -> bool:
        """Whether there is anything to change."""
        return any((self.raised, self.moved, self.cleared, self.noted, self.forgotten))


def steps(
    found: Iterable[Breach],
    open_: Mapping[Place, Standing],
    onsets: Mapping[Place, datetime],
    remembered: Iterable[int],
    now: datetime,
) -> Steps:
    """`remembered` are the rules whose onsets are to be noted."""
    breaches = {breach.place: breach for breach in found}
    due = {place: breach for place, breach in breaches.items() if breach.severity(now)}
    waits = {
        place: breach
        for place, breach in breaches.items()
        if place not in due and breach.raised_at and breach.rule in set(remembered)
    }
    lasting = {
        place: standing
        for place, standing in open_.items()
        if place in due and standing.goes_on(due[place])
    }
    return Steps(
        raised=tuple(breach for place, breach in due.items() if place not in lasting),
        moved=tuple(
            due[place]
            for place, standing in lasting.items()
            if standing.moved(due[place], now) != standing
        ),
        cleared=tuple(place for place in open_ if place not in lasting),
        noted=tuple(breach for place, breach in waits.items() if place not in onsets),
        forgotten=tuple(place for place in onsets if place not in waits),
    )
