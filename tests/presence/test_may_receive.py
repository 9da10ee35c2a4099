"""Who may get a call and who may place one (SPEC section 4), cell by cell, with the causes."""

from dataclasses import replace
from typing import Any

import pytest

from presence.derive import Refusal, place_refusals, receive_refusals
from presence.events import CallKind, DeviceKind, PhoneReach
from presence.state import Hold, LegState, Rules, State, Webphone
from presence.words import HELP, WHY_NOT
from tests.factories import at
from tests.presence.floor import RULES, TELEPHONY, agent, leg

QUEUE, CAMPAIGN, DIRECT = CallKind.QUEUE, CallKind.CAMPAIGN, CallKind.DIRECT
R = Refusal
HOLD = Hold(at())
GONE: dict[str, Any] = {"webphone": Webphone.OFF}
GRACE: dict[str, Any] = {"webphone": Webphone.LOST, "grace_until": at(10)}
STRICT = replace(RULES, receives_in_grace=False)


def on(*devices: DeviceKind) -> dict[str, Any]:
    return {"devices": frozenset(devices)}


WEBPHONE, MOBILE = on(DeviceKind.WEBPHONE), on(DeviceKind.MOBILE)
SIP, FORWARDING = on(DeviceKind.SIP), on(DeviceKind.FORWARDING)
DEAD: dict[str, Any] = {"phone": PhoneReach.UNREACHABLE}

# situation; why not a queue call; why not a campaign call; why not a direct call
CELLS: list[tuple[str, State, list[Refusal], list[Refusal], list[Refusal]]] = [
    ("available, page open", agent(), [], [], []),
    ("busy", agent("busy"), [R.MODE], [R.MODE], []),
    ("on break", agent("on_break"), [R.MODE], [R.MODE], []),
    ("do not disturb", agent("do_not_disturb"), [R.MODE], [R.MODE], []),
    ("back office", agent("back_office"), [R.MODE], [R.MODE], []),
    ("outgoing", agent("outgoing"), [R.MODE], [R.MODE], []),
    ("a chosen Offline", agent("offline"), [R.MODE], [R.MODE], []),
    (
        "a chosen Offline, mobile app on",
        agent("offline", **GONE, **MOBILE),
        [R.MODE],
        [R.MODE, R.NOT_PRESENT],
        [],
    ),
    ("no answer", agent(no_answer=HOLD), [R.NO_ANSWER], [R.NO_ANSWER], []),
    ("cool-down", agent(cool_down_until=at(5)), [R.COOL_DOWN], [R.COOL_DOWN], []),
    *(
        (
            f"a leg {state}",
            agent(legs=[leg(state)]),
            [R.ENGAGED],
            [R.ENGAGED],
            [] if state is LegState.WRAP_UP else [R.ENGAGED],
        )
        for state in LegState
        if state is not LegState.ENDED
    ),
    (
        "on a call, mode pending",
        agent(legs=[leg(LegState.HANDLING)], pending="on_break"),
        [R.PENDING, R.ENGAGED],
        [R.PENDING, R.ENGAGED],
        [R.ENGAGED],
    ),
    # A device is on: webphone connected, or mobile app / SIP / forwarding number enabled
    ("page closed", agent(**GONE), [R.NOT_PRESENT], [R.NOT_PRESENT], []),
    ("page closed, mobile app", agent(**GONE, **MOBILE), [], [R.NOT_PRESENT], []),
    ("page closed, SIP phone", agent(**GONE, **SIP), [], [R.NOT_PRESENT], []),
    ("page closed, forwarding", agent(**GONE, **FORWARDING), [], [R.NOT_PRESENT], []),
    ("page open, only mobile app on", agent(**MOBILE), [], [], []),
    ("all devices off", agent(**on()), [R.NO_DEVICE], [R.NO_DEVICE], []),
    (
        "microphone refused",
        agent(microphone_refused=True),
        [R.NOT_PRESENT],
        [R.NOT_PRESENT],
        [],
    ),
    ("grace", agent(**GRACE), [], [], []),
    # BEHAVIOURS A11, A12
    ("SIP phone unreachable", agent(**SIP, **DEAD), [R.UNREACHABLE], [R.UNREACHABLE], []),
    ("SIP phone unknown", agent(**SIP, phone=PhoneReach.UNKNOWN), [], [], []),
    (
        "SIP phone unreachable, page open",
        agent(**on(DeviceKind.SIP, DeviceKind.WEBPHONE), **DEAD),
        [],
        [],
        [],
    ),
]


@pytest.mark.parametrize(("situation", "state", "queue", "campaign", "direct"), CELLS)
def test_each_kind_of_call_is_refused_with_its_causes(
    situation: str,
    state: State,
    queue: list[Refusal],
    campaign: list[Refusal],
    direct: list[Refusal],
) -> None:
    found = [list(receive_refusals(state, RULES, kind)) for kind in (QUEUE, CAMPAIGN, DIRECT)]
    assert found == [queue, campaign, direct], situation


def test_a_derived_offline_alone_stops_no_queue_call_where_a_chosen_one_does() -> None:
    derived = agent(**GONE, **MOBILE)
    assert derived.shown.status == "offline"
    assert receive_refusals(derived, RULES) == ()
    assert receive_refusals(agent("offline", **MOBILE), RULES) == (R.MODE,)


def test_every_cause_that_applies_is_given_the_most_deliberate_first() -> None:
    state = agent(
        "busy",
        legs=[leg(LegState.HANDLING)],
        pending="offline",
        no_answer=HOLD,
        cool_down_until=at(5),
        **GONE,
    )
    assert receive_refusals(state, RULES) == (
        R.MODE,
        R.PENDING,
        R.ENGAGED,
        R.NO_ANSWER,
        R.COOL_DOWN,
        R.NOT_PRESENT,
    )


def test_grace_may_be_set_to_receive_nothing() -> None:
    assert receive_refusals(agent(**GRACE), STRICT) == (R.NOT_PRESENT,)
    assert receive_refusals(agent(**GRACE), RULES) == ()


def test_a_phone_that_the_telephony_has_logged_out_takes_no_queue_call() -> None:
    out = agent(rules=TELEPHONY, **SIP, telephony_logged_in=False)
    assert receive_refusals(out, TELEPHONY) == (R.NOT_PRESENT,)
    logged_in = agent(rules=TELEPHONY, **SIP, telephony_logged_in=True)
    assert receive_refusals(logged_in, TELEPHONY) == ()


def test_an_unknown_status_accepts_nothing() -> None:
    assert receive_refusals(agent("gone_from_the_catalogue"), RULES) == (R.MODE,)


L = LegState
PLACING: list[tuple[str, State, list[Refusal]]] = [
    *(
        (f"{mode} chosen", agent(mode), [])
        for mode in ("available", "busy", "on_break", "do_not_disturb", "back_office", "outgoing")
    ),
    ("Offline chosen, page open", agent("offline"), []),
    ("Offline, from the mobile app", agent("offline", **GONE, **MOBILE), []),
    ("Offline, nothing to call from", agent("offline", **GONE), [R.NO_DEVICE]),
    ("no answer", agent(no_answer=HOLD), []),
    ("outbound only", agent(**on()), []),
    ("ringing", agent(legs=[leg(L.OFFERED)]), [R.ENGAGED]),
    ("on call", agent(legs=[leg(L.HANDLING)]), [R.ENGAGED]),
    ("wrap-up", agent(legs=[leg(L.WRAP_UP)]), [R.ENGAGED]),
    ("SIP phone", agent(**GONE, **SIP), []),
    ("SIP phone unreachable", agent(**GONE, **SIP, **DEAD), [R.NO_DEVICE]),
    ("forwarding number only", agent(**GONE, **FORWARDING), [R.NO_DEVICE]),
    ("microphone refused", agent(microphone_refused=True), [R.NO_DEVICE]),
    ("on call without a device", agent(legs=[leg(L.DIALING)], **GONE), [R.ENGAGED, R.NO_DEVICE]),
]


@pytest.mark.parametrize(("situation", "state", "refusals"), PLACING)
def test_placing_a_call_depends_on_the_shown_status_and_a_device(
    situation: str, state: State, refusals: list[Refusal]
) -> None:
    assert list(place_refusals(state, RULES)) == refusals, situation


def test_a_status_may_forbid_placing_calls() -> None:
    silent = replace(RULES.statuses["busy"], allows_outbound=False)
    rules = Rules(statuses={**RULES.statuses, "busy": silent})
    assert place_refusals(agent("busy"), rules) == (R.MODE,)


def test_every_refusal_has_its_words_for_supervisors_and_agents() -> None:
    assert WHY_NOT.keys() == HELP.keys() == set(Refusal)
