"""Snapshots: what they tell, and calls of which nothing else does (BEHAVIOURS G5)."""

import pytest

from presence.events import CallKind, PhoneReach
from routing.reports import (
    CallerReported,
    LegReported,
    MemberSeen,
    PauseReported,
    PhoneReported,
    QueueSeen,
    SnapshotDone,
)
from tests.routing.asterisk.pbx import Chan, Pbx, on_a_call

PHONE, OTHER = "PJSIP/1001", "PJSIP/1002"
LOCAL, THIRD = "Local/1001@agents", "Local/1003@agents"
CALLER = Chan("PJSIP/trunk-00000001", "100.1", number="555")
TALK = Chan("PJSIP/1001-00000002", "100.2", "100.1")


def opened(
    interface: str = PHONE, waiting: list[Chan] | None = None, **keys: object
) -> tuple[Pbx, list[str]]:
    """A connection that opens while things are going on, and what is told of that member."""
    pbx = Pbx()
    pbx.now = 1.0
    pbx.snapshot({"support": {interface: keys}}, {"support": waiting or []})
    return pbx, pbx.legs(interface)


def test_a_snapshot_tells_queues_members_phones_and_that_it_is_done() -> None:
    pbx = Pbx()
    pbx.snapshot({"support": {PHONE: {}, OTHER: {"Status": 5}}, "sales": {PHONE: {}}})
    assert [report.queue for report in pbx.told(QueueSeen)] == ["support", "sales"]
    assert [(r.queue, r.address, r.present) for r in pbx.told(MemberSeen)] == [
        ("support", PHONE, True),
        ("support", OTHER, True),
        ("sales", PHONE, True),
    ]
    assert [(r.address, r.logged_in, r.reach) for r in pbx.told(PhoneReported)] == [
        (PHONE, True, PhoneReach.REACHABLE),
        (OTHER, True, PhoneReach.UNREACHABLE),
    ]
    assert len(pbx.told(SnapshotDone)) == 1
    assert isinstance(pbx.reports[-1], SnapshotDone)


@pytest.mark.parametrize(
    ("status", "reach"),
    [
        (0, PhoneReach.UNKNOWN),
        (1, PhoneReach.REACHABLE),
        (2, PhoneReach.REACHABLE),
        (4, PhoneReach.UNREACHABLE),
        (5, PhoneReach.UNREACHABLE),
        (6, PhoneReach.REACHABLE),
        (8, PhoneReach.REACHABLE),
    ],
)
def test_a12_a_device_of_unknown_state_counts_as_unknown(status: int, reach: PhoneReach) -> None:
    pbx, _ = opened(Status=status)
    assert [report.reach for report in pbx.told(PhoneReported)] == [reach]


def test_only_those_paused_everywhere_are_paused() -> None:
    pbx = Pbx()
    lunch = {"Paused": 1, "PausedReason": "Lunch"}
    pbx.snapshot({"support": {PHONE: lunch, OTHER: lunch}, "sales": {OTHER: {}}})
    assert [(r.address, r.paused, r.reason) for r in pbx.told(PauseReported)] == [
        (PHONE, True, "Lunch")
    ]


def test_a_later_snapshot_tells_a_pause_that_ended_unheard_and_no_other() -> None:
    pbx = Pbx()
    lunch = {"Paused": 1, "PausedReason": "Lunch"}
    for keys in (lunch, lunch, {}, {}):
        pbx.wait(10)
        pbx.snapshot({"support": {PHONE: keys}})
    assert [(r.paused, r.reason) for r in pbx.told(PauseReported)] == [(True, "Lunch"), (False, "")]


def test_callers_who_wait_are_told_once_with_the_time_they_came() -> None:
    pbx, _ = opened(waiting=[CALLER])
    pbx.wait(5)
    pbx.snapshot({"support": {PHONE: {}}}, {"support": [CALLER]})
    [report] = pbx.told(CallerReported)
    assert (report.interaction, report.caller, report.joined) == ("100.1", "555", True)
    assert report.at == pbx.at(1 - 10)


def test_callers_who_left_unheard_are_told_by_the_next_snapshot() -> None:
    pbx, _ = opened(waiting=[CALLER])
    pbx.wait(5)
    pbx.snapshot({"support": {PHONE: {}}})
    pbx.wait(5)
    pbx.snapshot({"support": {PHONE: {}}})
    assert [(r.joined, r.abandoned) for r in pbx.told(CallerReported)] == [
        (True, False),
        (False, False),
    ]


# --- calls in progress -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("interface", "keys", "told"),
    [
        (PHONE, {"Status": 1}, []),
        (PHONE, {"Status": 5}, []),
        (PHONE, {"Status": 2}, ["answered"]),
        (PHONE, {"Status": 2, "InCall": 1}, ["answered"]),
        (PHONE, {"Status": 3}, ["answered"]),
        (PHONE, {"Status": 1, "InCall": 1}, ["answered"]),
        (PHONE, {"Status": 6}, ["offered"]),
        (PHONE, {"Status": 7, "InCall": 1}, ["answered", "offered"]),
        (PHONE, {"Status": 8, "InCall": 1}, ["answered", "held"]),
        (LOCAL, {"Status": 2}, ["answered"]),
        (LOCAL, {"Status": 2, "InCall": 1}, ["answered"]),
    ],
)
@pytest.mark.parametrize("waits", [True, False])
def test_calls_in_progress_are_told(
    interface: str, keys: dict[str, object], told: list[str], waits: bool
) -> None:
    if waits and interface == LOCAL and "InCall" not in keys:
        told = ["offered"]  # a channel through the dialplan is in use while it rings
    _, legs = opened(interface, [CALLER] if waits else None, **keys)
    assert legs == told


def test_a_ring_is_told_with_the_caller_for_whom_it_is() -> None:
    pbx, _ = opened(waiting=[CALLER], Status=6)
    [report] = pbx.told(LegReported)
    assert (report.kind, report.queue) == (CallKind.QUEUE, "support")
    assert (report.interaction, report.caller) == ("100.1", "555")


def test_one_caller_rings_at_one_phone_and_a_phone_that_says_so_comes_first() -> None:
    pbx = Pbx()
    busy: dict[str, object] = {"Status": 2}
    rings: dict[str, object] = {"Status": 6}
    second = Chan("PJSIP/trunk-00000003", "101.1")
    rows = {LOCAL: busy, THIRD: busy, PHONE: rings}
    pbx.snapshot({"support": rows}, {"support": [CALLER, second]})
    assert [(r.address, r.action.value, r.interaction) for r in pbx.told(LegReported)][:2] == [
        (PHONE, "offered", "100.1"),
        (LOCAL, "offered", "101.1"),
    ]
    assert pbx.legs(THIRD) == ["answered"]


def test_where_all_are_rung_at_once_one_caller_rings_at_all() -> None:
    pbx = Pbx()
    busy: dict[str, object] = {"Status": 2}
    pbx.snapshot({"s": {LOCAL: busy, THIRD: busy}}, {"s": [CALLER]}, strategy="ringall")
    assert [(r.address, r.action.value) for r in pbx.told(LegReported)] == [
        (LOCAL, "offered"),
        (THIRD, "offered"),
    ]


def test_a_member_of_two_queues_is_told_once() -> None:
    pbx = Pbx()
    pbx.snapshot({"a": {PHONE: {"Status": 2}}, "b": {PHONE: {"Status": 2, "InCall": 1}}})
    [report] = pbx.told(LegReported)
    assert (report.queue, report.kind) == ("b", CallKind.QUEUE)


@pytest.mark.parametrize("end", ["hangup", "complete", "rest"])
def test_a_call_known_from_a_snapshot_ends_under_the_same_name(end: str) -> None:
    pbx, _ = opened(Status=2, InCall=1)
    pbx.wait(5)
    if end == "hangup":
        pbx.say("Hold", TALK.keys())
        pbx.hangs_up(TALK)
    elif end == "complete":
        pbx.completes(PHONE, TALK, CALLER, "agent")
    else:
        pbx.member("QueueMemberStatus", "support", PHONE)
    told = pbx.legs(PHONE)
    assert told == ["answered", *(["held"] if end == "hangup" else []), "hung_up"]
    assert len({report.leg for report in pbx.told(LegReported)}) == 1


@pytest.mark.parametrize(
    ("status", "end"),
    [("ANSWER", "answered"), ("BUSY", "rejected"), ("NOANSWER", "ring_timed_out")],
)
def test_a_ring_known_from_a_snapshot_goes_on_under_the_same_name(status: str, end: str) -> None:
    pbx, _ = opened(waiting=[CALLER], Status=6)
    pbx.wait(5)
    pbx.dial_ends(CALLER, TALK, status)
    pbx.wait(5)
    assert pbx.legs(PHONE) == ["offered", end]
    assert len({report.leg for report in pbx.told(LegReported)}) == 1


def test_a_ring_known_from_a_snapshot_is_withdrawn_when_the_phone_rests() -> None:
    pbx, _ = opened(waiting=[CALLER], Status=6)
    pbx.member("QueueMemberStatus", "support", PHONE, Status=6)
    pbx.member("QueueMemberStatus", "support", PHONE)
    assert pbx.legs(PHONE) == ["offered", "withdrawn"]


def test_a_ring_known_from_a_snapshot_is_answered_when_the_phone_is_in_use() -> None:
    pbx, _ = opened(waiting=[CALLER], Status=6)
    pbx.member("QueueMemberStatus", "support", PHONE, Status=2)
    assert pbx.legs(PHONE) == ["offered", "answered"]


def test_a_call_known_from_a_snapshot_is_held_as_the_phone_says() -> None:
    pbx, _ = opened(Status=2, InCall=1)
    for status in (8, 2):
        pbx.wait(1)
        pbx.member("QueueMemberStatus", "support", PHONE, Status=status, InCall=1)
    assert pbx.legs(PHONE) == ["answered", "held", "resumed"]


def test_a_call_known_from_a_snapshot_is_ended_by_the_next() -> None:
    pbx, _ = opened(Status=2)
    pbx.wait(600)
    pbx.snapshot({"support": {PHONE: {}}})
    assert pbx.legs(PHONE) == ["answered", "hung_up"]


def test_a_call_taken_for_answered_that_only_rang_ends() -> None:
    phone = Chan("Local/1001@agents-00000002;1", "100.2", "100.1")
    pbx, told = opened(LOCAL, Status=2)
    assert told == ["answered"]
    pbx.dial_ends(CALLER, phone, "BUSY")
    pbx.hangs_up(phone)
    assert pbx.legs(LOCAL) == ["answered", "hung_up"]


def test_a_new_call_is_not_taken_for_the_one_of_the_snapshot() -> None:
    pbx, _ = opened(Status=2)
    pbx.wait(5)
    pbx.dials(CALLER, TALK)
    pbx.hangs_up(TALK)
    told = [report.action.value for report in pbx.told(LegReported)]
    assert told == ["answered", "offered", "withdrawn"]


def test_a_ring_announced_just_after_the_snapshot_told_it_is_the_same() -> None:
    pbx, _ = opened(waiting=[CALLER], Status=6)
    pbx.now += 0.01
    pbx.rings(PHONE, TALK, CALLER)
    pbx.connects(PHONE, TALK, CALLER)
    pbx.hangs_up(TALK)
    assert pbx.legs(PHONE) == ["offered", "answered", "hung_up"]


# --- later snapshots ---------------------------------------------------------------------------


def test_a_later_snapshot_agrees_with_what_is_known() -> None:
    pbx = on_a_call(TALK, CALLER)
    at_rest: dict[str, dict[str, object]] = {OTHER: {}, "PJSIP/1003": {}}
    pbx.snapshot({"support": {PHONE: {"Status": 2, "InCall": 1}, **at_rest}})
    assert pbx.legs(PHONE) == ["offered", "answered"]


def test_g5_a_call_that_ended_unheard_is_ended_by_the_next_snapshot() -> None:
    pbx = on_a_call(TALK, CALLER)
    pbx.snapshot({"support": {PHONE: {}, OTHER: {}, "PJSIP/1003": {}}})
    assert pbx.legs(PHONE) == ["offered", "answered", "hung_up"]


def test_g5_a_ring_that_ended_unheard_is_withdrawn_or_answered() -> None:
    cases: list[tuple[dict[str, object], str]] = [
        ({}, "withdrawn"),
        ({"Status": 2, "InCall": 1}, "answered"),
    ]
    for keys, end in cases:
        pbx = Pbx(PHONE)
        pbx.rings(PHONE, TALK, CALLER)
        pbx.wait(600)
        pbx.snapshot({"support": {PHONE: keys}})
        assert pbx.legs(PHONE) == ["offered", end]


def test_what_was_heard_while_a_snapshot_came_is_newer_than_the_snapshot() -> None:
    pbx = Pbx(PHONE)
    pbx.now = 2.0
    row = {"Queue": "support", "ActionID": "s"}
    pbx.say("QueueParams", row)
    pbx.say("QueueMember", row, Location=PHONE, Name="x", Status=1, InCall=0, Paused=0)
    pbx.joins(CALLER)
    pbx.rings(PHONE, TALK, CALLER)
    pbx.say("QueueStatusComplete", ActionID="s", ListItems=2)
    assert pbx.legs(PHONE) == ["offered"]
    assert [report.joined for report in pbx.told(CallerReported)] == [True]


def test_members_who_left_unheard_are_told_by_the_next_snapshot() -> None:
    pbx = Pbx(PHONE, OTHER)
    pbx.wait(5)
    pbx.snapshot({"support": {PHONE: {}}})
    gone = [report for report in pbx.told(MemberSeen) if not report.present]
    assert [(report.queue, report.address) for report in gone] == [("support", OTHER)]
    out = [report for report in pbx.told(PhoneReported) if report.logged_in is False]
    assert [report.address for report in out] == [OTHER]


def test_nobody_is_taken_for_gone_where_rows_were_lost() -> None:
    pbx = Pbx(PHONE, OTHER)
    pbx.snapshot({"support": {PHONE: {}}}, list_items=3)
    assert all(report.present for report in pbx.told(MemberSeen))
    assert len(pbx.told(SnapshotDone)) == 1


def test_one_who_joins_while_a_snapshot_comes_is_not_taken_for_gone() -> None:
    pbx = Pbx(PHONE)
    pbx.say("QueueParams", Queue="support", ActionID="s")
    row = {"Queue": "support", "ActionID": "s", "Paused": "0"}
    pbx.say("QueueMember", row, Location=PHONE, Name=PHONE, Status=1)
    pbx.member("QueueMemberAdded", "support", OTHER)
    pbx.say("QueueStatusComplete", ActionID="s", ListItems=2)
    assert all(report.present for report in pbx.told(MemberSeen))


def test_an_end_of_a_snapshot_that_comes_twice_or_alone_says_nothing() -> None:
    pbx = Pbx(PHONE)
    before = list(pbx.reports)
    pbx.say("QueueStatusComplete", ActionID="snapshot-0.0", ListItems=2)
    pbx.say("QueueStatusComplete")
    assert pbx.reports == before


def test_older_systems_leave_keys_out() -> None:
    pbx = Pbx()
    pbx.say("QueueParams", Queue="support")
    pbx.say("QueueMember", Queue="support", Location=PHONE)
    pbx.say("QueueMember", Queue="support")
    pbx.say("QueueMember", Location=OTHER)
    pbx.say("QueueEntry", Queue="support")
    pbx.say("QueueStatusComplete")
    assert [report.address for report in pbx.told(PhoneReported)] == [PHONE]
    assert pbx.told(PhoneReported)[0].reach is None
    assert len(pbx.told(SnapshotDone)) == 1
