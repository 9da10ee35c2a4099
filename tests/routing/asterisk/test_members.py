"""Who is in which queue, whether paused, and whether their phone can be reached."""

import pytest

from presence.events import PhoneReach
from routing.reports import MemberSeen, PauseReported, PhoneReported
from tests.routing.asterisk.pbx import Chan, Pbx

PHONE, LOCAL = "PJSIP/1001", "Local/1001@from-queue/n"
QUEUES = ("support", "sales", "orders")


def in_three_queues() -> Pbx:
    pbx = Pbx()
    pbx.snapshot({queue: {PHONE: {}} for queue in QUEUES})
    pbx.reports.clear()
    return pbx


def pause(pbx: Pbx, reason: str, *queues: str, paused: int = 1) -> None:
    pbx.now += 1
    for queue in queues or QUEUES:
        pbx.member("QueueMemberPause", queue, PHONE, Paused=paused, PausedReason=reason)


def pauses(pbx: Pbx) -> list[tuple[bool, str]]:
    return [(report.paused, report.reason) for report in pbx.told(PauseReported)]


# --- pauses ------------------------------------------------------------------------------------


def test_g10_a_pause_in_three_queues_is_one_and_so_is_its_end() -> None:
    pbx = in_three_queues()
    pause(pbx, "Lunch")
    pause(pbx, "", paused=0)
    assert pauses(pbx) == [(True, "Lunch"), (False, "")]


def test_a_pause_in_some_queues_only_is_none() -> None:
    pbx = in_three_queues()
    pause(pbx, "Lunch", "support", "sales")
    pause(pbx, "", "support", "sales", paused=0)
    assert pauses(pbx) == []


def test_the_end_of_a_pause_in_one_queue_ends_it() -> None:
    pbx = in_three_queues()
    pause(pbx, "Lunch")
    pause(pbx, "", "sales", paused=0)
    pause(pbx, "Lunch", "sales")
    assert pauses(pbx) == [(True, "Lunch"), (False, ""), (True, "Lunch")]


def test_another_reason_is_told_once() -> None:
    pbx = in_three_queues()
    for reason in ("Lunch", "Training", "Training", ""):
        pause(pbx, reason)
    assert pauses(pbx) == [(True, "Lunch"), (True, "Training"), (True, "")]


def test_of_different_reasons_the_last_said_counts_and_stays() -> None:
    pbx = in_three_queues()
    for queue, reason in zip(QUEUES, ("Lunch", "", "Training"), strict=True):
        pause(pbx, reason, queue)
    for queue, reason in zip(QUEUES, ("Lunch", "", "Training"), strict=True):
        pbx.member("QueueMemberStatus", queue, PHONE, Paused=1, PausedReason=reason)
    assert pauses(pbx) == [(True, "Training")]


def test_a_reason_given_with_the_end_of_a_pause_is_none() -> None:
    pbx = in_three_queues()
    pause(pbx, "Lunch")
    pause(pbx, "Back", paused=0)
    assert pauses(pbx) == [(True, "Lunch"), (False, "")]


def test_a_pause_during_a_call_leaves_the_call_alone() -> None:
    pbx = Pbx(PHONE)
    caller, phone = Chan("PJSIP/trunk-00000001", "1.1"), Chan("PJSIP/1001-00000002", "1.2", "1.1")
    pbx.rings(PHONE, phone, caller)
    pbx.connects(PHONE, phone, caller)
    keys = {"Paused": 1, "PausedReason": "Lunch"}
    pbx.member("QueueMemberPause", "support", PHONE, Status=2, InCall=1, **keys)
    pbx.completes(PHONE, phone, caller, "agent")
    pbx.member("QueueMemberStatus", "support", PHONE, **keys)
    assert pbx.legs(PHONE) == ["offered", "answered", "hung_up"]
    assert pauses(pbx) == [(True, "Lunch")]


def test_a_pause_that_only_a_status_tells_is_told() -> None:
    pbx = Pbx(PHONE)
    pbx.member("QueueMemberStatus", "support", PHONE, Paused=1, PausedReason="Lunch")
    pbx.member("QueueMemberStatus", "support", PHONE, Paused=1, PausedReason="Lunch")
    pbx.member("QueueMemberStatus", "support", PHONE)
    assert pauses(pbx) == [(True, "Lunch"), (False, "")]


@pytest.mark.parametrize("paused", [0, 1])
def test_a_pause_is_told_of_one_whom_no_snapshot_named(paused: int) -> None:
    pbx = Pbx()
    pbx.member("QueueMemberPause", "support", PHONE, Paused=paused, PausedReason="")
    assert pauses(pbx) == [(bool(paused), "")]
    assert [(r.queue, r.address) for r in pbx.told(MemberSeen)] == [("support", PHONE)]


def test_joining_a_queue_unpaused_ends_a_pause_and_leaving_it_brings_it_back() -> None:
    pbx = Pbx(PHONE)
    pause(pbx, "Lunch", "support")
    pbx.member("QueueMemberAdded", "sales", PHONE)
    pbx.member("QueueMemberRemoved", "sales", PHONE)
    assert pauses(pbx) == [(True, "Lunch"), (False, ""), (True, "Lunch")]


# --- membership --------------------------------------------------------------------------------


def logged_in(pbx: Pbx) -> list[bool | None]:
    return [report.logged_in for report in pbx.told(PhoneReported)]


def test_joining_and_leaving_are_told_and_the_last_leaving_logs_out() -> None:
    pbx = Pbx()
    for event in ("QueueMemberAdded", "QueueMemberRemoved"):
        for queue in ("support", "sales"):
            pbx.member(event, queue, PHONE)
            pbx.member(event, queue, PHONE)
    assert [(r.queue, r.present) for r in pbx.told(MemberSeen)] == [
        ("support", True),
        ("sales", True),
        ("support", False),
        ("sales", False),
    ]
    assert logged_in(pbx) == [True, True, False]
    assert pauses(pbx) == []


def test_a_member_who_joins_paused_is_paused() -> None:
    pbx = Pbx()
    pbx.member("QueueMemberAdded", "support", PHONE, Paused=1, PausedReason="Login")
    assert pauses(pbx) == [(True, "Login")]


def test_a_call_is_followed_to_its_end_though_its_member_left() -> None:
    pbx = Pbx(PHONE)
    caller, phone = Chan("PJSIP/trunk-00000001", "1.1"), Chan("PJSIP/1001-00000002", "1.2", "1.1")
    pbx.rings(PHONE, phone, caller)
    pbx.member("QueueMemberRemoved", "support", PHONE)
    pbx.connects(PHONE, phone, caller)
    pbx.completes(PHONE, phone, caller, "caller")
    assert pbx.legs(PHONE) == ["offered", "answered", "hung_up"]


@pytest.mark.parametrize("event", ["QueueMemberPenalty", "QueueMemberRingInUse"])
def test_changes_of_settings_say_nothing(event: str) -> None:
    pbx = Pbx(PHONE)
    before = list(pbx.reports)
    pbx.member(event, "support", PHONE, Penalty=3)
    assert pbx.reports == before
    assert not pbx.translator.unknown


def test_messages_about_members_that_name_none_say_nothing() -> None:
    pbx = Pbx(PHONE)
    before = list(pbx.reports)
    for event in ("Added", "Removed", "Pause", "Status"):
        pbx.say(f"QueueMember{event}")
        pbx.say(f"QueueMember{event}", Queue="support")
    pbx.say("QueueMemberRemoved", Interface="PJSIP/7", Queue="support")
    assert pbx.reports == before


# --- reachability ------------------------------------------------------------------------------


def reach(pbx: Pbx) -> list[PhoneReach | None]:
    return [report.reach for report in pbx.told(PhoneReported) if report.logged_in is None]


def test_a11_a_phone_out_of_reach_and_back_is_told_once_each() -> None:
    pbx = in_three_queues()
    for status in (2, 5, 4, 1, 6, 2):
        for queue in QUEUES:
            pbx.member("QueueMemberStatus", queue, PHONE, Status=status)
    assert reach(pbx) == [PhoneReach.UNREACHABLE, PhoneReach.REACHABLE]


def contact(pbx: Pbx, status: str, uri: str = "sip:1001@10.0.0.1") -> None:
    pbx.say("ContactStatus", EndpointName="1001", ContactStatus=status, URI=uri, AOR="1001")


def test_a_phone_that_registers_anew_stays_in_reach() -> None:
    pbx = Pbx(PHONE)
    contact(pbx, "Reachable")
    contact(pbx, "NonQualified", "sip:1001@10.0.0.2")
    contact(pbx, "Removed")
    assert reach(pbx) == []
    contact(pbx, "Unreachable", "sip:1001@10.0.0.2")
    contact(pbx, "Unknown", "sip:1001@10.0.0.2")
    contact(pbx, "Reachable")
    assert reach(pbx) == [PhoneReach.UNREACHABLE, PhoneReach.REACHABLE]


def test_a_phone_behind_a_state_interface_is_the_members() -> None:
    pbx = Pbx()
    pbx.snapshot({"support": {LOCAL: {"StateInterface": PHONE}}})
    contact(pbx, "Removed")
    [report] = [r for r in pbx.told(PhoneReported) if r.logged_in is None]
    assert (report.address, report.reach) == (LOCAL, PhoneReach.UNREACHABLE)


@pytest.mark.parametrize(
    ("status", "told"),
    [
        ("Unregistered", [PhoneReach.UNREACHABLE]),
        ("Unreachable", [PhoneReach.UNREACHABLE]),
        ("Registered", []),
        ("Lagged", []),
        ("Rejected", []),
        ("Unknown", []),
        ("", []),
    ],
)
def test_peers_tell_of_members_phones(status: str, told: list[PhoneReach]) -> None:
    pbx = Pbx(PHONE)
    pbx.say("PeerStatus", Peer=PHONE, PeerStatus=status)
    assert reach(pbx) == told


@pytest.mark.parametrize(
    ("state", "told"),
    [
        ("UNAVAILABLE", [PhoneReach.UNREACHABLE]),
        ("INVALID", [PhoneReach.UNREACHABLE]),
        ("UNKNOWN", [PhoneReach.UNKNOWN]),
        ("ONHOLD", []),
        ("", []),
    ],
)
def test_devices_tell_of_members_phones(state: str, told: list[PhoneReach]) -> None:
    pbx = Pbx(PHONE)
    pbx.say("DeviceStateChange", Device=PHONE, State=state)
    assert reach(pbx) == told


def test_phones_of_nobody_are_nobodys() -> None:
    pbx = Pbx(PHONE)
    pbx.say("DeviceStateChange", Device="PJSIP/9", State="UNAVAILABLE")
    pbx.say("DeviceStateChange", State="UNAVAILABLE")
    pbx.say("PeerStatus", Peer="SIP/9", PeerStatus="Unregistered")
    pbx.say("ContactStatus", EndpointName="9", ContactStatus="Removed")
    pbx.say("ContactStatus", ContactStatus="Removed")
    assert reach(pbx) == []
