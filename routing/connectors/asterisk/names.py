"""How Asterisk names phones and channels, and what a message says of a channel."""

import re
from dataclasses import dataclass, replace

from routing.connectors.asterisk.ami import Message

_CHANNEL = re.compile(r"(?P<stem>(?P<device>.+)-[0-9a-fA-F]{1,8})(?:;(?P<half>[12]))?")
_STATES = {"4": "Ring", "5": "Ringing", "6": "Up", "7": "Busy"}


def device(interface: str) -> str:
    """What an interface dials, in the form in which its channels are named: `Local/7@x/n` and
    `Local/7@x` are one device, as are `PJSIP/7` and `PJSIP/7/sip:7@10.0.0.1`."""
    technology, slash, rest = interface.partition("/")
    if not slash:
        return interface
    return f"{technology.lower()}/{rest.partition('/')[0]}"


def party(number: str) -> str:
    """A caller's number; empty where Asterisk does not know it."""
    return "" if number == "<unknown>" else number


@dataclass(frozen=True)
class Channel:
    """What one message says of one channel.

    A channel through the dialplan (`Local`) has two halves: 1 is dialled like a phone, 2 runs the
    dialplan, and their common name is the `stem`. Other channels have half 0. `device` is empty
    where the name is not a device's, as during a masquerade.
    """

    id: str
    name: str
    device: str = ""
    stem: str = ""
    half: int = 0
    linkedid: str = ""
    state: str = ""
    number: str = ""
    connected: str = ""
    exten: str = ""

    @property
    def runs_dialplan(self) -> bool:
        """It is the far half of a `Local` pair: not a phone, but what a phone's call does."""
        return self.half == 2


def channel(message: Message, prefix: str = "") -> Channel | None:
    """The channel whose keys begin with `prefix`; None where the message names none."""
    name, uniqueid = message.get(f"{prefix}Channel"), message.get(f"{prefix}Uniqueid")
    if not name and not uniqueid:
        return None
    state = message.get(f"{prefix}ChannelStateDesc")
    return replace(
        named(name, uniqueid),
        linkedid=message.get(f"{prefix}Linkedid"),
        state=state or _STATES.get(message.get(f"{prefix}ChannelState"), ""),
        number=party(message.get(f"{prefix}CallerIDNum")),
        connected=party(message.get(f"{prefix}ConnectedLineNum")),
        exten=message.get(f"{prefix}Exten"),
    )


def named(name: str, uniqueid: str) -> Channel:
    """A channel of which no more than its name is known."""
    found = _CHANNEL.fullmatch(name)
    if found is None:
        return Channel(uniqueid or name, name, stem=name)
    half = int(found["half"] or 0)
    return Channel(uniqueid or name, name, device(found["device"]), found["stem"], half)
