"""Calls that are talked on: held, transferred, hung up."""

from dataclasses import dataclass
from datetime import datetime
from functools import partial

from presence.events import LegAction
from routing.connectors.asterisk.ami import Message
from routing.connectors.asterisk.bridges import Bridges
from routing.connectors.asterisk.deferred import LINGER, Deferred
from routing.connectors.asterisk.leg import Leg, Stage
from routing.connectors.asterisk.legs import Legs
from routing.connectors.asterisk.members import Member, Members, stamp
from routing.connectors.asterisk.names import Channel, channel
from routing.connectors.asterisk.ring_ends import RingEnds
from routing.reports import CallerLeft, Report


@dataclass
class Talking:
    """Handlers of the messages about calls in progress; each gives reports in their order."""

    members: Members
    legs: Legs
    bridges: Bridges
    ring_ends: RingEnds
    deferred: Deferred

    def hold(self, message: Message, at: datetime) -> list[Report]:
        """Hold: the message's channel is the one whose user pressed it."""
        return self._hold(message, True, at)

    def unhold(self, message: Message, at: datetime) -> list[Report]:
        """Unhold."""
        return self._hold(message, False, at)

    def _hold(self, message: Message, held: bool, at: datetime) -> list[Report]:
        pressed = channel(message)
        leg = self.legs.find(pressed)
        if leg is None or pressed is None:
            return []
        if pressed.runs_dialplan and len(leg.channels) > 1:
            return []  # passed on to the phone behind: the customer's hold, not the agent's
        leg.held = held
        return self.legs.show(leg, at)

    def complete(self, message: Message, at: datetime) -> list[Report]:
        """AgentComplete: a queue's call is over for its member. It may come after the hang-up, and
        then names neither channel."""
        member, caller = self.members.of(message), channel(message)
        leg = self.legs.find(channel(message, "Dest"))
        if leg is None and member:
            leg = self._talking_of(member, caller, message.get("Queue"))
        if leg is None:
            return []
        if message.get("Reason").lower() == "transfer":
            return [] if leg.stays else self.legs.end(leg, LegAction.TRANSFERRED, at)
        besides = {leg.calling} | ({caller.id} if caller else set())
        if self.bridges.with_others(leg, besides):
            return []  # the customer left a conference; the agent's hang-up is still to come
        return self.legs.end(leg, LegAction.HUNG_UP, at)

    def _talking_of(self, member: Member, caller: Channel | None, queue: str) -> Leg | None:
        legs = [leg for leg in self.legs.of(member.person) if leg.stage is Stage.TALKING]
        for leg in reversed(legs):
            if caller and caller.id == leg.calling:
                return leg
        of_queue = (leg for leg in reversed(legs) if leg.queue == queue != "")
        return next((leg for leg in of_queue if caller is None or not leg.calling), None)

    def dump(self, message: Message, at: datetime) -> list[Report]:
        """AgentDump: the agent hung up before being connected to the caller."""
        leg = self.legs.find(channel(message, "Dest"))
        return self.legs.end(leg, LegAction.HUNG_UP, at) if leg else []

    def hang_up(self, message: Message, at: datetime) -> list[Report]:
        """Hangup: a channel is no more."""
        gone = channel(message)
        if gone is None:
            return []
        reports = self.legs.consulted(gone, at)
        if leg := self.legs.find(gone):
            reports += self._lost(leg, gone, message.number("Cause"), at)
        if leg or self.members.of_device(gone.device):
            self.legs.hung_up(gone)
        self.bridges.gone(gone)
        for left in self.legs:
            if left.stage is Stage.TALKING and left.calling == gone.id:
                # The agent's own hang-up comes in the same instant, if it comes.
                left_alone = partial(self._left_alone, left, at)
                self.deferred.put(("alone", left.id), at, left_alone, LINGER)
        return reports

    def _left_alone(self, leg: Leg, at: datetime) -> list[Report]:
        if self.bridges.with_strangers(leg):
            return []  # whoever called was an agent, and has put the customer through
        name = f"alone:{leg.interaction}:{stamp(at)}"
        return [CallerLeft(at=at, id=name, interaction=leg.interaction)]

    def _lost(self, leg: Leg, gone: Channel, cause: int | None, at: datetime) -> list[Report]:
        if gone.runs_dialplan:
            leg.decline(at, cause)
            return []
        self.legs.detach(leg, gone)
        if leg.stage is Stage.RINGING:
            if gone.id == leg.main or not leg.channels:
                return self.ring_ends.hung_up(leg, cause, at)
            leg.decline(at, cause)
            return []
        return [] if leg.channels else self.legs.end(leg, LegAction.HUNG_UP, at)

    def blind_transfer(self, message: Message, at: datetime) -> list[Report]:
        """BlindTransfer: one party of a call sends the other elsewhere."""
        if message.get("Result").lower() != "success":
            return []
        if sent := self.legs.known(channel(message, "Transferee")):
            sent.stays = True
        leg = self.legs.find(channel(message, "Transferer"))
        return self.legs.end(leg, LegAction.TRANSFERRED, at) if leg else []

    def attended_transfer(self, message: Message, at: datetime) -> list[Report]:
        """AttendedTransfer: one who talked to two parties joins them, and leaves or (three-way)
        stays."""
        kind = message.get("DestType").lower()
        if message.get("Result").lower() != "success" or kind == "fail":
            return []
        legs: list[Leg] = []
        for prefix in ("OrigTransferer", "SecondTransferer"):
            transferer = channel(message, prefix)
            consult = self.legs.consulting(transferer)
            for leg in (self.legs.find(transferer), consult.leg if consult else None):
                if leg and leg not in legs:
                    legs.append(leg)
        if kind == "threeway":
            return [report for leg in legs for report in self._three_way(leg, at)]
        for prefix in ("Transferee", "TransferTarget"):
            if joined := self.legs.known(channel(message, prefix)):
                joined.stays = joined not in legs
        return [report for leg in legs for report in self.legs.end(leg, LegAction.TRANSFERRED, at)]

    def _three_way(self, leg: Leg, at: datetime) -> list[Report]:
        leg.threeway = True
        return self.legs.show(leg, at)
