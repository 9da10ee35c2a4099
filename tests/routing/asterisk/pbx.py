"""An Asterisk that says what a test lets happen in it, word for word as a real one would."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TypeVar

from routing.connectors.asterisk.ami import parse
from routing.connectors.asterisk.recording import Entry, find_origin, read
from routing.connectors.asterisk.translator import Translator
from routing.reports import LegReported, Report

RECORDINGS = Path(__file__).parent / "recordings"
EPOCH = datetime(2026, 11, 21, 9, tzinfo=UTC)
R = TypeVar("R", bound=Report)


@dataclass(frozen=True)
class Chan:
    """A channel. `id` is its Uniqueid, `linked` its call's (its own, if empty)."""

    name: str
    id: str
    linked: str = ""
    number: str = ""
    state: str = "Up"

    def keys(self, prefix: str = "") -> dict[str, str]:
        return {
            f"{prefix}Channel": self.name,
            f"{prefix}ChannelStateDesc": self.state,
            f"{prefix}CallerIDNum": self.number or "<unknown>",
            f"{prefix}ConnectedLineNum": "<unknown>",
            f"{prefix}Exten": "s",
            f"{prefix}Uniqueid": self.id,
            f"{prefix}Linkedid": self.linked or self.id,
        }


class Pbx:
    """Says things to a translator, at `now` seconds, and keeps what it reports."""

    def __init__(self, *members: str, queue: str = "support") -> None:
        """`members` are interfaces in `queue`, told by a snapshot in which nobody is on a call."""
        self.translator = Translator()
        self.reports: list[Report] = []
        self.now = 0.0
        if members:
            self.snapshot({queue: {interface: {} for interface in members}})

    def at(self, seconds: float) -> datetime:
        return EPOCH + timedelta(seconds=seconds)

    def say(self, event: str, *channels: dict[str, str], **keys: object) -> list[Report]:
        """Say an event with the keys of `channels` and `keys`; gives what is reported of it."""
        fields: dict[str, object] = {"Event": event, "Privilege": "call,all"}
        for more in channels:
            fields |= more
        fields |= keys
        text = "".join(f"{key}: {value}\r\n" for key, value in fields.items()) + "\r\n"
        told = self.translator.feed(parse(text), self.at(self.now))
        self.reports += told
        return told

    def wait(self, seconds: float) -> None:
        """Let time pass in silence."""
        self.now = round(self.now + seconds, 3)
        self.reports += self.translator.settle(self.at(self.now))

    def told(self, kind: type[R]) -> list[R]:
        return [report for report in self.reports if isinstance(report, kind)]

    def legs(self, address: str) -> list[str]:
        """What was reported of one phone's calls."""
        return [leg.action.value for leg in self.told(LegReported) if leg.address == address]

    # --- what happens -------------------------------------------------------------------------

    def member(self, event: str, queue: str, interface: str, **keys: object) -> list[Report]:
        """A message about a queue's member."""
        base = {"Queue": queue, "MemberName": interface, "Interface": interface}
        state = {"StateInterface": interface, "Status": "1", "Paused": "0", "InCall": "0"}
        return self.say(event, base, state, {"PausedReason": ""}, **keys)

    def snapshot(
        self,
        queues: dict[str, dict[str, dict[str, object]]],
        waiting: dict[str, list[Chan]] | None = None,
        *,
        action: str = "",
        strategy: str = "rrmemory",
        list_items: int | None = None,
    ) -> None:
        """Answer QueueStatus: `queues` maps queue -> interface -> keys that are not as at rest."""
        action = action or f"snapshot-{self.now}"
        rows = 0
        for queue, members in queues.items():
            self.say("QueueParams", Queue=queue, Strategy=strategy, ActionID=action)
            for interface, keys in members.items():
                base = {"Queue": queue, "Name": interface, "Location": interface}
                state = {"StateInterface": interface, "Status": "1", "InCall": "0", "Paused": "0"}
                rest = {"PausedReason": "", "ActionID": action}
                self.say("QueueMember", base, state, rest, **keys)
            entries = (waiting or {}).get(queue, [])
            for chan in entries:
                keys = {"Queue": queue, "Wait": "10", "ActionID": action}
                known = {k: v for k, v in chan.keys().items() if k != "Linkedid"}
                self.say("QueueEntry", known, **keys)
            rows += 1 + len(members) + len(entries)
        items = rows if list_items is None else list_items
        self.say("QueueStatusComplete", ActionID=action, EventList="Complete", ListItems=items)

    def joins(self, caller: Chan, queue: str = "support") -> None:
        self.say("QueueCallerJoin", caller.keys(), Queue=queue, Position="1", Count="1")

    def rings(
        self, interface: str, phone: Chan, caller: Chan, queue: str = "support"
    ) -> list[Report]:
        """A queue rings a member's phone."""
        self.say("Newchannel", phone.keys())
        about = {"Queue": queue, "Interface": interface, "MemberName": interface}
        told = self.say("AgentCalled", caller.keys(), phone.keys("Dest"), about)
        self.say("DialBegin", caller.keys(), phone.keys("Dest"), DialString=interface)
        return told

    def dials(self, dialling: Chan | None, dialled: Chan) -> list[Report]:
        self.say("Newchannel", dialled.keys())
        source = dialling.keys() if dialling else {}
        return self.say("DialBegin", source, dialled.keys("Dest"), DialString="x")

    def dial_ends(self, dialling: Chan | None, dialled: Chan, status: str) -> list[Report]:
        source = dialling.keys() if dialling else {}
        return self.say("DialEnd", source, dialled.keys("Dest"), DialStatus=status)

    def connects(self, interface: str, phone: Chan, caller: Chan, queue: str = "support") -> None:
        """A member answers a queue's call."""
        self.dial_ends(caller, phone, "ANSWER")
        self.say("QueueCallerLeave", caller.keys(), Queue=queue, Position="1", Count="0")
        about = {"Queue": queue, "Interface": interface, "MemberName": interface}
        self.say("AgentConnect", caller.keys(), phone.keys("Dest"), about, RingTime="1")

    def misses(self, interface: str, phone: Chan, caller: Chan, queue: str = "support") -> None:
        """The queue says that it rang in vain."""
        about = {"Queue": queue, "Interface": interface, "MemberName": interface}
        self.say("AgentRingNoAnswer", caller.keys(), phone.keys("Dest"), about, RingTime="6000")

    def completes(
        self,
        interface: str,
        phone: Chan | None,
        caller: Chan | None,
        reason: str,
        queue: str = "support",
    ) -> list[Report]:
        about = {"Queue": queue, "Interface": interface, "MemberName": interface}
        dest, source = phone.keys("Dest") if phone else {}, caller.keys() if caller else {}
        return self.say("AgentComplete", source, dest, about, Reason=reason)

    def hangs_up(self, chan: Chan, cause: int = 16) -> list[Report]:
        return self.say("Hangup", chan.keys(), Cause=cause)

    def enters(self, bridge: str, chan: Chan, count: int, **keys: object) -> list[Report]:
        about = {"BridgeUniqueid": bridge, "BridgeNumChannels": str(count)}
        return self.say("BridgeEnter", about, chan.keys(), **keys)

    def leaves(self, bridge: str, chan: Chan, count: int) -> list[Report]:
        about = {"BridgeUniqueid": bridge, "BridgeNumChannels": str(count)}
        return self.say("BridgeLeave", about, chan.keys())


def on_a_call(phone: Chan, caller: Chan, interface: str = "PJSIP/1001") -> Pbx:
    """A system in which one member talks to a queue's caller, in the bridge `talk`."""
    pbx = Pbx(interface, "PJSIP/1002", "PJSIP/1003")
    pbx.now = 1.0
    pbx.joins(caller)
    pbx.rings(interface, phone, caller)
    pbx.now = 3.0
    pbx.connects(interface, phone, caller)
    pbx.enters("talk", phone, 1)
    pbx.enters("talk", caller, 2)
    pbx.wait(7.0)
    return pbx


def replay(name: str, *, twice: bool = False) -> list[tuple[float, Report]]:
    """What is reported of a recording, each report with its time in it; with `twice` every line
    comes doubled."""
    items = [item for item in read(RECORDINGS / f"{name}.jsonl") if isinstance(item, Entry)]
    origin = find_origin(items)
    assert origin is not None
    translator = Translator()
    reports: list[Report] = []
    for item in items:
        for _ in range(2 if twice else 1):
            reports += translator.feed(item.message, origin + timedelta(seconds=item.t))
    reports += translator.settle(origin + timedelta(seconds=items[-1].t + 60))
    assert not translator.unknown
    return [(round((report.at - origin).total_seconds(), 3), report) for report in reports]
