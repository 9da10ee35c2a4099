"""A random walk through everything that can happen to an agent, and what holds at every step."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from presence import derive
from presence.decision import Decision
from presence.derive import Timer
from presence.events import (
    Active,
    Call,
    CallKind,
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
    NoAnswer,
    PhoneReach,
    PhoneSeen,
    SettingsChanged,
    WebphoneConnected,
    WebphoneLost,
)
from presence.machine import decide
from presence.state import LegState, Pending, Rules, State

Pick = Callable[[Sequence[Any]], Any]
"""Where chance comes from: one of several."""

GAPS = (0, 0, 0.001, 0.5, 2, 6, 11, 31)  # seconds between events
STRAY = (0,) * 12 + (-300, -1)  # seconds that a sender's clock is out by
MODES = (
    *("available",) * 3,
    *("busy", "on_break", "do_not_disturb", "back_office", "outgoing", "offline", "vip", "vip"),
)
PEOPLE = (Cause.AGENT, Cause.SUPERVISOR, Cause.TELEPHONY)
NEW_LEG = (LegAction.OFFERED,) * 4 + (LegAction.DIALED, LegAction.ANSWERED, *LegAction)
EVENTS: tuple[type[Event], ...] = (
    *(LegEvent,) * 12,
    *(Choose,) * 4,
    *(DeadlineReached,) * 9,
    *(WebphoneConnected,) * 4,
    *(Active,) * 2,
    *(DeviceSwitched,) * 2,
    WebphoneLost,
    LogIn,
    LogOut,
    CancelPending,
    Microphone,
    PhoneSeen,
    SettingsChanged,
)
HELPFUL = {LegState.OFFERED: (LegAction.ANSWERED, LegAction.RING_TIMED_OUT, LegAction.REJECTED)}
DEVICES: Sequence[frozenset[DeviceKind]] = (
    frozenset(),
    frozenset({DeviceKind.WEBPHONE}),
    frozenset(DeviceKind),
)


def next_event(
    state: State, rules: Rules, now: datetime, pick: Pick, reasons: Sequence[int]
) -> Event:
    """Something that may happen at `now`, sensible or not."""
    kind = pick(EVENTS)
    at = now + timedelta(seconds=pick(STRAY))
    if kind is LegEvent:
        return _leg_event(state, at, pick)
    if kind is Choose:
        status = pick(MODES)
        reason = pick((None, *reasons)) if status == "on_break" else None
        immediate = pick((False, False, True))
        return Choose(at=at, choice=Choice(status, reason), cause=pick(PEOPLE), immediate=immediate)
    if kind is DeadlineReached:
        due = derive.deadlines(state, rules)
        return DeadlineReached(at=max(now, due[0].at) if due and pick((True, True, False)) else at)
    details: dict[type[Event], Callable[[], dict[str, Any]]] = {
        Microphone: lambda: {"granted": pick((True, True, False))},
        DeviceSwitched: lambda: {
            "device": pick(tuple(DeviceKind)),
            "on": pick((True, True, False)),
        },
        PhoneSeen: lambda: {
            "logged_in": pick((None, True, False)),
            "reach": pick((None, *PhoneReach)),
        },
        SettingsChanged: lambda: {"devices": pick((None, *DEVICES))},
    }
    made: Event = kind(at=at, **details.get(kind, dict)())
    return made


def _leg_event(state: State, at: datetime, pick: Pick) -> LegEvent:
    known: list[str] = [leg.id for leg in state.legs] * 3 + list(state.ended[-1:])
    new = f"leg{state.at.timestamp()}-{len(state.ended)}-{len(state.legs)}"
    leg_id = pick((*known, new) if known else (new,))
    leg = state.leg(leg_id)
    actions: Sequence[LegAction] = tuple(LegAction)
    if leg is None:
        actions = NEW_LEG
    elif leg.state in HELPFUL:
        actions = (*HELPFUL[leg.state], pick(tuple(LegAction)))
    kind = pick((CallKind.QUEUE, CallKind.QUEUE, *CallKind))
    call = Call(
        interaction="1",
        kind=kind,
        ring=pick((None, 5, 20)),
        no_answer=pick(tuple(NoAnswer)),
        no_answer_hold=7,
        max_misses=pick((None, 1, 1, 2)),
        misses_then=pick(("do_not_disturb", "do_not_disturb", "available", "")),
        wrap_up=pick((0, 0, 10, None)),
        cool_down=pick((0, 4)),
    )
    action = pick(actions)
    return LegEvent(at=at, action=action, leg=leg_id, call=call, reported=pick((True, False)))


@dataclass
class Seen:
    """Where walks have been: a test that never leaves Offline proves nothing."""

    statuses: set[str] = field(default_factory=set)
    activities: set[LegState] = field(default_factory=set)
    timers: set[Timer] = field(default_factory=set)
    causes: set[Cause] = field(default_factory=set)
    applied: set[type[Event]] = field(default_factory=set)
    unchanged: set[type[Event]] = field(default_factory=set)
    refusals: set[str] = field(default_factory=set)
    pending_applied: int = 0

    def note(self, before: State, event: Event, decision: Decision, rules: Rules) -> None:
        after = decision.state
        self.statuses.add(after.shown.status)
        self.causes.add(after.shown.cause)
        if after.shown.activity:
            self.activities.add(after.shown.activity)
        (self.applied if decision.changed else self.unchanged).add(type(event))
        if decision.refused:
            self.refusals.add(decision.refused.code)
        if decision.changed and isinstance(event, DeadlineReached):
            self.timers.update(timer for timer in [_fired(before, event, rules)] if timer)
        self.pending_applied += _pending_applied(before, after, event)

    def everywhere(self, statuses: Iterable[str]) -> None:
        assert self.statuses >= set(statuses)
        assert self.activities == set(derive.ACTIVITY_ORDER)
        assert self.timers == set(Timer)
        assert self.applied == self.unchanged == set(EVENTS)
        assert self.refusals >= {"not_possible", "leg_ended", "out_of_date", "mode", "engaged"}
        # A cool-down's end changes no shown status, so it is nobody's cause.
        assert self.causes == set(Cause) - {Cause.COOL_DOWN_EXPIRED}
        assert self.pending_applied > 10


def _fired(before: State, event: Event, rules: Rules) -> Timer | None:
    due = derive.deadlines(before, rules) if isinstance(event, DeadlineReached) else []
    return due[0].timer if due and due[0].at <= event.at else None


def _pending_applied(before: State, after: State, event: Event) -> bool:
    chosen = isinstance(event, Choose | CancelPending | LogIn | LogOut | WebphoneConnected)
    return before.pending is not None and after.pending is None and not chosen


def check(before: State, event: Event, decision: Decision, rules: Rules) -> None:
    """SPEC 5, "Rules that always hold", for one step."""
    after = decision.state
    if not decision.changed:
        assert after == before
        assert (decision.closed, decision.legs) == (None, ())
        return
    assert decision.refused is None
    assert after.at >= before.at
    _check_interval(before, decision)
    _check_derived(after, rules)
    _check_pending(before, event, after, rules)
    _check_idle(before, event, after, rules)
    _check_legs(before, event, after, rules)
    _check_nothing_raises(before, event, after, rules)
    _check_misses(before, event, after, rules)
    if not isinstance(event, DeadlineReached | LegEvent):
        again = event if isinstance(event, Active) else replace(event, at=after.at)
        assert not decide(after, again, rules).changed


def _check_interval(before: State, decision: Decision) -> None:
    old, new = before.shown, decision.state.shown
    if decision.closed:
        assert decision.closed == old
        assert new.since == decision.state.at >= old.since
    else:
        assert new.since == old.since
    same = (old.status, old.reason, old.note) == (new.status, new.reason, new.note)
    assert same == (decision.closed is None)


def _check_derived(state: State, rules: Rules) -> None:
    assert state.shown.status == derive.shown_status(state, rules)
    assert derive.show(state, rules, Cause.SETTINGS, None) == state.shown
    assert (state.ready_since is None) == bool(derive.receive_refusals(state, rules))


def _check_pending(before: State, event: Event, after: State, rules: Rules) -> None:
    if after.pending:
        assert after.engaged
        assert after.ready_since is None
        assert after.pending.choice != after.mode
    if isinstance(event, Choose | CancelPending | LogIn | LogOut):
        return
    if _waits_for_connection(before) and isinstance(event, WebphoneConnected):
        assert (after.pending, after.mode) == (None, before.mode)  # E5
    elif before.pending is None and _fired(before, event, rules) is Timer.GRACE:
        lost = Pending(Choice(rules.lost_then or ""), after.at, Cause.CONNECTION_LOST)
        assert after.pending in (None, lost)  # E4
    elif _pending_applied(before, after, event):
        assert before.pending is not None
        assert after.mode == before.pending.choice
        assert not after.engaged
        assert before.engaged
    else:
        assert after.pending == before.pending


def _waits_for_connection(state: State) -> bool:
    return state.pending is not None and state.pending.cause is Cause.CONNECTION_LOST


def _check_idle(before: State, event: Event, after: State, rules: Rules) -> None:
    """E12: a sign of the agent changes nothing by itself; the want of one lowers the mode, once."""
    if isinstance(event, Active):
        assert replace(after, at=before.at, active_at=before.active_at) == before
    if _fired(before, event, rules) is Timer.IDLE:
        rule = rules.statuses[before.mode.status]
        assert not before.engaged
        assert (after.mode.status, after.mode_cause) == (rule.idle_then, Cause.IDLE)
        signs = [before.mode_since, *([before.active_at] if before.active_at else [])]
        assert after.at - max(signs) >= timedelta(seconds=rule.idle or 0)


def _check_legs(before: State, event: Event, after: State, rules: Rules) -> None:
    ids = [leg.id for leg in after.legs]
    assert len(ids) == len(set(ids))
    assert not set(ids) & {*before.ended, *after.ended}
    assert all(leg.state is not LegState.ENDED for leg in after.legs)
    own_offer = isinstance(event, LegEvent) and not event.reported and event.call
    if own_offer and len(after.legs) > len(before.legs) and after.legs[-1].state == "offered":
        assert not derive.receive_refusals(before, rules, own_offer.kind)
        assert all(leg.state is LegState.WRAP_UP for leg in before.legs)
        assert not before.engaged or own_offer.kind is CallKind.DIRECT


def _check_nothing_raises(before: State, event: Event, after: State, rules: Rules) -> None:
    """Only a person, or a hold or cool-down running out, or a call's end makes Available."""
    chosen = isinstance(event, Choose | LogIn) or _pending_applied(before, after, event)
    if rules.accepts_inbound(after.mode.status) and not rules.accepts_inbound(before.mode.status):
        assert chosen
    if isinstance(event, WebphoneLost | LogOut):
        assert before.ready_since is not None or after.ready_since is None
    became_ready = after.ready_since is not None and before.ready_since is None
    if became_ready and isinstance(event, DeadlineReached):
        fired = _fired(before, event, rules)
        assert fired in (Timer.NO_ANSWER, Timer.COOL_DOWN, Timer.RING, Timer.WRAP_UP)
    if became_ready and isinstance(event, LegEvent):
        assert before.engaged
        assert not after.engaged


def _check_misses(before: State, event: Event, after: State, rules: Rules) -> None:
    """B6: only a ring that times out counts, one at a time, and too many lower the mode."""
    if after.misses > before.misses:
        rang_out = isinstance(event, LegEvent) and event.action is LegAction.RING_TIMED_OUT
        assert rang_out or _fired(before, event, rules) is Timer.RING
        assert after.misses == before.misses + 1
    if after.mode != before.mode and after.mode_cause is Cause.CALLS_MISSED:
        assert before.pending is None
        assert rules.accepts_inbound(before.mode.status)
        assert not rules.accepts_inbound(after.mode.status)
        assert after.misses == 0
