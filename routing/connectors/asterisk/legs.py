"""The legs that live, the channels they are known by, and what is reported of them."""

from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from presence.events import CallKind, LegAction
from routing.connectors.asterisk.deferred import LINGER, Deferred
from routing.connectors.asterisk.leg import Leg, Stage
from routing.connectors.asterisk.members import Member, Members, stamp
from routing.connectors.asterisk.names import Channel
from routing.reports import LegReported, Report


class Recent:
    """The names met last, up to `size` of them."""

    def __init__(self, size: int = 10_000) -> None:
        self._size = size
        self._names: OrderedDict[str, None] = OrderedDict()

    def add(self, name: str) -> None:
        self._names[name] = None
        if len(self._names) > self._size:
            self._names.popitem(last=False)

    def discard(self, name: str) -> None:
        self._names.pop(name, None)

    def __contains__(self, name: str) -> bool:
        return name in self._names


@dataclass
class Consult:
    """A channel on which an agent consults someone about `leg`. `number` is whom they dialled."""

    leg: Leg
    member: Member
    channel: Channel
    number: str
    answered: bool = False


class Legs:
    """All live legs. `heard` counts messages, `touched` says at which one a person's legs changed
    last."""

    def __init__(self, members: Members, deferred: Deferred) -> None:
        self._members = members
        self._deferred = deferred
        self._live: dict[str, Leg] = {}
        self._by_channel: dict[str, Leg] = {}
        self._by_stem: dict[str, Leg] = {}
        self._consults: dict[str, Consult] = {}
        self._over = Recent()
        self._born = Recent()
        self.heard = 0
        self.touched: dict[str, int] = {}

    def __iter__(self) -> Iterator[Leg]:
        return iter(list(self._live.values()))

    # --- whose channel is it ------------------------------------------------------------------

    def known(self, channel: Channel | None) -> Leg | None:
        """The live leg that this channel is known to be part of."""
        if channel is None:
            return None
        return self._by_channel.get(channel.id) or self._by_stem.get(channel.stem)

    def find(self, channel: Channel | None) -> Leg | None:
        """The live leg that this channel is part of. A leg known from a snapshot only takes the
        first channel of its phone that is heard of and is not new as its own."""
        leg = self.known(channel)
        if leg and channel and channel.half == 1 and not leg.channels:
            self.attach(leg, channel)  # the other half of the pair was heard of first
        if leg or channel is None or channel.id in self._born:
            return leg
        if self.over(channel) or channel.stem in self._over:
            return None
        member = self._members.of_device(channel.device)
        if member is None or channel.id in self._consults:
            return None
        guesses = [leg for leg in self.of(member.person) if leg.unmatched]
        guesses.sort(key=lambda leg: leg.interaction != channel.linkedid)
        if not guesses:
            return None
        self.attach(guesses[0], channel)
        return guesses[0]

    def born(self, channel: Channel) -> None:
        """A new channel: part of nothing that a snapshot told before."""
        self._born.add(channel.id)

    def over(self, channel: Channel) -> bool:
        """The channel hung up, or its leg ended: whatever still comes about it is late."""
        return channel.id in self._over

    def hung_up(self, channel: Channel) -> None:
        self._over.add(channel.id)

    def of(self, person: str) -> list[Leg]:
        """A person's live legs, oldest first."""
        return [leg for leg in self._live.values() if leg.member.person == person]

    def same_call(self, person: str, linkedid: str) -> Leg | None:
        """The person's live leg in this call."""
        legs = (leg for leg in self.of(person) if leg.linkedid == linkedid != "")
        return next(legs, None)

    def talking(self, person: str, besides: Leg | None = None) -> Leg | None:
        """The person's answered call: the one on hold, else the latest."""
        legs = [leg for leg in self.of(person) if leg.stage is Stage.TALKING and leg is not besides]
        return max(legs, key=lambda leg: (leg.held, leg.since), default=None)

    def attach(self, leg: Leg, channel: Channel) -> None:
        """The channel is the agent's in this call, from now on."""
        leg.linkedid = leg.linkedid or channel.linkedid
        leg.devices.add(channel.device)
        if channel.half:
            self._over.discard(channel.stem)
            leg.stems.add(channel.stem)
            self._by_stem[channel.stem] = leg
        if channel.runs_dialplan:
            return
        leg.main = leg.main or channel.id
        leg.channels.add(channel.id)
        self._by_channel[channel.id] = leg

    def detach(self, leg: Leg, channel: Channel) -> None:
        """The channel is no longer the agent's in this call, or no longer at all."""
        leg.channels.discard(channel.id)
        self._by_channel.pop(channel.id, None)

    def resume(self, leg: Leg) -> None:
        """A leg that was told of before anything was heard."""
        self._live[leg.id] = leg
        self._by_channel |= dict.fromkeys(leg.channels, leg)

    # --- what becomes of them -----------------------------------------------------------------

    def open(self, leg: Leg, channel: Channel | None, action: LegAction) -> list[Report]:
        """A new leg, reported as `action`; nothing where there is or was one of its name."""
        if leg.id in self._live or leg.id in self._over:
            return []
        self._live[leg.id] = leg
        if channel:
            self._over.discard(channel.id)
            self.attach(leg, channel)
        return self._say(leg, action, leg.since)

    def answer(self, leg: Leg, at: datetime) -> list[Report]:
        """The leg is answered, if it was not."""
        if leg.stage not in (Stage.RINGING, Stage.DIALING):
            return []
        leg.stage, leg.ring_end = Stage.TALKING, None
        for key in ("ring", "rest"):
            self._deferred.drop((key, leg.id))
        return self._say(leg, LegAction.ANSWERED, at)

    def show(self, leg: Leg, at: datetime) -> list[Report]:
        """Report what an agent who talks is doing, if that changed."""
        if leg.stage is not Stage.TALKING or leg.activity is leg.shown:
            return []
        leg.shown = leg.activity
        at = max(at, leg.said or at)
        return self._say(leg, leg.shown, at, f":{stamp(at)}")

    def end(
        self, leg: Leg, action: LegAction, at: datetime, *, estimated: bool = False
    ) -> list[Report]:
        """The leg ended, if it had not. Its channels are followed no further."""
        if leg.stage is Stage.ENDED:
            return []
        if action is LegAction.TRANSFERRED and leg.stage is not Stage.TALKING:
            action = leg.when_over  # its answer was lost, and nobody transfers what only rings
        leg.stage = Stage.ENDED
        del self._live[leg.id]
        for name in (leg.id, *leg.channels, *leg.stems):
            self._by_channel.pop(name, None)
            self._by_stem.pop(name, None)
            self._over.add(name)
        for key in ("ring", "bridge", "rest", "gone", "alone"):
            self._deferred.drop((key, leg.id))
        for name in leg.consults:
            self._deferred.put(("consult", name), at, partial(self._outlive, name, at), LINGER)
        return self._say(leg, action, at, estimated=estimated)

    def conclude(self, person: str) -> list[Report]:
        """Whatever waits for more about how a ring at this person ended is said now."""
        return [
            report for leg in self.of(person) for report in self._deferred.now(("ring", leg.id))
        ]

    # --- consulting ---------------------------------------------------------------------------

    def consult(self, consult: Consult, at: datetime) -> list[Report]:
        """An agent who is on a call dials someone on another channel."""
        if consult.channel.id in self._consults:
            return []
        self._consults[consult.channel.id] = consult
        consult.leg.consults.add(consult.channel.id)
        return self.show(consult.leg, at)

    def consulting(self, channel: Channel | None) -> Consult | None:
        return self._consults.get(channel.id) if channel else None

    def consulted(self, channel: Channel, at: datetime) -> list[Report]:
        """The consultation on this channel is over, if it was one."""
        consult = self._consults.pop(channel.id, None)
        if consult is None:
            return []
        self._deferred.drop(("consult", channel.id))
        consult.leg.consults.discard(channel.id)
        return self.show(consult.leg, at)

    def _outlive(self, name: str, at: datetime) -> list[Report]:
        """The call that a consultation was about ended without it: it is a call of its own."""
        consult = self._consults.pop(name, None)
        if consult is None or self.known(consult.channel):
            return []
        leg = Leg(
            id=name,
            member=consult.member,
            kind=CallKind.OUTBOUND,
            interaction=consult.leg.interaction,
            stage=Stage.TALKING if consult.answered else Stage.DIALING,
            since=at,
            caller=consult.number,
        )
        action = LegAction.ANSWERED if consult.answered else LegAction.DIALED
        return self.open(leg, consult.channel, action)

    # --- reports ------------------------------------------------------------------------------

    def _say(
        self,
        leg: Leg,
        action: LegAction,
        at: datetime,
        ordinal: str = "",
        *,
        estimated: bool = False,
    ) -> list[Report]:
        leg.said = max(at, leg.said or at)
        self.touched[leg.member.person] = self.heard
        return [
            LegReported(
                at=at,
                id=f"{leg.id}:{action}{ordinal}",
                address=leg.member.address,
                leg=leg.id,
                interaction=leg.interaction,
                action=action,
                kind=leg.kind,
                queue=leg.queue,
                caller=leg.caller,
                estimated=estimated,
            )
        ]
