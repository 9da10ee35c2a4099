"""Alerts as wallboards show them: of queues and teams by name, of agents only how many."""

from collections import defaultdict
from collections.abc import Container, Iterable
from dataclasses import dataclass
from datetime import datetime

from alerts import words
from alerts.kinds import Kind, Severity
from alerts.subjects import parts
from dashboard.alerts import OpenAlert
from dashboard.wallboards import Wall


@dataclass(frozen=True)
class WallAlert:
    """An alert about the queue or team `name`, or (no name) those of one kind about agents, of
    which the worst and the longest count."""

    name: str
    words: str
    severity: Severity
    since: datetime


def shown(alerts: Iterable[OpenAlert], wall: Wall, agents: Container[int]) -> tuple[WallAlert, ...]:
    """Those for a wall that counts `agents`, in the language that is on, the worst first."""
    named: list[WallAlert] = []
    counted: defaultdict[Kind, list[OpenAlert]] = defaultdict(list)
    for alert in alerts:
        subject, key = parts(alert.subject)
        if not _for_everybody_here(alert, wall):
            continue
        if subject == "agent" and key in agents:
            counted[alert.kind].append(alert)
        elif (subject == "queue" and wall.has_queue(key)) or (
            subject == "team" and wall.has_team(key)
        ):
            named.append(WallAlert(alert.name, alert.words, alert.severity, alert.since))
    all_ = named + [_together(kind, found) for kind, found in counted.items()]
    return tuple(sorted(all_, key=lambda one: (one.severity is not Severity.CRITICAL, one.since)))


def _for_everybody_here(alert: OpenAlert, wall: Wall) -> bool:
    return not alert.teams or any(map(wall.has_team, alert.teams))


def _together(kind: Kind, alerts: list[OpenAlert]) -> WallAlert:
    severities = {alert.severity for alert in alerts}
    return WallAlert(
        name="",
        words=words.of_agents(kind, len({alert.subject for alert in alerts})),
        severity=Severity.CRITICAL if Severity.CRITICAL in severities else Severity.WARNING,
        since=min(alert.since for alert in alerts),
    )
