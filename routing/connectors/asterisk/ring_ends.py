"""How rings end: answered, rejected, missed or withdrawn."""

from dataclasses import dataclass
from datetime import datetime
from functools import partial

from presence.events import LegAction
from routing.connectors.asterisk.ami import Message
from routing.connectors.asterisk.deferred import LINGER, Deferred
from routing.connectors.asterisk.leg import DECLINED, UNREACHABLE, Leg, Stage
from routing.connectors.asterisk.legs import Legs
from routing.connectors.asterisk.members import Member, Members
from routing.connectors.asterisk.names import Channel, channel
from routing.connectors.asterisk.ringing import Ringing
from routing.reports import Report


@dataclass
class RingEnds:
    """Handlers of the messages that end a ring; each gives reports in their order."""

    members: Members
    legs: Legs
    ringing: Ringing
    deferred: Deferred

    def dial_end(self, message: Message, at: datetime) -> list[Report]:
        """DialEnd: what became of dialling a channel."""
        dialling, dialled = channel(message), channel(message, "Dest")
        if dialled is None:
            return []
        leg, status = self.legs.find(dialled), message.get("DialStatus")
        if status == "ANSWER":
            return self._answered(leg, dialling, dialled, at)
        if leg is None:
            return []
        if dialled.id != leg.main:
            leg.decline(at, 17 if status == "BUSY" else None)
            return []
        return self._rang(leg, status, at)

    def connect(self, message: Message, at: datetime) -> list[Report]:
        """AgentConnect: a queue's caller and a member talk."""
        member, dialled = self.members.of(message), channel(message, "Dest")
        leg = self.legs.find(dialled)
        if leg is None and member:
            leg = self._ringing_of(member, channel(message), message.get("Queue"))
        if leg:
            if dialled:
                self.legs.attach(leg, dialled)
            return self.legs.answer(leg, at)
        if member is None or dialled is None or self.legs.over(dialled):
            return []
        return self.ringing.unheard(
            member, dialled, channel(message), at, queue=message.get("Queue")
        )

    def ring_no_answer(self, message: Message, at: datetime) -> list[Report]:
        """AgentRingNoAnswer: missed, rejected or unreachable; only what else is said tells."""
        member = self.members.of(message)
        leg = self.legs.find(channel(message, "Dest"))
        if leg is None and member and not channel(message, "Dest"):
            leg = self._ringing_of(member, channel(message), message.get("Queue"))
        return self._rang(leg, "NOANSWER", at) if leg else []

    def hangup_request(self, message: Message, at: datetime) -> list[Report]:
        """HangupRequest and SoftHangupRequest: they carry a cause, at times the only one."""
        asked = channel(message)
        if leg := self.legs.find(asked):
            leg.decline(at, message.number("Cause"))
        return []

    def hung_up(self, leg: Leg, cause: int | None, at: datetime) -> list[Report]:
        """The main channel of a leg that rings is gone."""
        end = leg.hear_end(at)
        end.declined |= cause in DECLINED
        end.unreachable |= cause in UNREACHABLE
        return self._end_ring(leg)

    def device_status(self, message: Message, at: datetime) -> list[Report]:
        """QueueMemberStatus: a phone at rest ends what only a snapshot knew; one in use answered
        it."""
        member, status = self.members.of(message), message.number("Status")
        if member is None or status is None or status in (6, 7):
            return []
        in_call = message.get("InCall") == "1"
        rests = status == 1 and not in_call
        reports = self.legs.conclude(member.person) if rests else []
        for leg in self.legs.of(member.person):
            if leg.unmatched:
                reports += self._guess_again(leg, status, in_call, at)
            elif rests and leg.rests_with_device:
                # The end of the call comes in the same instant, before this or after it.
                self.deferred.put(("rest", leg.id), at, partial(self._over, leg, at), LINGER)
            else:
                self.deferred.drop(("rest", leg.id))
        return reports

    def _guess_again(self, leg: Leg, status: int, in_call: bool, at: datetime) -> list[Report]:
        if status == 1 and not in_call:
            return self._over(leg, at)
        in_use = status in (2, 3, 8) and not leg.member.in_use_while_ringing
        reports = self.legs.answer(leg, at) if in_call or in_use else []
        leg.held = status == 8
        return reports + self.legs.show(leg, at)

    def _over(self, leg: Leg, at: datetime) -> list[Report]:
        return self.legs.end(leg, leg.when_over, at)

    def _rang(self, leg: Leg, status: str, at: datetime) -> list[Report]:
        if leg.stage is Stage.TALKING and leg.guessed:
            return self.legs.end(leg, LegAction.HUNG_UP, at)  # it rang after all
        if leg.stage is not Stage.RINGING:
            return []
        end = leg.hear_end(at)
        end.missed |= status == "NOANSWER"
        end.declined |= status == "BUSY"
        end.unreachable |= status not in ("NOANSWER", "BUSY", "CANCEL", "")
        if end.declined or end.unreachable:
            return self._end_ring(leg)
        # NOANSWER may be a rejection (a queue says so of every phone that hangs up), and CANCEL
        # too: the cause of the hang-up follows.
        self.deferred.put(("ring", leg.id), at, partial(self._end_ring, leg))
        return []

    def _end_ring(self, leg: Leg) -> list[Report]:
        end = leg.ring_end
        return self.legs.end(leg, end.verdict(), end.since) if end else []

    def _answered(
        self, leg: Leg | None, dialling: Channel | None, dialled: Channel, at: datetime
    ) -> list[Report]:
        reports: list[Report] = []
        member = self.ringing.phone(dialled)
        if leg and leg.main == dialled.id:
            reports += self.legs.answer(leg, at)
        elif leg is None and member and not self.legs.over(dialled):
            reports += self.ringing.unheard(member, dialled, dialling, at)
        if consult := self.legs.consulting(dialling):
            consult.answered = True
        far = self.legs.known(dialling)
        if far and far.stage is Stage.DIALING and dialling and dialling.id in far.channels:
            far.calling = dialled.id
            reports += self.legs.answer(far, at)
        return reports

    def _ringing_of(self, member: Member, caller: Channel | None, queue: str) -> Leg | None:
        """The ring at a member that a queue speaks of without naming its channel."""
        legs = [leg for leg in self.legs.of(member.person) if leg.stage is Stage.RINGING]
        for leg in legs:
            if caller and leg.calling == caller.id:
                return leg
        return next((leg for leg in legs if leg.queue == queue != ""), None)
