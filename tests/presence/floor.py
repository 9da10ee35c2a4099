"""The machine without a database: rules, states and events to put beside the specification."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from presence import derive
from presence.catalogue import CATALOGUE
from presence.decision import Decision, Step
from presence.events import (
    Call,
    CallKind,
    Cause,
    Choice,
    Choose,
    Event,
    LegAction,
    LegEvent,
    NoAnswer,
)
from presence.machine import decide
from presence.state import (
    Leg,
    LegState,
    Pending,
    PresencePolicy,
    Rules,
    Shown,
    State,
    StatusRule,
    Webphone,
)
from tests.factories import at

RULES = Rules(
    statuses={
        row.code: StatusRule(accepts_inbound=row.inbound, allows_outbound=row.outbound)
        for row in CATALOGUE
    }
)
"""The built-in catalogue, with the default policies."""

TELEPHONY = replace(RULES, presence=PresencePolicy.TELEPHONY)
EITHER = replace(RULES, presence=PresencePolicy.EITHER)

CALL = Call(interaction="1", queue="sales", caller="+49 30 1", no_answer=NoAnswer.HOLD)
DIRECT = Call(interaction="2", kind=CallKind.DIRECT)
DIALED = Call(interaction="3", kind=CallKind.OUTBOUND)


def leg(state: LegState, leg_id: str = "leg", since: float = 0, call: Call = CALL) -> Leg:
    """A live leg in `state` since `since` seconds."""
    answered = state not in (LegState.OFFERED, LegState.DIALING, LegState.MONITORING)
    return Leg(leg_id, call, state, at(since), at(since), answered)


def agent(
    mode: str | Choice = "available",
    *,
    legs: Iterable[Leg] = (),
    pending: str | Choice | None = None,
    rules: Rules = RULES,
    **parts: Any,
) -> State:
    """An agent with a page open since `at(0)`: `parts` replaces any part of the state."""
    choice = Choice(mode) if isinstance(mode, str) else mode
    waits = Choice(pending) if isinstance(pending, str) else pending
    state = State(
        at=at(),
        mode=choice,
        mode_since=at(),
        shown=Shown("", None, "", at(), Cause.SETTINGS),
        logged_in=True,
        legs=tuple(legs),
        pending=Pending(waits, at(), Cause.AGENT) if waits else None,
        webphone=Webphone.CONNECTED,
    )
    return settled(replace(state, **parts), rules)


def settled(state: State, rules: Rules = RULES) -> State:
    """`state` with its derived parts brought up to date."""
    step = Step(state, Cause.SETTINGS)
    ready = not derive.receive_refusals(state, rules)
    return replace(
        state,
        shown=derive.show(step.state, rules, step.cause, None),
        ready_since=(state.ready_since or state.at) if ready else None,
    )


def run(state: State, *events: Event, rules: Rules = RULES) -> State:
    """`state` after `events`, none of which may be refused."""
    for event in events:
        decision = decide(state, event, rules)
        assert decision.refused is None, decision.refused
        state = decision.state
    return state


def last(state: State, *events: Event, rules: Rules = RULES) -> Decision:
    """What the last of `events` decided."""
    state = run(state, *events[:-1], rules=rules)
    return decide(state, events[-1], rules)


def did(
    action: LegAction, seconds: float = 1, leg_id: str = "leg", call: Call | None = CALL
) -> LegEvent:
    """The telephony reports `action` of leg `leg_id`."""
    return LegEvent(at=at(seconds), source="pbx", action=action, leg=leg_id, call=call)


def chose(status: str, seconds: float = 1, reason: int | None = None, **parts: Any) -> Choose:
    """The agent chooses `status`."""
    return Choose(at=at(seconds), choice=Choice(status, reason), **parts)


def rings(policy: NoAnswer = NoAnswer.HOLD, hold: int = 0, **parts: Any) -> State:
    """An agent at whom a call rings."""
    call = replace(CALL, no_answer=policy, no_answer_hold=hold)
    return agent(parts.pop("mode", "available"), legs=[leg(LegState.OFFERED, call=call)], **parts)


def talks(wrap_up: int | None = 0, cool_down: int = 0, **parts: Any) -> State:
    """An agent who handles a call."""
    call = replace(CALL, wrap_up=wrap_up, cool_down=cool_down)
    return agent(parts.pop("mode", "available"), legs=[leg(LegState.HANDLING, call=call)], **parts)


def wraps_up(deadline: float | None = None, cool_down: int = 0, **parts: Any) -> State:
    call = replace(CALL, wrap_up=None, cool_down=cool_down)
    due = at(deadline) if deadline else None
    wrapping = replace(leg(LegState.WRAP_UP, call=call), deadline=due)
    return agent(parts.pop("mode", "available"), legs=[wrapping], **parts)
