"""Playing a recorded Asterisk session: at once on its own clock, or live to the running board."""

import time
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.utils import timezone

from presence import clock
from routing import actions
from routing.connectors.asterisk.ami import Message
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
        start = origin or timezone.now()
        for entry in entries:
            at = start + timedelta(seconds=entry.t)
            self._fire_until(at, start)
            self._feed(entry.message, at, entry.t)
        if entries:
            self._settle(start + timedelta(seconds=entries[-1].t), entries[-1].t)

    def play_live(self, entries: Sequence[Entry], speed: float) -> None:
        """Apply everything as of now, `speed` times as fast as it was recorded."""
        began = time.monotonic()
        for entry in entries:
            while (elapsed := (time.monotonic() - began) * speed) < entry.t:
                clock.tick(timezone.now(), actions.apply_all)
                self._look(elapsed)
                time.sleep(min(_LOOK_EVERY, (entry.t - elapsed) / speed))
            self._feed(entry.message, timezone.now(), entry.t)
        if entries:
            self._settle(timezone.now(), entries[-1].t)

    def _fire_until(self, at: datetime, start: datetime) -> None:
        while (due := clock.next_due()) and due <= at and clock.tick(due, actions.apply_all):
            self._look((due - start).total_seconds())

    def _feed(self, message: Message, at: datetime, t: float) -> None:
        for report in self._translator.feed(message, at):
            self._take(report, t)
        self._look(t)

    def _settle(self, at: datetime, t: float) -> None:
        """Take in what was held back for messages that the recording no longer has."""
        for report in self._translator.settle(at + LINGER):
            self._take(report, t)
        self._look(t)

    def _take(self, report: Report, t: float) -> None:
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
