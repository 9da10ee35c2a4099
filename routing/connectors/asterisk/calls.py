"""Calls as a whole: a call lives as long as it has a channel, whoever of the agents is in it."""

from collections import Counter
from datetime import datetime
from functools import partial

from routing.connectors.asterisk.ami import Message
from routing.connectors.asterisk.channels import Channels
from routing.connectors.asterisk.deferred import LINGER, Deferred
from routing.connectors.asterisk.legs import Recent
from routing.connectors.asterisk.members import stamp
from routing.reports import CallerReported, CallGone, LegReported, Report


class Calls:
    """The channels of each call. Told is the end only of calls that something was told of."""

    def __init__(self, deferred: Deferred) -> None:
        self._deferred = deferred
        self._of: dict[str, str] = {}
        self._channels: Counter[str] = Counter()
        self._told = Recent()

    def listed(self, channels: Channels) -> None:
        """Every channel that there is."""
        self._of = {name: row.channel.linkedid or name for name, row in channels.rows.items()}
        self._channels = Counter(self._of.values())

    def hear(self, message: Message, told: list[Report], at: datetime) -> None:
        """Take in a message, and what is told of it."""
        for report in told:
            if isinstance(report, LegReported | CallerReported):
                self._told.add(report.interaction)
        name, call = message.get("Uniqueid"), message.get("Linkedid")
        if message.event == "Newchannel" and name and call:
            self._move(name, call, at)
        elif name in self._of:
            self._move(name, "" if message.event == "Hangup" else call or self._of[name], at)

    def _move(self, name: str, call: str, at: datetime) -> None:
        """The channel is part of `call` from now on; empty: it is no more."""
        before = self._of.pop(name, "")
        if call:
            self._of[name] = call
            self._channels[call] += 1
        if not before:
            return
        self._channels[before] -= 1
        if not self._channels[before]:
            del self._channels[before]
            if before in self._told:
                # Its legs end in the same instant, some of them a little later.
                self._deferred.put(("call", before), at, partial(self._gone, before, at), LINGER)

    def _gone(self, call: str, at: datetime) -> list[Report]:
        if call in self._channels:
            return []
        return [CallGone(at=at, id=f"call:{call}:{stamp(at)}", interaction=call)]
