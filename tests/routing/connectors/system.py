"""What an Asterisk knows at any moment, kept from what it says: the truth behind its snapshots."""

from collections.abc import Iterable, Iterator
from pathlib import Path

from routing.connectors.asterisk.ami import Message
from routing.connectors.asterisk.recording import Entry, read

Fields = dict[str, str]

_MEMBER = {
    "membership": "static",
    "penalty": "0",
    "callstaken": "0",
    "lastcall": "0",
    "lastpause": "0",
    "logintime": "0",
    "incall": "0",
    "status": "1",
    "paused": "0",
    "pausedreason": "",
    "wrapuptime": "0",
}
_CHANNEL = ("channelstatedesc", "calleridnum", "connectedlinenum", "exten", "linkedid", "channel")


def _said(entries: Iterable[Entry]) -> Iterator[Message]:
    """The events that a recording's Asterisk said unasked."""
    return (e.message for e in entries if e.message.event and not e.message.has("ActionID"))


class System:
    """Queues, their members and callers, and channels. Values are as on the wire, keys in small
    letters."""

    def __init__(self) -> None:
        self.queues: dict[str, Fields] = {}
        self.members: dict[tuple[str, str], Fields] = {}
        self.callers: dict[str, Fields] = {}
        self.channels: dict[str, Fields] = {}

    @classmethod
    def recorded(cls, path: Path) -> tuple["System", list[Entry]]:
        """The system as a recording's first snapshot has it, and what it said unasked after."""
        entries = [item for item in read(path) if isinstance(item, Entry)]
        system = cls()
        for entry in entries:
            if entry.message.event == "QueueStatusComplete":
                break
            if entry.message.has("ActionID"):
                system.hear(entry.message)
        system._there_before(_said(entries))
        return system, [
            entry
            for entry in entries
            if entry.message.event
            and not entry.message.has("ActionID")
            and entry.message.event not in ("FullyBooted", "SuccessfulAuth")
        ]

    def add_member(self, queue: str, interface: str, **fields: str) -> None:
        """Put a member at rest into a queue, but for `fields`."""
        self.queues.setdefault(queue, {"strategy": "rrmemory"})
        base = {"name": interface, "stateinterface": interface}
        self.members[queue, interface] = _MEMBER | base | fields

    def _there_before(self, said: Iterable[Message]) -> None:
        """Channels whose beginning nobody hears of were there from the start, ringing."""
        new: set[str] = set()
        for message in said:
            for prefix in ("", "dest"):
                uniqueid = message.get(f"{prefix}Uniqueid")
                if message.event == "Newchannel":
                    new.add(uniqueid)
                elif uniqueid and uniqueid not in new | self.channels.keys():
                    self._channel(uniqueid, message, prefix)
                    self.channels[uniqueid]["channelstatedesc"] = "Ringing"

    # --- what happens -------------------------------------------------------------------------

    def hear(self, message: Message) -> None:
        """Know what `message` says."""
        fields, queue = dict(message.fields), message.get("Queue")
        interface = message.get("Interface") or message.get("Location")
        match message.event:
            case "QueueParams":
                self.queues[queue] = fields
            case "QueueMember" | "QueueMemberAdded" | "QueueMemberStatus" | "QueueMemberPause":
                name = message.get("Name") or message.get("MemberName")
                known = {key: fields[key] for key in _MEMBER if key in fields}
                base = {"name": name, "stateinterface": message.get("StateInterface")}
                self.members[queue, interface] = _MEMBER | base | known
            case "QueueMemberRemoved":
                self.members.pop((queue, interface), None)
            case "QueueEntry" | "QueueCallerJoin":
                self.callers[message.get("Uniqueid")] = fields
            case "QueueCallerLeave":
                self.callers.pop(message.get("Uniqueid"), None)
            case "AgentConnect" | "AgentComplete" if (queue, interface) in self.members:
                in_call = str(int(message.event == "AgentConnect"))
                self.members[queue, interface]["incall"] = in_call
        self._channels(message)

    def _channels(self, message: Message) -> None:
        uniqueid, dialled = message.get("Uniqueid"), message.get("DestUniqueid")
        if message.event in ("Newchannel", "QueueEntry") or uniqueid in self.channels:
            self._channel(uniqueid, message)
        if dialled in self.channels:
            self._channel(dialled, message, "dest")
        match message.event:
            case "Hangup":
                self.channels.pop(uniqueid, None)
            case "QueueEntry" | "QueueCallerJoin":
                data = {"application": "Queue", "applicationdata": message.get("Queue")}
                self.channels[uniqueid] |= data
            case "AgentCalled" | "DialBegin" if dialled in self.channels:
                app = "AppQueue" if message.event == "AgentCalled" else "AppDial"
                self.channels[dialled].setdefault("application", app)
            case "BridgeEnter" | "BridgeLeave" if uniqueid in self.channels:
                entered = message.event == "BridgeEnter"
                inside = message.get("BridgeUniqueid") if entered else ""
                self.channels[uniqueid]["bridgeid"] = inside

    def _channel(self, uniqueid: str, message: Message, prefix: str = "") -> None:
        row = self.channels.setdefault(uniqueid, {"channelstatedesc": "Up", "linkedid": uniqueid})
        told = {key: message.get(prefix + key) for key in _CHANNEL if message.has(prefix + key)}
        row.update({key: value for key, value in told.items() if value})

    def restart(self) -> None:
        """Calls and what is dynamic are forgotten, as by a restart without `persistentmembers`."""
        self.callers.clear()
        self.channels.clear()
        for key, member in [*self.members.items()]:
            if member["membership"] == "dynamic":
                del self.members[key]
            else:
                member.update({"paused": "0", "pausedreason": "", "incall": "0", "status": "1"})

    # --- what it answers ----------------------------------------------------------------------

    def queue_status(self) -> list[Fields]:
        """The rows of QueueStatus, as app_queue names their keys."""
        rows: list[Fields] = []
        for queue, params in self.queues.items():
            strategy = params.get("strategy", "rrmemory")
            rows.append({"Event": "QueueParams", "Queue": queue, "Strategy": strategy})
            rows += [
                {"Event": "QueueMember", "Queue": queue, "Location": interface, **member}
                for (of, interface), member in self.members.items()
                if of == queue
            ]
            rows += [
                {"Event": "QueueEntry", "Queue": queue, "Uniqueid": uniqueid, "Wait": "5"}
                | {key: caller.get(key, "") for key in ("channel", "calleridnum")}
                for uniqueid, caller in self.callers.items()
                if caller["queue"] == queue
            ]
        return rows

    def show_channels(self) -> list[Fields]:
        """The rows of CoreShowChannels."""
        return [
            {"Event": "CoreShowChannel", "Uniqueid": uniqueid, "BridgeId": "", **row}
            for uniqueid, row in self.channels.items()
        ]
