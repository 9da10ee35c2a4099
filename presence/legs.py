"""What may happen to a leg, and what that does to the agent (SPEC section 5, offers and calls)."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

from presence import derive
from presence.decision import LegChange, Refused, Step
from presence.events import CallKind, Cause, Choice, LegAction, LegEvent, NoAnswer
from presence.state import REMEMBERED_LEGS, Hold, Leg, LegState, Rules, State

_TALKING = (LegState.HANDLING, LegState.ON_HOLD, LegState.CONSULTING, LegState.IN_CONFERENCE)

LEG_MOVES: Mapping[tuple[LegState | None, LegAction], LegState] = {
    # A new leg (None). One that is first heard of when answered was there before we listened; one
    # that is first heard of when it ends is remembered, so that its beginning is known as late.
    (None, LegAction.OFFERED): LegState.OFFERED,
    (None, LegAction.DIALED): LegState.DIALING,
    (None, LegAction.ANSWERED): LegState.HANDLING,
    (None, LegAction.MONITORED): LegState.MONITORING,
    (None, LegAction.REJECTED): LegState.ENDED,
    (None, LegAction.RING_TIMED_OUT): LegState.ENDED,
    (None, LegAction.WITHDRAWN): LegState.ENDED,
    (None, LegAction.HUNG_UP): LegState.ENDED,
    (None, LegAction.TRANSFERRED): LegState.ENDED,
    # An offer rings at one agent until answered, rejected, timed out or withdrawn.
    (LegState.OFFERED, LegAction.OFFERED): LegState.OFFERED,
    (LegState.OFFERED, LegAction.ANSWERED): LegState.HANDLING,
    (LegState.OFFERED, LegAction.REJECTED): LegState.ENDED,
    (LegState.OFFERED, LegAction.RING_TIMED_OUT): LegState.ENDED,
    (LegState.OFFERED, LegAction.WITHDRAWN): LegState.ENDED,
    (LegState.OFFERED, LegAction.HUNG_UP): LegState.ENDED,
    # A call that the agent places: the far end answers, or it comes to nothing.
    (LegState.DIALING, LegAction.DIALED): LegState.DIALING,
    (LegState.DIALING, LegAction.ANSWERED): LegState.HANDLING,
    (LegState.DIALING, LegAction.WITHDRAWN): LegState.ENDED,
    (LegState.DIALING, LegAction.HUNG_UP): LegState.ENDED,
    # A supervisor listens, whispers or barges in on somebody's call: nothing follows it.
    (LegState.MONITORING, LegAction.MONITORED): LegState.MONITORING,
    (LegState.MONITORING, LegAction.HUNG_UP): LegState.ENDED,
    # While talking every activity can follow every other, and leaving leads to wrap-up.
    (LegState.HANDLING, LegAction.ANSWERED): LegState.HANDLING,
    **{
        (state, action): target
        for state in _TALKING
        for action, target in {
            LegAction.HELD: LegState.ON_HOLD,
            LegAction.RESUMED: LegState.HANDLING,
            LegAction.CONSULTED: LegState.CONSULTING,
            LegAction.CONFERENCED: LegState.IN_CONFERENCE,
            LegAction.HUNG_UP: LegState.WRAP_UP,
            LegAction.TRANSFERRED: LegState.WRAP_UP,
        }.items()
    },
    (LegState.WRAP_UP, LegAction.HUNG_UP): LegState.WRAP_UP,
    (LegState.WRAP_UP, LegAction.TRANSFERRED): LegState.WRAP_UP,
    (LegState.WRAP_UP, LegAction.WRAP_UP_DONE): LegState.ENDED,
}
"""(state, action) -> state after. Wrap-up is passed over where the call has none; a move to where
the leg is already changes nothing."""


def leg_event(state: State, event: LegEvent, rules: Rules) -> Step | Refused:
    if event.leg in state.ended:
        return Refused("leg_ended", "That call has already ended for this agent.")
    leg = state.leg(event.leg)
    target = LEG_MOVES.get((leg.state if leg else None, event.action))
    if target is None:
        return Refused("not_possible", _cannot(leg, event.action))
    if leg is None:
        return _new_leg(state, event, target, rules)
    if target is leg.state:
        return Step(state, event.cause, event.actor)
    passes_wrap_up = target is LegState.WRAP_UP and leg.call.wrap_up == 0
    if target is LegState.ENDED or passes_wrap_up:
        return _end_leg(state, leg, event, rules)
    # An answer cannot be older than the offer, whatever two clocks say; among activities it can.
    if leg.state in _TALKING and event.at < leg.heard and target is not LegState.WRAP_UP:
        return Refused("out_of_date", "Something newer is already known of that call.")
    return _move(state, leg, event, target)


def _cannot(leg: Leg | None, action: LegAction) -> str:
    what = {
        LegAction.RING_TIMED_OUT: "missed",
        LegAction.WRAP_UP_DONE: "wrapped up",
    }.get(action, action.value.replace("_", " "))
    if leg is None:
        return f"This agent has no such call that could be {what}."
    return f"A call that is {leg.state.value.replace('_', ' ')} cannot be {what}."


def _new_leg(state: State, event: LegEvent, target: LegState, rules: Rules) -> Step | Refused:
    if target is LegState.ENDED:
        return Step(_remember(state, event.leg), event.cause, event.actor)
    if event.call is None:
        return Refused("not_possible", "A new call needs its details.")
    if target is LegState.OFFERED and not event.reported:
        refusals = derive.receive_refusals(state, rules, event.call.kind)
        if refusals:
            return Refused(refusals[0].value, "The agent may not be offered this call now.")
    answered = target is LegState.HANDLING
    ring = event.call.ring if target is LegState.OFFERED else None
    deadline = state.at + timedelta(seconds=ring) if ring else None
    ready_since = state.ready_since if target is LegState.OFFERED else None
    leg = Leg(event.leg, event.call, target, state.at, event.at, answered, deadline, ready_since)
    state = replace(state, legs=(*state.legs, leg))
    if answered and event.call.kind is not CallKind.OUTBOUND:
        state = _took_offer(state)
    return Step(state, event.cause, event.actor, (LegChange(leg),))


def _move(state: State, leg: Leg, event: LegEvent, target: LegState) -> Step:
    wrap_up = leg.call.wrap_up if target is LegState.WRAP_UP else None
    after = replace(
        leg,
        state=target,
        since=state.at,
        heard=event.at,
        answered=True,
        deadline=state.at + timedelta(seconds=wrap_up) if wrap_up else None,
    )
    legs = tuple(after if other.id == leg.id else other for other in state.legs)
    state = replace(state, legs=legs)
    if leg.state is LegState.OFFERED:
        state = _took_offer(state)
    ended = event.action if target is LegState.WRAP_UP else None
    return Step(state, event.cause, event.actor, (LegChange(after, ended),))


def _took_offer(state: State) -> State:
    """Taking an offer ends No Answer; a far end that answers the agent's own call does not."""
    return replace(state, no_answer=None, misses=0)


def _end_leg(state: State, leg: Leg, event: LegEvent, rules: Rules) -> Step:
    state = _drop(state, leg)
    cause, waits = event.cause, state.pending is not None
    if event.action is LegAction.REJECTED:
        state = replace(state, no_answer=None, active_at=state.at)
        if not waits:
            cause = Cause.REJECTED
            state = _lower_to_busy(state, rules, cause)
    elif event.action is LegAction.RING_TIMED_OUT:
        state = replace(state, misses=state.misses + 1)
        if not waits:
            state, cause = _ring_no_answer(state, rules, leg)
    else:
        state = _keep_place(_cool_down(state, leg), leg)
    ended = LegChange(replace(leg, state=LegState.ENDED, since=state.at), event.action)
    return _apply_pending(Step(state, cause, event.actor, (ended,)))


def _cool_down(state: State, leg: Leg) -> State:
    """After the last leg nothing is offered for a while, if the agent had taken that call."""
    if state.engaged or not leg.answered or not leg.call.cool_down:
        return state
    return replace(state, cool_down_until=state.at + timedelta(seconds=leg.call.cool_down))


def _keep_place(state: State, leg: Leg) -> State:
    """An offer that was taken back costs nobody their place in the line of the idle."""
    if leg.answered:
        return state
    return replace(state, ready_since=state.ready_since or leg.ready_since)


def _drop(state: State, leg: Leg) -> State:
    if leg.state is not LegState.OFFERED:
        state = replace(state, active_at=state.at)
    legs = tuple(other for other in state.legs if other.id != leg.id)
    return _remember(replace(state, legs=legs), leg.id)


def _remember(state: State, leg_id: str) -> State:
    return replace(state, ended=(*state.ended, leg_id)[-REMEMBERED_LEGS:])


def _lower_to_busy(state: State, rules: Rules, cause: Cause) -> State:
    """Rejecting or missing a call makes an agent who takes calls Busy. One who was withdrawn or
    offline anyway stays so: an automatic rule never raises availability, nor ends a break."""
    if not rules.accepts_inbound(state.mode.status):
        return state
    return state.with_mode(Choice(derive.BUSY), cause, None)


def _ring_no_answer(state: State, rules: Rules, leg: Leg) -> tuple[State, Cause]:
    call, cause = leg.call, Cause.RING_NO_ANSWER
    if (
        call.max_misses
        and state.misses >= call.max_misses
        and rules.lowers(state.mode.status, call.misses_then)
    ):
        missed = state.with_mode(Choice(call.misses_then), Cause.CALLS_MISSED, None)
        return replace(missed, misses=0), Cause.CALLS_MISSED
    if call.no_answer is NoAnswer.BUSY:
        return _lower_to_busy(state, rules, cause), cause
    if call.no_answer is NoAnswer.HOLD:
        return replace(state, no_answer=Hold(state.at)), cause
    if call.no_answer is NoAnswer.HOLD_FOR:
        until = state.at + timedelta(seconds=call.no_answer_hold)
        return replace(state, no_answer=Hold(state.at, until)), cause
    return state, cause


def _apply_pending(step: Step) -> Step:
    """With the last leg gone, the mode that waited applies in the same transition."""
    pending = step.state.pending
    if step.state.engaged or pending is None:
        return step
    state = step.state.with_mode(pending.choice, pending.cause, pending.actor)
    state = replace(state, pending=None, no_answer=None)
    return replace(step, state=state, cause=pending.cause, actor=pending.actor)


def withdraw_offers(state: State) -> tuple[State, tuple[LegChange, ...]]:
    """End the offers that are Rollcall's own to take back."""
    changes = []
    for leg in state.legs:
        if leg.state is LegState.OFFERED and leg.offered_by_rollcall:
            state = _keep_place(_drop(state, leg), leg)
            ended = replace(leg, state=LegState.ENDED, since=state.at)
            changes.append(LegChange(ended, LegAction.WITHDRAWN))
    return state, tuple(changes)


def end_wrap_up(state: State) -> tuple[State, tuple[LegChange, ...]]:
    changes = []
    for leg in state.legs:
        if leg.state is LegState.WRAP_UP:
            state = _cool_down(_drop(state, leg), leg)
            ended = replace(leg, state=LegState.ENDED, since=state.at)
            changes.append(LegChange(ended, LegAction.WRAP_UP_DONE))
    return state, tuple(changes)
