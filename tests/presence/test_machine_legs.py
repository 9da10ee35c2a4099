"""Every pair of a leg's state and an action beside `LEG_MOVES`: a move, or a refusal in words."""

from dataclasses import replace
from itertools import product

import pytest

from presence.decision import Decision
from presence.events import LegAction
from presence.legs import LEG_MOVES
from presence.machine import decide
from presence.state import REMEMBERED_LEGS, LegState, State
from tests.presence.floor import CALL, RULES, agent, did, leg, run

L, A = LegState, LegAction

# The same table as a picture: rows are what a leg is, columns what happens. "." is a refusal.
PICTURE = """
                offered  dialing  handling on_hold  consult. in_conf. wrap_up  monitor. none
offered         offered  .        .        .        .        .        .        .        offered
dialed          .        dialing  .        .        .        .        .        .        dialing
answered        handling handling handling .        .        .        .        .        handling
rejected        ended    .        .        .        .        .        .        .        ended
ring_timed_out  ended    .        .        .        .        .        .        .        ended
withdrawn       ended    ended    .        .        .        .        .        .        ended
held            .        .        on_hold  on_hold  on_hold  on_hold  .        .        .
resumed         .        .        handling handling handling handling .        .        .
consulted       .        .        consulting consulting consulting consulting . .        .
conferenced     .        .        in_conference in_conference in_conference in_conference . .      .
monitored       .        .        .        .        .        .        .        monitoring monitoring
hung_up         ended    ended    wrap_up  wrap_up  wrap_up  wrap_up  wrap_up  ended    ended
transferred     .        .        wrap_up  wrap_up  wrap_up  wrap_up  wrap_up  .        ended
wrap_up_done    .        .        .        .        .        .        ended    .        .
"""
COLUMNS = (
    L.OFFERED,
    L.DIALING,
    L.HANDLING,
    L.ON_HOLD,
    L.CONSULTING,
    L.IN_CONFERENCE,
    L.WRAP_UP,
    L.MONITORING,
)
STATES: tuple[LegState | None, ...] = (*COLUMNS, None)
PAIRS = list(product(STATES, LegAction))
WRAPS_UP = replace(CALL, wrap_up=30)


def _picture() -> dict[tuple[LegState | None, LegAction], LegState]:
    found: dict[tuple[LegState | None, LegAction], LegState] = {}
    for line in PICTURE.strip().splitlines()[1:]:
        action, *targets = line.split()
        for state, target in zip(STATES, targets, strict=True):
            if target != ".":
                found[state, LegAction(action)] = LegState(target)
    return found


def _in(state: LegState | None) -> State:
    return agent(legs=[leg(state, call=WRAPS_UP)] if state else [])


def test_the_picture_and_the_table_are_the_same() -> None:
    assert _picture() == dict(LEG_MOVES)


def _decide(before: LegState | None, action: LegAction) -> tuple[State, Decision]:
    state = _in(before)
    return state, decide(state, did(action, 5, call=WRAPS_UP), RULES)


@pytest.mark.parametrize(("before", "action"), [pair for pair in PAIRS if pair in LEG_MOVES])
def test_a_move_in_the_table_leads_where_it_says(
    before: LegState | None, action: LegAction
) -> None:
    target = LEG_MOVES[before, action]
    state, decision = _decide(before, action)
    after = decision.state.leg("leg")
    assert decision.refused is None
    if target is L.ENDED:
        assert after is None
        assert "leg" in decision.state.ended
    else:
        assert after is not None
        assert after.state is target
    assert decision.changed == (target is not before)
    if target is before:
        assert decision.state == state


@pytest.mark.parametrize(("before", "action"), [pair for pair in PAIRS if pair not in LEG_MOVES])
def test_what_is_not_in_the_table_is_refused_in_words(
    before: LegState | None, action: LegAction
) -> None:
    state, decision = _decide(before, action)
    assert decision.refused is not None
    assert decision.refused.code == "not_possible"
    assert decision.refused.sentence.endswith(".")
    assert "_" not in decision.refused.sentence
    assert decision.state is state
    assert (decision.changed, decision.closed, decision.legs) == (False, None, ())


@pytest.mark.parametrize("action", list(LegAction))
def test_ended_is_final_whatever_comes(action: LegAction) -> None:
    state = run(agent(), did(A.OFFERED, 1), did(A.WITHDRAWN, 2))
    decision = decide(state, did(action, 3), RULES)
    assert decision.refused is not None
    assert decision.refused.code == "leg_ended"
    assert decision.state is state


@pytest.mark.parametrize("before", COLUMNS[2:6])
def test_without_wrap_up_leaving_a_call_ends_the_leg(before: LegState) -> None:
    for action in (A.HUNG_UP, A.TRANSFERRED):
        state = run(agent(legs=[leg(before)]), did(action, 5))
        assert (state.legs, state.ended) == ((), ("leg",))


@pytest.mark.parametrize("action", [A.OFFERED, A.DIALED, A.ANSWERED])
def test_a_new_leg_needs_its_call(action: LegAction) -> None:
    decision = decide(agent(), did(action, 1, call=None), RULES)
    assert decision.refused is not None
    assert decision.refused.code == "not_possible"


@pytest.mark.parametrize("action", [A.HELD, A.RESUMED, A.CONSULTED, A.CONFERENCED])
def test_an_activity_older_than_what_is_known_is_refused(action: LegAction) -> None:
    state = run(agent(), did(A.ANSWERED, 10), did(A.HELD, 20), did(A.CONFERENCED, 30))
    if action is A.CONFERENCED:
        state = run(state, did(A.RESUMED, 40))
    decision = decide(state, did(action, 15), RULES)
    assert decision.refused is None or decision.refused.code == "out_of_date"
    assert not decision.changed


def test_an_answer_counts_though_its_sender_has_a_slower_clock_than_the_offer() -> None:
    state = run(agent(), did(A.OFFERED, 10), did(A.ANSWERED, 8))
    assert state.shown.status == "on_call"
    assert state.shown.since == state.at


def test_hanging_up_counts_however_it_is_dated() -> None:
    state = run(agent(), did(A.ANSWERED, 10), did(A.HUNG_UP, 2))
    assert state.legs == ()


def test_enough_ended_legs_are_remembered_to_know_late_events_by() -> None:
    state = agent()
    for number in range(REMEMBERED_LEGS + 3):
        state = run(state, did(A.OFFERED, number, f"leg{number}"))
        state = run(state, did(A.WITHDRAWN, number, f"leg{number}"))
    assert len(state.ended) == REMEMBERED_LEGS
    assert state.ended[-1] == f"leg{REMEMBERED_LEGS + 2}"
