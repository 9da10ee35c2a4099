"""The monitor's rows: what the board tells of each agent."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.contrib.auth.models import User
from django.db.models import Prefetch, QuerySet

from dashboard.links import NONE, PLAIN, Mark, Marks
from dashboard.people import initials
from presence import derive, store
from presence.events import CallKind, Cause, DeviceKind, PhoneReach
from presence.models import AgentState, Reason, Status
from presence.models.catalogue import Workforce
from presence.naming import name_of
from presence.state import Leg, Webphone
from presence.words import ACTIVITY, CAUSE, WHY_NOT, label_of
from presence.words import lazily as _
from routing.models import Membership


@dataclass(frozen=True)
class Look:
    """How a status looks, and where it stands in the catalogue."""

    code: str
    label: str
    colour: str
    icon: str
    order: int

    @classmethod
    def of(cls, status: Status) -> "Look":
        label = label_of(status.label, built_in=status.built_in)
        return cls(status.code, label, status.colour, status.icon, status.order)


@dataclass(frozen=True)
class DeviceMark:
    """One device that takes calls: `state` is on, lost, off, unreachable or unknown."""

    kind: str
    state: str
    title: str


@dataclass(frozen=True)
class Waiting:
    """A pending mode, and who asked for it."""

    label: str
    reason: str
    since: datetime
    by: str

    @property
    def text(self) -> str:
        return with_reason(self.label, self.reason)


@dataclass(frozen=True)
class Talk:
    """The agent's part in the call that the board tells of."""

    leg: str
    state: str
    label: str
    since: datetime
    queue: str
    caller: str


@dataclass(frozen=True)
class Serves:
    """A queue that the agent serves, and whether they opted out of it."""

    id: int
    name: str
    opted_out: bool


@dataclass(frozen=True)
class Row:
    id: int
    version: int
    name: str
    initials: str
    team_id: int | None
    team: str
    status: Look
    reason: str
    since: datetime
    max_seconds: int | None
    critical_seconds: int | None
    cause: str
    set_by: str
    workforce: Workforce
    availability: str
    why_not: tuple[str, ...]
    pending: Waiting | None
    talk: Talk | None
    queues: tuple[Serves, ...]
    devices: tuple[DeviceMark, ...]
    mark: Mark

    @property
    def text(self) -> str:
        """What the text filter looks in."""
        words = [self.name, self.team, self.status.label, self.reason]
        if self.talk:
            words += [self.talk.queue, self.talk.caller]
        return " ".join(str(word) for word in words if word).lower()

    @property
    def queue_ids(self) -> str:
        return " ".join(str(queue.id) for queue in self.queues)

    @property
    def left_queue_ids(self) -> str:
        """The queues that the agent opted out of."""
        return " ".join(str(queue.id) for queue in self.queues if queue.opted_out)

    @property
    def device_order(self) -> str:
        """Sorts the fewest working devices first."""
        working = sum(device.state == "on" for device in self.devices)
        return f"{working} {' '.join(device.kind for device in self.devices)}"


def with_reason(label: str, reason: str) -> str:
    return f"{label} – {reason}" if reason else label  # noqa: RUF001 - as people write it


def reason_text(reason: Reason | None, note: str) -> str:
    return reason.label if reason else note


def read(ids: Iterable[int] | None = None, marks: Marks = NONE) -> list[Row]:
    """The rows of these active agents (None: of all), by name, with their marks."""
    memberships = Membership.objects.filter(ring_group__queue__active=True)
    states: QuerySet[AgentState] = (
        AgentState.objects.filter(agent__active=True)
        .select_related(
            "agent__team",
            "shown_status",
            "shown_reason",
            "shown_actor__agent",
            "pending",
            "pending_reason",
            "pending_actor__agent",
        )
        .prefetch_related(
            Prefetch(
                "agent__memberships",
                memberships.select_related("ring_group__queue"),
                to_attr="served",
            )
        )
        .order_by("agent__name", "pk")
    )
    if ids is not None:
        states = states.filter(pk__in=ids)
    return [_row(state, marks.get(state.pk, PLAIN)) for state in states]


def waiting(state: AgentState) -> Waiting | None:
    if state.pending is None or state.pending_since is None:
        return None
    return Waiting(
        label=label_of(state.pending.label, built_in=state.pending.built_in),
        reason=reason_text(state.pending_reason, state.pending_note),
        since=state.pending_since,
        by=_asked_by(state),
    )


def talk(state: AgentState) -> Talk | None:
    leg = derive.leading_leg(store.load(state))
    if leg is None:
        return None
    label = ACTIVITY[leg.state]
    return Talk(leg.id, leg.state.value, label, leg.since, queue_of(leg), leg.call.caller)


_NO_QUEUE = {CallKind.DIRECT: _("Direct"), CallKind.OUTBOUND: _("Outbound")}


def queue_of(leg: Leg) -> str:
    """The queue that the leg's call came from, or what kind of call comes from none."""
    return leg.call.queue or _NO_QUEUE.get(leg.call.kind, "")


def _row(state: AgentState, mark: Mark) -> Row:
    agent = state.agent
    availability, why_not = _availability(state)
    return Row(
        id=agent.pk,
        version=state.version,
        name=agent.name,
        initials=initials(agent.name),
        team_id=agent.team_id,
        team=agent.team.name if agent.team else "",
        status=Look.of(state.shown_status),
        reason=reason_text(state.shown_reason, state.shown_note),
        since=state.shown_since,
        max_seconds=state.shown_status.max_seconds,
        critical_seconds=state.shown_status.critical_seconds,
        cause=CAUSE[Cause(state.shown_cause)],
        set_by=set_by(state.shown_cause, state.shown_actor),
        workforce=Workforce(state.shown_status.workforce),
        availability=availability,
        why_not=why_not,
        pending=waiting(state),
        talk=talk(state),
        queues=_queues(state),
        devices=tuple(_device(state, DeviceKind(kind)) for kind in state.devices),
        mark=mark,
    )


def _queues(state: AgentState) -> tuple[Serves, ...]:
    served: list[Membership] = getattr(state.agent, "served", [])  # as `read` prefetched it
    stays = {membership.ring_group.queue for membership in served if not membership.opted_out}
    queues = {membership.ring_group.queue for membership in served}
    found = (Serves(queue.pk, queue.name, queue not in stays) for queue in queues)
    return tuple(sorted(found, key=lambda queue: queue.name))


def _availability(state: AgentState) -> tuple[str, tuple[str, ...]]:
    if state.pending_id:
        return "pending", ()
    if state.may_receive:
        return "available", ()
    return "unavailable", tuple(WHY_NOT[refusal] for refusal in state.refusals)


def _asked_by(state: AgentState) -> str:
    """Nobody, where the agent asked for it."""
    if state.pending_cause == Cause.AGENT:
        return ""
    return name_of(state.pending_actor) or CAUSE[Cause(state.pending_cause)]


def set_by(cause: str, actor: User | None) -> str:
    """The supervisor whose doing it is; nobody where it is not a supervisor's."""
    return name_of(actor) if cause == Cause.SUPERVISOR else ""


_WEBPHONE = {
    Webphone.CONNECTED: ("on", _("Webphone connected")),
    Webphone.LOST: ("lost", _("Webphone lost a moment ago")),
    Webphone.OFF: ("off", _("Webphone not connected")),
}
_PHONE = {
    PhoneReach.REACHABLE: ("on", _("SIP phone reachable")),
    PhoneReach.UNREACHABLE: ("unreachable", _("SIP phone unreachable")),
    PhoneReach.LOST: ("lost", _("SIP phone, the telephony is not connected")),
    PhoneReach.UNKNOWN: ("unknown", _("SIP phone, reachability unknown")),
}


def _device(state: AgentState, kind: DeviceKind) -> DeviceMark:
    if kind is DeviceKind.WEBPHONE:
        if state.microphone_refused:
            return DeviceMark(kind.value, "unreachable", _("Webphone without microphone"))
        return DeviceMark(kind.value, *_WEBPHONE[Webphone(state.webphone)])
    if kind is DeviceKind.SIP:
        return DeviceMark(kind.value, *_PHONE[PhoneReach(state.phone)])
    if kind is DeviceKind.MOBILE:
        return DeviceMark(kind.value, "on", _("Mobile app switched on"))
    return DeviceMark(kind.value, "on", _("Forwarding number switched on"))
