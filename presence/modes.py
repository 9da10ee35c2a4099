"""What a person's choice of mode, log-in and log-out do (SPEC section 5)."""

from dataclasses import replace

from presence import derive
from presence.decision import LegChange, Refused, Step
from presence.events import CancelPending, Cause, Choice, Choose, LogIn, LogOut
from presence.legs import end_wrap_up, withdraw_offers
from presence.state import LoginPolicy, Pending, Rules, State

INACTIVE = Refused("inactive", "This agent is deactivated. An admin can activate them again.")
OUT_OF_DATE = Refused("out_of_date", "A newer mode has been chosen since.")


def choose(state: State, event: Choose, rules: Rules) -> Step | Refused:
    if not rules.active:
        return INACTIVE
    newest = state.pending.since if state.pending else state.mode_since
    if event.cause is Cause.TELEPHONY and event.at < newest:
        return OUT_OF_DATE
    legs: tuple[LegChange, ...] = ()
    if event.immediate or rules.choice_ends_wrap_up:
        state, legs = end_wrap_up(state)
    takes_calls = rules.accepts_inbound(event.choice.status)
    if rules.choice_ends_offer and not takes_calls:
        state, withdrawn = withdraw_offers(state)
        legs += withdrawn
    if takes_calls:
        state = replace(state, misses=0)
    if state.engaged:
        state = _wait(state, event.choice, event.cause, event.actor)
        return Step(state, event.cause, event.actor, legs)
    state = state.with_mode(event.choice, event.cause, event.actor)
    state = replace(state, no_answer=None, pending=None)
    return Step(state, event.cause, event.actor, legs)


def _wait(state: State, choice: Choice, cause: Cause, actor: int | None) -> State:
    """Let the chosen mode wait for the engagement to end; the current mode cancels what waits."""
    if choice == state.mode:
        return replace(state, pending=None, no_answer=None)
    waits = state.pending
    if waits and waits.choice == choice and waits.cause is not Cause.CONNECTION_LOST:
        return state
    return replace(state, pending=Pending(choice, state.at, cause, actor))


def lost(state: State, rules: Rules) -> State:
    """The mode that the floor has follow a lost connection, at once or after the call. A break that
    the agent is on stays, and so does what waits by anybody's choice."""
    then = rules.lost_then
    if then is None or derive.is_present(state, rules) or not rules.lowers(state.mode.status, then):
        return state
    if not state.engaged:
        return state.with_mode(Choice(then), Cause.CONNECTION_LOST, None)
    waits = Pending(Choice(then), state.at, Cause.CONNECTION_LOST)
    return replace(state, pending=state.pending or waits)


def found_again(state: State) -> State:
    """Back before the call is over: what waited for the lost connection waits no more."""
    if state.pending and state.pending.cause is Cause.CONNECTION_LOST:
        return replace(state, pending=None)
    return state


def cancel_pending(state: State, event: CancelPending, _rules: Rules) -> Step:
    return Step(replace(state, pending=None), Cause.AGENT, event.actor)


def log_in(state: State, event: LogIn, rules: Rules) -> Step | Refused:
    """A second browser changes nothing; else the login policy sets the mode. Back in the middle of
    a call, one who had logged out gets it when the call ends."""
    if not rules.active:
        return INACTIVE
    already_in = state.logged_in and derive.is_present(state, rules)
    left, state = state.left_mode, replace(state, logged_in=True, left_mode=None)
    if already_in or (state.engaged and left is None):
        return Step(state, Cause.LOG_IN, event.actor)
    policy = {
        LoginPolicy.OFFLINE: Choice(derive.OFFLINE),
        LoginPolicy.AVAILABLE: Choice(derive.AVAILABLE),
        LoginPolicy.RESTORE: left or state.mode,
    }
    if state.engaged:
        state = _wait(state, policy[rules.login], Cause.LOG_IN, event.actor)
        return Step(state, Cause.LOG_IN, event.actor)
    state = state.with_mode(policy[rules.login], Cause.LOG_IN, event.actor)
    return Step(replace(state, no_answer=None, pending=None), Cause.LOG_IN, event.actor)


def log_out(state: State, event: LogOut, _rules: Rules) -> Step:
    offline = Choice(derive.OFFLINE)
    left = state.left_mode if state.mode == offline else state.mode
    state = replace(state, logged_in=False, left_mode=left)
    if state.engaged:
        state = _wait(state, offline, event.cause, event.actor)
        return Step(state, event.cause, event.actor)
    state = state.with_mode(offline, event.cause, event.actor)
    return Step(replace(state, no_answer=None, pending=None), event.cause, event.actor)
