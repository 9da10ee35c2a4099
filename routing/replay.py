"""Playing a recorded Asterisk session: at once on its own clock, or live to the running board."""

import time
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zlib import crc32

from django.utils import timezone

from presence import clock
from routing import actions
from routing.connectors.asterisk.deferred import LINGER
from routing.connectors.asterisk.recording import Entry
from routing.connectors.asterisk.translator import Translator
from routing.intake import Intake
from routing.provision import Provision
from routing.reports import MemberSeen, Report, SnapshotDone
from routing.timeline import Timeline

_LOOK_EVERY = 0.05  # seconds between looks at the clock while a live recording waits


class Player:
    """Feeds one recording through the translator that the live connector uses, into `intake`."""

    def __init__(
        self,
        translator: Translator,
        intake: Intake,
        provision: Provision | None = None,
        timeline: Timeline | None = None,
    ) -> None:
        self._translator = translator
        self._intake = intake
        self._provision = provision
        self._timeline = timeline
        self._members: list[int] = []
        self._following = False

    def play_instantly(self, entries: Sequence[Entry], origin: datetime | None) -> None:
        """Apply everything as of when it was recorded, with what falls due in between. `origin` is
        the moment at which its `t` is 0; without one it counts as recorded just now."""
        own = origin or _stand_in(entries)
        start = origin or timezone.now()
        for entry in entries:
            t = timedelta(seconds=entry.t)
            self._fire_until(start + t, start)
            self._feed(entry, own + t, shift=start - own)
        self._settle(entries, own, shift=start - own)

    def play_live(self, entries: Sequence[Entry], origin: datetime | None, speed: float) -> None:
        """Apply everything as of now, `speed` times as fast as it was recorded."""
        own = origin or _stand_in(entries)
        began = time.monotonic()
        for entry in entries:
            while (elapsed := (time.monotonic() - began) * speed) < entry.t:
                clock.tick(timezone.now(), actions.apply_all)
                self._look(elapsed)
                time.sleep(min(_LOOK_EVERY, (entry.t - elapsed) / speed))
            at = own + timedelta(seconds=entry.t)
            self._feed(entry, at, shift=timezone.now() - at)
        self._settle(entries, own, shift=timezone.now() - own)

    def _fire_until(self, at: datetime, start: datetime) -> None:
        while (due := clock.next_due()) and due <= at and clock.tick(due, actions.apply_all):
            self._look((due - start).total_seconds())

    def _feed(self, entry: Entry, at: datetime, shift: timedelta) -> None:
        """Take in a message, heard at `at` by the recording's own clock, which gives reports their
        identity, and applied `shift` later."""
        for report in self._translator.feed(entry.message, at):
            self._take(report, entry.t, shift)
        self._look(entry.t)

    def _settle(self, entries: Sequence[Entry], own: datetime, shift: timedelta) -> None:
        """Take in what was held back for messages that the recording no longer has."""
        t = entries[-1].t
        for report in self._translator.settle(own + timedelta(seconds=t) + LINGER):
            self._take(report, t, shift)
        self._look(t)

    def _take(self, report: Report, t: float, shift: timedelta) -> None:
        report = replace(report, at=report.at + shift)
        if self._provision:
            self._provision.take(report)
        self._intake.take(report)
        if isinstance(report, MemberSeen) and (agent := self._intake.agent(report.address)):
            self._members.append(agent.pk)
            if self._timeline and self._following:
                self._timeline.follow(agent.pk)
        if isinstance(report, SnapshotDone) and not self._following:
            self._following = True
            if self._timeline:
                self._timeline.begin(self._members, t)

    def _look(self, t: float) -> None:
        if self._timeline and self._following:
            self._timeline.look(t)


def _stand_in(entries: Sequence[Entry]) -> datetime:
    """A time to begin at for a recording that tells none: always the same for the same recording,
    and hardly that of another."""
    said = "".join(f"{entry.t}{sorted(entry.message.fields.items())}" for entry in entries)
    return datetime.fromtimestamp(crc32(said.encode()), UTC)
