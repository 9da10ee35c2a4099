"""What always holds (SPEC section 5), over random sequences of everything that can happen."""

import random
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from presence import actions, derive, store
from presence.actions import Result
from presence.catalogue import CATALOGUE
from presence.events import DeviceKind
from presence.machine import decide, new_state
from presence.models import AgentState, Floor, Interval, Status, Transition
from presence.rules import rules_for
from presence.state import LoginPolicy, PresencePolicy, Rules, StatusRule
from tests.factories import START, make_agent, make_reason, row_of
from tests.presence import walk
from tests.presence.floor import RULES

STATUSES = {
    **RULES.statuses,
    "on_break": StatusRule(False, True, maximum=25, then="busy"),
    "vip": StatusRule(True, True, maximum=25, then="available"),
    "available": StatusRule(True, True, idle=120, idle_then="back_office"),
}
SHOWN = {row.code for row in CATALOGUE} | {"vip"}


def _rules(pick: walk.Pick) -> Rules:
    return Rules(
        statuses=STATUSES,
        presence=pick((PresencePolicy.BROWSER, *PresencePolicy)),
        login=pick(tuple(LoginPolicy)),
        grace=timedelta(seconds=10),
        lost_then=pick((None, "do_not_disturb", "vip")),
        receives_in_grace=pick((True, False)),
        choice_ends_wrap_up=pick((False, True)),
        choice_ends_offer=pick((False, True)),
    )


def _walk(pick: walk.Pick, steps: int, seen: walk.Seen) -> None:
    rules = _rules(pick)
    state = new_state(START, rules, frozenset({DeviceKind.WEBPHONE}))
    now, history = START, []
    for _ in range(steps):
        now += timedelta(seconds=pick(walk.GAPS))
        event = walk.next_event(state, rules, now, pick, (7, 8))
        decision = decide(state, event, rules)
        walk.check(state, event, decision, rules)
        seen.note(state, event, decision, rules)
        if decision.closed:
            history.append((decision.closed, decision.state.at))
        state = decision.state
        now = max(now, state.at)
    begins = [closed.since for closed, _ in history] + [state.shown.since]
    ends = [end for _, end in history]
    assert begins == [START, *ends]
    lasted = [end - closed.since for closed, end in history]
    assert sum(lasted, state.at - state.shown.since) == state.at - START


@given(st.data())
@settings(max_examples=40, derandomize=True, deadline=None, database=None)
def test_every_rule_holds_after_every_event(data: st.DataObject) -> None:
    def pick(options: Sequence[Any]) -> Any:
        return options[data.draw(st.integers(0, len(options) - 1))]

    _walk(pick, 30, walk.Seen())


def test_long_walks_go_everywhere_and_every_rule_holds() -> None:
    seen = walk.Seen()
    for seed in range(200):
        _walk(random.Random(seed).choice, 250, seen)
    seen.everywhere(SHOWN)


@pytest.fixture
def floor(db: None) -> tuple[int, int]:
    """A status of the floor's own, maximum durations, and two reasons, as the pure rules have."""
    Status.objects.create(
        code="vip",
        label="VIP desk",
        workforce="ready",
        accepts_inbound=True,
        max_seconds=25,
        after_maximum_id="available",
    )
    Status.objects.filter(pk="on_break").update(max_seconds=25, after_maximum_id="busy")
    idle = {"idle_seconds": 120, "after_idle_id": "back_office"}
    Status.objects.filter(pk="available").update(**idle)
    Floor.objects.update_or_create(pk=1, defaults={"after_connection_lost_id": "do_not_disturb"})
    return make_reason(label="Lunch").pk, make_reason(label="Coffee").pk


def test_the_database_keeps_every_rule_and_goes_everywhere(floor: tuple[int, int]) -> None:
    seen = walk.Seen()
    for seed in range(40, 64):  # these go everywhere; the long walks need not be told where
        pick = random.Random(seed).choice
        agent = make_agent(
            presence=pick((PresencePolicy.BROWSER, *PresencePolicy)).value,
            login=pick(tuple(LoginPolicy)).value,
            connected=False,
            logged_in=False,
        )
        rules = rules_for(agent)
        row, now = row_of(agent), START
        for number in range(120):
            now += timedelta(seconds=pick(walk.GAPS))
            before = store.load(row)
            event = walk.next_event(before, rules, now, pick, floor)
            event = replace(event, source="walk", id=str(number))
            outcome = actions.apply(agent.pk, event)
            walk.check(before, event, outcome.decision, rules)
            seen.note(before, event, outcome.decision, rules)
            version, row = row.version, row_of(agent)
            applied = outcome.result is Result.APPLIED
            assert row.version == version + applied
            assert store.load(row) == outcome.decision.state
            _check_derived_columns(row, rules)
            if applied and number % 5 == 0:
                assert actions.apply(agent.pk, event).result is Result.DUPLICATE
                assert row_of(agent).version == row.version
            now = max(now, row.at)
        _check_history(row)
    seen.everywhere(SHOWN)


def _check_derived_columns(row: AgentState, rules: Rules) -> None:
    """Recomputed from the rest of the row, the derived columns are what they are."""
    state = store.load(row)
    refusals = derive.receive_refusals(state, rules)
    due = derive.deadlines(state, rules)
    assert row.shown_status_id == derive.shown_status(state, rules)
    assert row.may_receive == (not refusals)
    assert row.why_not == " ".join(refusals)
    assert (row.ready_since is not None) == row.may_receive
    assert row.deadline_at == (due[0].at if due else None)


def _check_history(row: AgentState) -> None:
    """G16: closed intervals and the open one cover the time once, and every version is told."""
    intervals = list(Interval.objects.filter(agent_id=row.agent_id).order_by("version"))
    begins = [i.started_at for i in intervals] + [row.shown_since]
    assert begins == [START] + [i.ended_at for i in intervals]
    total = sum((i.ended_at - i.started_at for i in intervals), row.at - row.shown_since)
    assert total == row.at - START
    versions = list(
        Transition.objects.filter(agent_id=row.agent_id).values_list("version", flat=True)
    )
    assert versions == list(range(2, row.version + 1))
    assert {i.version for i in intervals} <= {1, *versions}
    assert row.shown_version in {1, *versions}
