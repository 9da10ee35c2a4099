"""One agent's part in a call, as it is followed while Asterisk speaks of it."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum, auto

from presence.events import CallKind, LegAction
from routing.connectors.asterisk.deferred import SETTLE
from routing.connectors.asterisk.members import Member
from routing.connectors.asterisk.names import Channel, device

DECLINED = frozenset({17, 21})
"""Hang-up causes of a phone whose user pressed reject: user busy, call rejected."""

UNREACHABLE = frozenset({1, 3, 20, 27, 34, 38, 41, 42, 44, 58})
"""Hang-up causes of a phone that could not be rung: no such number, no route, absent, out of order,
congestion, network failure, no channel, no capability. Nobody's miss."""


class Stage(Enum):
    RINGING = auto()
    DIALING = auto()
    TALKING = auto()
    MONITORING = auto()
    ENDED = auto()


@dataclass
class RingEnd:
    """What was heard of how a ring ended, from the first message `since` on."""

    since: datetime
    declined: bool = False
    missed: bool = False
    unreachable: bool = False

    def verdict(self) -> LegAction:
        """How it ended. One that was neither declined nor missed was withdrawn: someone else
        answered, or the caller gave up."""
        if self.declined:
            return LegAction.REJECTED
        if self.missed and not self.unreachable:
            return LegAction.RING_TIMED_OUT
        return LegAction.WITHDRAWN


@dataclass(eq=False, kw_only=True)
class Leg:
    """`main` is the channel that was dialled at the agent's phone, or that the agent dials from;
    `channels` are all of the agent's own in this call (a queue may dial through the dialplan what
    in turn rings the phone), on `devices`; `stems` are their `Local` pairs. `calling` is the
    caller's channel, or that of whom the agent called.

    `guessed` legs come from a snapshot, which names no channels. `announced` is False where
    Asterisk never said that it dials, and ringing was merely seen. `stays` marks an agent whose
    call another party transfers, so that the queue's part in it ends without them.
    """

    id: str
    member: Member
    kind: CallKind
    interaction: str
    stage: Stage
    since: datetime
    linkedid: str = ""
    queue: str = ""
    caller: str = ""
    main: str = ""
    calling: str = ""
    channels: set[str] = field(default_factory=set)
    stems: set[str] = field(default_factory=set)
    devices: set[str] = field(default_factory=set)
    guessed: bool = False
    announced: bool = True
    stays: bool = False
    ring_end: RingEnd | None = None
    declined_at: datetime | None = None
    held: bool = False
    away: bool = False
    crowded: bool = False
    threeway: bool = False
    in_room: bool = False
    consults: set[str] = field(default_factory=set)
    homes: dict[str, str] = field(default_factory=dict)
    shown: LegAction = LegAction.RESUMED
    said: datetime | None = None

    @property
    def listens(self) -> bool:
        """The agent listens to somebody else's call, on the channel `calling`."""
        return self.stage is Stage.MONITORING

    @property
    def unmatched(self) -> bool:
        """Known from a snapshot only, its channel not heard of yet."""
        return self.guessed and not self.channels and not self.stems

    def has(self, channel: Channel) -> bool:
        """The channel, or the pair that it is half of, is the agent's in this call."""
        return channel.id in self.channels or channel.stem in self.stems

    @property
    def rests_with_device(self) -> bool:
        """The leg is over once the member's device is not in use. That device tells nothing of a
        call that is on another, as behind a `Local` channel that Asterisk took out of the call."""
        if self.unmatched:
            return True
        own = {self.member.person, device(self.member.address)}
        return self.member.person in self.devices <= own

    @property
    def tells_hold(self) -> bool:
        """Its device's state tells when the call is on hold."""
        return self.member.has_channels and not self.member.in_use_while_ringing

    @property
    def when_over(self) -> LegAction:
        """How a leg ended of which only that it did is known."""
        return LegAction.WITHDRAWN if self.stage is Stage.RINGING else LegAction.HUNG_UP

    @property
    def activity(self) -> LegAction:
        """What an agent who talks is doing. Being in conference counts before consulting, and
        both before having the customer on hold."""
        if self.in_room or self.threeway or self.crowded:
            return LegAction.CONFERENCED
        if self.consults or self.away:
            return LegAction.CONSULTED
        return LegAction.HELD if self.held else LegAction.RESUMED

    def decline(self, at: datetime, cause: int | None) -> None:
        """A channel behind the main one, or a request to hang it up, gave a cause. It counts only
        for what is said of the main one in the same instant."""
        if cause in DECLINED:
            self.declined_at = at

    def hear_end(self, at: datetime) -> RingEnd:
        """What is known of how the ring ended, to be added to."""
        if self.ring_end is None:
            self.ring_end = RingEnd(at)
        if self.declined_at and abs(self.ring_end.since - self.declined_at) <= SETTLE:
            self.ring_end.declined = True
        return self.ring_end
