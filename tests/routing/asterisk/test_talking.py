"""Calls in progress: hold, consulting, transfer, conference (BEHAVIOURS D)."""

import pytest

from presence.events import CallKind
from routing.reports import CallerLeft, LegReported
from tests.routing.asterisk.pbx import Chan, Pbx, on_a_call

PHONE, OTHER = "PJSIP/1001", "PJSIP/1002"
CALLER = Chan("PJSIP/trunk-00000001", "100.1", number="555")
TALK = Chan("PJSIP/1001-00000002", "100.2", "100.1", number="1001")
SECOND = Chan("PJSIP/1001-00000003", "107.3", number="1001")
COLLEAGUE = Chan("PJSIP/1002-00000004", "107.4", "107.3", number="1002")
BEGUN = ["offered", "answered"]


def after(pbx: Pbx, address: str = PHONE) -> list[str]:
    """What was told since the call was answered."""
    told = pbx.legs(address)
    return told[2:] if address == PHONE else told


def hold(pbx: Pbx, chan: Chan, event: str = "Hold") -> None:
    pbx.say(event, chan.keys())


# --- hold --------------------------------------------------------------------------------------


def test_d1_d2_hold_and_back_as_often_as_it_is_pressed() -> None:
    pbx = on_a_call(TALK, CALLER)
    for _ in range(2):
        for event in ("Hold", "Unhold"):
            pbx.wait(1)
            hold(pbx, TALK, event)
            hold(pbx, TALK, event)
    assert after(pbx) == ["held", "resumed", "held", "resumed"]
    assert len({report.id for report in pbx.told(LegReported)}) == 6


def test_the_customers_hold_is_not_the_agents() -> None:
    pbx = on_a_call(TALK, CALLER)
    hold(pbx, CALLER)
    assert after(pbx) == []


def test_d3_a_caller_who_hangs_up_on_hold_ends_the_call() -> None:
    pbx = on_a_call(TALK, CALLER)
    hold(pbx, TALK)
    pbx.completes(PHONE, TALK, CALLER, "caller")
    pbx.hangs_up(TALK)
    assert after(pbx) == ["held", "hung_up"]


# --- the end -----------------------------------------------------------------------------------


@pytest.mark.parametrize("reason", ["caller", "agent"])
@pytest.mark.parametrize("hang_up_first", [True, False])
def test_a_call_ends_once_whatever_is_said_first(reason: str, hang_up_first: bool) -> None:
    pbx = on_a_call(TALK, CALLER)
    if hang_up_first:
        pbx.hangs_up(TALK)
    pbx.completes(PHONE, None if hang_up_first else TALK, CALLER, reason)
    pbx.leaves("talk", TALK, 1)
    pbx.leaves("talk", CALLER, 0)
    pbx.hangs_up(TALK)
    pbx.hangs_up(TALK)
    assert after(pbx) == ["hung_up"]


def test_an_end_that_names_no_channel_ends_the_members_call_in_that_queue() -> None:
    pbx = on_a_call(TALK, CALLER)
    pbx.completes(PHONE, None, None, "caller", queue="sales")
    assert after(pbx) == []
    pbx = on_a_call(TALK, CALLER)
    pbx.completes(PHONE, None, CALLER, "caller")
    assert after(pbx) == ["hung_up"]


def test_leaving_a_bridge_is_not_the_end() -> None:
    pbx = on_a_call(TALK, CALLER)
    pbx.leaves("talk", TALK, 1)
    pbx.say("BridgeDestroy", BridgeUniqueid="talk", BridgeNumChannels="0")
    pbx.wait(5)
    assert after(pbx) == []


def test_late_words_about_an_ended_call_say_nothing() -> None:
    pbx = on_a_call(TALK, CALLER)
    pbx.hangs_up(TALK)
    hold(pbx, TALK)
    pbx.enters("talk", TALK, 3)
    pbx.dials(TALK, COLLEAGUE)
    pbx.dial_ends(CALLER, TALK, "ANSWER")
    pbx.say("ConfbridgeJoin", TALK.keys(), Conference="1")
    pbx.wait(5)
    assert after(pbx) == ["hung_up"]


# --- consulting --------------------------------------------------------------------------------


def consulting(*, held: bool = True) -> Pbx:
    pbx = on_a_call(TALK, CALLER)
    if held:
        hold(pbx, TALK)
    pbx.say("Newchannel", SECOND.keys())
    pbx.dials(SECOND, COLLEAGUE)
    return pbx


@pytest.mark.parametrize(("held", "back"), [(True, "held"), (False, "resumed")])
@pytest.mark.parametrize("answered", [True, False])
def test_d4_d6_consulting_beats_hold_and_goes_back_to_what_was(
    held: bool, back: str, answered: bool
) -> None:
    pbx = consulting(held=held)
    pbx.wait(2)
    if answered:
        pbx.dial_ends(SECOND, COLLEAGUE, "ANSWER")
        pbx.enters("aside", SECOND, 1)
        pbx.enters("aside", COLLEAGUE, 2)
        pbx.wait(2)
        pbx.hangs_up(COLLEAGUE)
    else:
        pbx.dial_ends(SECOND, COLLEAGUE, "BUSY")
        pbx.hangs_up(COLLEAGUE, 17)
    pbx.hangs_up(SECOND)
    pbx.wait(2)
    assert after(pbx) == [*(["held"] if held else []), "consulted", back]
    ending = ["answered", "hung_up"] if answered else ["rejected"]
    assert after(pbx, OTHER) == ["offered", *ending]


def test_hold_pressed_while_consulting_shows_when_it_is_over() -> None:
    pbx = consulting()
    hold(pbx, TALK, "Unhold")
    pbx.wait(1)
    pbx.hangs_up(SECOND)
    assert after(pbx) == ["held", "consulted", "resumed"]


def test_the_colleagues_call_is_direct_and_part_of_the_customers() -> None:
    told = [r for r in consulting().told(LegReported) if r.address == OTHER]
    assert [(r.kind, r.interaction, r.caller) for r in told] == [(CallKind.DIRECT, "100.1", "1001")]


def test_a_consultation_goes_on_as_a_call_when_the_customer_hangs_up() -> None:
    pbx = consulting()
    pbx.dial_ends(SECOND, COLLEAGUE, "ANSWER")
    pbx.wait(2)
    pbx.completes(PHONE, TALK, CALLER, "caller")
    pbx.hangs_up(TALK)
    pbx.wait(2)
    pbx.hangs_up(SECOND)
    assert after(pbx) == ["held", "consulted", "hung_up", "answered", "hung_up"]
    assert [r.leg for r in pbx.told(LegReported) if r.address == PHONE][-2:] == ["107.3"] * 2


def test_consulting_by_feature_code_is_seen_by_the_bridges() -> None:
    """The agent's one channel goes to the colleague and back; no DialBegin tells of it."""
    target = Chan("PJSIP/1002-00000004", "107.4", "100.1", number="1002", state="Ringing")
    pbx = on_a_call(TALK, CALLER)
    hold(pbx, TALK)
    pbx.say("Newchannel", target.keys())
    pbx.enters("aside", target, 1)
    pbx.say("Newstate", target.keys())
    pbx.leaves("talk", TALK, 1)
    pbx.enters("aside", TALK, 2)
    pbx.wait(2)
    pbx.say("Newstate", target.keys() | {"ChannelStateDesc": "Up"})
    pbx.wait(2)
    assert after(pbx) == ["held", "consulted"]
    assert after(pbx, OTHER) == BEGUN
    pbx.hangs_up(target)
    pbx.leaves("aside", TALK, 0)
    pbx.enters("talk", TALK, 2)
    hold(pbx, TALK, "Unhold")
    pbx.wait(2)
    assert after(pbx) == ["held", "consulted", "resumed"]


# --- transfers ---------------------------------------------------------------------------------


def test_d7_a_blind_transfer_ends_the_call_once() -> None:
    pbx = on_a_call(TALK, CALLER)
    pbx.say(
        "BlindTransfer",
        TALK.keys("Transferer"),
        CALLER.keys("Transferee"),
        Result="Success",
        Extension="1002",
    )
    pbx.leaves("talk", TALK, 1)
    pbx.completes(PHONE, None, CALLER, "transfer")
    pbx.hangs_up(TALK)
    pbx.dials(CALLER, Chan("PJSIP/1002-00000004", "107.4", "100.1"))
    assert after(pbx) == ["transferred"]
    assert after(pbx, OTHER) == ["offered"]


def test_d7_so_it_does_where_only_the_queue_tells_and_names_no_phone() -> None:
    pbx = on_a_call(TALK, CALLER)
    pbx.completes(PHONE, None, CALLER, "transfer")
    pbx.hangs_up(TALK)
    assert after(pbx) == ["transferred"]


def test_a_blind_transfer_that_fails_ends_nothing() -> None:
    pbx = on_a_call(TALK, CALLER)
    pbx.say("BlindTransfer", TALK.keys("Transferer"), Result="Fail")
    assert after(pbx) == []


def test_an_agent_whom_the_caller_transfers_talks_on() -> None:
    pbx = on_a_call(TALK, CALLER)
    pbx.say("BlindTransfer", CALLER.keys("Transferer"), TALK.keys("Transferee"), Result="Success")
    pbx.completes(PHONE, None, CALLER, "transfer")
    assert after(pbx) == []
    pbx.hangs_up(TALK)
    assert after(pbx) == ["hung_up"]


def attended(pbx: Pbx, kind: str, first: Chan = TALK, second: Chan = SECOND) -> None:
    pbx.say(
        "AttendedTransfer",
        first.keys("OrigTransferer"),
        second.keys("SecondTransferer"),
        CALLER.keys("Transferee"),
        COLLEAGUE.keys("TransferTarget"),
        Result="Success",
        DestType=kind,
    )


def test_d8_an_attended_transfer_leaves_the_call_to_the_colleague() -> None:
    pbx = consulting()
    pbx.dial_ends(SECOND, COLLEAGUE, "ANSWER")
    pbx.enters("aside", SECOND, 1)
    pbx.enters("aside", COLLEAGUE, 2)
    pbx.wait(5)
    pbx.leaves("aside", COLLEAGUE, 1)
    pbx.enters("talk", COLLEAGUE, 3, SwapUniqueid=TALK.id)
    pbx.leaves("talk", TALK, 2)
    attended(pbx, "Bridge")
    pbx.completes(PHONE, TALK, CALLER, "transfer")
    pbx.hangs_up(TALK)
    pbx.wait(0.05)
    pbx.leaves("aside", SECOND, 0)
    pbx.hangs_up(SECOND)
    pbx.wait(5)
    assert after(pbx) == ["held", "consulted", "transferred"]
    assert after(pbx, OTHER) == BEGUN
    pbx.hangs_up(COLLEAGUE)
    assert after(pbx, OTHER) == [*BEGUN, "hung_up"]


def test_a_merge_in_which_the_channels_leave_late_shows_no_conference() -> None:
    pbx = consulting()
    pbx.dial_ends(SECOND, COLLEAGUE, "ANSWER")
    pbx.wait(5)
    pbx.enters("talk", COLLEAGUE, 3)
    attended(pbx, "Bridge")
    pbx.now += 0.02
    pbx.leaves("talk", TALK, 2)
    pbx.hangs_up(TALK)
    pbx.hangs_up(SECOND)
    pbx.wait(5)
    assert after(pbx, OTHER) == BEGUN


def test_an_attended_transfer_that_fails_ends_nothing() -> None:
    pbx = consulting()
    pbx.say("AttendedTransfer", TALK.keys("OrigTransferer"), Result="Fail", DestType="Fail")
    assert after(pbx) == ["held", "consulted"]


def test_d9_a_transfer_that_turns_three_way_is_a_conference_for_both() -> None:
    pbx = on_a_call(TALK, CALLER)
    pbx.dials(None, COLLEAGUE)
    pbx.dial_ends(None, COLLEAGUE, "ANSWER")
    attended(pbx, "Threeway", TALK, TALK)
    pbx.enters("talk", COLLEAGUE, 3)
    pbx.wait(5)
    assert after(pbx) == ["conferenced"]
    assert after(pbx, OTHER) == [*BEGUN, "conferenced"]
    pbx.leaves("talk", COLLEAGUE, 2)
    pbx.hangs_up(COLLEAGUE)
    pbx.wait(5)
    assert after(pbx) == ["conferenced", "resumed"]


def test_d9_a_three_way_call_by_feature_code_merges_the_bridges() -> None:
    target = Chan("PJSIP/1002-00000004", "107.4", "100.1", state="Ringing")
    pbx = on_a_call(TALK, CALLER)
    pbx.enters("aside", target, 1)
    pbx.say("Newstate", target.keys())
    pbx.leaves("talk", TALK, 1)
    pbx.enters("aside", TALK, 2)
    pbx.say("Newstate", target.keys() | {"ChannelStateDesc": "Up"})
    pbx.wait(5)
    merge = {"ToBridgeUniqueid": "talk", "FromBridgeUniqueid": "aside"}
    pbx.say("BridgeMerge", merge)
    for count, chan in ((2, target), (3, TALK)):
        pbx.leaves("aside", chan, 3 - count)
        pbx.enters("talk", Chan(chan.name, chan.id, chan.linked), count)
    attended(pbx, "Threeway", TALK, TALK)
    pbx.wait(5)
    assert after(pbx) == ["consulted", "conferenced"]
    assert after(pbx, OTHER) == [*BEGUN, "conferenced"]
    pbx.leaves("talk", CALLER, 2)
    pbx.wait(5)
    assert after(pbx) == ["consulted", "conferenced", "resumed"]


# --- conferences -------------------------------------------------------------------------------


def conference() -> Pbx:
    pbx = on_a_call(TALK, CALLER)
    pbx.dials(None, COLLEAGUE)
    pbx.dial_ends(None, COLLEAGUE, "ANSWER")
    pbx.enters("talk", COLLEAGUE, 3)
    pbx.wait(5)
    assert after(pbx) == ["conferenced"]
    return pbx


def test_d10_one_who_leaves_a_conference_leaves_the_others_in_a_call() -> None:
    pbx = conference()
    pbx.leaves("talk", COLLEAGUE, 2)
    pbx.hangs_up(COLLEAGUE)
    pbx.wait(5)
    assert after(pbx) == ["conferenced", "resumed"]
    assert after(pbx, OTHER)[-1] == "hung_up"


def test_d11_agents_talk_on_when_the_customer_leaves_a_conference() -> None:
    pbx = conference()
    pbx.completes(PHONE, TALK, CALLER, "caller")
    pbx.leaves("talk", CALLER, 2)
    pbx.hangs_up(CALLER)
    pbx.wait(5)
    assert after(pbx) == ["conferenced", "resumed"]
    pbx.hangs_up(TALK)
    assert after(pbx) == ["conferenced", "resumed", "hung_up"]


def test_a_conference_that_breaks_up_shows_no_talk_in_between() -> None:
    pbx = conference()
    for left, chan in enumerate((CALLER, COLLEAGUE)):
        pbx.now += 0.01
        pbx.leaves("talk", chan, 2 - left)
    pbx.now += 0.01
    pbx.hangs_up(TALK)
    pbx.wait(5)
    assert after(pbx) == ["conferenced", "hung_up"]


def test_a_conference_room_is_a_conference_even_for_one() -> None:
    pbx = on_a_call(TALK, CALLER)
    pbx.leaves("talk", TALK, 1)
    pbx.leaves("talk", CALLER, 0)
    pbx.enters("room", TALK, 1)
    pbx.say("ConfbridgeJoin", TALK.keys(), Conference="100", BridgeUniqueid="room")
    pbx.wait(5)
    assert after(pbx) == ["conferenced"]
    pbx.leaves("room", TALK, 0)
    pbx.say("ConfbridgeLeave", TALK.keys(), Conference="100")
    pbx.hangs_up(TALK)
    pbx.wait(5)
    assert after(pbx) == ["conferenced", "hung_up"]


def test_an_agent_who_dials_into_a_conference_is_in_it_at_once() -> None:
    pbx = Pbx(PHONE)
    pbx.say("Newchannel", SECOND.keys())
    pbx.say("ConfbridgeJoin", SECOND.keys(), Conference="100", BridgeUniqueid="room")
    pbx.enters("room", SECOND, 1)
    pbx.wait(5)
    pbx.hangs_up(SECOND)
    assert pbx.legs(PHONE) == ["answered", "conferenced", "hung_up"]


def test_a_phone_in_the_dialplan_that_joins_a_conference_is_in_it() -> None:
    phone = Chan("Local/1001@agents-00000001;1", "100.2", "100.1")
    script = Chan("Local/1001@agents-00000001;2", "100.3", "100.1")
    pbx = on_a_call(phone, CALLER, "Local/1001@agents")
    pbx.say("Hold", script.keys())
    pbx.enters("room", script, 3)
    pbx.wait(5)
    pbx.leaves("room", script, 2)
    pbx.say("ConfbridgeJoin", script.keys(), Conference="100")
    assert pbx.legs("Local/1001@agents")[2:] == ["held", "conferenced"]


def test_an_agent_sent_into_the_dialplan_keeps_the_call() -> None:
    """Another channel takes the phone's over (masquerade), the old one dies as a zombie."""
    taken = Chan(TALK.name, "110.7", "100.1")
    odd = f"AsyncGoto/{TALK.name}"
    pbx = on_a_call(TALK, CALLER)
    pbx.say("Rename", Channel=TALK.name, Newname=f"{TALK.name}<MASQ>", Uniqueid=TALK.id)
    pbx.say("Rename", Channel=odd, Newname=TALK.name, Uniqueid=taken.id)
    pbx.say("Rename", Channel=f"{TALK.name}<MASQ>", Newname=f"{odd}<ZOMBIE>", Uniqueid=TALK.id)
    pbx.hangs_up(Chan(f"{odd}<ZOMBIE>", TALK.id))
    pbx.say("ConfbridgeJoin", taken.keys(), Conference="100")
    pbx.wait(5)
    assert after(pbx) == ["conferenced"]
    pbx.hangs_up(taken)
    assert after(pbx) == ["conferenced", "hung_up"]


def test_d12_listening_in_changes_nothing() -> None:
    spy = Chan("PJSIP/1003-00000008", "108.8")
    pbx = on_a_call(TALK, CALLER)
    pbx.say("Newchannel", spy.keys())
    pbx.say("ChanSpyStart", spy.keys("Spyer"), TALK.keys("Spyee"))
    pbx.wait(5)
    assert after(pbx) == []


# --- healing -----------------------------------------------------------------------------------


def test_a_hang_up_that_was_lost_is_made_up_for_by_the_phone_at_rest() -> None:
    pbx = on_a_call(TALK, CALLER)
    pbx.member("QueueMemberStatus", "support", PHONE)
    assert after(pbx) == []
    pbx.wait(2)
    assert after(pbx) == ["hung_up"]


def test_a_phone_that_rests_and_is_in_use_again_at_once_is_left_alone() -> None:
    pbx = on_a_call(TALK, CALLER)
    pbx.member("QueueMemberStatus", "support", PHONE)
    pbx.member("QueueMemberStatus", "support", PHONE, Status=2)
    pbx.wait(2)
    assert after(pbx) == []


def test_a_call_that_the_queue_still_counts_is_left_alone() -> None:
    pbx = on_a_call(TALK, CALLER)
    pbx.member("QueueMemberStatus", "support", PHONE, InCall=1)
    pbx.wait(2)
    assert after(pbx) == []


def test_bridges_from_before_a_lost_connection_are_forgotten() -> None:
    pbx = conference()
    pbx.say("FullyBooted", Status="Fully Booted")
    pbx.completes(PHONE, TALK, CALLER, "caller")
    assert after(pbx) == ["conferenced", "hung_up"]


# --- dead calls --------------------------------------------------------------------------------


def test_d17_a_caller_who_hangs_up_while_the_agents_channel_stays_is_told_after_a_moment() -> None:
    pbx = on_a_call(TALK, CALLER)
    gone_at = pbx.at(pbx.now)
    pbx.leaves("talk", CALLER, 1)
    pbx.hangs_up(CALLER)
    assert pbx.told(CallerLeft) == []
    pbx.wait(1)
    assert [(left.interaction, left.at) for left in pbx.told(CallerLeft)] == [("100.1", gone_at)]
    assert after(pbx) == []
    pbx.wait(30)
    pbx.hangs_up(TALK)
    assert after(pbx) == ["hung_up"]


def test_d17_an_agent_who_hangs_up_in_the_same_instant_was_on_no_dead_call() -> None:
    pbx = on_a_call(TALK, CALLER)
    pbx.hangs_up(CALLER)
    pbx.wait(0.2)
    pbx.hangs_up(TALK)
    pbx.wait(5)
    assert pbx.told(CallerLeft) == []


def test_d17_a_customer_who_was_put_through_has_not_left() -> None:
    """The channel that rang at the second agent was the first agent's, and is no more."""
    pbx = on_a_call(TALK, CALLER)
    pbx.enters("talk", Chan("PJSIP/trunk-00000009", "100.9", "100.1"), 3)
    pbx.leaves("talk", CALLER, 2)
    pbx.hangs_up(CALLER)
    pbx.wait(5)
    assert pbx.told(CallerLeft) == []
