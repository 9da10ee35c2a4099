"""SPEC section 5, cell by cell: situation, event, and what shows (since when and why), is chosen,
waits and is held."""

from dataclasses import replace
from typing import Any

import pytest

from presence.events import (
    CancelPending,
    Cause,
    Choice,
    DeadlineReached,
    DeviceKind,
    DeviceSwitched,
    Event,
    LegAction,
    LogIn,
    LogOut,
    Microphone,
    NoAnswer,
    PhoneReach,
    PhoneSeen,
    WebphoneConnected,
    WebphoneLost,
)
from presence.machine import decide
from presence.state import Hold, LegState, State, Webphone
from tests.factories import at
from tests.presence.floor import (
    DIALED,
    RULES,
    agent,
    chose,
    did,
    leg,
    rings,
    run,
    talks,
    wraps_up,
)

L, A = LegState, LegAction


HELD, HELD_FOR = Hold(at()), Hold(at(1), at(31))
OUT: dict[str, Any] = {"logged_in": False}
BREAK = Choice("on_break", 7)
TWO = agent(legs=[leg(L.ON_HOLD, "other"), leg(L.HANDLING)], pending="on_break")
CUT: dict[str, Any] = {"webphone": Webphone.LOST, "grace_until": at(1)}
NOW = at(1)
ASKED = run(talks(), chose("busy", cause=Cause.SUPERVISOR, seconds=0.5))
log_in, log_out = LogIn(at=NOW), LogOut(at=NOW)
due = DeadlineReached(at=NOW)
switch_off = DeviceSwitched(at=NOW, device=DeviceKind.WEBPHONE, on=False)
switch_on = DeviceSwitched(at=NOW, device=DeviceKind.WEBPHONE, on=True)

Cell = tuple[State, Event, str, str, str | None, Hold | None]
# given; event; shown, mode, pending and hold afterwards
TABLE: dict[str, Cell] = {
    # log in, log out
    "log in": (agent("busy", **OUT), log_in, "offline", "offline", None, None),
    "log out": (agent(), log_out, "offline", "offline", None, None),
    "log out clears a hold": (agent(no_answer=HELD), log_out, "offline", "offline", None, None),
    "log out on a call": (talks(), log_out, "on_call", "available", "offline", None),
    "log out, last choice wins": (
        talks(pending="busy"), log_out, "on_call", "available", "offline", None,
    ),
    "log out, Offline anyway": (
        talks(mode="offline", pending="busy"), log_out, "on_call", "offline", None, None,
    ),
    # choose
    "choose": (agent(), chose("busy"), "busy", "busy", None, None),
    "choose the same again": (
        agent(BREAK), chose("on_break", reason=7), "on_break", "on_break", None, None,
    ),
    "choose another reason": (
        agent(BREAK), chose("on_break", reason=8), "on_break", "on_break", None, None,
    ),
    "choose clears a hold": (
        agent(no_answer=HELD), chose("available"), "available", "available", None, None,
    ),
    "choose on a call": (talks(), chose("busy"), "on_call", "available", "busy", None),
    "choose while it rings": (rings(), chose("busy"), "ringing", "available", "busy", None),
    "choose in wrap-up": (wraps_up(), chose("busy"), "wrap_up", "available", "busy", None),
    "choose the current mode": (
        talks(pending="busy"), chose("available"), "on_call", "available", None, None,
    ),
    "the last choice wins": (
        talks(pending="busy"), chose("on_break"), "on_call", "available", "on_break", None,
    ),
    "another reason waits too": (
        talks(mode=BREAK), chose("on_break", reason=8), "on_call", "on_break", "on_break", None,
    ),
    "choose while not present": (
        agent(webphone=Webphone.OFF), chose("busy"), "offline", "busy", None, None,
    ),
    "cancel pending": (
        talks(pending="busy"), CancelPending(at=NOW), "on_call", "available", None, None,
    ),
    # supervisor
    "supervisor sets, not engaged": (
        agent(), chose("busy", cause=Cause.SUPERVISOR), "busy", "busy", None, None,
    ),
    "supervisor sets": (
        talks(), chose("busy", cause=Cause.SUPERVISOR), "on_call", "available", "busy", None,
    ),
    "supervisor, immediate, in wrap-up": (
        wraps_up(), chose("busy", immediate=True, cause=Cause.SUPERVISOR),
        "busy", "busy", None, None,
    ),
    "supervisor, immediate, on a call": (
        talks(), chose("busy", immediate=True, cause=Cause.SUPERVISOR),
        "on_call", "available", "busy", None,
    ),
    # offers
    "offered": (agent(), did(A.OFFERED), "ringing", "available", None, None),
    "answered": (rings(), did(A.ANSWERED), "on_call", "available", None, None),
    "answered clears a hold": (
        rings(no_answer=HELD), did(A.ANSWERED), "on_call", "available", None, None,
    ),
    "rejected": (rings(), did(A.REJECTED), "busy", "busy", None, None),
    "rejected clears a hold": (rings(no_answer=HELD), did(A.REJECTED), "busy", "busy", None, None),
    "rejected with a pending mode": (
        rings(pending="on_break"), did(A.REJECTED), "on_break", "on_break", None, None,
    ),
    "rejected on a break": (
        rings(mode="on_break"), did(A.REJECTED), "on_break", "on_break", None, None,
    ),
    "rung out, hold": (rings(), did(A.RING_TIMED_OUT), "no_answer", "available", None, Hold(at(1))),
    "rung out, hold for": (
        rings(NoAnswer.HOLD_FOR, 30),
        did(A.RING_TIMED_OUT), "no_answer", "available", None, HELD_FOR,
    ),
    "rung out, Busy": (rings(NoAnswer.BUSY), did(A.RING_TIMED_OUT), "busy", "busy", None, None),
    "rung out, no group": (
        rings(NoAnswer.NOTHING), did(A.RING_TIMED_OUT), "available", "available", None, None,
    ),
    "rung out with a pending mode": (
        rings(pending="on_break"), did(A.RING_TIMED_OUT), "on_break", "on_break", None, None,
    ),
    "withdrawn": (rings(), did(A.WITHDRAWN), "available", "available", None, None),
    "withdrawn keeps the hold": (
        rings(no_answer=HELD), did(A.WITHDRAWN), "no_answer", "available", None, HELD,
    ),
    "withdrawn, pending applies": (
        rings(pending="busy"), did(A.WITHDRAWN), "busy", "busy", None, None,
    ),
    "caller gives up": (rings(), did(A.HUNG_UP), "available", "available", None, None),
    # calls
    "dial out": (agent(), did(A.DIALED, call=DIALED), "on_call", "available", None, None),
    "far end answers": (
        agent("on_break", legs=[leg(L.DIALING, call=DIALED)]),
        did(A.ANSWERED), "on_call", "on_break", None, None,
    ),
    "far end answers in No Answer": (
        agent(legs=[leg(L.DIALING, call=DIALED)], no_answer=HELD),
        did(A.ANSWERED), "on_call", "available", None, HELD,
    ),
    "hold": (talks(pending="busy"), did(A.HELD), "on_call", "available", "busy", None),
    "consult": (talks(pending="busy"), did(A.CONSULTED), "on_call", "available", "busy", None),
    "conference": (talks(), did(A.CONFERENCED), "on_call", "available", None, None),
    "hung up": (talks(), did(A.HUNG_UP), "available", "available", None, None),
    "hung up, wrap-up": (talks(30), did(A.HUNG_UP), "wrap_up", "available", None, None),
    "transferred, wrap-up": (talks(None), did(A.TRANSFERRED), "wrap_up", "available", None, None),
    "pending survives into wrap-up": (
        talks(30, pending="busy"), did(A.HUNG_UP), "wrap_up", "available", "busy", None,
    ),
    "wrap-up done": (wraps_up(), did(A.WRAP_UP_DONE), "available", "available", None, None),
    "the last leg ends": (talks(pending="busy"), did(A.HUNG_UP), "busy", "busy", None, None),
    "the last leg ends, supervisor's": (
        ASKED,
        did(A.HUNG_UP), "busy", "busy", None, None,
    ),
    "not the last leg": (TWO, did(A.HUNG_UP), "on_call", "available", "on_break", None),
    # reachability
    "connected": (
        agent(webphone=Webphone.OFF),
        WebphoneConnected(at=NOW), "available", "available", None, None,
    ),
    "lost, in grace": (agent(), WebphoneLost(at=NOW), "available", "available", None, None),
    "microphone refused": (
        agent(), Microphone(at=NOW, granted=False), "offline", "available", None, None,
    ),
    "microphone granted": (
        agent(microphone_refused=True),
        Microphone(at=NOW, granted=True), "available", "available", None, None,
    ),
    "device off": (agent(), switch_off, "outbound_only", "available", None, None),
    "device on": (agent(devices=frozenset()), switch_on, "available", "available", None, None),
    "phone unreachable": (
        agent(), PhoneSeen(at=NOW, reach=PhoneReach.UNREACHABLE),
        "available", "available", None, None,
    ),
    # deadlines
    "wrap-up runs out": (wraps_up(1), due, "available", "available", None, None),
    "wrap-up not yet": (wraps_up(2), due, "wrap_up", "available", None, None),
    "hold runs out": (
        agent(no_answer=Hold(at(), at(1))), due, "available", "available", None, None,
    ),
    "hold without end stays": (agent(no_answer=HELD), due, "no_answer", "available", None, HELD),
    "cool-down runs out": (
        agent(cool_down_until=at(1)), due, "available", "available", None, None,
    ),
    "grace runs out": (agent(**CUT), due, "offline", "available", None, None),
}  # fmt: skip

BEGINS: dict[Cause, tuple[str, ...]] = {
    Cause.LOG_IN: ("log in",),
    Cause.LOG_OUT: ("log out", "log out clears a hold"),
    Cause.AGENT: (
        "choose", "choose clears a hold", "choose another reason",
        # who asked for it is why it shows, though a call's end is when
        "rejected with a pending mode", "rung out with a pending mode",
        "withdrawn, pending applies", "the last leg ends",
    ),
    Cause.SUPERVISOR: (
        "supervisor sets, not engaged", "supervisor, immediate, in wrap-up",
        "the last leg ends, supervisor's",
    ),
    Cause.CALL: (
        "offered", "answered", "answered clears a hold", "withdrawn", "withdrawn keeps the hold",
        "caller gives up", "dial out", "hung up", "hung up, wrap-up", "transferred, wrap-up",
        "pending survives into wrap-up", "wrap-up done",
    ),
    Cause.REJECTED: ("rejected", "rejected clears a hold", "rejected on a break"),
    Cause.RING_NO_ANSWER: (
        "rung out, hold", "rung out, hold for", "rung out, Busy", "rung out, no group",
    ),
    Cause.CONNECTED: ("connected",),
    Cause.CONNECTION_LOST: ("grace runs out",),
    Cause.MICROPHONE: ("microphone refused", "microphone granted"),
    Cause.DEVICES: ("device off", "device on"),
    Cause.WRAP_UP_EXPIRED: ("wrap-up runs out",),
    Cause.HOLD_EXPIRED: ("hold runs out",),
}  # fmt: skip
"""The rows of the table where what shows begins anew, and why it does; in all others it goes on."""
WHY = {row: cause for cause, rows in BEGINS.items() for row in rows}


@pytest.mark.parametrize("row", TABLE)
def test_each_cell_of_section_5(row: str) -> None:
    given, event, shown, mode, pending, hold = TABLE[row]
    decision = decide(given, event, RULES)
    after = decision.state
    assert decision.refused is None
    waits = after.pending.choice.status if after.pending else None
    assert (after.shown.status, after.mode.status, waits) == (shown, mode, pending)
    assert after.no_answer == hold


@pytest.mark.parametrize("row", TABLE)
def test_each_cell_of_section_5_restarts_since_for_its_cause_or_leaves_both(row: str) -> None:
    given, event = TABLE[row][:2]
    before = replace(given.shown, since=at(-60), cause=Cause.SETTINGS)
    decision = decide(replace(given, shown=before), event, RULES)
    after = decision.state.shown
    if row in WHY:
        assert (decision.closed, after.since, after.cause) == (before, NOW, WHY[row])
    else:
        assert (decision.closed, after.since, after.cause) == (None, at(-60), Cause.SETTINGS)


def test_every_row_that_begins_anew_is_in_the_table() -> None:
    assert WHY.keys() <= TABLE.keys()
