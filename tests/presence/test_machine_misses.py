"""Misses in a row (B6), and a choice that has a call ring somebody else (B14, A10)."""

from dataclasses import replace

import pytest

from presence.events import Cause, DeadlineReached, LegAction, NoAnswer
from presence.machine import decide
from presence.state import LegState, State
from tests.factories import at
from tests.presence.floor import CALL, DIALED, RULES, agent, chose, did, leg, run

A = LegAction
TWO_MISSES = replace(CALL, max_misses=2, misses_then="on_break")
ENDS_OFFER = replace(RULES, choice_ends_offer=True)
OURS = replace(CALL, ring=20)


def _misses(state: State, seconds: float) -> State:
    """A call rings at `seconds` and is let ring out."""
    name = f"leg{seconds}"
    return run(
        state,
        did(A.OFFERED, seconds, name, TWO_MISSES),
        did(A.RING_TIMED_OUT, seconds + 5, name),
    )


def _missed_once() -> State:
    return _misses(agent(), 10)


def test_b6_one_miss_of_two_is_no_answer() -> None:
    once = _missed_once()
    assert (once.misses, once.shown.status, once.mode.status) == (1, "no_answer", "available")


def test_b6_the_second_miss_in_a_row_sets_the_mode_and_says_why() -> None:
    once = replace(_missed_once(), no_answer=None)
    twice = _misses(once, 20)
    assert (twice.mode.status, twice.shown.status) == ("on_break", "on_break")
    assert (twice.shown.cause, twice.no_answer) == (Cause.CALLS_MISSED, None)
    assert twice.misses == 0


def test_b6_a_ring_that_the_clock_ends_counts_the_same() -> None:
    call = replace(TWO_MISSES, ring=20, max_misses=1)
    ringing = run(agent(), did(A.OFFERED, 10, call=call))
    after = run(ringing, DeadlineReached(at=at(40)))
    assert (after.mode.status, after.shown.since) == ("on_break", at(30))


def test_b6_an_answer_begins_the_count_anew() -> None:
    answered = run(
        _missed_once(),
        did(A.OFFERED, 20, "taken", TWO_MISSES),
        did(A.ANSWERED, 21, "taken"),
        did(A.HUNG_UP, 30, "taken"),
    )
    assert answered.misses == 0
    assert _misses(answered, 40).shown.status == "no_answer"


def test_b6_a_far_end_that_answers_the_agents_own_call_does_not() -> None:
    dialed = run(
        _missed_once(),
        did(A.DIALED, 20, "out", DIALED),
        did(A.ANSWERED, 21, "out"),
        did(A.HUNG_UP, 30, "out"),
    )
    assert dialed.misses == 1


def test_b6_choosing_available_again_begins_the_count_anew() -> None:
    back = run(_missed_once(), chose("available", 20))
    assert (back.misses, back.shown.status) == (0, "available")


def test_b6_choosing_a_break_does_not() -> None:
    assert run(_missed_once(), chose("on_break", 20)).misses == 1


def test_b6_a_rejection_or_a_withdrawal_is_no_miss() -> None:
    for end in (A.REJECTED, A.WITHDRAWN, A.HUNG_UP):
        after = run(agent(), did(A.OFFERED, 10, call=TWO_MISSES), did(end, 12))
        assert after.misses == 0


def test_b6_a_mode_that_waits_wins_over_the_one_for_missing() -> None:
    after = run(
        _missed_once(),
        did(A.OFFERED, 20, "second", TWO_MISSES),
        chose("back_office", 22),
        did(A.RING_TIMED_OUT, 25, "second"),
    )
    assert (after.mode.status, after.shown.cause) == ("back_office", Cause.AGENT)


@pytest.mark.parametrize("target", ["available", "", "no_such_status"])
def test_b6_missing_never_makes_more_available(target: str) -> None:
    call = replace(CALL, max_misses=1, misses_then=target)
    after = run(agent(), did(A.OFFERED, 10, call=call), did(A.RING_TIMED_OUT, 15))
    assert (after.mode.status, after.shown.status) == ("available", "no_answer")


def test_b6_one_who_was_withdrawn_anyway_stays_where_they_were() -> None:
    call = replace(CALL, max_misses=1, misses_then="busy", no_answer=NoAnswer.NOTHING)
    after = run(agent("on_break"), did(A.OFFERED, 10, call=call), did(A.RING_TIMED_OUT, 15))
    assert (after.mode.status, after.shown.status) == ("on_break", "on_break")


def _chooses(state: State, status: str) -> State:
    return decide(state, chose(status, 5), ENDS_OFFER).state


def test_b14_a_choice_may_have_the_call_ring_somebody_else() -> None:
    decision = decide(
        agent(legs=[leg(LegState.OFFERED, call=OURS)]), chose("on_break", 5), ENDS_OFFER
    )
    [change] = decision.legs
    assert (change.leg.state, change.ended) == (LegState.ENDED, A.WITHDRAWN)
    after = decision.state
    assert (after.shown.status, after.pending, after.legs) == ("on_break", None, ())
    assert after.ended == ("leg",)


def test_a10_turning_away_from_an_offer_is_no_miss_and_no_rejection() -> None:
    after = _chooses(agent(legs=[leg(LegState.OFFERED, call=OURS)]), "on_break")
    assert (after.misses, after.no_answer, after.mode.status) == (0, None, "on_break")


def test_b14_what_the_telephony_rings_it_alone_can_end() -> None:
    after = _chooses(agent(legs=[leg(LegState.OFFERED)]), "on_break")
    assert (after.shown.status, after.pending is not None) == ("ringing", True)


def test_b14_a_mode_that_takes_calls_leaves_the_call_ringing() -> None:
    after = _chooses(agent(legs=[leg(LegState.OFFERED, call=OURS)]), "available")
    assert (after.shown.status, after.pending) == ("ringing", None)


def test_b14_a_call_in_hand_is_not_ended_by_a_choice() -> None:
    talking = leg(LegState.HANDLING, "talk", call=OURS)
    after = _chooses(agent(legs=[talking, leg(LegState.OFFERED, call=OURS)]), "on_break")
    assert [each.id for each in after.legs] == ["talk"]
    assert after.pending is not None
