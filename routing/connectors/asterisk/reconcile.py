"""What a list of all channels says of agents' calls: which go on, which began and which ended
unheard."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from presence.events import CallKind
from routing.connectors.asterisk.bridges import Bridges
from routing.connectors.asterisk.channels import Channels, Listed
from routing.connectors.asterisk.deferred import LINGER, Deferred
from routing.connectors.asterisk.leg import Leg, Stage
from routing.connectors.asterisk.legs import Legs
from routing.connectors.asterisk.monitoring import APPLICATIONS, Monitoring
from routing.connectors.asterisk.ringing import Ringing
from routing.reports import Report

Ended = Callable[[Leg], datetime]
"""When a call that is over ended, as far as known."""


@dataclass
class Reconcile:
    legs: Legs
    ringing: Ringing
    bridges: Bridges
    monitoring: Monitoring
    deferred: Deferred

    def compare(self, channels: Channels, ended: Ended, at: datetime) -> list[Report]:
        """Bring the legs into agreement with `channels`, but for those of whom something newer
        was heard."""
        reports: list[Report] = []
        alive: set[str] = set()
        for row in channels.rows.values():
            if self.legs.over(row.channel):
                continue
            if leg := self.legs.find(row.channel):
                self.legs.attach(leg, row.channel)
                alive.add(leg.id)
                reports += self._goes_on(leg, row, at)
            elif not row.channel.runs_dialplan and not self.legs.consulting(row.channel):
                reports += self._appears(row, channels, at)
        self.bridges.listed(channels, at)
        for leg in self.legs:
            self._check(leg, leg.id in alive, channels, ended, at)
        return reports

    def _goes_on(self, leg: Leg, row: Listed, at: datetime) -> list[Report]:
        if row.channel.id != leg.main or row.channel.state != "Up":
            return []
        answered = leg.stage is Stage.RINGING or (leg.stage is Stage.DIALING and row.bridge)
        return self.legs.answer(leg, at) if answered else []

    def _appears(self, row: Listed, channels: Channels, at: datetime) -> list[Report]:
        found = row.channel
        member = self.ringing.phone(found)
        if member is None or self.legs.touched.get(member.person, -1) >= channels.began:
            return []
        if row.application in APPLICATIONS:
            return self.monitoring.listens(found, channels.heard_by(row), at)
        caller = channels.caller(found)
        calling, queue = (caller.channel, caller.queue) if caller else (None, "")
        if found.state == "Up":
            outbound = not row.dialled and bool(row.bridge)
            kind = CallKind.OUTBOUND if outbound else CallKind.DIRECT
            return self.ringing.unheard(member, found, calling, at, queue=queue, kind=kind)
        if row.dialled:
            return self.ringing.ring(member, found, calling, at, queue, announced=False)
        if row.application == "Dial":
            return self.ringing.dials(member, found, found.exten, at)
        return []

    def _check(self, leg: Leg, alive: bool, channels: Channels, ended: Ended, at: datetime) -> None:
        """End the leg if it has no channel: soon, for what Asterisk said of its end may be on the
        way and knows better how it ended."""
        key = ("gone", leg.id)
        if alive:
            self.deferred.drop(key)
            return
        newer = self.legs.touched.get(leg.member.person, -1) >= channels.began
        if newer or (leg.unmatched and not leg.member.has_channels):
            return
        self.deferred.put(key, at, partial(self._gone, leg, ended(leg)), LINGER)

    def _gone(self, leg: Leg, at: datetime) -> list[Report]:
        return self.legs.end(leg, leg.when_over, at, estimated=True)
