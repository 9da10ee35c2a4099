"""The one door for writing presence: lock the agent's row, let the machine decide, save, record,
and tell readers once it is committed."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from enum import Enum, StrEnum
from typing import Any

from django.db import transaction
from django.utils import timezone
from prometheus_client import Counter

from presence import hints, machine, news, outbox, store
from presence.decision import Decision
from presence.events import Choice, DeadlineReached, DeviceKind, Event, SettingsChanged
from presence.models import Agent, AgentState, Transition
from presence.rules import RulesReader, rules_for
from presence.state import Rules, State
from presence.writing import write

EVENTS = Counter("rollcall_events_total", "Events taken by the state machine", ["event", "outcome"])


class Result(StrEnum):
    """What became of an event. Only an applied one changed anything that is told; one that is
    noted was kept, and makes neither a version nor history."""

    APPLIED = "applied"
    NOTED = "noted"
    UNCHANGED = "unchanged"
    REFUSED = "refused"
    DUPLICATE = "duplicate"


@dataclass(frozen=True)
class Outcome:
    """What became of an event for one agent."""

    agent_id: int
    result: Result
    decision: Decision


def apply(agent_id: int, event: Event) -> Outcome:
    """Apply one event to one agent in one transaction.

    Raises `AgentState.DoesNotExist` for an agent that was never enrolled.
    """
    return apply_all([(agent_id, event)])[0]


def apply_all(
    events: Sequence[tuple[int, Event]], rows: dict[int, AgentState] | None = None
) -> list[Outcome]:
    """Apply events, in order, in one transaction. Agents' rows are locked in the order of ids,
    unless the caller gives the `rows` that it has locked."""
    with write():
        rows = rows or lock({agent_id for agent_id, _ in events})
        read_rules = RulesReader()
        outcomes = [_apply(rows[id_], event, read_rules(rows[id_].agent)) for id_, event in events]
        changed = {o.agent_id for o in outcomes if o.result is Result.APPLIED}
        if changed:
            transaction.on_commit(lambda: hints.publish(changed))
    for (_, event), outcome in zip(events, outcomes, strict=True):
        EVENTS.labels(type(event).__name__, outcome.result.value).inc()
    return outcomes


def lock(agent_ids: set[int]) -> dict[int, AgentState]:
    """Lock agents' rows in id order until the transaction ends; gives them by agent.

    A caller that will write several agents one after the other locks them all first, so that two
    such callers never wait for each other. Raises `AgentState.DoesNotExist`.
    """
    rows = AgentState.objects.select_for_update(of=("self",)).filter(agent_id__in=agent_ids)
    found = {row.agent_id: row for row in rows.select_related("agent").order_by("agent_id")}
    if missing := agent_ids - found.keys():
        raise AgentState.DoesNotExist(f"No state for agent {min(missing)}.")
    return found


def lock_ready(agent_ids: Collection[int]) -> dict[int, AgentState]:
    """Lock those of these agents' rows that may receive and that nobody else has in hand.

    It never waits, so the caller may hold other locks.
    """
    rows = AgentState.objects.select_for_update(of=("self",), skip_locked=True)
    ready = rows.filter(agent_id__in=agent_ids, may_receive=True)
    return {row.agent_id: row for row in ready.select_related("agent").order_by("agent_id")}


def _apply(row: AgentState, event: Event, rules: Rules) -> Outcome:
    state = store.load(row)
    if event.id and _known(row.agent_id, event):
        return Outcome(row.agent_id, Result.DUPLICATE, Decision(state, changed=False))
    decision = machine.decide(state, event, rules)
    if not decision.changed:
        if isinstance(event, DeadlineReached | SettingsChanged):
            store.save(row, state, rules)  # settings move deadlines, and outdate them
        result = Result.REFUSED if decision.refused else Result.UNCHANGED
        return Outcome(row.agent_id, result, decision)
    if _is_sign(state, decision.state):
        store.save(row, decision.state, rules)
        return Outcome(row.agent_id, Result.NOTED, decision)
    row.version += 1
    told = outbox.told(row)
    if decision.closed:
        store.interval(row, decision.closed, decision.state.at).save()
        row.shown_version = row.version
    waited = None
    if state.pending and state.pending != decision.state.pending:
        waited = store.pending_mode(row, state.pending, decision.state)
        waited.save()
    store.save(row, decision.state, rules)
    _record(row, event)
    if outbox.told(row) != told:
        outbox.put_status(row)
    news.put(row, event, waited)
    return Outcome(row.agent_id, Result.APPLIED, decision)


def _is_sign(before: State, after: State) -> bool:
    """Whether nothing changed but when there was a sign of the agent."""
    return replace(after, at=before.at, active_at=before.active_at) == before


def _known(agent_id: int, event: Event) -> bool:
    return Transition.objects.filter(
        source=event.source, event_id=event.id, agent_id=agent_id
    ).exists()


def _record(row: AgentState, event: Event) -> None:
    common = {"at", "source", "id", "actor"}
    details = {key: value for key, value in asdict(event).items() if key not in common}
    Transition(
        agent_id=row.agent_id,
        version=row.version,
        at=row.at,
        event=type(event).__name__,
        details=_plain(details),
        source=event.source,
        event_id=event.id or None,
        actor_id=event.actor,
    ).save()


def _plain(value: Any) -> Any:
    """`value` as JSON can hold it."""
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, frozenset):
        return sorted(_plain(item) for item in value)
    return value.value if isinstance(value, Enum) else value


def enrol(
    agent: Agent,
    at: datetime | None = None,
    mode: Choice | None = None,
    *,
    telephony_logged_in: bool = False,
) -> AgentState:
    """Give a new agent a state (Offline, unless `mode` says otherwise) from `at` on, and at least
    a webphone. An agent who has a state keeps it."""
    with write():
        if existing := AgentState.objects.filter(agent=agent).first():
            return existing
        if not agent.devices.exists():
            agent.devices.create(kind=DeviceKind.WEBPHONE.value)
        rules = rules_for(agent)
        state = machine.new_state(
            at or timezone.now(),
            rules,
            _enabled(agent),
            mode,
            telephony_logged_in=telephony_logged_in,
        )
        row = AgentState(agent=agent)
        store.save(row, state, rules)
        transaction.on_commit(lambda: hints.publish([agent.pk]))
        return row


def refresh(agent_ids: Iterable[int], actor: int | None = None) -> list[Outcome]:
    """Derive these agents' states anew after a setting changed, and have boards read them again."""
    now = timezone.now()
    with write():
        found = Agent.objects.filter(pk__in=agent_ids, state__isnull=False)
        lock(set(found.values_list("pk", flat=True)))  # before what they are derived from is read
        agents = found.prefetch_related("devices")
        outcomes = apply_all(
            [(a.pk, SettingsChanged(at=now, actor=actor, devices=_enabled(a))) for a in agents]
        )
        unchanged = [o.agent_id for o in outcomes if o.result is not Result.APPLIED]
        # A new label or name changes no state but must reach the boards: versions only grow.
        for row in lock(set(unchanged)).values():
            row.version += 1
            row.save(update_fields=["version"])
        transaction.on_commit(lambda: hints.publish(unchanged))
    return outcomes


def _enabled(agent: Agent) -> frozenset[DeviceKind]:
    return frozenset(DeviceKind(device.kind) for device in agent.devices.all() if device.enabled)
