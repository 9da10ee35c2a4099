"""The recorded sessions, told as their README tells them."""

from collections import Counter
from datetime import timedelta

import pytest

from presence.events import CallKind
from routing.reports import (
    CallerReported,
    LegReported,
    MemberSeen,
    PauseReported,
    PhoneReported,
    QueueSeen,
    SnapshotDone,
)
from tests.routing.asterisk.pbx import RECORDINGS, replay

ALICE, BOB, CAROL, DAVE = (f"Local/{number}@agents" for number in (1001, 1002, 1003, 1004))

STORIES = {
    "answered": [
        (0.51, ALICE, "offered"),
        (1.512, BOB, "offered"),
        (2.511, ALICE, "answered"),
        (2.514, BOB, "answered"),
        (7.02, BOB, "hung_up"),
        (9.02, ALICE, "hung_up"),
    ],
    "no_answer_then_next": [
        (0.511, ALICE, "offered"),
        (6.516, ALICE, "ring_timed_out"),
        (7.52, BOB, "offered"),
        (13.525, BOB, "ring_timed_out"),
        (14.528, ALICE, "offered"),
        (20.534, ALICE, "ring_timed_out"),
        (21.536, BOB, "offered"),
        (27.542, BOB, "ring_timed_out"),
        (28.545, ALICE, "offered"),
    ],
    "rejected": [
        (0.002, BOB, "offered"),
        (0.509, ALICE, "offered"),
        (0.535, BOB, "answered"),
        (1.511, ALICE, "rejected"),
        (1.511, CAROL, "offered"),
        (3.513, CAROL, "answered"),
        (6.042, BOB, "hung_up"),
        (9.022, CAROL, "hung_up"),
    ],
    "pause_with_reason": [
        (2.516, CAROL, "offered"),
        (4.521, CAROL, "answered"),
        (10.026, CAROL, "hung_up"),
    ],
    "ring_all_one_answers": [
        (0.516, CAROL, "offered"),
        (0.517, DAVE, "offered"),
        (3.519, CAROL, "answered"),
        (3.519, DAVE, "withdrawn"),
        (9.025, CAROL, "hung_up"),
    ],
    "caller_abandons": [(0.518, BOB, "offered"), (4.516, BOB, "withdrawn")],
    "members_join_and_leave": [
        (3.518, BOB, "offered"),
        (5.522, BOB, "answered"),
        (11.029, BOB, "hung_up"),
    ],
    "outbound_by_agent": [
        (0.508, BOB, "offered"),
        (1.51, BOB, "answered"),
        (8.017, BOB, "hung_up"),
    ],
}


def legs(name: str, *, twice: bool = False) -> list[tuple[float, str, str]]:
    return [
        (t, report.address, report.action.value)
        for t, report in replay(name, twice=twice)
        if isinstance(report, LegReported)
    ]


def test_every_recording_has_its_story() -> None:
    assert sorted(STORIES) == sorted(path.stem for path in RECORDINGS.glob("*.jsonl"))


@pytest.mark.parametrize("name", STORIES)
def test_what_happened_to_each_agent_is_told(name: str) -> None:
    assert legs(name) == STORIES[name]


@pytest.mark.parametrize("name", STORIES)
def test_doubled_lines_tell_the_same_story(name: str) -> None:
    assert legs(name, twice=True) == STORIES[name]
    once, doubled = replay(name), replay(name, twice=True)
    assert {report for _, report in doubled} == {report for _, report in once}


@pytest.mark.parametrize("name", STORIES)
def test_the_same_recording_gives_the_same_reports_again(name: str) -> None:
    assert replay(name) == replay(name)


@pytest.mark.parametrize("name", STORIES)
def test_no_two_reports_share_an_id(name: str) -> None:
    assert max(Counter(report.id for _, report in replay(name)).values()) == 1


@pytest.mark.parametrize("name", STORIES)
def test_both_snapshots_tell_the_queues_and_members(name: str) -> None:
    told = [report for _, report in replay(name)]
    assert sum(isinstance(report, SnapshotDone) for report in told) == 2
    assert {report.queue for report in told if isinstance(report, QueueSeen)} == {
        "support",
        "sales",
    }
    seen = {
        (report.queue, report.address, report.name)
        for report in told
        if isinstance(report, MemberSeen) and report.present
    }
    assert seen >= {
        ("support", ALICE, "Alice"),
        ("support", BOB, "Bob"),
        ("support", CAROL, "Carol"),
        ("sales", CAROL, "Carol"),
        ("sales", DAVE, "Dave"),
    }
    phones = [report for report in told if isinstance(report, PhoneReported)]
    assert {report.address for report in phones} == {ALICE, BOB, CAROL, DAVE}
    assert all(report.logged_in for report in phones)


def test_a_leg_known_from_a_snapshot_keeps_its_name_to_the_end() -> None:
    bob = [r for _, r in replay("rejected") if isinstance(r, LegReported) and r.address == BOB]
    assert len({report.leg for report in bob}) == 1
    assert {report.interaction for report in bob} == {"1795250451.26"}
    assert {(report.kind, report.queue, report.caller) for report in bob} == {
        (CallKind.QUEUE, "support", "15550201")
    }


def test_a_caller_left_over_has_waited_since_before() -> None:
    told = [(t, r) for t, r in replay("rejected") if isinstance(r, CallerReported)]
    assert [(t, report.interaction, report.joined) for t, report in told] == [
        (-35.998, "1795250451.26", True),
        (0.509, "1795250488.40", True),
        (0.535, "1795250451.26", False),
        (3.513, "1795250488.40", False),
    ]


def test_a_caller_who_gives_up_is_told_once() -> None:
    told = [r for _, r in replay("caller_abandons") if isinstance(r, CallerReported)]
    assert [(report.joined, report.abandoned) for report in told] == [(True, False), (False, True)]


def test_pauses_are_told_with_their_reasons() -> None:
    told = [(t, r) for t, r in replay("pause_with_reason") if isinstance(r, PauseReported)]
    assert [(t, r.address, r.paused, r.reason) for t, r in told] == [
        (0.505, ALICE, True, "Lunch"),
        (1.508, BOB, True, "Training"),
        (11.513, ALICE, False, ""),
        (12.515, BOB, False, ""),
    ]


def test_memberships_that_change_are_told() -> None:
    told = [(t, r) for t, r in replay("members_join_and_leave") if isinstance(r, MemberSeen)]
    assert [(t, r.queue, r.address, r.present) for t, r in told if 0.1 < t < 19] == [
        (1.507, "support", DAVE, True),
        (17.52, "support", DAVE, False),
    ]


def test_a_call_outside_any_queue_is_direct() -> None:
    told = [r for _, r in replay("outbound_by_agent") if isinstance(r, LegReported)]
    assert {(r.kind, r.queue, r.caller) for r in told} == {(CallKind.DIRECT, "", "15551101")}


@pytest.mark.parametrize("name", STORIES)
def test_every_report_is_dated_within_the_recording_in_utc(name: str) -> None:
    for t, report in replay(name):
        assert t < 60
        assert report.at.utcoffset() == timedelta(0)
