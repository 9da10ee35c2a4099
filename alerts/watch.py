"""One look at the floor: raises, moves and clears alerts, once for each crossing, by any number of
processes at any time."""

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
class _Found:
    """What a look found: the rules that are active, the alerts that are open, and what is to do."""

    rules: dict[int, Rule]
    alerts: dict[Place, Alert]
    todo: Steps


def look(now: datetime, days: facts.Days = figures.today) -> bool:
    """Bring the alerts up to date with the floor as of `now`. True where that changed any."""
    if not _find(now, days).todo:
        return False
    with write():
        list(Rule.objects.select_for_update().order_by("pk"))
        # Whoever looked at the same moment has written it, and the floor went on: see anew.
        found = _find(now, days)
        _write(found, now)
    todo = found.todo
    return bool(todo.raised or todo.moved or todo.cleared)


def _find(now: datetime, days: facts.Days) -> _Found:
    rules = {rule.pk: rule for rule in Rule.objects.filter(active=True)}
    alerts = {
        (alert.rule_id, alert.subject): alert
        for alert in Alert.objects.open().select_related("rule")
    }
    onsets = {(onset.rule_id, onset.subject): onset.since for onset in Onset.objects.all()}
    known = onsets | {place: alert.since for place, alert in alerts.items()}
    pure = [rule.pure() for rule in rules.values()]
    breaches = judge(pure, facts.read(pure, known, now, days), known, now)
    standings = {place: _standing(alert) for place, alert in alerts.items()}
    remembered = [rule.id for rule in pure if rule.kind in REMEMBERED]
    return _Found(rules, alerts, steps(breaches, standings, onsets, remembered, now))


def _write(found: _Found, now: datetime) -> None:
    todo = found.todo
    for place in todo.cleared:
        _clear(found.alerts[place], now)
    called = subjects.names(breach.subject for breach in todo.raised)
    for breach in todo.raised:
        if breach.subject in called:
            _raise(found.rules[breach.rule], breach, called[breach.subject], now)
    for breach in todo.moved:
        _move(found.alerts[breach.place], breach, now)
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


# Who acknowledges at the same moment writes the other columns.
_WATCHED = ("severity", "since", "worsened_at", "eased_at", "cleared_at", "about")


def _move(alert: Alert, breach: Breach, now: datetime) -> None:
    before = _standing(alert)
    after = before.moved(breach, now)
    worsened = after.worsened_at if after.worsened_at != before.worsened_at else None
    if worsened and alert.acknowledged_at and alert.acknowledged_at >= worsened:
        worsened = now  # who acknowledged it a moment ago was shown a warning
    alert.severity, alert.since = after.severity.value, after.since
    alert.worsened_at, alert.eased_at = worsened or before.worsened_at, after.eased_at
    alert.save(update_fields=_WATCHED)
    if worsened:
        put_event(EventType.ALERT_WORSENED, alert, worsened)


def _clear(alert: Alert, now: datetime) -> None:
    alert.cleared_at = subjects.ended(alert, now)
    alert.save(update_fields=_WATCHED)
    put_event(EventType.ALERT_CLEARED, alert, alert.cleared_at)


def _standing(alert: Alert) -> Standing:
    return Standing(Severity(alert.severity), alert.since, alert.worsened_at, alert.eased_at)
