"""The agent's own bar: what they see of themselves on every page."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone

from dashboard import links
from dashboard.links import NONE, PLAIN, Marks
from dashboard.people import initials
from dashboard.rows import Look, Talk, Waiting, queue_of, reason_text, set_by, talk, waiting
from notifications import box
from notifications.box import Box
from presence import derive, store
from presence.choices import Option, options
from presence.derive import Refusal
from presence.events import Cause, DeviceKind
from presence.models import Agent, AgentState, Status
from presence.rules import RulesReader
from presence.state import LegState, Rules, State
from presence.words import CAUSE, DEVICE


@dataclass(frozen=True)
class Switch:
    """One of the agent's devices and whether it takes calls."""

    kind: str
    label: str
    on: bool


@dataclass(frozen=True)
class Offer:
    """A call that Rollcall lets ring at the agent until `deadline`: theirs to answer or reject."""

    leg: str
    queue: str
    caller: str
    deadline: datetime | None


@dataclass(frozen=True)
class Bar:
    agent: Agent
    version: int
    initials: str
    status: Look
    reason: str
    set_by: str
    since: datetime
    max_seconds: int | None
    critical_seconds: int | None
    cause: str
    mode: str
    mode_reason: int | None
    engaged: bool
    pending: Waiting | None
    talk: Talk | None
    offer: Offer | None
    wrap_up: str
    wrap_up_until: datetime | None
    menu: tuple[Option, ...]
    switches: tuple[Switch, ...]
    why_not: tuple[Refusal, ...]
    microphone_refused: bool
    idle_at: datetime | None
    idle_then: str
    unconfirmed: str
    box: Box


def read(agent_ids: Iterable[int], marks: Marks = NONE) -> dict[int, Bar]:
    """The bars of these active agents, with their marks. Agents of one team share one reading of
    the menu."""
    menus: dict[int | None, tuple[Option, ...]] = {}
    looks = {status.code: status for status in Status.objects.all()}
    rules_for = RulesReader()
    labels = {code: Look.of(status).label for code, status in looks.items()}
    boxes = box.read(ids := list(agent_ids), labels)
    bars = {}
    for row in _states(ids):
        team = row.agent.team_id
        if team not in menus:
            menus[team] = tuple(options(row.agent))
        unconfirmed = marks.get(row.agent_id, PLAIN).unconfirmed
        bars[row.agent_id] = _bar(
            row,
            rules_for(row.agent),
            menus[team],
            looks,
            box=boxes.get(row.agent_id, box.EMPTY),
            unconfirmed=unconfirmed,
        )
    return bars


def read_one(agent: Agent) -> Bar:
    """Raises `KeyError` for an agent who is not active or was never enrolled."""
    return read([agent.pk], links.marks(timezone.now(), agent_ids=[agent.pk]))[agent.pk]


def _states(agent_ids: Iterable[int]) -> Iterable[AgentState]:
    return (
        AgentState.objects.filter(agent__active=True, agent_id__in=list(agent_ids))
        .select_related(
            "agent__team",
            "shown_reason",
            "mode_reason",
            "mode_actor__agent",
            "pending",
            "pending_reason",
            "pending_actor__agent",
            "mode_actor__agent",
        )
        .prefetch_related("agent__devices")
    )


def _bar(
    row: AgentState,
    rules: Rules,
    menu: tuple[Option, ...],
    looks: dict[str, Status],
    *,
    box: Box,
    unconfirmed: str,
) -> Bar:
    state = store.load(row)
    own = looks[derive.shown_status(state, rules, to_self=True)]
    reason, since = _own_reason_and_since(row, own.code)
    idle_at, then = derive.idle_out(state, rules), looks[row.mode_id].after_idle_id
    wrap_up = next((leg for leg in state.legs if leg.state is LegState.WRAP_UP), None)
    refusals = derive.receive_refusals(state, rules)
    return Bar(
        agent=row.agent,
        version=row.version,
        initials=initials(row.agent.name),
        status=Look.of(own),
        reason=reason,
        set_by=set_by(row.mode_cause, row.mode_actor) if own.code == row.mode_id else "",
        since=since,
        max_seconds=own.max_seconds,
        critical_seconds=own.critical_seconds,
        cause=_rule(row) if own.code == row.mode_id else "",
        mode=row.mode_id,
        mode_reason=row.mode_reason_id,
        engaged=state.engaged,
        pending=waiting(row),
        talk=talk(row),
        offer=offer(state),
        wrap_up=wrap_up.id if wrap_up else "",
        wrap_up_until=wrap_up.deadline if wrap_up else None,
        menu=menu,
        switches=_switches(row.agent, state),
        why_not=refusals,
        microphone_refused=state.microphone_refused,
        idle_at=idle_at,
        idle_then=Look.of(looks[then]).label if then else "",
        unconfirmed=unconfirmed,
        box=box,
    )


def offer(state: State) -> Offer | None:
    """What rings at the agent by Rollcall's decision; a telephony's own offers are its to take."""
    for leg in state.legs:
        if leg.state is LegState.OFFERED and leg.offered_by_rollcall:
            return Offer(leg.id, queue_of(leg), leg.call.caller, leg.deadline)
    return None


def _own_reason_and_since(row: AgentState, code: str) -> tuple[str, datetime]:
    """Where the agent sees their mode while others see Offline, its reason and since are told."""
    if code == row.shown_status_id:
        return reason_text(row.shown_reason, row.shown_note), row.shown_since
    return reason_text(row.mode_reason, row.mode_note), row.mode_since


_RULES = frozenset({Cause.CALLS_MISSED, Cause.CONNECTION_LOST, Cause.IDLE, Cause.MAXIMUM_DURATION})


def _rule(row: AgentState) -> str:
    """By which rule the agent is in their mode, where nobody chose it."""
    cause = Cause(row.mode_cause)
    return CAUSE[cause] if cause in _RULES else ""


def _switches(agent: Agent, state: State) -> tuple[Switch, ...]:
    return tuple(
        Switch(kind.value, DEVICE[kind], kind in state.devices)
        for kind in (DeviceKind(device.kind) for device in agent.devices.all())
    )
