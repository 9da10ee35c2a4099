"""What SPEC section 5 says between its rows: policies of log-in, cool-downs, offers, time."""

from dataclasses import replace

import pytest

from presence.events import (
    CallKind,
    Choice,
    DeadlineReached,
    Event,
    LegAction,
    LogIn,
    LogOut,
    NoAnswer,
)
from presence.machine import decide
from presence.state import LegState, LoginPolicy, Rules, State, StatusRule
from tests.factories import at
from tests.presence.floor import CALL, DIRECT, RULES, agent, chose, did, leg, rings, talks, wraps_up

L, A = LegState, LegAction
READY_TOO = replace(RULES, statuses={**RULES.statuses, "vip": StatusRule(True, True)})
BREAK = Choice("on_break", 7)
NOW = at(1)
log_in, log_out, due = LogIn(at=NOW), LogOut(at=NOW), DeadlineReached(at=NOW)


def policy(login: LoginPolicy) -> Rules:
    return replace(RULES, login=login)


@pytest.mark.parametrize(
    ("login", "mode"),
    [
        (LoginPolicy.OFFLINE, "offline"),
        (LoginPolicy.RESTORE, "on_break"),
        (LoginPolicy.AVAILABLE, "available"),
    ],
)
def test_log_in_sets_the_mode_of_the_policy(login: LoginPolicy, mode: str) -> None:
    left = decide(agent(BREAK), log_out, RULES).state
    back = decide(left, LogIn(at=at(60)), policy(login)).state
    assert back.mode.status == mode
    assert back.mode.reason == (7 if login is LoginPolicy.RESTORE else None)


@pytest.mark.parametrize(
    ("login", "pending"),
    [
        (LoginPolicy.OFFLINE, "offline"),
        (LoginPolicy.RESTORE, None),
        (LoginPolicy.AVAILABLE, "available"),
    ],
)
def test_back_in_the_middle_of_a_call_the_policy_says_what_waits(
    login: LoginPolicy, pending: str | None
) -> None:
    left = decide(talks(mode="on_break"), log_out, RULES).state
    back = decide(left, LogIn(at=at(9)), policy(login)).state
    assert back.mode.status == "on_break"
    assert (back.pending.choice.status if back.pending else None) == pending


def test_a_second_browsers_log_in_changes_nothing() -> None:
    assert not decide(agent(), log_in, policy(LoginPolicy.OFFLINE)).changed


def test_leaving_twice_keeps_when_it_was_first_asked_for() -> None:
    once = decide(talks(), log_out, RULES).state
    assert not decide(once, LogOut(at=at(9)), RULES).changed


def test_rejecting_lowers_every_mode_that_takes_calls() -> None:
    for action, policy_ in ((A.REJECTED, NoAnswer.HOLD), (A.RING_TIMED_OUT, NoAnswer.BUSY)):
        vip = rings(policy_, mode="vip", rules=READY_TOO)
        assert decide(vip, did(action), READY_TOO).state.mode == Choice("busy")


@pytest.mark.parametrize(
    ("given", "event"),
    [
        (talks(cool_down=5), did(A.HUNG_UP)),
        (wraps_up(cool_down=5), did(A.WRAP_UP_DONE)),
        (wraps_up(1, cool_down=5), due),
        (wraps_up(cool_down=5), chose("available", immediate=True)),
        (talks(cool_down=5, pending="outgoing"), did(A.HUNG_UP)),
    ],
)
def test_after_the_last_leg_nothing_is_offered_while_cooling_down(
    given: State, event: Event
) -> None:
    after = decide(given, event, RULES).state
    assert (after.cool_down_until, after.ready_since) == (at(6), None)
    ready = decide(
        decide(after, chose("available", 2), RULES).state, DeadlineReached(at=at(9)), RULES
    )
    assert ready.state.ready_since == at(6)


def test_a_call_that_was_not_taken_needs_no_cool_down() -> None:
    ringing = agent(legs=[leg(L.OFFERED, call=replace(CALL, cool_down=5))])
    assert decide(ringing, did(A.WITHDRAWN), RULES).state.ready_since == at(1)


def test_an_offer_of_rollcalls_own_is_refused_where_the_telephonys_is_mirrored() -> None:
    own = replace(did(A.OFFERED), reported=False)
    decision = decide(agent("busy"), own, RULES)
    assert decision.refused is not None
    assert decision.refused.code == "mode"
    direct = replace(own, call=replace(DIRECT, kind=CallKind.DIRECT))
    assert decide(agent("busy"), direct, RULES).state.shown.status == "ringing"
    assert decide(agent("busy"), did(A.OFFERED), RULES).state.shown.status == "ringing"


def test_an_event_of_the_past_counts_as_of_the_last_one() -> None:
    state = decide(agent(), chose("busy", 60), RULES).state
    after = decide(state, chose("on_break", -300), RULES).state
    assert (after.at, after.shown.since, after.mode_since) == (at(60), at(60), at(60))


def test_an_offer_that_is_withdrawn_costs_nobody_their_place_among_the_idle() -> None:
    idle = decide(agent("busy"), chose("available", 2), RULES).state
    ringing = decide(idle, did(A.OFFERED, 5), RULES).state
    assert ringing.ready_since is None
    assert decide(ringing, did(A.WITHDRAWN, 9), RULES).state.ready_since == at(2)
    assert decide(ringing, did(A.REJECTED, 9), RULES).state.ready_since is None
