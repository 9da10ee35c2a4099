"""The answer to QueueStatus: who is in which queue, who waits, and which calls are in progress
though nothing was heard of their beginning. Where all channels were listed just before, they tell
of the calls; else the states of phones have to do."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial

from presence.events import CallKind, LegAction
from routing.connectors.asterisk.ami import Message
from routing.connectors.asterisk.callers import Caller, Callers
from routing.connectors.asterisk.calls import Calls
from routing.connectors.asterisk.channels import ChannelList, Channels
from routing.connectors.asterisk.leg import Leg, Stage
from routing.connectors.asterisk.legs import Legs
from routing.connectors.asterisk.members import Member, Members, stamp
from routing.connectors.asterisk.names import channel
from routing.connectors.asterisk.reconcile import Reconcile
from routing.reports import Picture, QueueSeen, Report, SnapshotDone

NOT_IN_USE, IN_USE, BUSY, RINGING, RINGING_IN_USE, ON_HOLD = 1, 2, 3, 6, 7, 8
"""Device states that tell of calls."""


@dataclass
class _Rows:
    """A snapshot on its way. It `began` at the message of that number."""

    action: str
    began: int
    channels: Channels | None
    strategies: dict[str, str] = field(default_factory=dict)
    members: dict[tuple[str, str], Message] = field(default_factory=dict)
    callers: set[str] = field(default_factory=set)
    count: int = 0


@dataclass
class _Seen:
    """What the rows say of one person: the device's state, their queues, and in which of them they
    are on a call."""

    member: Member
    status: int | None
    queues: list[str] = field(default_factory=list)
    in_call: str | None = None

    @property
    def rests(self) -> bool:
        return self.status == NOT_IN_USE and self.in_call is None

    @property
    def rings(self) -> bool:
        return self.status in (RINGING, RINGING_IN_USE)

    @property
    def talks(self) -> bool:
        in_use = self.status in (IN_USE, BUSY, RINGING_IN_USE, ON_HOLD)
        return in_use or self.in_call is not None

    @property
    def may_ring(self) -> bool:
        """In use, but by no queue's call, and "in use" is what its device says while ringing."""
        in_use = self.status == IN_USE and self.in_call is None
        return in_use and self.member.in_use_while_ringing


@dataclass
class Snapshots:
    """Handlers of the rows of a snapshot of all queues, and of its end. Rows are taken in as they
    come; what they say of calls is concluded when all are there, for those of whom nothing newer
    was heard meanwhile. `queues` are all that there are."""

    members: Members
    callers: Callers
    legs: Legs
    calls: Calls
    channels: ChannelList
    reconcile: Reconcile
    queues: set[str] = field(default_factory=set)
    _rows: _Rows | None = None

    def params(self, message: Message, at: datetime) -> list[Report]:
        """QueueParams: a queue."""
        rows, queue = self._open(message), message.get("Queue")
        if not queue or queue in rows.strategies:
            return []
        rows.strategies[queue] = message.get("Strategy")
        rows.count += 1
        return [QueueSeen(at=at, id=f"queue:{queue}:{stamp(at)}", queue=queue)]

    def member(self, message: Message, at: datetime) -> list[Report]:
        """QueueMember: a member of a queue."""
        rows, member = self._open(message), self.members.of(message)
        if member is None or (message.get("Queue"), member.address) in rows.members:
            return []
        rows.members[message.get("Queue"), member.address] = message
        rows.count += 1
        return self.members.row(message, at)

    def entry(self, message: Message, at: datetime) -> list[Report]:
        """QueueEntry: a caller who waits."""
        rows, calling = self._open(message), channel(message)
        if calling is None or calling.id in rows.callers:
            return []
        rows.callers.add(calling.id)
        rows.count += 1
        listed = rows.channels.rows.get(calling.id) if rows.channels else None
        call = listed.channel.linkedid if listed else ""
        return self.callers.joined(message, at, self.legs.heard, call)

    def complete(self, message: Message, at: datetime) -> list[Report]:
        """QueueStatusComplete: all rows are there, or some were lost and nobody is taken for gone
        because of it."""
        rows, self._rows = self._rows, None
        if rows is None:
            return []
        full = message.number("ListItems") in (None, rows.count)
        self.queues |= rows.strategies.keys()
        reports = self._left(rows, at) if full else []
        gone = self.callers.missing(rows.callers, rows.began, at) if full else []
        for member in {self.members.know(address): None for _, address in rows.members}:
            if member.queues:
                reports += self.members.tell_phone(member, at)
                reports += self.members.tell_pause(member, at, meanwhile=True)
        if rows.channels:
            self.calls.listed(rows.channels)
            ended = partial(_ended, rows, at)
            reports += self.reconcile.compare(rows.channels, ended, at)
        reports += self._calls(rows, at)
        reports += gone  # after the calls: who was answered meanwhile left their queue by that
        if full:
            picture = self._picture(rows.channels) if rows.channels else None
            reports.append(SnapshotDone(at=at, id=f"snapshot:{stamp(at)}", picture=picture))
        return reports

    def _picture(self, channels: Channels) -> Picture:
        legs = list(self.legs)
        return Picture(
            legs=frozenset(leg.id for leg in legs),
            waiting=self.callers.interactions(),
            calls=channels.calls | {leg.interaction for leg in legs},
        )

    def added(self, message: Message) -> None:
        """Someone joined a queue while the snapshot was on its way."""
        if self._rows and (member := self.members.of(message)):
            self._rows.members.setdefault((message.get("Queue"), member.address), message)

    def _open(self, message: Message) -> _Rows:
        action = message.get("ActionID")
        if self._rows is None or self._rows.action != action:
            self._rows = _Rows(action, self.legs.heard, self.channels.take())
        return self._rows

    def _left(self, rows: _Rows, at: datetime) -> list[Report]:
        """Whoever is in a queue no longer."""
        return [
            report
            for member in self.members.all()
            for queue in list(member.queues)
            if (queue, member.address) not in rows.members
            for report in self.members.leave(member, queue, at)
        ]

    # --- calls in progress --------------------------------------------------------------------

    def _calls(self, rows: _Rows, at: datetime) -> list[Report]:
        reports: list[Report] = []
        unexplained: list[_Seen] = []
        for seen in self._people(rows):
            if self.legs.touched.get(seen.member.person, -1) >= rows.began:
                continue
            if live := self.legs.of(seen.member.person):
                reports += self._agree(seen, live, rows, at)
            elif not (rows.channels and seen.member.has_channels):
                unexplained.append(seen)
        rung = {leg.interaction for leg in self.legs if leg.stage is Stage.RINGING}
        for seen in sorted(unexplained, key=lambda seen: not seen.rings):
            reports += self._explain(seen, rows, rung, at)
        return reports

    def _people(self, rows: _Rows) -> list[_Seen]:
        people: dict[str, _Seen] = {}
        for (queue, address), message in rows.members.items():
            member = self.members.know(address)
            seen = _Seen(member, message.number("Status"))
            seen = people.setdefault(member.person, seen)
            seen.queues.append(queue)
            if message.get("InCall") == "1":
                seen.member, seen.in_call = member, queue
        return list(people.values())

    def _agree(self, seen: _Seen, live: list[Leg], rows: _Rows, at: datetime) -> list[Report]:
        """End what a phone at rest is no longer part of, where channels do not tell; answer what
        is a call by now."""
        reports: list[Report] = []
        told = rows.channels is not None and seen.member.has_channels
        for leg in live:
            if seen.rests and leg.rests_with_device and not told:
                ended = _ended(rows, at, leg)
                reports += self.legs.end(leg, leg.when_over, ended, estimated=True)
            elif leg.stage is Stage.RINGING and leg.queue == seen.in_call:
                reports += self.legs.answer(leg, at)
            elif len(live) == 1 and told and seen.status in (IN_USE, ON_HOLD):
                leg.held = seen.status == ON_HOLD or (leg.held and not leg.tells_hold)
                reports += self.legs.show(leg, at)
        return reports

    def _explain(self, seen: _Seen, rows: _Rows, rung: set[str], at: datetime) -> list[Report]:
        caller = self._rings_for(seen, rows, rung) if seen.rings or seen.may_ring else None
        reports: list[Report] = []
        if seen.talks and not (seen.may_ring and caller):
            reports += self._guess(seen, None, at)
        if seen.rings or caller:
            reports += self._guess(seen, caller, at, rings=True)
        return reports

    def _rings_for(self, seen: _Seen, rows: _Rows, rung: set[str]) -> Caller | None:
        """The caller for whom a phone rings: in a queue that rings all at once any who waits there,
        else one for whom no other does."""
        for queue in seen.queues:
            for caller in self.callers.waiting(queue):
                if rows.strategies.get(queue) == "ringall" or caller.interaction not in rung:
                    rung.add(caller.interaction)
                    return caller
        return None

    def _guess(
        self, seen: _Seen, caller: Caller | None, at: datetime, *, rings: bool = False
    ) -> list[Report]:
        name = f"{seen.member.address}@{stamp(at)}{':ring' if rings else ''}"
        queue = caller.queue if caller else "" if rings else seen.in_call or ""
        leg = Leg(
            id=name,
            member=seen.member,
            kind=CallKind.QUEUE if queue else CallKind.DIRECT,
            interaction=caller.interaction if caller else name,
            stage=Stage.RINGING if rings else Stage.TALKING,
            since=at,
            queue=queue,
            caller=caller.number if caller else "",
            guessed=True,
        )
        reports = self.legs.open(leg, None, LegAction.OFFERED if rings else LegAction.ANSWERED)
        leg.held = seen.status == ON_HOLD
        return reports + self.legs.show(leg, at)


def _ended(rows: _Rows, at: datetime, leg: Leg) -> datetime:
    """When a leg ended of which only that it did is known: when the member's last call did, if
    that can be this one, else now."""
    said = [
        message.number("LastCall") or 0
        for (_, address), message in rows.members.items()
        if address == leg.member.address
    ]
    last = datetime.fromtimestamp(min(max(said, default=0), 1 << 32), UTC)
    return last if leg.stage is Stage.TALKING and leg.since <= last <= at else at
