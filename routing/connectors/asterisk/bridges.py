"""Who is in which bridge: conferences, and agents who left their customer to talk elsewhere."""

from dataclasses import dataclass, field
from datetime import datetime
from functools import partial

from presence.events import CallKind
from routing.connectors.asterisk.ami import Message
from routing.connectors.asterisk.channels import Channels
from routing.connectors.asterisk.deferred import Deferred
from routing.connectors.asterisk.leg import Leg
from routing.connectors.asterisk.legs import Consult, Legs
from routing.connectors.asterisk.names import Channel, channel
from routing.connectors.asterisk.ringing import Ringing
from routing.reports import Report

CONFERENCE = 3
"""Channels in a bridge from which on it is a conference."""


@dataclass
class _Bridge:
    count: int = 0
    inside: dict[str, Channel] = field(default_factory=dict)


def _key(channel: Channel) -> str:
    """What a leg knows the channel by."""
    return channel.stem if channel.runs_dialplan else channel.id


class Bridges:
    """Handlers of the messages about bridges.

    While calls are transferred, merged or taken out of `Local` channels, bridges hold for an
    instant more or fewer channels than anybody would say. So what an agent does is concluded from
    their bridges only once they have settled.
    """

    def __init__(self, legs: Legs, ringing: Ringing, deferred: Deferred) -> None:
        self._legs = legs
        self._ringing = ringing
        self._deferred = deferred
        self._bridges: dict[str, _Bridge] = {}
        self._places: dict[str, str] = {}

    def enter(self, message: Message, at: datetime) -> list[Report]:
        """BridgeEnter."""
        name, entering = message.get("BridgeUniqueid"), channel(message)
        if not name or entering is None:
            return []
        self.gone(entering)
        bridge = self._bridges.setdefault(name, _Bridge())
        bridge.inside[entering.id] = entering
        self._places[_key(entering)] = name
        # A channel that takes another's place is counted before the other is not.
        swapped = message.get("SwapUniqueid") not in ("", entering.id)
        self._count(bridge, message, less=int(swapped))
        reports = self._joins(entering, name, at)
        self._unsettle(name, at)
        return reports

    def leave(self, message: Message, at: datetime) -> list[Report]:
        """BridgeLeave. It ends no leg by itself: a channel may leave for another bridge."""
        name, leaving = message.get("BridgeUniqueid"), channel(message)
        bridge = self._bridges.get(name)
        if bridge is None or leaving is None:
            return []
        self._unsettle(name, at)
        if self._places.get(_key(leaving)) == name:
            self.gone(leaving)
        self._count(bridge, message)
        if not bridge.inside and not bridge.count:
            del self._bridges[name]
        return []

    def merge(self, message: Message, at: datetime) -> list[Report]:
        """BridgeMerge: whoever is in one bridge goes on to another."""
        source, target = message.get("FromBridgeUniqueid"), message.get("ToBridgeUniqueid")
        for leg in self._legs:
            moved = {one: target for one, home in leg.homes.items() if home == source}
            leg.homes.update(moved)
        self._unsettle(target, at)
        return []

    def destroy(self, message: Message, at: datetime) -> list[Report]:
        """BridgeDestroy."""
        name = message.get("BridgeUniqueid")
        self._unsettle(name, at)
        bridge = self._bridges.pop(name, _Bridge())
        for inside in bridge.inside.values():
            self._places.pop(_key(inside), None)
        return []

    def room(self, message: Message, at: datetime) -> list[Report]:
        """ConfbridgeJoin, MeetmeJoin: a conference, however few are in it."""
        joining = channel(message)
        if joining is None:
            return []
        reports = self._joins(joining, message.get("BridgeUniqueid"), at)
        leg = self._legs.known(joining)
        if leg is None:
            return reports
        leg.in_room = True
        return reports + self._legs.show(leg, at)

    def left_room(self, message: Message, at: datetime) -> list[Report]:
        """ConfbridgeLeave, MeetmeLeave: usually to hang up."""
        if leg := self._legs.find(channel(message)):
            leg.in_room = False
            self._look_later(leg, at)
        return []

    def gone(self, channel: Channel) -> None:
        """The channel is no longer where it was: a channel is in one bridge at a time."""
        bridge = self._bridges.get(self._places.pop(_key(channel), ""))
        if bridge:
            bridge.inside.pop(channel.id, None)

    def forget(self, _message: Message, _at: datetime) -> list[Report]:
        """FullyBooted: a new connection, and nobody knows what was missed."""
        self._bridges.clear()
        self._places.clear()
        for leg in self._legs:
            leg.homes.clear()
        return []

    def listed(self, channels: Channels, at: datetime) -> None:
        """Every channel that there is, and its bridge."""
        self._bridges.clear()
        self._places.clear()
        for row in channels.rows.values():
            if row.bridge:
                bridge = self._bridges.setdefault(row.bridge, _Bridge())
                bridge.inside[row.channel.id] = row.channel
                bridge.count += 1
                self._places[_key(row.channel)] = row.bridge
        for leg in self._legs:
            self._look_later(leg, at)

    def with_others(self, leg: Leg, besides: set[str]) -> bool:
        """The agent is in a bridge with someone, not counting the channels `besides`."""
        return any(self._others(name, leg, besides) for name in self._around(leg))

    def with_strangers(self, leg: Leg) -> bool:
        """The agent is in a bridge with someone who is no agent, or may be none."""
        inside = (one for bridge in self._around(leg).values() for one in bridge.inside.values())
        return any(not leg.has(one) and self._ringing.phone(one) is None for one in inside)

    # ------------------------------------------------------------------------------------------

    def _count(self, bridge: _Bridge, message: Message, *, less: int = 0) -> None:
        told = message.number("BridgeNumChannels")
        bridge.count = len(bridge.inside) if told is None else told - less

    def _joins(self, entering: Channel, name: str, at: datetime) -> list[Report]:
        leg = self._legs.find(entering)
        if entering.runs_dialplan or entering.state not in ("Up", ""):
            return []  # whoever is called by a transfer rings inside the bridge
        if leg:
            leg.held = False
            leg.homes.setdefault(entering.id, name)
            return self._legs.answer(leg, at) if entering.id == leg.main else []
        member = self._ringing.phone(entering)
        known = self._legs.over(entering) or self._legs.consulting(entering)
        if member is None or known:
            return []
        other = self._legs.talking(member.person)
        if other and not self._legs.same_call(member.person, entering.linkedid):
            consult = Consult(other, member, entering, entering.exten, answered=True)
            return self._legs.consult(consult, at)
        return self._ringing.unheard(member, entering, None, at, kind=CallKind.OUTBOUND)

    def _unsettle(self, name: str, at: datetime) -> None:
        """Look again at every agent whom a change of this bridge may concern."""
        for leg in self._legs:
            if name in self._around(leg) or name in leg.homes.values():
                self._look_later(leg, at)

    def _around(self, leg: Leg) -> dict[str, _Bridge]:
        """The bridges in which the leg has a channel, by name."""
        names = {self._places.get(one, "") for one in (*leg.channels, *leg.stems)}
        return {name: self._bridges[name] for name in names if name in self._bridges}

    def _look_later(self, leg: Leg, at: datetime) -> None:
        self._deferred.drop(("bridge", leg.id))  # every change starts the wait anew
        self._deferred.put(("bridge", leg.id), at, partial(self._look, leg, at))

    def _look(self, leg: Leg, at: datetime) -> list[Report]:
        now = {one: self._places[one] for one in leg.channels if one in self._places}
        leg.crowded = any(bridge.count >= CONFERENCE for bridge in self._around(leg).values())
        leg.threeway &= not leg.crowded  # from here on the bridge tells
        left = [leg.homes[one] for one in now if leg.homes.get(one, now[one]) != now[one]]
        leg.away = any(self._others(home, leg, set()) for home in left)
        if not leg.away:
            leg.homes = now
        return self._legs.show(leg, at)

    def _others(self, name: str, leg: Leg, besides: set[str]) -> bool:
        bridge = self._bridges.get(name)
        return bridge is not None and any(
            one.id not in besides and not leg.has(one) for one in bridge.inside.values()
        )
