"""Channels that take another's place (masquerade): a phone that picks up a call which rings at
another, or an agent sent into the dialplan. Three renames tell it: the one that leaves becomes
`name<MASQ>`, the one that takes its place gets the name, and the one that left ends as a
`<ZOMBIE>`."""

from dataclasses import dataclass, field, replace
from datetime import datetime

from presence.events import LegAction
from routing.connectors.asterisk.ami import Message
from routing.connectors.asterisk.leg import Leg, Stage
from routing.connectors.asterisk.legs import Legs
from routing.connectors.asterisk.names import Channel, named
from routing.connectors.asterisk.ringing import Ringing
from routing.reports import Report

_LEAVES, _LEFT = "<MASQ>", "<ZOMBIE>"


@dataclass
class Renames:
    legs: Legs
    ringing: Ringing
    _leaving: dict[str, Leg] = field(default_factory=dict)

    def rename(self, message: Message, at: datetime) -> list[Report]:
        """Rename."""
        name, uniqueid = message.get("Newname"), message.get("Uniqueid")
        if not name or not uniqueid:
            return []
        was = named(message.get("Channel") or message.get("Oldname"), uniqueid)
        leg = self.legs.known(was)
        if name.endswith(_LEAVES):
            if leg:
                self._leaving[name.removesuffix(_LEAVES)] = leg
            return []
        if name.endswith(_LEFT):
            self._leaving.pop(was.name.removesuffix(_LEAVES), None)
            if leg and len(leg.channels) > 1:
                self.legs.detach(leg, was)
            return []
        now = named(name, uniqueid)
        if heir_of := self._leaving.pop(name, None):
            self._inherit(heir_of, now)
            return []
        return self._pick_up(leg, now, at) if leg and leg.stage is Stage.RINGING else []

    def _inherit(self, leg: Leg, now: Channel) -> None:
        if leg.stage is not Stage.ENDED:
            self.legs.attach(leg, now)
            leg.main = now.id

    def _pick_up(self, leg: Leg, now: Channel, at: datetime) -> list[Report]:
        """What rang at one phone is another's from now on."""
        member = self.ringing.phone(now)
        if member is None or member.person == leg.member.person:
            return []
        reports = self.legs.end(leg, LegAction.WITHDRAWN, at)
        picked = Leg(
            id=f"{now.id}:{member.address}",
            member=member,
            kind=leg.kind,
            interaction=leg.interaction,
            stage=Stage.RINGING,
            since=at,
            linkedid=leg.linkedid,
            queue=leg.queue,
            caller=leg.caller,
            calling=leg.calling,
        )
        return reports + self.legs.open(
            picked, replace(now, linkedid=leg.linkedid), LegAction.OFFERED
        )
