"""What Asterisk says of phones themselves: registered, answering, in which state."""

from datetime import datetime

from presence.events import PhoneReach
from routing.connectors.asterisk.ami import Message
from routing.connectors.asterisk.members import Members
from routing.connectors.asterisk.names import device
from routing.reports import Report

_PRESENT = {"reachable", "unqualified", "nonqualified", "created", "updated"}
_ABSENT = {"unreachable", "removed"}

_PEERS = {
    "registered": PhoneReach.REACHABLE,
    "reachable": PhoneReach.REACHABLE,
    "lagged": PhoneReach.REACHABLE,
    "unregistered": PhoneReach.UNREACHABLE,
    "unreachable": PhoneReach.UNREACHABLE,
}

_DEVICES = {
    "invalid": PhoneReach.UNREACHABLE,
    "unavailable": PhoneReach.UNREACHABLE,
    "unknown": PhoneReach.UNKNOWN,
}


class Reach:
    """Handlers of the messages about phones; what is news of a member's phone is reported."""

    def __init__(self, members: Members) -> None:
        self._members = members
        self._contacts: dict[str, set[str]] = {}

    def contact(self, message: Message, at: datetime) -> list[Report]:
        """ContactStatus: one of the places at which a PJSIP endpoint registered. The endpoint is
        out of reach when none is left: a phone that registers anew removes its old one."""
        endpoint, status = message.get("EndpointName"), message.get("ContactStatus").lower()
        if not endpoint:
            return []
        contacts = self._contacts.setdefault(endpoint, set())
        if status in _PRESENT:
            contacts.add(message.get("URI"))
            return self._tell(f"PJSIP/{endpoint}", PhoneReach.REACHABLE, at)
        if status not in _ABSENT:
            return []
        contacts.discard(message.get("URI"))
        return [] if contacts else self._tell(f"PJSIP/{endpoint}", PhoneReach.UNREACHABLE, at)

    def peer(self, message: Message, at: datetime) -> list[Report]:
        """PeerStatus."""
        reach = _PEERS.get(message.get("PeerStatus").lower())
        return self._tell(message.get("Peer"), reach, at)

    def state(self, message: Message, at: datetime) -> list[Report]:
        """DeviceStateChange."""
        state = message.get("State").lower()
        reach = _DEVICES.get(state, PhoneReach.REACHABLE) if state else None
        return self._tell(message.get("Device"), reach, at)

    def _tell(self, interface: str, reach: PhoneReach | None, at: datetime) -> list[Report]:
        name = device(interface)
        return [
            report
            for member in self._members.all()
            if name and name in (member.person, device(member.address))
            for report in self._members.tell_reach(member, reach, at)
        ]
