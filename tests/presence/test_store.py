"""A state that goes through its row comes back the same."""

from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from presence import store
from presence.events import (
    Call,
    CallKind,
    Cause,
    Choice,
    DeviceKind,
    NoAnswer,
    PhoneReach,
    SettingsChanged,
)
from presence.machine import decide
from presence.models import Agent, AgentState
from presence.state import Hold, Leg, LegState, Pending, Shown, State, Webphone
from tests.factories import START, at, row_of
from tests.presence.floor import RULES, settled

moments = st.integers(0, 10**9).map(lambda us: START + timedelta(microseconds=us))
short = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=20)
manual = st.sampled_from(["available", "busy", "on_break", "do_not_disturb", "offline"])
choices_ = st.builds(Choice, manual, st.none(), short)
causes = st.sampled_from(Cause)
calls = st.builds(
    Call,
    interaction=st.integers(1, 10**6).map(str),
    kind=st.sampled_from(CallKind),
    queue=short,
    caller=short,
    ring=st.none() | st.integers(1, 600),
    no_answer=st.sampled_from(NoAnswer),
    no_answer_hold=st.integers(0, 600),
    wrap_up=st.none() | st.integers(0, 600),
    cool_down=st.integers(0, 600),
)
legs = st.builds(
    Leg,
    id=short,
    call=calls,
    state=st.sampled_from([state for state in LegState if state is not LegState.ENDED]),
    since=moments,
    heard=moments,
    answered=st.booleans(),
    deadline=st.none() | moments,
)
states = st.builds(
    State,
    at=st.just(at(2000)),
    mode=choices_,
    mode_since=moments,
    mode_cause=causes,
    shown=st.just(Shown("", None, "", START, Cause.SETTINGS)),
    logged_in=st.booleans(),
    left_mode=st.none() | choices_,
    legs=st.lists(legs, max_size=3).map(tuple),
    ended=st.lists(short, max_size=4).map(tuple),
    no_answer=st.none() | st.builds(Hold, moments, st.none() | moments),
    cool_down_until=st.none() | moments,
    webphone=st.sampled_from(Webphone),
    grace_until=st.none() | moments,
    microphone_refused=st.booleans(),
    devices=st.frozensets(st.sampled_from(DeviceKind)),
    telephony_logged_in=st.booleans(),
    phone=st.sampled_from(PhoneReach),
)
pendings = st.builds(Pending, choices_, moments, causes)


@pytest.mark.django_db
@given(state=states, pending=pendings)
@settings(
    max_examples=60,
    derandomize=True,
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_through_its_row_and_back_is_the_identity(
    ada: Agent, state: State, pending: Pending
) -> None:
    if state.legs:
        state = State(**{**vars(state), "pending": pending})
    state = settled(state)
    row = row_of(ada)
    store.put(row, state, RULES)
    row.save()
    assert store.load(AgentState.objects.get(pk=row.pk)) == state


@pytest.mark.django_db
def test_an_interval_has_what_showed_and_the_version_it_began_at(ada: Agent) -> None:
    row = row_of(ada)
    row.shown_version = 17
    shown = Shown("on_break", None, "dentist", at(1), Cause.SUPERVISOR, ada.user_id)
    interval = store.interval(row, shown, at(9))
    assert (interval.version, interval.status_id, interval.note) == (17, "on_break", "dentist")
    assert (interval.started_at, interval.ended_at) == (at(1), at(9))
    assert (interval.cause, interval.actor_id) == ("supervisor", ada.user_id)


@pytest.mark.django_db
def test_what_comes_back_means_the_same_to_the_machine(ada: Agent) -> None:
    state = store.load(row_of(ada))
    assert not decide(state, SettingsChanged(at=at(9)), RULES).changed
