"""What is wrong on an Asterisk's side, found in what it says and does not say, and what to do."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from routing.connectors.asterisk.ami import Message
from routing.connectors.asterisk.members import stamp
from routing.pauses import AUTO_PAUSE

SNAPSHOT = {
    "CoreShowChannels": "Asterisk does not tell of its channels: {}. Add reporting to what the "
    "manager user may write in manager.conf.",
    "QueueStatus": "Asterisk does not tell of its queues: {}. Add agent to what the manager user "
    "may read and write in manager.conf, and see that app_queue.so is loaded.",
}
"""The actions that a snapshot consists of, in their order, and what their refusal means."""

CLOCK_MAY_DIFFER = timedelta(seconds=30)

READS_NO_CALLS = (
    "Calls ring at agents, and Asterisk tells of no call: add call to what the manager user may "
    "read in manager.conf."
)
READS_NO_AGENTS = (
    "Members of queues change, and Asterisk tells of none of it: add agent to what the manager "
    "user may read in manager.conf."
)
RINGS_IN_USE = (
    "Asterisk offers calls of {} to people on the phone: set ringinuse = no in queues.conf."
)
PAUSES_BY_ITSELF = (
    "Asterisk paused who missed a call ({}): set autopause = no in queues.conf, a missed call "
    "makes No Answer here."
)
HIDES_PHONES = (
    "{} may hide that the phone behind is not registered: name that phone last in queues.conf, as "
    "in member => Local/1001@agents,0,Alice,PJSIP/1001."
)
CLOCK_IS_OFF = (
    "Asterisk's clock is {} s {} this server's: set both by NTP, or what happened while the "
    "connection was lost is dated wrong."
)
MAY_NOT_PAUSE = (
    "Asterisk refuses to pause members: add agent to what the manager user may write in "
    "manager.conf, or let this connector only watch."
)


class Doubts:
    """Of one link. Knows what was heard so far, of which kinds (`Privilege`), and how members were
    when a snapshot told of them last."""

    def __init__(self) -> None:
        self._kinds: set[str] = set()
        self._rung = False
        self._moved = False
        self._rows: dict[tuple[str, str], tuple[str, ...]] = {}
        self._hiding: set[str] = set()
        self._in_use: set[str] = set()
        self._auto_paused: set[str] = set()
        self._ahead = timedelta()

    def hear(self, message: Message, at: datetime) -> None:
        """Take in one message, heard `at` an aware UTC time."""
        self._kinds.update(message.get("Privilege").split(","))
        match message.event:
            case "AgentCalled":
                self._rung = True
            case "QueueMember":
                self._row(message)
            case "QueueMemberRemoved":
                self._hiding.discard(message.get("Interface"))
            case "QueueMemberPause":
                self._pause(message, at)
        if message.event.startswith("QueueMember") and message.has("Ringinuse"):
            change = self._in_use.add if message.get("Ringinuse") == "1" else self._in_use.discard
            change(message.get("Queue"))

    def said(self) -> list[str]:
        """Sentences, each with what to do."""
        found = []
        if self._rung and "call" not in self._kinds:
            found.append(READS_NO_CALLS)
        if self._moved and "agent" not in self._kinds:
            found.append(READS_NO_AGENTS)
        if self._in_use:
            found.append(RINGS_IN_USE.format(_list(self._in_use)))
        if self._auto_paused:
            found.append(PAUSES_BY_ITSELF.format(_list(self._auto_paused)))
        if self._hiding:
            found.append(HIDES_PHONES.format(_list(self._hiding)))
        if abs(self._ahead) > CLOCK_MAY_DIFFER:
            way = "ahead of" if self._ahead > timedelta() else "behind"
            found.append(CLOCK_IS_OFF.format(round(abs(self._ahead).total_seconds()), way))
        return found

    def _row(self, message: Message) -> None:
        queue, address = message.get("Queue"), message.get("Location")
        now = tuple(message.get(key) for key in ("CallsTaken", "LastPause", "Paused", "Status"))
        self._moved |= self._rows.setdefault((queue, address), now) != now
        self._rows[queue, address] = now
        hides = address.startswith("Local/") and message.get("StateInterface") in ("", address)
        (self._hiding.add if hides else self._hiding.discard)(address)

    def _pause(self, message: Message, at: datetime) -> None:
        if message.get("Paused") != "1":
            return
        if message.get("PausedReason") == AUTO_PAUSE:
            self._auto_paused.add(message.get("Interface"))
        if paused_at := message.number("LastPause"):
            self._ahead = timedelta(seconds=paused_at - int(stamp(at)) // 1000)


def of_refusals(errors: Iterable[str]) -> list[str]:
    """What the reasons for which pauses were refused tell."""
    return [MAY_NOT_PAUSE] if any("permission" in error.lower() for error in errors) else []


def _list(names: set[str]) -> str:
    first, more = sorted(names)[:3], len(names) - 3
    return ", ".join(first) + (f" and {more} more" if more > 0 else "")
