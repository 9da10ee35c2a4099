"""What Asterisk says, told in Rollcall's words. Pure: time comes with each message."""

from collections import Counter
from collections.abc import Callable, Iterable
from datetime import datetime

from routing.connectors.asterisk.ami import Message
from routing.connectors.asterisk.bridges import Bridges
from routing.connectors.asterisk.callers import Callers
from routing.connectors.asterisk.calls import Calls
from routing.connectors.asterisk.channels import ChannelList
from routing.connectors.asterisk.deferred import Deferred
from routing.connectors.asterisk.ignored import IGNORED
from routing.connectors.asterisk.legs import Legs
from routing.connectors.asterisk.members import Members
from routing.connectors.asterisk.monitoring import Monitoring
from routing.connectors.asterisk.reach import Reach
from routing.connectors.asterisk.reconcile import Reconcile
from routing.connectors.asterisk.renames import Renames
from routing.connectors.asterisk.resume import LiveLeg, resumed
from routing.connectors.asterisk.ring_ends import RingEnds
from routing.connectors.asterisk.ringing import Ringing
from routing.connectors.asterisk.snapshot import Snapshots
from routing.connectors.asterisk.talking import Talking
from routing.reports import Report

Handler = Callable[[Message, datetime], list[Report]]


class Translator:
    """Follows one Asterisk system from its messages, in the order in which they came.

    `phones` are addresses to follow though no queue has named them yet. Keep one translator over
    lost connections, and ask for a snapshot (CoreShowChannels where it may, then QueueStatus, of
    all queues) after each: it brings the translator up to date.

    `unknown` counts, by their names, events that no Asterisk is known to send.
    """

    def __init__(self, phones: Iterable[str] = ()) -> None:
        self.unknown: Counter[str] = Counter()
        self._deferred = Deferred()
        self._members = Members(phones)
        self._callers = Callers()
        self._legs = Legs(self._members, self._deferred)
        ringing = Ringing(self._members, self._callers, self._legs)
        self._ring_ends = RingEnds(self._members, self._legs, ringing, self._deferred)
        bridges = Bridges(self._legs, ringing, self._deferred)
        talking = Talking(self._members, self._legs, bridges, self._ring_ends, self._deferred)
        monitoring = Monitoring(self._legs, ringing)
        self._calls = Calls(self._deferred)
        self._channels = ChannelList()
        self._snapshots = Snapshots(
            self._members,
            self._callers,
            self._legs,
            self._calls,
            self._channels,
            Reconcile(self._legs, ringing, bridges, monitoring, self._deferred),
        )
        self._bridges = bridges
        reach = Reach(self._members)
        self._handlers: dict[str, Handler] = {
            "AgentCalled": ringing.called,
            "AgentComplete": talking.complete,
            "AgentConnect": self._ring_ends.connect,
            "AgentDump": talking.dump,
            "AgentRingNoAnswer": self._ring_ends.ring_no_answer,
            "AttendedTransfer": talking.attended_transfer,
            "BlindTransfer": talking.blind_transfer,
            "BridgeDestroy": bridges.destroy,
            "BridgeEnter": bridges.enter,
            "BridgeLeave": bridges.leave,
            "BridgeMerge": bridges.merge,
            "ConfbridgeJoin": bridges.room,
            "ConfbridgeLeave": bridges.left_room,
            "ContactStatus": reach.contact,
            "ChanSpyStart": monitoring.start,
            "ChanSpyStop": monitoring.stop,
            "CoreShowChannel": self._listed,
            "CoreShowChannelsComplete": self._all_listed,
            "DeviceStateChange": reach.state,
            "DialBegin": ringing.dial_begin,
            "DialEnd": self._ring_ends.dial_end,
            "FullyBooted": self._connected,
            "Hangup": talking.hang_up,
            "HangupRequest": self._ring_ends.hangup_request,
            "Hold": talking.hold,
            "MeetmeJoin": bridges.room,
            "MeetmeLeave": bridges.left_room,
            "Newchannel": ringing.new_channel,
            "Newstate": ringing.new_state,
            "PeerStatus": reach.peer,
            "QueueCallerAbandon": self._callers.abandoned,
            "QueueCallerJoin": self._joined,
            "QueueCallerLeave": self._callers.left,
            "QueueEntry": self._snapshots.entry,
            "QueueMember": self._snapshots.member,
            "QueueMemberAdded": self._added,
            "QueueMemberPause": self._members.paused,
            "QueueMemberRemoved": self._members.removed,
            "QueueMemberStatus": self._status,
            "QueueParams": self._snapshots.params,
            "QueueStatusComplete": self._snapshots.complete,
            "Rename": Renames(self._legs, ringing).rename,
            "SoftHangupRequest": self._ring_ends.hangup_request,
            "Unhold": talking.unhold,
        }

    def feed(self, message: Message, at: datetime) -> list[Report]:
        """Take in one message, heard `at` an aware UTC time; gives what is to be reported, in the
        order in which it happened. Raises nothing for whatever the message says or leaves out."""
        reports = self.settle(at)
        self._legs.heard += 1
        handler = self._handlers.get(message.event)
        if handler:
            reports += handler(message, at)
        elif message.event and message.event not in IGNORED:
            self.unknown[message.event] += 1
        self._calls.hear(message, reports, at)
        return reports

    def conclude(self) -> list[Report]:
        """Give what is known of rings that ended, without waiting for more: nobody will listen."""
        people = {leg.member.person for leg in self._legs}
        return [report for person in people for report in self._legs.conclude(person)]

    def resume(
        self,
        legs: Iterable[LiveLeg],
        callers: Iterable[tuple[str, str, str]],
        paused: Iterable[tuple[str, str]] = (),
    ) -> None:
        """Go on from what was reported before, by another process: `legs` that live, `callers` who
        wait, as (queue, interaction, number), and who is `paused`, as (address, reason). The next
        snapshot agrees, or ends them."""
        for leg in legs:
            self._legs.resume(resumed(leg, self._members.know(leg.address)))
        for queue, interaction, number in callers:
            self._callers.resume(queue, interaction, number)
        for address, reason in paused:
            self._members.resume(address, reason)

    def settle(self, at: datetime) -> list[Report]:
        """Give what was held back for what might still be said of it, and has waited long enough
        by `at`. To be asked when Asterisk is silent, and `LINGER` after the last message."""
        return self._deferred.due(at)

    def pauses(self) -> dict[str, tuple[bool, str]]:
        """By address, whether the members of queues are paused there, and why."""
        return self._members.pauses()

    def places(self) -> dict[str, dict[str, str]]:
        """By address, the queues that each is in, and as what kind of member."""
        return self._members.places()

    def queues(self) -> set[str]:
        """Every queue that snapshots told of."""
        return self._snapshots.queues

    def _connected(self, message: Message, at: datetime) -> list[Report]:
        self._channels.forget()
        return self._bridges.forget(message, at)

    def _listed(self, message: Message, _at: datetime) -> list[Report]:
        return self._channels.row(message, self._legs.heard)

    def _all_listed(self, message: Message, _at: datetime) -> list[Report]:
        return self._channels.complete(message, self._legs.heard)

    def _joined(self, message: Message, at: datetime) -> list[Report]:
        return self._callers.joined(message, at, self._legs.heard)

    def _added(self, message: Message, at: datetime) -> list[Report]:
        self._snapshots.added(message)
        return self._members.added(message, at)

    def _status(self, message: Message, at: datetime) -> list[Report]:
        return self._members.status(message, at) + self._ring_ends.device_status(message, at)
