"""What alerts are about: agents, queues, teams and telephony systems, as `agent:1`."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db.models import CharField, Model, Q, QuerySet, Value
from django.db.models.functions import Cast, Concat

from alerts.kinds import Kind
from alerts.models import Alert, Rule
from presence.models import Agent, AgentState, Team
from routing import limits
from routing.models import Connector, Leg, Queue, QueueEntry
from routing.sight import Sight

MODELS: dict[str, type[Model]] = {
    "agent": Agent,
    "queue": Queue,
    "team": Team,
    "connector": Connector,
}


def parts(subject: str) -> tuple[str, int]:
    """The kind of thing and its primary key."""
    kind, _, key = subject.partition(":")
    return kind, int(key)


def seen(sight: Sight) -> Q:
    """Alerts about whom and what is seen. What no limit names concerns everybody: the telephony."""
    if not sight.limited:
        return Q()
    theirs = (
        _subjects("agent", Agent.objects.filter(limits.agents(sight))),
        _subjects("queue", Queue.objects.filter(limits.queues(sight))),
        _subjects("team", Team.objects.filter(limits.teams(sight))),
    )
    found = Q(subject__startswith="connector:")
    for subjects in theirs:
        found |= Q(subject__in=subjects)
    return found


def _subjects(kind: str, things: QuerySet[Any]) -> QuerySet[Any, Any]:
    named = Concat(Value(f"{kind}:"), Cast("pk", CharField()))
    found: QuerySet[Any, Any] = things.order_by().annotate(_subject=named).values("_subject")
    return found


def names(subjects: Iterable[str]) -> dict[str, str]:
    """What people call each of them now; nothing for those that are gone."""
    wanted: defaultdict[str, list[int]] = defaultdict(list)
    for subject in subjects:
        kind, key = parts(subject)
        wanted[kind].append(key)
    return {
        f"{kind}:{key}": name
        for kind, keys in wanted.items()
        for key, name in MODELS[kind]._default_manager.filter(pk__in=keys).values_list("pk", "name")
    }


def about(rule: Rule, subject: str) -> dict[str, Any]:
    """What to tell of a breach beside its subject and since: codes, and the labels of now."""
    match Kind(rule.kind):
        case Kind.LONG_STATUS:
            return _status(parts(subject)[1])
        case Kind.FEW_READY:
            return {"at_least": rule.at_least}
        case Kind.SERVICE_LEVEL:
            return {"percent": rule.warning_percent or _target(parts(subject)[1])}
        case _:
            return {}


def _status(agent: int) -> dict[str, Any]:
    shown = AgentState.objects.select_related("shown_status", "shown_reason").filter(pk=agent)
    return (
        {
            "status": state.shown_status_id,
            "label": state.shown_status.label,
            "built_in": state.shown_status.built_in,
            "reason": state.shown_reason.label if state.shown_reason else state.shown_note,
        }
        if (state := shown.first())
        else {}
    )


def _target(queue: int) -> int | None:
    targets = Queue.objects.filter(pk=queue)
    return targets.values_list("service_level_percent", flat=True).first()


def ended(alert: Alert, now: datetime) -> datetime:
    """When what was told of ended, as well as the database knows: not before it was raised."""
    _, key = parts(alert.subject)
    found: datetime | None = None
    match Kind(alert.rule.kind):
        case Kind.LONG_STATUS:
            since = AgentState.objects.filter(pk=key).values_list("shown_since", flat=True).first()
            found = since if since and since > alert.since else None
        case Kind.DEAD_CALL:
            legs = Leg.objects.filter(agent=key, alone_since=alert.since)
            found = legs.values_list("ended_at", flat=True).order_by("ended_at").last()
        case Kind.LONG_WAIT:
            waits = QueueEntry.objects.filter(queue=key, waiting_since=alert.since)
            found = waits.values_list("left_at", flat=True).order_by("left_at").last()
    return max(min(found or now, now), alert.raised_at)
