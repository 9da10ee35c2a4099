"""The one door for writing presence: lock the agent's row, let the machine decide, save, record,
and tell readers once it is committed."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import Enum, StrEnum
from typing import Any

from django.db import connection, transaction
from django.db.models import QuerySet
from django.utils import timezone
from prometheus_client import Counter, Histogram

from presence import hints, machine, news, outbox, store
from presence.decision import Decision
from presence.events import Call, Choice, DeadlineReached, DeviceKind, Event, SettingsChanged
from presence.models import Agent, AgentState, Transition
from presence.rules import RulesReader, rules_for
from presence.state import Rules, State
from presence.statements import Page, Prepared
from presence.writing import write

EVENTS = Counter(
    "rollcall_events_total",
    "Events taken by the state machine, by what became of them",
    ["event", "cause", "outcome"],
)
CHANGES = Histogram(
    "rollcall_change_seconds",
    "Applying events that came together, from being asked until they are written",
    buckets=(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10),
)


class Result(StrEnum):
    """What became of an event. Only an applied one changed anything that is told; one that is
    noted was kept, and makes neither a version nor history."""

    APPLIED = "applied"
    NOTED = "noted"
    UNCHANGED = "unchanged"
    REFUSED = "refused"
    DUPLICATE = "duplicate"


_Name = tuple[int, str, str]
"""What an event is known by: its agent, its source and its id there."""


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
    with CHANGES.time(), write():
        rows = rows or lock({agent_id for agent_id, _ in events})
        read_rules, known, page = RulesReader(), _known(events), Page(rows.values())
        outcomes = [
            _apply(rows[agent_id], event, read_rules(rows[agent_id].agent), known, page)
            for agent_id, event in events
        ]
        page.write()
        changed = {o.agent_id for o in outcomes if o.result is Result.APPLIED}
        if changed:
            transaction.on_commit(lambda: hints.publish(changed))
    for (_, event), outcome in zip(events, outcomes, strict=True):
        cause = getattr(event, "cause", "")  # most happen by nobody's choice
        EVENTS.labels(type(event).__name__, cause, outcome.result.value).inc()
    return outcomes


def lock(agent_ids: set[int]) -> dict[int, AgentState]:
    """Lock agents' rows in id order until the transaction ends; gives them by agent.

    A caller that will write several agents one after the other locks them all first, so that two
    such callers never wait for each other. Raises `AgentState.DoesNotExist`.
    """
    found = _by_agent(_locked, agent_ids)
    if missing := agent_ids - found.keys():
        raise AgentState.DoesNotExist(f"No state for agent {min(missing)}.")
    return found


def lock_ready(agent_ids: Collection[int]) -> dict[int, AgentState]:
    """Lock those of these agents' rows that may receive and that nobody else has in hand.

    It never waits, so the caller may hold other locks.
    """
    return _by_agent(_ready, agent_ids)


def _by_agent(query: Prepared[AgentState], agent_ids: Collection[int]) -> dict[int, AgentState]:
    return {row.agent_id: row for row in query.objects(*sorted(agent_ids))} if agent_ids else {}


@Prepared
def _locked(agent_ids: Collection[int]) -> QuerySet[AgentState]:
    rows = AgentState.objects.select_for_update(of=("self",)).select_related("agent")
    return rows.filter(agent_id__in=agent_ids).order_by("agent_id")


@Prepared
def _ready(agent_ids: Collection[int]) -> QuerySet[AgentState]:
    free = AgentState.objects.select_for_update(of=("self",), skip_locked=True)
    rows = free.filter(agent_id__in=agent_ids, may_receive=True)
    return rows.select_related("agent").order_by("agent_id")


def _apply(row: AgentState, event: Event, rules: Rules, known: set[_Name], page: Page) -> Outcome:
    state, name = store.load(row), (row.agent_id, event.source, event.id)
    if name in known:
        return Outcome(row.agent_id, Result.DUPLICATE, Decision(state, changed=False))
    decision = machine.decide(state, event, rules)
    if not decision.changed:
        if isinstance(event, DeadlineReached | SettingsChanged):
            store.put(row, state, rules)  # settings move deadlines, and outdate them
        result = Result.REFUSED if decision.refused else Result.UNCHANGED
        return Outcome(row.agent_id, result, decision)
    if _is_sign(state, decision.state):
        store.put(row, decision.state, rules)
        return Outcome(row.agent_id, Result.NOTED, decision)
    row.version += 1
    told = outbox.told(row)
    if decision.closed:
        page.add(store.interval(row, decision.closed, decision.state.at))
        row.shown_version = row.version
    waited = None
    if state.pending and state.pending != decision.state.pending:
        waited = store.pending_mode(row, state.pending, decision.state)
        page.add(waited)
    store.put(row, decision.state, rules)
    page.add(_transition(row, event))
    if event.id:
        known.add(name)
    if outbox.told(row) != told:
        page.add(outbox.status_event(row))
    for one in news.of(row, event, waited):
        page.add(one)
    return Outcome(row.agent_id, Result.APPLIED, decision)


def _is_sign(before: State, after: State) -> bool:
    """Whether nothing changed but when there was a sign of the agent."""
    return replace(after, at=before.at, active_at=before.active_at) == before


_KNOWN = "SELECT agent_id, source, event_id FROM presence_transition WHERE "
_NAMED = "(source = %s AND event_id = %s AND agent_id = %s)"


def _known(events: Sequence[tuple[int, Event]]) -> set[_Name]:
    """Which of `events` were applied before. One without a name of its own is not known by it."""
    named = [(event.source, event.id, agent_id) for agent_id, event in events if event.id]
    if not named:
        return set()
    with connection.cursor() as cursor:
        cursor.execute(
            _KNOWN + " OR ".join([_NAMED] * len(named)), [part for name in named for part in name]
        )
        return set(cursor.fetchall())


def _transition(row: AgentState, event: Event) -> Transition:
    common = {"at", "source", "id", "actor"}
    return Transition(
        agent_id=row.agent_id,
        version=row.version,
        at=row.at,
        event=type(event).__name__,
        details={key: _plain(value) for key, value in vars(event).items() if key not in common},
        source=event.source,
        event_id=event.id or None,
        actor_id=event.actor,
    )


def _plain(value: Any) -> Any:
    """`value` as JSON can hold it."""
    if isinstance(value, Choice | Call):
        return {key: _plain(item) for key, item in vars(value).items()}
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
        store.put(row, state, rules)
        row.save(force_insert=True)
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
