"""The alerts that boards show: those that are open, worst first."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.contrib.auth.models import User
from django.urls import reverse

from alerts import words
from alerts.kinds import Kind, Severity
from alerts.models import Alert
from alerts.subjects import parts
from dashboard.links import PLAIN, Mark
from dashboard.people import Visitor
from presence.naming import name_of

ACKNOWLEDGE = "alerts.acknowledge_alert"


@dataclass(frozen=True)
class OpenAlert:
    """One alert. `crossing` names what is told once; `teams` are those whose supervisors see it,
    none: everybody's; `by` acknowledged it, maybe before it worsened."""

    id: int
    crossing: str
    kind: Kind
    severity: Severity
    subject: str
    name: str
    about: Mapping[str, Any]
    since: datetime
    sound: str
    acknowledged: bool
    by: str
    teams: tuple[int, ...]

    @classmethod
    def of(cls, alert: Alert) -> "OpenAlert":
        severity = Severity(alert.severity)
        return cls(
            id=alert.pk,
            crossing=alert.crossing,
            kind=Kind(alert.rule.kind),
            severity=severity,
            subject=alert.subject,
            name=alert.name,
            about=alert.about,
            since=alert.since,
            sound=alert.rule.sound(severity).value,
            acknowledged=alert.acknowledged,
            by=name_of(alert.acknowledged_by),
            teams=tuple(sorted(team.pk for team in alert.rule.seen_by.all())),
        )

    @property
    def words(self) -> str:
        return words.sentence(self.kind, self.about)

    @property
    def url(self) -> str:
        return url_of(self.subject)

    @property
    def rank(self) -> tuple[bool, bool, datetime]:
        return self.acknowledged, self.severity is not Severity.CRITICAL, self.since


def url_of(subject: str) -> str:
    """Where to look at what an alert is about; empty where there is no such page."""
    kind, key = parts(subject)
    if kind == "agent":
        return reverse("agent_day", args=[key])
    if kind in ("queue", "team"):
        return f"{reverse('monitor')}?{urlencode({kind: key})}"
    return ""


def read() -> tuple[OpenAlert, ...]:
    """All that are open, those first that nobody knows of, then the worst, then the longest."""
    found = Alert.objects.open().select_related("rule", "acknowledged_by__agent")
    told = map(OpenAlert.of, found.prefetch_related("rule__seen_by"))
    return tuple(sorted(told, key=lambda alert: alert.rank))


def seen_by(alerts: Iterable[OpenAlert], teams: frozenset[int]) -> tuple[OpenAlert, ...]:
    """Those that a supervisor of these teams sees."""
    return tuple(alert for alert in alerts if not alert.teams or teams.intersection(alert.teams))


def may_acknowledge(user: Visitor) -> bool:
    return isinstance(user, User) and user.has_perm(ACKNOWLEDGE)


def marked(marks: Mapping[int, Mark], alerts: Iterable[OpenAlert]) -> dict[int, Mark]:
    """`marks`, with the worst alert about each agent."""
    found = dict(marks)
    for alert in _worst(alerts):
        kind, key = parts(alert.subject)
        if kind == "agent" and not found.get(key, PLAIN).alert:
            mark = found.get(key, PLAIN)
            found[key] = replace(mark, alert=alert.severity.value)
    return found


def of_queues(alerts: Iterable[OpenAlert]) -> dict[int, str]:
    """The severity of the worst alert about each queue."""
    found: dict[int, str] = {}
    for alert in _worst(alerts):
        kind, key = parts(alert.subject)
        if kind == "queue":
            found.setdefault(key, alert.severity.value)
    return found


def _worst(alerts: Iterable[OpenAlert]) -> list[OpenAlert]:
    return sorted(alerts, key=lambda alert: (alert.severity is not Severity.CRITICAL, alert.since))
