"""Who waits in which queue."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from routing.connectors.asterisk.ami import Message
from routing.connectors.asterisk.members import stamp
from routing.connectors.asterisk.names import Channel, channel
from routing.reports import CallerReported, Report


@dataclass(frozen=True)
class Caller:
    """Someone who waits. `heard` numbers the message that told of them last."""

    queue: str
    interaction: str
    number: str
    linkedid: str
    heard: int


class Callers:
    """The callers who wait, by their channels."""

    def __init__(self) -> None:
        self._waiting: dict[str, Caller] = {}

    def of(self, calling: Channel | None) -> Caller | None:
        """The caller whose channel this is."""
        return self._waiting.get(calling.id) if calling else None

    def of_call(self, linkedid: str) -> Caller | None:
        """The caller whose call this is."""
        waiting = self._waiting.values()
        return next((caller for caller in waiting if linkedid == caller.linkedid != ""), None)

    def waiting(self, queue: str) -> list[Caller]:
        """Who waits in a queue, longest first."""
        return [caller for caller in self._waiting.values() if caller.queue == queue]

    def joined(self, message: Message, at: datetime, heard: int, call: str = "") -> list[Report]:
        """Someone joined a queue, or (in a snapshot, which does not name their `call`) waits there
        since `Wait` seconds."""
        calling, queue = channel(message), message.get("Queue")
        if calling is None or not queue:
            return []
        call = call or calling.linkedid
        known = self._waiting.get(calling.id) or self._resumed(calling.id, call)
        if known and known.queue == queue:
            return []
        interaction = known.interaction if known else call or calling.id
        caller = Caller(queue, interaction, calling.number, call, heard)
        self._waiting[calling.id] = caller
        since = at - timedelta(seconds=min(max(message.number("Wait") or 0, 0), 86_400))
        return [_report(caller, calling.id, since, "joined")]

    def left(self, message: Message, at: datetime) -> list[Report]:
        """Someone left their queue: answered, or out of it for another reason."""
        return self._gone(channel(message), at, "left")

    def abandoned(self, message: Message, at: datetime) -> list[Report]:
        """Someone gave up waiting. That they left follows, and says nothing more."""
        return self._gone(channel(message), at, "abandoned")

    def missing(self, present: set[str], before: int, at: datetime) -> list[Report]:
        """Those who are not `present` (channels) in a full snapshot and were known `before` the
        message of that number have left unheard."""
        gone = [
            channel_id
            for channel_id, caller in self._waiting.items()
            if channel_id not in present and caller.heard < before
        ]
        return [_report(self._waiting.pop(one), one, at, "left") for one in gone]

    def interactions(self) -> frozenset[str]:
        """The calls of those who wait."""
        return frozenset(caller.interaction for caller in self._waiting.values())

    def resume(self, queue: str, interaction: str, number: str) -> None:
        """Someone of whom it was told before anything was heard, and whose channel may have
        another name than their call."""
        self._waiting[interaction] = Caller(queue, interaction, number, interaction, -1)

    def _resumed(self, channel_id: str, call: str) -> Caller | None:
        """The caller of `call` who was known before their channel was."""
        caller = self._waiting.get(call)
        if caller is None or caller.heard >= 0:
            return None
        del self._waiting[call]
        self._waiting[channel_id] = caller
        return caller

    def _gone(self, calling: Channel | None, at: datetime, how: str) -> list[Report]:
        caller = self._waiting.pop(calling.id, None) if calling else None
        return [_report(caller, calling.id, at, how)] if calling and caller else []


def _report(caller: Caller, channel_id: str, at: datetime, how: str) -> CallerReported:
    return CallerReported(
        at=at,
        id=f"caller:{caller.queue}:{channel_id}:{how}:{stamp(at)}",
        queue=caller.queue,
        interaction=caller.interaction,
        caller=caller.number,
        joined=how == "joined",
        abandoned=how == "abandoned",
    )
