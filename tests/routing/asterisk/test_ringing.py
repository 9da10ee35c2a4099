"""Queue calls ring at phones: answered, rejected, missed, withdrawn (BEHAVIOURS B)."""

import pytest

from presence.events import CallKind
from routing.reports import CallerReported, LegReported
from tests.routing.asterisk.pbx import Chan, Pbx

PHONE, CALLER = "PJSIP/1001", Chan("PJSIP/trunk-00000001", "100.1", number="555")
RING = Chan("PJSIP/1001-00000002", "100.2", "100.1", state="Ringing")


def ringing(*members: str) -> Pbx:
    pbx = Pbx(*(members or (PHONE,)))
    pbx.now = 1.0
    pbx.joins(CALLER)
    pbx.rings(PHONE, RING, CALLER)
    pbx.now = 5.0
    return pbx


def test_b1_a_ring_is_offered_with_queue_and_caller_once() -> None:
    [offer] = ringing().told(LegReported)
    assert (offer.leg, offer.interaction, offer.id) == ("100.2", "100.1", "100.2:offered")
    assert (offer.kind, offer.queue, offer.caller) == (CallKind.QUEUE, "support", "555")


def test_an_unknown_caller_is_empty() -> None:
    pbx = Pbx(PHONE)
    pbx.rings(PHONE, RING, Chan("PJSIP/trunk-00000001", "100.1", number="<unknown>"))
    assert pbx.told(LegReported)[0].caller == ""


@pytest.mark.parametrize("dial_first", [True, False])
def test_whichever_of_the_two_announcements_comes_first_it_is_a_queue_call(
    dial_first: bool,
) -> None:
    pbx = Pbx(PHONE)
    pbx.joins(CALLER)
    if dial_first:
        pbx.dials(CALLER, RING)
    pbx.rings(PHONE, RING, CALLER)
    [offer] = pbx.told(LegReported)
    assert (offer.kind, offer.queue) == (CallKind.QUEUE, "support")


def test_b2_answering_is_told_once() -> None:
    pbx = ringing()
    pbx.connects(PHONE, RING, CALLER)
    pbx.enters("b", RING, 1)
    assert pbx.legs(PHONE) == ["offered", "answered"]


def test_an_answer_of_which_only_the_queue_speaks_is_told() -> None:
    pbx = ringing()
    about = {"Queue": "support", "Interface": PHONE}
    pbx.say("AgentConnect", CALLER.keys(), RING.keys("Dest"), about)
    assert pbx.legs(PHONE) == ["offered", "answered"]


def test_b3_a_ring_timeout_is_one_miss_dated_when_it_was() -> None:
    pbx = ringing()
    pbx.misses(PHONE, RING, CALLER)
    pbx.dial_ends(CALLER, RING, "NOANSWER")
    pbx.dial_ends(CALLER, RING, "CANCEL")
    pbx.now = 5.002
    pbx.hangs_up(RING, cause=0)
    pbx.wait(9)
    assert pbx.legs(PHONE) == ["offered", "ring_timed_out"]
    assert pbx.told(LegReported)[-1].at == pbx.at(5.0)


@pytest.mark.parametrize("busy_first", [True, False])
def test_b13_busy_is_a_rejection_in_either_order(busy_first: bool) -> None:
    pbx = ringing()
    if busy_first:
        pbx.dial_ends(CALLER, RING, "BUSY")
    pbx.misses(PHONE, RING, CALLER)
    pbx.now = 5.003
    if not busy_first:
        pbx.dial_ends(CALLER, RING, "BUSY")
    pbx.hangs_up(RING, cause=0)
    pbx.member("QueueMemberStatus", "support", PHONE)
    pbx.wait(9)
    assert pbx.legs(PHONE) == ["offered", "rejected"]


@pytest.mark.parametrize("cause", [17, 21])
def test_b7_a_phone_that_declines_is_told_by_its_cause_alone(cause: int) -> None:
    """What a queue says of a SIP phone that answers 486 or 603: it did not answer."""
    pbx = ringing()
    pbx.dial_ends(CALLER, RING, "NOANSWER")
    pbx.misses(PHONE, RING, CALLER)
    pbx.now = 5.001
    pbx.hangs_up(RING, cause)
    assert pbx.legs(PHONE) == ["offered", "rejected"]


@pytest.mark.parametrize("cause", [17, 21])
def test_a_hang_up_for_that_cause_is_enough(cause: int) -> None:
    pbx = ringing()
    pbx.hangs_up(RING, cause)
    assert pbx.legs(PHONE) == ["offered", "rejected"]


@pytest.mark.parametrize("cause", [0, 16, 19])
def test_a_phone_that_stops_ringing_by_itself_missed(cause: int) -> None:
    pbx = ringing()
    pbx.dial_ends(CALLER, RING, "NOANSWER")
    pbx.misses(PHONE, RING, CALLER)
    pbx.hangs_up(RING, cause)
    assert pbx.legs(PHONE) == ["offered", "ring_timed_out"]


@pytest.mark.parametrize("status", ["CONGESTION", "CHANUNAVAIL"])
def test_a_phone_that_could_not_be_rung_is_nobodys_miss(status: str) -> None:
    pbx = ringing()
    pbx.dial_ends(CALLER, RING, status)
    pbx.misses(PHONE, RING, CALLER)
    pbx.hangs_up(RING, cause=34)
    assert pbx.legs(PHONE) == ["offered", "withdrawn"]


def test_nor_where_only_the_cause_tells() -> None:
    pbx = ringing()
    pbx.dial_ends(CALLER, RING, "NOANSWER")
    pbx.misses(PHONE, RING, CALLER)
    pbx.hangs_up(RING, cause=34)
    assert pbx.legs(PHONE) == ["offered", "withdrawn"]


def alone(pbx: Pbx) -> None:
    pbx.misses(PHONE, RING, CALLER)
    assert pbx.legs(PHONE) == ["offered"]


def test_a_miss_that_nothing_follows_is_told_with_the_next_message() -> None:
    pbx = ringing()
    alone(pbx)
    pbx.now = 5.2
    pbx.say("VarSet", Variable="x", Value="y")
    assert pbx.legs(PHONE) == ["offered", "ring_timed_out"]
    assert pbx.told(LegReported)[-1].at == pbx.at(5.0)


def test_a_miss_that_nothing_follows_is_told_after_a_silence() -> None:
    pbx = ringing()
    alone(pbx)
    pbx.wait(0.2)
    assert pbx.legs(PHONE) == ["offered", "ring_timed_out"]


def test_a_miss_that_nothing_follows_is_told_when_the_phone_rests() -> None:
    pbx = ringing()
    alone(pbx)
    pbx.member("QueueMemberStatus", "support", PHONE)
    assert pbx.legs(PHONE) == ["offered", "ring_timed_out"]


def test_a_miss_that_nothing_follows_is_told_before_the_next_ring() -> None:
    pbx = ringing()
    alone(pbx)
    pbx.rings(PHONE, Chan("PJSIP/1001-00000003", "105.3", "100.1"), CALLER)
    assert pbx.legs(PHONE) == ["offered", "ring_timed_out", "offered"]


def test_b8_a_caller_who_gives_up_is_no_miss() -> None:
    pbx = ringing()
    pbx.dial_ends(CALLER, RING, "CANCEL")
    pbx.dial_ends(CALLER, RING, "CANCEL")
    pbx.hangs_up(RING, cause=0)
    pbx.say("QueueCallerAbandon", CALLER.keys(), Queue="support")
    pbx.say("QueueCallerLeave", CALLER.keys(), Queue="support")
    assert pbx.legs(PHONE) == ["offered", "withdrawn"]
    told = pbx.told(CallerReported)
    assert [(report.joined, report.abandoned) for report in told] == [(True, False), (False, True)]


def test_b9_whoever_loses_the_race_has_no_miss_and_the_winner_comes_first() -> None:
    loser = Chan("PJSIP/1002-00000003", "100.3", "100.1")
    pbx = ringing(PHONE, "PJSIP/1002")
    pbx.rings("PJSIP/1002", loser, CALLER)
    pbx.dial_ends(CALLER, RING, "ANSWER")
    for _ in range(2):
        pbx.dial_ends(CALLER, loser, "CANCEL")
    pbx.hangs_up(loser, cause=26)
    assert [(r.address, r.action.value) for r in pbx.told(LegReported)[2:]] == [
        (PHONE, "answered"),
        ("PJSIP/1002", "withdrawn"),
    ]


def test_a_loser_is_told_even_if_no_hang_up_is() -> None:
    pbx = ringing()
    pbx.dial_ends(CALLER, RING, "CANCEL")
    pbx.wait(0.2)
    assert pbx.legs(PHONE) == ["offered", "withdrawn"]


def test_b10_one_who_rejects_leaves_the_others_ringing() -> None:
    other = Chan("PJSIP/1002-00000003", "100.3", "100.1")
    pbx = ringing(PHONE, "PJSIP/1002")
    pbx.rings("PJSIP/1002", other, CALLER)
    pbx.dial_ends(CALLER, RING, "BUSY")
    pbx.misses(PHONE, RING, CALLER)
    pbx.hangs_up(RING, 17)
    assert pbx.legs(PHONE) == ["offered", "rejected"]
    assert pbx.legs("PJSIP/1002") == ["offered"]


def test_b11_everybody_who_lets_it_ring_misses_once() -> None:
    other = Chan("PJSIP/1002-00000003", "100.3", "100.1")
    pbx = ringing(PHONE, "PJSIP/1002")
    pbx.rings("PJSIP/1002", other, CALLER)
    for interface, phone in ((PHONE, RING), ("PJSIP/1002", other)):
        pbx.misses(interface, phone, CALLER)
    for status in ("NOANSWER", "CANCEL"):
        for phone in (RING, other):
            pbx.dial_ends(CALLER, phone, status)
    for phone in (RING, other):
        pbx.hangs_up(phone, 0)
    assert pbx.legs(PHONE) == pbx.legs("PJSIP/1002") == ["offered", "ring_timed_out"]


def test_the_same_agent_rung_again_has_a_new_leg() -> None:
    pbx = ringing()
    pbx.dial_ends(CALLER, RING, "BUSY")
    pbx.hangs_up(RING, 17)
    again = Chan("PJSIP/1001-00000005", "110.5", "100.1")
    pbx.rings(PHONE, again, CALLER)
    assert [(report.leg, report.action.value) for report in pbx.told(LegReported)] == [
        ("100.2", "offered"),
        ("100.2", "rejected"),
        ("110.5", "offered"),
    ]


def test_an_end_that_was_lost_is_made_up_for_by_the_next_ring() -> None:
    pbx = ringing()
    pbx.rings(PHONE, Chan("PJSIP/1001-00000005", "110.5", "100.1"), CALLER)
    assert pbx.legs(PHONE) == ["offered", "withdrawn", "offered"]


def test_a_caller_who_comes_back_to_another_queue_is_told_in_each() -> None:
    pbx = Pbx(PHONE)
    for queue in ("support", "sales"):
        pbx.joins(CALLER, queue)
        pbx.say("QueueCallerLeave", CALLER.keys(), Queue=queue)
    told = pbx.told(CallerReported)
    assert [(r.queue, r.joined) for r in told] == [
        ("support", True),
        ("support", False),
        ("sales", True),
        ("sales", False),
    ]
    assert {report.interaction for report in told} == {"100.1"}


def test_a_phone_that_forwards_the_call_no_longer_rings() -> None:
    """A queue goes on to where the phone sent it, and connects the member there."""
    mobile = Chan("Local/0170@out-00000001;1", "101.1", "100.1")
    pbx = ringing()
    pbx.say("DialEnd", CALLER.keys(), RING.keys("Dest"), DialStatus="CANCEL", Forward="0170@out")
    pbx.dials(CALLER, mobile)
    pbx.hangs_up(RING)
    assert pbx.legs(PHONE) == ["offered", "withdrawn"]
    pbx.connects(PHONE, mobile, CALLER)
    pbx.completes(PHONE, mobile, CALLER, "caller")
    assert pbx.legs(PHONE)[2:] == ["answered", "hung_up"]


def test_a_call_picked_up_from_another_phone_is_theirs() -> None:
    """The phone that picks up takes the place of the one that rings."""
    mine = Chan("PJSIP/1002-00000009", "104.9")
    pbx = ringing(PHONE, "PJSIP/1002")
    pbx.say("Newchannel", mine.keys())
    pbx.say("Rename", Channel=mine.name, Newname=f"{mine.name}<MASQ>", Uniqueid=mine.id)
    pbx.say("Rename", Channel=RING.name, Newname=mine.name, Uniqueid=RING.id)
    pbx.say(
        "Rename", Channel=f"{mine.name}<MASQ>", Newname=f"{RING.name}<ZOMBIE>", Uniqueid="104.9"
    )
    taken = Chan(mine.name, RING.id, "100.1")
    pbx.dial_ends(CALLER, taken, "ANSWER")
    about = {"Queue": "support", "Interface": PHONE}
    pbx.say("AgentConnect", CALLER.keys(), taken.keys("Dest"), about)
    pbx.hangs_up(Chan(f"{RING.name}<ZOMBIE>", "104.9"))
    pbx.wait(9)
    pbx.hangs_up(taken)
    assert pbx.legs(PHONE) == ["offered", "withdrawn"]
    assert pbx.legs("PJSIP/1002") == ["offered", "answered", "hung_up"]


# --- late, lost and strange --------------------------------------------------------------------


def test_g2_a_hang_up_that_comes_before_the_answer_is_final() -> None:
    pbx = ringing()
    pbx.hangs_up(RING)
    pbx.connects(PHONE, RING, CALLER)
    pbx.enters("b", RING, 1)
    pbx.hangs_up(RING)
    assert pbx.legs(PHONE) == ["offered", "withdrawn"]


def test_g2_so_it_is_for_a_ring_nobody_heard_of() -> None:
    pbx = Pbx(PHONE)
    pbx.hangs_up(RING)
    pbx.rings(PHONE, RING, CALLER)
    pbx.connects(PHONE, RING, CALLER)
    assert pbx.legs(PHONE) == []


def test_g3_ends_of_what_never_began_say_nothing() -> None:
    pbx = Pbx(PHONE)
    pbx.dial_ends(CALLER, RING, "BUSY")
    pbx.misses(PHONE, RING, CALLER)
    pbx.completes(PHONE, RING, CALLER, "agent")
    pbx.say("AgentDump", RING.keys("Dest"), Interface=PHONE)
    pbx.say("QueueCallerLeave", CALLER.keys(), Queue="support")
    pbx.say("QueueCallerAbandon", CALLER.keys(), Queue="support")
    pbx.wait(9)
    assert not pbx.told(LegReported)
    assert not pbx.told(CallerReported)


def test_an_answer_whose_ring_nobody_heard_of_is_told() -> None:
    pbx = Pbx()
    about = {"Queue": "support", "Interface": PHONE}
    pbx.say("AgentConnect", CALLER.keys(), RING.keys("Dest"), about)
    [report] = pbx.told(LegReported)
    assert (report.action.value, report.kind, report.queue) == (
        "answered",
        CallKind.QUEUE,
        "support",
    )
    pbx.hangs_up(RING)
    assert pbx.legs(PHONE) == ["answered", "hung_up"]


def test_hang_up_during_the_announcement_is_a_hang_up() -> None:
    pbx = ringing()
    pbx.dial_ends(CALLER, RING, "ANSWER")
    pbx.say("AgentDump", CALLER.keys(), RING.keys("Dest"), Interface=PHONE, Queue="support")
    pbx.dial_ends(CALLER, RING, "CANCEL")
    pbx.hangs_up(RING)
    assert pbx.legs(PHONE) == ["offered", "answered", "hung_up"]


def test_names_that_come_again_after_a_restart_are_new_channels() -> None:
    pbx = Pbx("Local/1001@agents")
    for start in (100, 900):
        ring = Chan("Local/1001@agents-00000001;1", f"{start}.2", f"{start}.1")
        caller = Chan("PJSIP/trunk-00000001", f"{start}.1")
        pbx.rings("Local/1001@agents", ring, caller)
        pbx.connects("Local/1001@agents", ring, caller)
        pbx.hangs_up(ring)
    assert pbx.legs("Local/1001@agents") == ["offered", "answered", "hung_up"] * 2


@pytest.mark.parametrize("gone", ["Dest", "caller", "Queue", "Interface"])
def test_keys_that_are_missing_do_no_harm(gone: str) -> None:
    pbx = ringing()
    about = {"Queue": "support", "Interface": PHONE}
    about.pop(gone, None)
    caller = {} if gone == "caller" else CALLER.keys()
    phone = {} if gone == "Dest" else RING.keys("Dest")
    for event in ("AgentRingNoAnswer", "AgentCalled", "AgentConnect", "AgentComplete"):
        pbx.say(event, caller, phone, about)
    pbx.wait(9)
    assert pbx.legs(PHONE)[0] == "offered"
