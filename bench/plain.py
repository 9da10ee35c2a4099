"""One transition by the plain ORM, a row at a time: slow and obvious. Tests hold the write path
against it, and `bench.transitions` measures both."""

from dataclasses import asdict
from datetime import timedelta
from enum import Enum
from typing import Any

from django.conf import settings
from django.db import transaction

from presence import hints, machine, news, outbox, store
from presence.decision import Decision
from presence.events import DeadlineReached, Event, SettingsChanged
from presence.models import Agent, AgentState, Floor, Status, Transition
from presence.state import LoginPolicy, PresencePolicy, Rules, State, StatusRule
from presence.writing import write


def apply(agent_id: int, event: Event) -> bool:
    """Apply one event to one agent; gives whether it made a version."""
    with write():
        rows = AgentState.objects.select_for_update(of=("self",)).select_related("agent")
        row = rows.get(agent_id=agent_id)
        rules, state = rules_of(row.agent), store.load(row)
        known = Transition.objects.filter(source=event.source, event_id=event.id, agent=agent_id)
        if event.id and known.exists():
            return False
        decision = machine.decide(state, event, rules)
        if decision.changed or isinstance(event, DeadlineReached | SettingsChanged):
            made = decision.changed and not _is_sign(state.__dict__, decision.state.__dict__)
            _save(row, event, state, decision, rules) if made else _keep(row, decision, rules)
            return made
    return False


def rules_of(agent: Agent) -> Rules:
    """The settings that decide for `agent`, each row read by itself."""
    floor = Floor.objects.get_or_create(pk=1)[0]
    return Rules(
        statuses={
            s.code: StatusRule(
                s.accepts_inbound,
                s.allows_outbound,
                s.max_seconds,
                s.after_maximum_id,
                s.idle_seconds,
                s.after_idle_id,
            )
            for s in Status.objects.all()
        },
        presence=PresencePolicy(agent.presence_policy),
        login=LoginPolicy(agent.login_policy or floor.login_policy),
        grace=timedelta(seconds=floor.grace_seconds),
        lost_then=floor.after_connection_lost_id,
        receives_in_grace=settings.RECEIVE_DURING_GRACE,
        choice_ends_wrap_up=settings.CHOICE_ENDS_WRAP_UP,
        choice_ends_offer=settings.CHOICE_ENDS_OFFER,
        active=agent.active,
    )


def _is_sign(before: dict[str, Any], after: dict[str, Any]) -> bool:
    return {name for name in before if before[name] != after[name]} <= {"at", "active_at"}


def _keep(row: AgentState, decision: Decision, rules: Rules) -> None:
    store.put(row, decision.state, rules)
    row.save()


def _save(row: AgentState, event: Event, state: State, decision: Decision, rules: Rules) -> None:
    row.version += 1
    told, waited = outbox.told(row), None
    if decision.closed:
        store.interval(row, decision.closed, decision.state.at).save()
        row.shown_version = row.version
    if state.pending and state.pending != decision.state.pending:
        waited = store.pending_mode(row, state.pending, decision.state)
        waited.save()
    _keep(row, decision, rules)
    common = {"at", "source", "id", "actor"}
    Transition(
        agent_id=row.agent_id,
        version=row.version,
        at=row.at,
        event=type(event).__name__,
        details={k: _plain(v) for k, v in asdict(event).items() if k not in common},
        source=event.source,
        event_id=event.id or None,
        actor_id=event.actor,
    ).save()
    if outbox.told(row) != told:
        outbox.status_event(row).save()
    for one in news.of(row, event, waited):
        one.save()
    transaction.on_commit(lambda: hints.publish([row.agent_id]))


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, frozenset):
        return sorted(_plain(item) for item in value)
    return value.value if isinstance(value, Enum) else value
