"""What follows from a state: the status that shows (SPEC 3), who may get a call (SPEC 4), and what
is due when. Pure functions of the state and the rules."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from presence.events import CallKind, Cause, DeviceKind, PhoneReach
from presence.state import Leg, LegState, PresencePolicy, Rules, Shown, State, Webphone

OFFLINE = "offline"
AVAILABLE = "available"
BUSY = "busy"
RINGING = "ringing"
ON_CALL = "on_call"
WRAP_UP = "wrap_up"
NO_ANSWER = "no_answer"
OUTBOUND_ONLY = "outbound_only"

ACTIVITY_ORDER = (
    LegState.IN_CONFERENCE,
    LegState.CONSULTING,
    LegState.HANDLING,
    LegState.DIALING,
    LegState.ON_HOLD,
    LegState.MONITORING,
)
"""Which leg's state shows when an agent has several, first wins."""


class Refusal(StrEnum):
    """Why an agent may not be offered, or may not place, a call. The last three are about one queue
    or one call, and known to the routing layer."""

    MODE = "mode"
    ENGAGED = "engaged"
    PENDING = "pending"
    NO_ANSWER = "no_answer"
    COOL_DOWN = "cool_down"
    NOT_PRESENT = "not_present"
    NO_DEVICE = "no_device"
    UNREACHABLE = "unreachable"
    LINK_LOST = "link_lost"
    INACTIVE = "inactive"
    NOT_MEMBER = "not_member"
    OPTED_OUT = "opted_out"
    REJECTED = "rejected"


class Timer(StrEnum):
    """The kinds of deadline, in the order in which they fire when due at the same instant."""

    RING = "ring"
    WRAP_UP = "wrap_up"
    NO_ANSWER = "no_answer"
    COOL_DOWN = "cool_down"
    GRACE = "grace"
    MAXIMUM = "maximum"
    IDLE = "idle"


@dataclass(frozen=True)
class Deadline:
    """Something due at `at` (aware UTC); `leg` names the leg whose ring or wrap-up it ends."""

    at: datetime
    timer: Timer
    leg: str = ""


def webphone_present(state: State) -> bool:
    """The page is open somewhere (or within grace) and its microphone was not refused."""
    return state.webphone is not Webphone.OFF and not state.microphone_refused


def phone_present(state: State) -> bool:
    """The telephony has the agent logged in and can reach the phone, as far as it knows."""
    return state.telephony_logged_in and state.phone is not PhoneReach.UNREACHABLE


def is_present(state: State, rules: Rules) -> bool:
    """Whether the agent is there, by the agent's presence policy."""
    if rules.presence is PresencePolicy.BROWSER:
        return webphone_present(state)
    if rules.presence is PresencePolicy.TELEPHONY:
        return phone_present(state)
    return webphone_present(state) or phone_present(state)


def speaking_leg(state: State) -> Leg | None:
    """The leg whose state is the activity: beyond the offer, not in wrap-up, most telling first."""
    legs = [leg for leg in state.legs if leg.state in ACTIVITY_ORDER]
    return min(legs, key=lambda leg: (ACTIVITY_ORDER.index(leg.state), leg.since), default=None)


def leading_leg(state: State) -> Leg | None:
    """The leg that the board tells of: the speaking one, else the one that rings, else wrap-up."""
    for wanted in (LegState.OFFERED, LegState.WRAP_UP):
        if speaking := speaking_leg(state):
            return speaking
        for leg in state.legs:
            if leg.state is wanted:
                return leg
    return None


def shown_status(state: State, rules: Rules, *, to_self: bool = False) -> str:
    """The status code that shows: the first rule of SPEC 3 that applies.

    `to_self` gives the agent's own view, who is not Offline to themselves while a mobile app, SIP
    phone or forwarding number can reach them.
    """
    if leg := leading_leg(state):
        return {LegState.OFFERED: RINGING, LegState.WRAP_UP: WRAP_UP}.get(leg.state, ON_CALL)
    if state.no_answer:
        return NO_ANSWER
    reachable_elsewhere = to_self and bool(state.devices - {DeviceKind.WEBPHONE})
    if not is_present(state, rules) and not reachable_elsewhere:
        return OFFLINE
    if not state.devices and state.mode.status != OFFLINE:
        return OUTBOUND_ONLY
    return state.mode.status


def show(state: State, rules: Rules, cause: Cause, actor: int | None) -> Shown:
    """What shows now. Its since is the old one while status and reason stay."""
    status = shown_status(state, rules)
    from_mode = status == state.mode.status and not state.legs and not state.no_answer
    reason, note = (state.mode.reason, state.mode.note) if from_mode else (None, "")
    speaking = speaking_leg(state)
    activity = speaking.state if speaking else None
    activity_since = speaking.since if speaking else None
    before = state.shown
    if (before.status, before.reason, before.note) == (status, reason, note):
        return replace(before, activity=activity, activity_since=activity_since)
    if status == OFFLINE and state.mode.status != OFFLINE and cause in _ENDS_OF_CALLS:
        cause, actor = _absence(state, rules), None
    return Shown(status, reason, note, state.at, cause, actor, activity, activity_since)


_ENDS_OF_CALLS = frozenset(
    {
        Cause.CALL,
        Cause.REJECTED,
        Cause.RING_NO_ANSWER,
        Cause.WRAP_UP_EXPIRED,
        Cause.HOLD_EXPIRED,
    }
)
"""What uncovers that an agent went away meanwhile, but is not why they are Offline."""


def _absence(state: State, rules: Rules) -> Cause:
    if rules.presence is PresencePolicy.TELEPHONY:
        return Cause.TELEPHONY
    return Cause.CONNECTION_LOST if state.webphone is Webphone.OFF else Cause.MICROPHONE


def receive_refusals(
    state: State, rules: Rules, kind: CallKind = CallKind.QUEUE
) -> tuple[Refusal, ...]:
    """Every cause that keeps a call of this kind from being offered; empty when it may be."""
    causes = []
    if not rules.active:
        return (Refusal.INACTIVE,)
    if kind is CallKind.DIRECT:
        wraps_up = all(leg.state is LegState.WRAP_UP for leg in state.legs)
        return () if wraps_up else (Refusal.ENGAGED,)
    if not rules.accepts_inbound(state.mode.status):
        causes.append(Refusal.MODE)
    if state.pending:
        causes.append(Refusal.PENDING)
    if state.engaged:
        causes.append(Refusal.ENGAGED)
    if state.no_answer:
        causes.append(Refusal.NO_ANSWER)
    if state.cool_down_until:
        causes.append(Refusal.COOL_DOWN)
    causes.extend(_device_refusals(state, rules, kind))
    return tuple(causes)


def _device_refusals(state: State, rules: Rules, kind: CallKind) -> list[Refusal]:
    connected = state.webphone is Webphone.CONNECTED or (
        state.webphone is Webphone.LOST and rules.receives_in_grace
    )
    webphone = connected and not state.microphone_refused
    if kind is CallKind.CAMPAIGN and not webphone:
        return [Refusal.NOT_PRESENT]
    if not state.devices:
        return [Refusal.NO_DEVICE]
    if (webphone and DeviceKind.WEBPHONE in state.devices) or (
        state.devices & {DeviceKind.MOBILE, DeviceKind.FORWARDING}
    ):
        return []
    if DeviceKind.SIP in state.devices:
        if state.phone is PhoneReach.UNREACHABLE:
            return [Refusal.UNREACHABLE]
        if state.phone is PhoneReach.LOST:
            return [Refusal.LINK_LOST]
        if rules.presence is PresencePolicy.TELEPHONY and not state.telephony_logged_in:
            return [Refusal.NOT_PRESENT]
        return []
    return [Refusal.NOT_PRESENT]


def place_refusals(state: State, rules: Rules) -> tuple[Refusal, ...]:
    """Every cause that keeps the agent from placing a call; empty when they may."""
    causes = []
    rule = rules.statuses.get(shown_status(state, rules))
    if rule is None or not rule.allows_outbound:
        causes.append(Refusal.ENGAGED if state.engaged else Refusal.MODE)
    phone = state.phone is not PhoneReach.UNREACHABLE
    if not (
        webphone_present(state)
        or DeviceKind.MOBILE in state.devices
        or (DeviceKind.SIP in state.devices and phone)
    ):
        causes.append(Refusal.NO_DEVICE)
    return tuple(causes)


def deadlines(state: State, rules: Rules) -> list[Deadline]:
    """Everything that is due some time, earliest first."""
    due = [
        Deadline(
            leg.deadline, Timer.RING if leg.state is LegState.OFFERED else Timer.WRAP_UP, leg.id
        )
        for leg in state.legs
        if leg.deadline
    ]
    if state.no_answer and state.no_answer.until:
        due.append(Deadline(state.no_answer.until, Timer.NO_ANSWER))
    if state.cool_down_until:
        due.append(Deadline(state.cool_down_until, Timer.COOL_DOWN))
    if state.webphone is Webphone.LOST and state.grace_until:
        due.append(Deadline(state.grace_until, Timer.GRACE))
    due.extend(_ends_of_mode(state, rules))
    order = list(Timer)
    return sorted(
        due, key=lambda deadline: (deadline.at, order.index(deadline.timer), deadline.leg)
    )


def _ends_of_mode(state: State, rules: Rules) -> list[Deadline]:
    """When the mode ends by its maximum duration, or for want of a sign of the agent. A call on top
    of it puts that off."""
    rule = rules.statuses.get(state.mode.status)
    if state.engaged or not rule:
        return []
    found = []
    if rule.maximum and _may_follow(state, rule.then, rules):
        ends = state.mode_since + timedelta(seconds=rule.maximum)
        found.append(Deadline(ends, Timer.MAXIMUM))
    if idle_at := idle_out(state, rules):
        found.append(Deadline(idle_at, Timer.IDLE))
    return found


def idle_out(state: State, rules: Rules) -> datetime | None:
    """When the mode ends unless there is a sign of the agent, who is looked for at their page: one
    who has none open gives none. None where it does not end by that."""
    rule = rules.statuses.get(state.mode.status)
    if state.engaged or not rule or not rule.idle or state.webphone is Webphone.OFF:
        return None
    if not _may_follow(state, rule.idle_then, rules):
        return None
    sign = max(state.mode_since, state.active_at or state.mode_since)
    return sign + timedelta(seconds=rule.idle)


def _may_follow(state: State, then: str | None, rules: Rules) -> bool:
    """Whether mode `then` may follow on its own: never one that makes the agent more available."""
    if not then or then == state.mode.status:
        return False
    return rules.accepts_inbound(state.mode.status) or not rules.accepts_inbound(then)
