"""Supervisors who listen to a call, whisper to its agent or barge in: ChanSpy and ExtenSpy. The
call itself goes on as if they were not there."""

from dataclasses import dataclass
from datetime import datetime

from presence.events import CallKind, LegAction
from routing.connectors.asterisk.ami import Message
from routing.connectors.asterisk.leg import Leg, Stage
from routing.connectors.asterisk.legs import Legs
from routing.connectors.asterisk.members import stamp
from routing.connectors.asterisk.names import Channel, channel
from routing.connectors.asterisk.ringing import Ringing
from routing.reports import Report

APPLICATIONS = frozenset({"ChanSpy", "ExtenSpy"})


@dataclass
class Monitoring:
    """Handlers of the messages about who listens to whom; each gives reports in their order."""

    legs: Legs
    ringing: Ringing

    def start(self, message: Message, at: datetime) -> list[Report]:
        """ChanSpyStart."""
        ear = channel(message, "Spyer")
        return self.listens(ear, channel(message, "Spyee"), at) if ear else []

    def stop(self, message: Message, at: datetime) -> list[Report]:
        """ChanSpyStop: to hang up, or to go on to the next call."""
        leg = self.legs.known(channel(message, "Spyer"))
        return self._ends(leg, at) if leg and leg.listens else []

    def listens(self, ear: Channel, heard: Channel | None, at: datetime) -> list[Report]:
        """The agent on the channel `ear` listens to the channel `heard` (None: nobody knows)."""
        member, before = self.ringing.phone(ear), self.legs.known(ear)
        heard_id = heard.id if heard else ""
        if member is None or (before and before.listens and before.calling == heard_id):
            return []
        # A phone that was called to listen has answered that call, and does nothing else in it.
        reports = self._ends(before, at) if before else []
        call = self._call_of(heard)
        own = ear.linkedid or ear.id
        leg = Leg(
            id=f"{ear.id}:{heard_id}:{stamp(at)}",
            member=member,
            kind=call.kind if call else CallKind.DIRECT,
            interaction=call.interaction if call else (heard.linkedid if heard else "") or own,
            stage=Stage.MONITORING,
            since=at,
            calling=heard_id,
        )
        return reports + self.legs.open(leg, ear, LegAction.MONITORED)

    def _call_of(self, heard: Channel | None) -> Leg | None:
        """The agent's part in the call that is listened to, on whichever side of it."""
        if heard is None:
            return None
        theirs = (leg for leg in self.legs if leg.calling == heard.id and not leg.listens)
        return self.legs.known(heard) or next(theirs, None)

    def _ends(self, leg: Leg, at: datetime) -> list[Report]:
        return self.legs.end(leg, leg.when_over, at)
