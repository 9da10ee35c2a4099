"""Phones that ring, and phones that dial: how legs begin."""

from dataclasses import dataclass
from datetime import datetime

from presence.events import CallKind, LegAction
from routing.connectors.asterisk.ami import Message
from routing.connectors.asterisk.callers import Callers
from routing.connectors.asterisk.deferred import LINGER
from routing.connectors.asterisk.leg import Leg, Stage
from routing.connectors.asterisk.legs import Consult, Legs
from routing.connectors.asterisk.members import Member, Members
from routing.connectors.asterisk.names import Channel, channel
from routing.reports import Report


@dataclass
class Ringing:
    """Handlers of the messages that begin a leg; each gives reports in their order."""

    members: Members
    callers: Callers
    legs: Legs

    # --- a ring begins ------------------------------------------------------------------------

    def called(self, message: Message, at: datetime) -> list[Report]:
        """AgentCalled: a queue rings a member."""
        member, dialled = self.members.of(message), channel(message, "Dest")
        if member is None or dialled is None:
            return []
        return self.ring(member, dialled, channel(message), at, message.get("Queue"))

    def dial_begin(self, message: Message, at: datetime) -> list[Report]:
        """DialBegin: a channel (or, for an originated call, none) dials another."""
        dialling, dialled = channel(message), channel(message, "Dest")
        if dialled is None:
            return []
        rung = self.phone(dialled)
        behind = self.legs.known(dialling) if dialling and dialling.runs_dialplan else None
        if behind and (rung is None or rung.person == behind.member.person):
            self.legs.attach(behind, dialled)
            return []
        reports = self._dial_out(dialling, dialled, at) if dialling else []
        return reports + (self.ring(rung, dialled, dialling, at) if rung else [])

    def new_channel(self, message: Message, _at: datetime) -> list[Report]:
        """Newchannel."""
        if new := channel(message):
            self.legs.born(new)
        return []

    def new_state(self, message: Message, at: datetime) -> list[Report]:
        """Newstate: the sign of a ring that no DialBegin announces, as in transfers by feature
        code, and of the channel of a call that was there before."""
        changed = channel(message)
        leg = self.legs.find(changed)
        if changed is None:
            return []
        if leg is None:
            rung = self.phone(changed)
            rings = changed.state == "Ringing" and not self.legs.consulting(changed)
            return self.ring(rung, changed, None, at, announced=False) if rung and rings else []
        up = changed.state == "Up" and changed.id == leg.main
        return self.legs.answer(leg, at) if up and not leg.announced else []

    def phone(self, found: Channel) -> Member | None:
        """Whose phone the channel is on."""
        return None if found.runs_dialplan else self.members.of_device(found.device)

    def ring(
        self,
        member: Member,
        dialled: Channel,
        dialling: Channel | None,
        at: datetime,
        queue: str = "",
        *,
        announced: bool = True,
    ) -> list[Report]:
        """A member's phone rings for a call; nothing where that is known."""
        if self.legs.known(dialled) or self.legs.over(dialled):
            return []
        reports = self.legs.conclude(member.person)
        part_of = self._fresh_guess(member, at)
        if not queue:
            part_of = part_of or self.legs.same_call(member.person, dialled.linkedid)
        if part_of:
            self.legs.attach(part_of, dialled)
            return reports
        waiting = self.callers.of(dialling) or self.callers.of_call(dialled.linkedid)
        queue = queue or (waiting.queue if waiting else "")
        interaction = self._interaction(dialling, dialled)
        for leg in self.legs.of(member.person):
            # A queue does not ring a phone again before it has stopped ringing: the end was lost.
            if queue and leg.stage is Stage.RINGING and leg.interaction == interaction:
                reports += self.legs.end(leg, LegAction.WITHDRAWN, at)
        leg = Leg(
            id=dialled.id,
            member=member,
            kind=CallKind.QUEUE if queue else CallKind.DIRECT,
            interaction=interaction,
            stage=Stage.RINGING,
            since=at,
            queue=queue,
            caller=_caller(dialling, dialled),
            calling=dialling.id if dialling else "",
            announced=announced,
        )
        return reports + self.legs.open(leg, dialled, LegAction.OFFERED)

    def _fresh_guess(self, member: Member, at: datetime) -> Leg | None:
        """A ring that the snapshot of just now told: what announces it may come after that."""
        legs = self.legs.of(member.person)
        fresh = (x for x in legs if x.unmatched and x.stage is Stage.RINGING)
        return next((leg for leg in fresh if abs(at - leg.since) <= LINGER), None)

    def _interaction(self, dialling: Channel | None, dialled: Channel) -> str:
        """The call's name. Whoever is consulted, or is called by an agent, is in the agent's."""
        if waiting := self.callers.of(dialling) or self.callers.of_call(dialled.linkedid):
            return waiting.interaction
        if consult := self.legs.consulting(dialling):
            return consult.leg.interaction
        if leg := self.legs.known(dialling):
            return leg.interaction
        known_by = dialling or dialled
        return known_by.linkedid or dialled.linkedid or known_by.id

    # --- an agent dials -----------------------------------------------------------------------

    def _dial_out(self, dialling: Channel, dialled: Channel, at: datetime) -> list[Report]:
        member = self.phone(dialling)
        if member is None or self.legs.over(dialling) or self.legs.consulting(dialling):
            return []
        own = self.legs.find(dialling)
        number = dialled.number or dialling.exten
        if other := self.legs.talking(member.person, besides=own):
            return self.legs.consult(Consult(other, member, dialling, number), at)
        return [] if own else self.dials(member, dialling, number, at)

    def dials(self, member: Member, own: Channel, number: str, at: datetime) -> list[Report]:
        """A member places a call to `number` on a channel of their own."""
        leg = Leg(
            id=own.id,
            member=member,
            kind=CallKind.OUTBOUND,
            interaction=own.linkedid or own.id,
            stage=Stage.DIALING,
            since=at,
            caller=number,
        )
        return self.legs.open(leg, own, LegAction.DIALED)

    # --- an agent talks already ---------------------------------------------------------------

    def unheard(
        self,
        member: Member,
        talks: Channel,
        caller: Channel | None,
        at: datetime,
        *,
        queue: str = "",
        kind: CallKind = CallKind.DIRECT,
    ) -> list[Report]:
        """An agent talks on a channel whose ringing nobody heard of."""
        waiting = self.callers.of(caller)
        queue = queue or (waiting.queue if waiting else "")
        if same := self.legs.same_call(member.person, talks.linkedid):
            self.legs.attach(same, talks)
            return self.legs.answer(same, at)
        leg = Leg(
            id=talks.id,
            member=member,
            kind=CallKind.QUEUE if queue else kind,
            interaction=self._interaction(caller, talks),
            stage=Stage.TALKING,
            since=at,
            queue=queue,
            caller=_caller(caller, talks),
            calling=caller.id if caller else "",
        )
        return self.legs.open(leg, talks, LegAction.ANSWERED)


def _caller(dialling: Channel | None, dialled: Channel) -> str:
    return (dialling.number if dialling else "") or dialled.connected or dialled.number
