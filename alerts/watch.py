"""One look at the floor: raises, moves and clears alerts, once for each crossing, by any number of
processes at any time."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from alerts import facts, subjects
from alerts.judge import Breach, Place, judge
from alerts.kinds import REMEMBERED, Severity
from alerts.models import Alert, Onset, Rule
from alerts.steps import HYSTERESIS, Standing, Steps, steps
from alerts.telling import put_event
from presence.outbox import EventType
from presence.writing import write
from routing import figures


@dataclass(frozen=True)
class _Before:
    """What is known of earlier looks."""

    alerts: dict[Place, Alert]
    onsets: dict[Place, datetime]

    @property
    def known(self) -> dict[Place, datetime]:
        return self.onsets | {place: alert.since for place, alert in self.alerts.items()}

    @property
    def standings(self) -> dict[Place, Standing]:
        return {place: _standing(alert) for place, alert in self.alerts.items()}


def look(now: datetime, days: facts.Days = figures.today) -> bool:
    """Bring the alerts up to date with the floor as of `now`. True where that changed any."""
    rules = list(Rule.objects.filter(active=True))
    before = _before()
    pure = [rule.pure() for rule in rules]
    seen = facts.read(pure, before.known, now, days)
    found = judge(pure, seen, before.known, now)
    if not _steps(rules, found, before, now).rules:
        return False
    with write():
        # Whoever looked at the same moment has it all written, or waits: so read again.
        touched = _steps(rules, found, before, now).rules
        list(Rule.objects.select_for_update().filter(pk__in=touched).order_by("pk"))
        before = _before()
        todo = _steps(rules, found, before, now)
        _write({rule.pk: rule for rule in rules}, before, todo, now)
    return bool(todo.raised or todo.moved or todo.cleared)


def _before() -> _Before:
    alerts = {
        (alert.rule_id, alert.subject): alert
        for alert in Alert.objects.open().select_related("rule")
    }
    onsets = {(rule, subject): since for rule, subject, since in _onsets()}
    return _Before(alerts, onsets)


def _onsets() -> Sequence[tuple[int, str, datetime]]:
    return list(Onset.objects.values_list("rule_id", "subject", "since"))


def _steps(rules: Sequence[Rule], found: Sequence[Breach], before: _Before, now: datetime) -> Steps:
    remembered = [rule.pk for rule in rules if rule.kind in REMEMBERED]
    return steps(found, before.standings, before.onsets, remembered, now)


def _write(rules: dict[int, Rule], before: _Before, todo: Steps, now: datetime) -> None:
    for place in todo.cleared:
        _clear(before.alerts[place], now)
    called = subjects.names(breach.subject for breach in todo.raised)
    for breach in todo.raised:
        if breach.subject in called:
            _raise(rules[breach.rule], breach, called[breach.subject], now)
    for breach in todo.moved:
        _move(before.alerts[breach.place], breach, now)
    for rule, subject in todo.forgotten:
        Onset.objects.filter(rule=rule, subject=subject).delete()
    Onset.objects.bulk_create(
        [Onset(rule_id=one.rule, subject=one.subject, since=one.since) for one in todo.noted]
    )


def _raise(rule: Rule, breach: Breach, name: str, now: datetime) -> None:
    raised_at = breach.raised_at or now
    lately = rule.alerts.filter(
        subject=breach.subject, cleared_at__gte=raised_at - HYSTERESIS
    ).order_by("cleared_at")
    if alert := lately.last():
        alert.cleared_at = None
        alert.about = subjects.about(rule, breach.subject)
        _move(alert, breach, now)
        put_event(EventType.ALERT_RAISED, alert, raised_at)
        return
    severity = breach.severity(now) or Severity.WARNING
    alert = Alert.objects.create(
        rule=rule,
        subject=breach.subject,
        name=name,
        about=subjects.about(rule, breach.subject),
        severity=severity.value,
        since=breach.since,
        raised_at=raised_at,
        worsened_at=breach.critical_at if severity is Severity.CRITICAL else None,
    )
    put_event(EventType.ALERT_RAISED, alert, raised_at)


def _move(alert: Alert, breach: Breach, now: datetime) -> None:
    before = _standing(alert)
    after = before.moved(breach, now)
    alert.severity, alert.since = after.severity.value, after.since
    alert.worsened_at, alert.eased_at = after.worsened_at, after.eased_at
    alert.save()
    if after.worsened_at != before.worsened_at:
        put_event(EventType.ALERT_WORSENED, alert, after.worsened_at or now)


def _clear(alert: Alert, now: datetime) -> None:
    alert.cleared_at = subjects.ended(alert, now)
    alert.save()
    put_event(EventType.ALERT_CLEARED, alert, alert.cleared_at)


def _standing(alert: Alert) -> Standing:
    return Standing(Severity(alert.severity), alert.since, alert.worsened_at, alert.eased_at)
