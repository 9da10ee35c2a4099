"""The pure state machine: one event applied to one agent's state (SPEC section 5).

`decide` asks for nothing: the time is the event's, settings come as `Rules`. What may happen to a
leg is the table `legs.LEG_MOVES`; what may happen to an agent is one function per event. An absent
cell is a refusal with a code and a sentence.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any

from presence import derive, legs, modes
from presence.decision import Decision, Refused, Step
from presence.derive import Deadline, Timer
from presence.events import (
    Active,
    CancelPending,
    Cause,
    Choice,
    Choose,
    DeadlineReached,
    DeviceKind,
    DeviceSwitched,
    Event,
    LegAction,
    LegEvent,
    LogIn,
    LogOut,
    Microphone,
    PhoneSeen,
    SettingsChanged,
    WebphoneConnected,
    WebphoneLost,
)
from presence.state import Rules, Shown, State, Webphone

_Handler = Callable[[State, Any, Rules], Step | Refused]


def decide(state: State, event: Event, rules: Rules) -> Decision:
    """Apply `event` to `state`.

    Time never runs backwards for an agent: an event dated before the last one applied counts as of
    that one. The result's derived parts (`shown`, `ready_since`) are always up to date.
    """
    now = max(event.at, state.at)
    if isinstance(event, DeadlineReached):
        return _decide_deadline(state, event, rules)
    return _finish(state, _HANDLERS[type(event)](replace(state, at=now), event, rules), rules)


def _decide_deadline(state: State, event: DeadlineReached, rules: Rules) -> Decision:
    due = derive.deadlines(state, rules)
    if not due or due[0].at > event.at:
        # Outdated: settings have moved it. What else they moved is brought up to date here.
        now = max(event.at, state.at)
        return _finish(state, Step(replace(state, at=now), Cause.SETTINGS), rules)
    now = max(due[0].at, state.at)
    return _finish(state, _fire(replace(state, at=now), due[0], rules), rules)


def _finish(before: State, step: Step | Refused, rules: Rules) -> Decision:
    """Bring what is derived up to date, and say what changed."""
    if isinstance(step, Refused):
        return Decision(before, changed=False, refused=step)
    shown = derive.show(step.state, rules, step.cause, step.actor)
    ready = not derive.receive_refusals(step.state, rules)
    ready_since = (step.state.ready_since or step.state.at) if ready else None
    after = replace(step.state, shown=shown, ready_since=ready_since)
    if replace(after, at=before.at) == before:
        return Decision(before, changed=False)
    restarted = (shown.status, shown.reason, shown.note) != (
        before.shown.status,
        before.shown.reason,
        before.shown.note,
    )
    return Decision(after, True, None, before.shown if restarted else None, step.legs)


# --- reachability ------------------------------------------------------------------------------


def _webphone_connected(state: State, event: WebphoneConnected, _rules: Rules) -> Step:
    if state.webphone is Webphone.OFF:
        state = replace(state, active_at=state.at)
    state = replace(state, webphone=Webphone.CONNECTED, grace_until=None)
    return Step(modes.found_again(state), Cause.CONNECTED, event.actor)


def _webphone_lost(state: State, event: WebphoneLost, rules: Rules) -> Step:
    if state.webphone is not Webphone.CONNECTED:
        return Step(state, Cause.CONNECTION_LOST, event.actor)
    until = state.at + rules.grace
    state = replace(state, webphone=Webphone.LOST, grace_until=until)
    return Step(state, Cause.CONNECTION_LOST, event.actor)


def _active(state: State, event: Active, _rules: Rules) -> Step:
    if state.active_at is None or event.at > state.active_at:
        state = replace(state, active_at=event.at)
    return Step(state, Cause.AGENT, event.actor)


def _microphone(state: State, event: Microphone, _rules: Rules) -> Step:
    state = replace(state, microphone_refused=not event.granted)
    return Step(state, Cause.MICROPHONE, event.actor)


def _device_switched(state: State, event: DeviceSwitched, _rules: Rules) -> Step:
    chosen = {event.device}
    devices = state.devices | chosen if event.on else state.devices - chosen
    return Step(replace(state, devices=devices), Cause.DEVICES, event.actor)


def _phone_seen(state: State, event: PhoneSeen, _rules: Rules) -> Step | Refused:
    if state.phone_heard and event.at < state.phone_heard:
        return Refused("out_of_date", "Something newer is already known of that phone.")
    logged_in = state.telephony_logged_in if event.logged_in is None else event.logged_in
    reach = event.reach or state.phone
    if (logged_in, reach) == (state.telephony_logged_in, state.phone):
        return Step(state, Cause.TELEPHONY, event.actor)
    state = replace(state, telephony_logged_in=logged_in, phone=reach, phone_heard=event.at)
    return Step(state, Cause.TELEPHONY, event.actor)


def _settings_changed(state: State, event: SettingsChanged, _rules: Rules) -> Step:
    if event.devices is not None:
        state = replace(state, devices=event.devices)
    return Step(state, Cause.SETTINGS, event.actor)


# --- time --------------------------------------------------------------------------------------


def _fire(state: State, due: Deadline, rules: Rules) -> Step | Refused:
    if due.timer in (Timer.RING, Timer.WRAP_UP):
        ring = due.timer is Timer.RING
        return legs.leg_event(
            state,
            LegEvent(
                at=state.at,
                action=LegAction.RING_TIMED_OUT if ring else LegAction.WRAP_UP_DONE,
                leg=due.leg,
                cause=Cause.RING_NO_ANSWER if ring else Cause.WRAP_UP_EXPIRED,
            ),
            rules,
        )
    if due.timer is Timer.NO_ANSWER:
        return Step(replace(state, no_answer=None), Cause.HOLD_EXPIRED)
    if due.timer is Timer.COOL_DOWN:
        return Step(replace(state, cool_down_until=None), Cause.COOL_DOWN_EXPIRED)
    if due.timer is Timer.GRACE:
        state = replace(state, webphone=Webphone.OFF, grace_until=None)
        return Step(modes.lost(state, rules), Cause.CONNECTION_LOST)
    rule, idle = rules.statuses[state.mode.status], due.timer is Timer.IDLE
    then = (rule.idle_then if idle else rule.then) or derive.OFFLINE
    cause = Cause.IDLE if idle else Cause.MAXIMUM_DURATION
    return Step(state.with_mode(Choice(then), cause, None), cause)


_HANDLERS: dict[type[Event], _Handler] = {
    LogIn: modes.log_in,
    LogOut: modes.log_out,
    Choose: modes.choose,
    CancelPending: modes.cancel_pending,
    LegEvent: legs.leg_event,
    WebphoneConnected: _webphone_connected,
    WebphoneLost: _webphone_lost,
    Active: _active,
    Microphone: _microphone,
    DeviceSwitched: _device_switched,
    PhoneSeen: _phone_seen,
    SettingsChanged: _settings_changed,
}


def new_state(
    at: datetime,
    rules: Rules,
    devices: frozenset[DeviceKind],
    mode: Choice | None = None,
    *,
    telephony_logged_in: bool = False,
) -> State:
    """The state of an agent who was just made: Offline, unless `mode` says otherwise."""
    state = State(
        at=at,
        mode=mode or Choice(derive.OFFLINE),
        mode_since=at,
        shown=Shown(derive.OFFLINE, None, "", at, Cause.SETTINGS),
        devices=devices,
        telephony_logged_in=telephony_logged_in,
    )
    return _finish(state, Step(state, Cause.SETTINGS), rules).state
