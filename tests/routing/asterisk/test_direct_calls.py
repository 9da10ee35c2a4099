"""Calls outside queues, and phones that are dialled through the dialplan."""

import pytest

from presence.events import CallKind
from routing.connectors.asterisk.translator import Translator
from routing.reports import LegReported
from tests.routing.asterisk.pbx import Chan, Pbx

PHONE, OTHER = "PJSIP/1001", "PJSIP/1002"
MINE = Chan("PJSIP/1001-0000000a", "200.1", number="1001")
TRUNK = Chan("PJSIP/trunk-0000000b", "200.2", "200.1", number="0170555")
THEIRS = Chan("PJSIP/1002-0000000c", "200.3", "200.1", number="1002")


def floor() -> Pbx:
    pbx = Pbx(PHONE, OTHER)
    pbx.now = 1.0
    return pbx


# --- an agent dials ----------------------------------------------------------------------------


def test_c16_an_agent_who_dials_is_dialing_then_on_a_call() -> None:
    pbx = floor()
    pbx.say("Newchannel", MINE.keys())
    pbx.dials(MINE, TRUNK)
    pbx.dial_ends(MINE, TRUNK, "ANSWER")
    pbx.enters("b", TRUNK, 1)
    pbx.enters("b", MINE, 2)
    pbx.say("Hold", MINE.keys())
    pbx.hangs_up(TRUNK)
    pbx.hangs_up(MINE)
    assert pbx.legs(PHONE) == ["dialed", "answered", "held", "hung_up"]
    report = pbx.told(LegReported)[0]
    assert (report.leg, report.interaction, report.kind, report.caller) == (
        "200.1",
        "200.1",
        CallKind.OUTBOUND,
        "0170555",
    )


@pytest.mark.parametrize("status", ["BUSY", "NOANSWER", "CHANUNAVAIL", "CANCEL"])
def test_c17_a_call_that_comes_to_nothing_ends_with_the_agents_channel(status: str) -> None:
    pbx = floor()
    pbx.dials(MINE, TRUNK)
    pbx.dial_ends(MINE, TRUNK, status)
    pbx.hangs_up(TRUNK, 17)
    pbx.wait(3)
    assert pbx.legs(PHONE) == ["dialed"]
    pbx.hangs_up(MINE, 17)
    assert pbx.legs(PHONE) == ["dialed", "hung_up"]


def test_dialling_on_after_a_busy_tone_is_the_same_call() -> None:
    pbx = floor()
    pbx.dials(MINE, TRUNK)
    pbx.dial_ends(MINE, TRUNK, "BUSY")
    again = Chan("PJSIP/trunk-0000000d", "203.4", "200.1")
    pbx.dials(MINE, again)
    pbx.dial_ends(MINE, again, "ANSWER")
    assert pbx.legs(PHONE) == ["dialed", "answered"]


def test_one_agent_who_calls_another_dials_and_the_other_is_offered() -> None:
    pbx = floor()
    pbx.dials(MINE, THEIRS)
    pbx.dial_ends(MINE, THEIRS, "ANSWER")
    assert pbx.legs(PHONE) == ["dialed", "answered"]
    assert pbx.legs(OTHER) == ["offered", "answered"]
    offer = next(report for report in pbx.told(LegReported) if report.address == OTHER)
    assert (offer.kind, offer.interaction, offer.caller) == (CallKind.DIRECT, "200.1", "1001")


def test_an_agent_who_calls_a_queue_dials_too() -> None:
    pbx = floor()
    pbx.joins(MINE)
    pbx.rings(OTHER, THEIRS, MINE)
    pbx.dial_ends(MINE, THEIRS, "NOANSWER")
    pbx.hangs_up(THEIRS)
    assert pbx.legs(PHONE) == ["dialed"]
    assert pbx.legs(OTHER) == ["offered", "ring_timed_out"]


def test_an_answer_is_seen_by_the_bridge_as_well() -> None:
    pbx = floor()
    pbx.dials(MINE, TRUNK)
    pbx.enters("b", MINE, 1)
    assert pbx.legs(PHONE) == ["dialed", "answered"]


def test_a_parked_call_that_an_agent_takes_is_a_call() -> None:
    """Nobody dials: the agent's new channel is in a bridge."""
    pbx = floor()
    pbx.say("Newchannel", MINE.keys())
    pbx.enters("parked", MINE, 2)
    pbx.hangs_up(MINE)
    assert pbx.legs(PHONE) == ["answered", "hung_up"]


def test_so_it_is_a_consultation_where_the_agent_is_on_a_call() -> None:
    line = Chan("PJSIP/1001-0000000f", "205.2")
    pbx = floor()
    pbx.dials(MINE, TRUNK)
    pbx.dial_ends(MINE, TRUNK, "ANSWER")
    pbx.say("Newchannel", line.keys())
    pbx.enters("parked", line, 2)
    pbx.hangs_up(line)
    assert pbx.legs(PHONE) == ["dialed", "answered", "consulted", "resumed"]


# --- an agent is called ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("status", "cause", "end"),
    [
        ("BUSY", 17, "rejected"),
        ("CANCEL", 21, "rejected"),
        ("NOANSWER", 0, "ring_timed_out"),
        ("CANCEL", 26, "withdrawn"),
        ("CANCEL", 0, "withdrawn"),
        ("CHANUNAVAIL", 20, "withdrawn"),
        ("ABORT", 0, "withdrawn"),
    ],
)
def test_a_direct_call_ends_as_it_was_ended(status: str, cause: int, end: str) -> None:
    caller = Chan("PJSIP/trunk-0000000b", "200.1", number="555")
    pbx = floor()
    pbx.dials(caller, THEIRS)
    pbx.now = 4.0
    pbx.dial_ends(caller, THEIRS, status)
    pbx.hangs_up(THEIRS, cause)
    assert pbx.legs(OTHER) == ["offered", end]


def test_an_answer_whose_ring_nobody_heard_of_is_told() -> None:
    caller = Chan("PJSIP/trunk-0000000b", "200.1", number="555")
    pbx = floor()
    pbx.dial_ends(caller, THEIRS, "ANSWER")
    pbx.enters("b", THEIRS, 1)
    [report] = pbx.told(LegReported)
    assert (report.address, report.action.value, report.kind, report.caller) == (
        OTHER,
        "answered",
        CallKind.DIRECT,
        "555",
    )


def test_a_click_to_dial_rings_at_the_agent_first() -> None:
    phone = Chan("Local/1001@agents-0000000a;1", "200.1", number="0170555")
    pbx = Pbx("Local/1001@agents/n")
    pbx.dials(None, phone)
    pbx.dial_ends(None, phone, "ANSWER")
    pbx.dials(phone, TRUNK)
    pbx.dial_ends(phone, TRUNK, "ANSWER")
    pbx.hangs_up(phone)
    assert pbx.legs("Local/1001@agents/n") == ["offered", "answered", "hung_up"]
    assert pbx.told(LegReported)[0].kind is CallKind.DIRECT
    assert pbx.told(LegReported)[0].caller == "0170555"


def test_a_second_line_that_dials_is_a_consultation_of_the_first() -> None:
    first = Chan("Local/1001@agents-0000000a;1", "200.1")
    second = Chan("Local/1001@agents-0000000b;1", "210.1")
    pbx = Pbx("Local/1001@agents")
    pbx.dials(None, first)
    pbx.dial_ends(None, first, "ANSWER")
    pbx.now = 5.0
    pbx.dials(None, second)
    pbx.dial_ends(None, second, "ANSWER")
    pbx.dials(second, TRUNK)
    pbx.hangs_up(second)
    told = [(report.leg, report.action.value) for report in pbx.told(LegReported)]
    assert told == [
        ("200.1", "offered"),
        ("200.1", "answered"),
        ("210.1", "offered"),
        ("210.1", "answered"),
        ("200.1", "consulted"),
        ("200.1", "resumed"),
        ("210.1", "hung_up"),
    ]


def test_a_second_call_rings_beside_the_first() -> None:
    pbx = floor()
    pbx.dials(MINE, TRUNK)
    pbx.dial_ends(MINE, TRUNK, "ANSWER")
    caller, line = Chan("PJSIP/trunk-0000000e", "205.1"), Chan("PJSIP/1001-0000000f", "205.2")
    pbx.dials(caller, line)
    pbx.dial_ends(caller, line, "ANSWER")
    pbx.hangs_up(MINE)
    pbx.hangs_up(line)
    told = [(report.leg, report.action.value) for report in pbx.told(LegReported)]
    assert told[2:] == [
        ("205.2", "offered"),
        ("205.2", "answered"),
        ("200.1", "hung_up"),
        ("205.2", "hung_up"),
    ]


def test_calls_of_strangers_are_nobodys() -> None:
    pbx = floor()
    stranger = Chan("PJSIP/9999-00000001", "300.1")
    pbx.dials(stranger, TRUNK)
    pbx.dial_ends(stranger, TRUNK, "ANSWER")
    pbx.enters("b", stranger, 2)
    pbx.hangs_up(stranger)
    assert not pbx.told(LegReported)


def test_a_trunk_that_a_member_is_reached_over_is_nobodys_phone() -> None:
    pbx = Pbx("PJSIP/0170555@trunk")
    pbx.dials(MINE, TRUNK)
    pbx.dial_ends(MINE, TRUNK, "ANSWER")
    assert not pbx.told(LegReported)


def test_phones_known_from_elsewhere_are_followed_before_any_queue_names_them() -> None:
    pbx = Pbx()
    pbx.translator = Translator(phones=[PHONE])
    pbx.dials(MINE, TRUNK)
    assert pbx.legs(PHONE) == ["dialed"]


# --- through the dialplan ----------------------------------------------------------------------

LOCAL, STATE = "Local/1001@from-queue/n", "PJSIP/1001"
CALLER = Chan("PJSIP/trunk-00000001", "100.1", number="555")
ONE = Chan("Local/1001@from-queue-00000001;1", "100.2", "100.1", state="Ringing")
TWO = Chan("Local/1001@from-queue-00000001;2", "100.3", "100.1", state="Ring")
PHYSICAL = Chan("PJSIP/1001-00000002", "100.4", "100.1", state="Ringing")


def behind_the_dialplan(state: str = STATE, *, announced: bool = True) -> Pbx:
    pbx = Pbx()
    pbx.snapshot({"support": {LOCAL: {"StateInterface": state}}})
    pbx.joins(CALLER)
    pbx.rings(LOCAL, ONE, CALLER)
    pbx.say("Newchannel", TWO.keys())
    if announced:
        pbx.dials(TWO, PHYSICAL)
    pbx.say("Newstate", PHYSICAL.keys())
    return pbx


@pytest.mark.parametrize("state", [STATE, "hint:1001@ext-local", ""])
@pytest.mark.parametrize("answers", [True, False])
def test_a_phone_behind_the_dialplan_is_one_leg(state: str, answers: bool) -> None:
    pbx = behind_the_dialplan(state)
    pbx.now = 4.0
    if answers:
        pbx.dial_ends(TWO, PHYSICAL, "ANSWER")
        pbx.connects(LOCAL, ONE, CALLER)
        pbx.wait(2)
        pbx.say("Hold", PHYSICAL.keys())
        pbx.say("Hold", ONE.keys())
        pbx.completes(LOCAL, ONE, CALLER, "caller")
    else:
        pbx.dial_ends(TWO, PHYSICAL, "BUSY")
        pbx.hangs_up(PHYSICAL, 17)
        pbx.hangs_up(TWO, 16)
        pbx.dial_ends(CALLER, ONE, "NOANSWER")
        pbx.misses(LOCAL, ONE, CALLER)
    for chan in (ONE, TWO, PHYSICAL):
        pbx.hangs_up(chan, 16)
    pbx.wait(5)
    ending = ["answered", "held", "hung_up"] if answers else ["rejected"]
    assert pbx.legs(LOCAL) == ["offered", *ending]
    assert {report.leg for report in pbx.told(LegReported)} == {"100.2"}


def test_so_it_is_where_nothing_but_its_answer_is_heard() -> None:
    pbx = Pbx()
    pbx.snapshot({"support": {LOCAL: {"StateInterface": STATE}}})
    pbx.rings(LOCAL, ONE, CALLER)
    pbx.dial_ends(Chan("Local/x@y-00000009;2", "100.9", "100.1"), PHYSICAL, "ANSWER")
    pbx.connects(LOCAL, ONE, CALLER)
    assert pbx.legs(LOCAL) == ["offered", "answered"]


def test_so_it_is_where_only_its_ringing_is_seen() -> None:
    pbx = behind_the_dialplan(announced=False)
    pbx.dial_ends(TWO, PHYSICAL, "ANSWER")
    pbx.connects(LOCAL, ONE, CALLER)
    assert [report.action.value for report in pbx.told(LegReported)] == ["offered", "answered"]


def test_the_customers_hold_that_the_dialplan_passes_on_is_not_the_agents() -> None:
    pbx = behind_the_dialplan()
    pbx.connects(LOCAL, ONE, CALLER)
    pbx.say("Hold", TWO.keys())
    assert pbx.legs(LOCAL) == ["offered", "answered"]


def test_a_pair_taken_out_of_the_call_leaves_it_to_the_phone_behind() -> None:
    pbx = behind_the_dialplan()
    pbx.dial_ends(TWO, PHYSICAL, "ANSWER")
    pbx.connects(LOCAL, ONE, CALLER)
    pbx.enters("front", ONE, 1)
    pbx.enters("front", CALLER, 2)
    pbx.enters("back", PHYSICAL, 1)
    pbx.enters("back", TWO, 2)
    pbx.wait(1)
    pbx.leaves("back", PHYSICAL, 1)
    pbx.enters("front", PHYSICAL, 3, SwapUniqueid=ONE.id)
    pbx.leaves("front", ONE, 2)
    pbx.hangs_up(ONE)
    pbx.hangs_up(TWO)
    pbx.member("QueueMemberStatus", "support", LOCAL, StateInterface=LOCAL)
    pbx.wait(5)
    assert pbx.legs(LOCAL) == ["offered", "answered"]
    pbx.say("Hold", PHYSICAL.keys())
    pbx.hangs_up(PHYSICAL)
    assert pbx.legs(LOCAL)[2:] == ["held", "hung_up"]


def test_a_colleague_rung_by_a_transfer_from_behind_the_dialplan_has_an_own_leg() -> None:
    pbx = behind_the_dialplan()
    pbx.snapshot({"sales": {OTHER: {}}}, list_items=-1)
    pbx.dial_ends(TWO, PHYSICAL, "ANSWER")
    pbx.connects(LOCAL, ONE, CALLER)
    pbx.say("BlindTransfer", PHYSICAL.keys("Transferer"), Result="Success")
    pbx.dials(TWO, Chan("PJSIP/1002-0000000c", "104.3", "100.1"))
    assert pbx.legs(LOCAL) == ["offered", "answered", "transferred"]
    assert pbx.legs(OTHER) == ["offered"]


def test_two_interfaces_of_one_phone_are_one_person() -> None:
    pbx = Pbx()
    pbx.snapshot({"support": {LOCAL: {"StateInterface": STATE}}, "sales": {STATE: {}}})
    pbx.rings(LOCAL, ONE, CALLER)
    pbx.dials(TWO, PHYSICAL)
    assert [report.address for report in pbx.told(LegReported)] == [LOCAL]
