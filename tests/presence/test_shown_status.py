"""The status that shows (SPEC section 3), rule by rule; pure, without a database."""

from dataclasses import replace
from typing import Any

import pytest

from presence import derive
from presence.events import Choice, DeviceKind, LegAction, PhoneReach
from presence.state import Hold, LegState, Rules, State, Webphone
from tests.factories import at
from tests.presence.floor import EITHER, RULES, TELEPHONY, agent, chose, did, leg, run

L = LegState
HOLD = Hold(at())
GONE: dict[str, Any] = {"webphone": Webphone.OFF}
NO_DEVICE: dict[str, Any] = {"devices": frozenset()}

LEGS_AND_WHAT_SHOWS = [
    # Rule 1, one leg
    ([L.OFFERED], "ringing", None),
    ([L.DIALING], "on_call", L.DIALING),
    ([L.HANDLING], "on_call", L.HANDLING),
    ([L.ON_HOLD], "on_call", L.ON_HOLD),
    ([L.CONSULTING], "on_call", L.CONSULTING),
    ([L.IN_CONFERENCE], "on_call", L.IN_CONFERENCE),
    ([L.WRAP_UP], "wrap_up", None),
    # A leg beyond the offer beats an offer, which beats wrap-up
    ([L.OFFERED, L.ON_HOLD], "on_call", L.ON_HOLD),
    ([L.WRAP_UP, L.DIALING], "on_call", L.DIALING),
    ([L.WRAP_UP, L.OFFERED], "ringing", None),
    ([L.WRAP_UP, L.OFFERED, L.HANDLING], "on_call", L.HANDLING),
    # Of several, in_conference, consulting, handling, dialing, on_hold, in this order
    ([L.ON_HOLD, L.DIALING], "on_call", L.DIALING),
    ([L.DIALING, L.HANDLING], "on_call", L.HANDLING),
    ([L.HANDLING, L.CONSULTING], "on_call", L.CONSULTING),
    ([L.CONSULTING, L.IN_CONFERENCE], "on_call", L.IN_CONFERENCE),
    ([L.ON_HOLD, L.DIALING, L.HANDLING, L.CONSULTING], "on_call", L.CONSULTING),
]


@pytest.mark.parametrize(("states", "status", "activity"), LEGS_AND_WHAT_SHOWS)
def test_a_live_leg_shows_with_its_activity(
    states: list[LegState], status: str, activity: LegState | None
) -> None:
    for order in (states, states[::-1]):
        state = agent(legs=[leg(s, f"leg{n}") for n, s in enumerate(order)])
        assert state.shown.status == status
        assert state.shown.activity is activity


WHAT_COVERS_WHAT: list[tuple[str, State, str]] = [
    ("the mode", agent("available"), "available"),
    ("the mode, whatever it is", agent("do_not_disturb"), "do_not_disturb"),
    ("4 over 5", agent(**NO_DEVICE), "outbound_only"),
    ("3 over 5", agent(**GONE), "offline"),
    ("3 over 4", agent(**GONE, **NO_DEVICE), "offline"),
    ("2 over 5", agent(no_answer=HOLD), "no_answer"),
    ("2 over 4", agent(no_answer=HOLD, **NO_DEVICE), "no_answer"),
    ("2 over 3", agent(no_answer=HOLD, **GONE), "no_answer"),
    ("1 over 2", agent(legs=[leg(L.OFFERED)], no_answer=HOLD), "ringing"),
    ("1 over 3", agent(legs=[leg(L.HANDLING)], **GONE), "on_call"),
    ("1 over 3, ringing", agent(legs=[leg(L.OFFERED)], **GONE), "ringing"),
    ("1 over 3, wrap-up", agent(legs=[leg(L.WRAP_UP)], **GONE), "wrap_up"),
    ("1 over 4", agent(legs=[leg(L.DIALING)], **NO_DEVICE), "on_call"),
    ("1 over a pending mode", agent(legs=[leg(L.HANDLING)], pending="on_break"), "on_call"),
    ("a chosen Offline stays Offline without devices", agent("offline", **NO_DEVICE), "offline"),
]


@pytest.mark.parametrize(("rule", "state", "status"), WHAT_COVERS_WHAT, ids=lambda v: str(v)[:30])
def test_the_first_rule_that_applies_wins(rule: str, state: State, status: str) -> None:
    assert derive.shown_status(state, RULES) == status, rule


def _phone(logged_in: bool, reach: PhoneReach) -> dict[str, Any]:
    return {"telephony_logged_in": logged_in, "phone": reach}


IN, OUT = _phone(True, PhoneReach.REACHABLE), _phone(False, PhoneReach.REACHABLE)
UNKNOWN, DEAD = _phone(True, PhoneReach.UNKNOWN), _phone(True, PhoneReach.UNREACHABLE)
PAGE: dict[str, Any] = {"webphone": Webphone.CONNECTED}
GRACE: dict[str, Any] = {"webphone": Webphone.LOST, "grace_until": at(10)}
MUTE: dict[str, Any] = {"webphone": Webphone.CONNECTED, "microphone_refused": True}

PRESENCE = [
    # policy, what there is, present?
    (RULES, PAGE, True),
    (RULES, GRACE, True),
    (RULES, GONE, False),
    (RULES, MUTE, False),
    (RULES, GONE | IN, False),
    (TELEPHONY, GONE | IN, True),
    (TELEPHONY, GONE | UNKNOWN, True),
    (TELEPHONY, PAGE | DEAD, False),
    (TELEPHONY, PAGE | OUT, False),
    (EITHER, PAGE | OUT, True),
    (EITHER, GONE | IN, True),
    (EITHER, MUTE | IN, True),
    (EITHER, GRACE | DEAD, True),
    (EITHER, GONE | DEAD, False),
    (EITHER, GONE | OUT, False),
]


@pytest.mark.parametrize(("rules", "parts", "present"), PRESENCE)
def test_presence_follows_the_agents_policy(
    rules: Rules, parts: dict[str, Any], present: bool
) -> None:
    state = agent(rules=rules, **parts)
    assert derive.is_present(state, rules) is present
    assert state.shown.status == ("available" if present else "offline")


@pytest.mark.parametrize("elsewhere", [DeviceKind.MOBILE, DeviceKind.SIP, DeviceKind.FORWARDING])
def test_agents_see_their_mode_while_only_another_device_reaches_them(
    elsewhere: DeviceKind,
) -> None:
    state = agent(devices=frozenset({DeviceKind.WEBPHONE, elsewhere}), **GONE)
    assert derive.shown_status(state, RULES) == "offline"
    assert derive.shown_status(state, RULES, to_self=True) == "available"


def test_agents_whom_nothing_reaches_see_offline_too() -> None:
    assert derive.shown_status(agent(**GONE), RULES, to_self=True) == "offline"


def test_changing_devices_never_lifts_offline() -> None:
    for devices in (frozenset(), frozenset({DeviceKind.MOBILE}), frozenset(DeviceKind)):
        assert agent(devices=devices, **GONE).shown.status == "offline"


def test_a_call_on_another_device_shows_on_call_and_goes_back_to_offline() -> None:
    away = agent(devices=frozenset({DeviceKind.MOBILE}), **GONE)
    on_call = run(away, did(LegAction.OFFERED), did(LegAction.ANSWERED, 2))
    assert on_call.shown.status == "on_call"
    assert run(on_call, did(LegAction.HUNG_UP, 9)).shown.status == "offline"


def test_the_reason_shows_only_while_the_mode_does() -> None:
    lunch = Choice("on_break", 7)
    assert agent(lunch).shown.reason == 7
    assert agent(lunch, legs=[leg(L.HANDLING)]).shown.reason is None
    assert agent(lunch, **GONE).shown.reason is None
    assert agent(Choice("on_break", note="dentist")).shown.note == "dentist"


def test_since_restarts_from_ringing_to_on_call() -> None:
    ringing = run(agent(), did(LegAction.OFFERED, 5))
    assert ringing.shown.since == at(5)
    assert run(ringing, did(LegAction.ANSWERED, 9)).shown.since == at(9)


def test_since_stays_while_the_activity_changes() -> None:
    held = run(
        agent(), did(LegAction.OFFERED, 5), did(LegAction.ANSWERED, 9), did(LegAction.HELD, 20)
    )
    assert (held.shown.since, held.shown.activity) == (at(9), L.ON_HOLD)
    assert held.shown.activity_since == at(20)


def test_since_stays_when_the_same_is_chosen_again() -> None:
    lunch = run(agent(), chose("on_break", 5, reason=7))
    assert run(lunch, chose("on_break", 60, reason=7)) == lunch
    assert lunch.shown.since == at(5)


def test_since_restarts_with_another_reason() -> None:
    state = run(agent(), chose("on_break", 5, reason=7), chose("on_break", 60, reason=8))
    assert state.shown.since == at(60)


def test_the_pending_mode_has_its_own_since() -> None:
    state = run(
        agent(), did(LegAction.OFFERED, 1), did(LegAction.ANSWERED, 2), chose("on_break", 30)
    )
    assert state.pending is not None
    assert (state.pending.since, state.shown.since) == (at(30), at(2))


def test_of_two_legs_alike_the_older_one_gives_the_activity_its_since() -> None:
    legs = [leg(L.ON_HOLD, "new", since=9), leg(L.ON_HOLD, "old", since=3)]
    assert replace(agent(legs=legs)).shown.activity_since == at(3)
