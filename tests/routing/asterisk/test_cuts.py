"""The connection is lost at any moment and for any while: what is reported in the end is what goes
on (BEHAVIOURS G5)."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from routing.connectors.asterisk.ami import Message
from routing.connectors.asterisk.deferred import LINGER
from routing.connectors.asterisk.recording import Entry
from routing.connectors.asterisk.translator import Translator
from routing.reports import (
    CallerReported,
    LegReported,
    MemberSeen,
    PauseReported,
    Report,
    SnapshotDone,
)
from tests.routing.asterisk.pbx import EPOCH, RECORDINGS
from tests.routing.connectors.system import Fields, System

NAMES = sorted(path.stem for path in RECORDINGS.glob("*.jsonl"))
QUIET = 0.3
"""Seconds in which nothing happens: what was going on before is told by then."""

ENDS = ("rejected", "ring_timed_out", "withdrawn", "hung_up", "transferred")


class Watcher:
    """Someone who hears a recording, with what they know of it: `reported`, in the end."""

    def __init__(self, name: str) -> None:
        self.system, self.entries = System.recorded(RECORDINGS / f"{name}.jsonl")
        self.translator = Translator()
        self.reports: list[Report] = []
        self._snapshots = 0
        self.connect(0)

    def hear(self, entry: Entry) -> None:
        self.system.hear(entry.message)
        self.reports += self.translator.feed(entry.message, at(entry.t))

    def connect(self, t: float) -> None:
        """A new connection, and the snapshot that it begins with."""
        self._snapshots += 1
        self._say({"Event": "FullyBooted"}, t)
        self._rows(self.system.show_channels(), "CoreShowChannelsComplete", t)
        self._rows(self.system.queue_status(), "QueueStatusComplete", t)

    def settle(self, t: float) -> None:
        self.reports += self.translator.settle(at(t))

    def _rows(self, rows: list[Fields], complete: str, t: float) -> None:
        action = {"ActionID": f"{complete}-{self._snapshots}"}
        for row in rows:
            self._say(row | action, t)
        self._say({"Event": complete, "ListItems": str(len(rows)), **action}, t)

    def _say(self, fields: Fields, t: float) -> None:
        message = Message(fields["Event"], fields={k.lower(): v for k, v in fields.items()})
        self.reports += self.translator.feed(message, at(t))


def at(t: float) -> datetime:
    return EPOCH + timedelta(seconds=t)


def known(reports: list[Report]) -> dict[str, Any]:
    """What goes on, as the reports have it."""
    legs: dict[str, tuple[str, str, str]] = {}
    waiting: set[str] = set()
    members: set[tuple[str, str]] = set()
    paused: dict[str, str] = {}
    for report in reports:
        match report:
            case LegReported():
                legs[report.leg] = (report.address, report.action.value, report.interaction)
            case CallerReported():
                (waiting.add if report.joined else waiting.discard)(report.interaction)
            case MemberSeen():
                member = (report.queue, report.address)
                (members.add if report.present else members.discard)(member)
            case PauseReported():
                paused.pop(report.address, None)
                if report.paused:
                    paused[report.address] = report.reason
            case SnapshotDone(picture=picture) if picture:
                waiting &= picture.waiting
    live = sorted(leg for leg in legs.values() if leg[1] not in ENDS)
    return {"legs": live, "waiting": waiting, "members": members, "paused": paused}


def quiet(entries: list[Entry]) -> list[int]:
    """How many entries have come when nothing happens for a while."""
    times = [entry.t for entry in entries] + [entries[-1].t + 60]
    return [n for n in range(1, len(times)) if times[n] - times[n - 1] >= QUIET]


def uncut(name: str) -> dict[int, dict[str, Any]]:
    """What is known at each quiet moment."""
    watcher, found = Watcher(name), {}
    moments = quiet(watcher.entries)
    for number, entry in enumerate(watcher.entries, 1):
        watcher.hear(entry)
        if number in moments:
            watcher.settle(entry.t + QUIET - 0.01)
            found[number] = known(watcher.reports)
    return found


@pytest.mark.parametrize("name", NAMES)
def test_g5_cut_anywhere_and_made_anew_at_once_it_is_the_same(name: str) -> None:
    truth = uncut(name)
    for cut in range(len(Watcher(name).entries) + 1):
        check(name, truth, cut, cut)


@pytest.mark.parametrize("name", NAMES)
def test_g5_cut_anywhere_and_made_anew_at_any_quiet_moment_it_is_the_same(name: str) -> None:
    truth = uncut(name)
    for again in truth:
        for cut in range(max(0, again - 60), again, 3):
            check(name, truth, cut, again)


def check(name: str, truth: dict[int, dict[str, Any]], cut: int, again: int) -> None:
    """Lose the connection after `cut` entries, make it anew after `again`: a little later, when
    what has no channel any more has ended, all is known."""
    watcher = Watcher(name)
    made = watcher.entries[max(again, 1) - 1].t + 0.001
    for number, entry in enumerate(watcher.entries, 1):
        if number <= cut or number > again:
            watcher.hear(entry)
        else:
            watcher.system.hear(entry.message)
        if number == again:
            watcher.connect(made)
        if number in truth and number >= again:
            watcher.settle(entry.t + QUIET - 0.01)
        if number in truth and entry.t + QUIET - 0.01 >= made + LINGER.total_seconds():
            assert known(watcher.reports) == truth[number], (cut, again, number)
    end = watcher.entries[-1].t
    if again == 0:
        watcher.connect(end)
    watcher.settle(end + 10)
    assert known(watcher.reports) == truth[len(watcher.entries)], (cut, again)
