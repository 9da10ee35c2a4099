"""Who is in which queue, on which phone: reachable or not, paused or not."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from presence.events import PhoneReach
from routing.connectors.asterisk.ami import Message
from routing.connectors.asterisk.names import device
from routing.reports import MemberSeen, PauseReported, PhoneReported, Report

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def stamp(at: datetime) -> str:
    """A moment as part of a report's id: epoch milliseconds."""
    return str((at - _EPOCH) // timedelta(milliseconds=1))


def reach_of(status: int | None) -> PhoneReach | None:
    """Whether a device of this state can be reached; None where there is no state."""
    match status:
        case None:
            return None
        case 0:
            return PhoneReach.UNKNOWN
        case 4 | 5:  # invalid, unavailable
            return PhoneReach.UNREACHABLE
        case _:
            return PhoneReach.REACHABLE


@dataclass
class Membership:
    """A member's place in one queue. `paused_at` is when they were paused last, as far as known;
    `kind` is Asterisk's word: static, dynamic or realtime."""

    name: str = ""
    kind: str = ""
    paused: bool = False
    reason: str = ""
    paused_at: datetime = _EPOCH


@dataclass(eq=False)
class Member:
    """A phone that queues ring. `person` is the device whose state stands for it: two interfaces
    with one state interface are one person's. `pause` is what was last reported."""

    address: str
    person: str
    queues: dict[str, Membership] = field(default_factory=dict)
    reach: PhoneReach | None = None
    pause: tuple[bool, str] | None = None

    @property
    def in_use_while_ringing(self) -> bool:
        """Its device says "in use" from the first ring on, as channels through the dialplan do."""
        return self.person.startswith("local/")

    @property
    def has_channels(self) -> bool:
        """Whoever is on a call there has a channel of that device: not so for a hint."""
        return "/" in self.person


def _membership(message: Message) -> Membership:
    name = message.get("MemberName") or message.get("Name")
    paused_at = _EPOCH + timedelta(seconds=min(max(message.number("LastPause") or 0, 0), 1 << 32))
    return Membership(
        name=name,
        kind=message.get("Membership"),
        paused=message.get("Paused") == "1",
        reason=message.get("PausedReason"),
        paused_at=paused_at,
    )


class Members:
    """Every phone that is or was in a queue, and `phones`, addresses known from elsewhere."""

    def __init__(self, phones: Iterable[str] = ()) -> None:
        self._by_address: dict[str, Member] = {}
        self._by_device: dict[str, Member] = {}
        self._by_person: dict[str, Member] = {}
        for address in phones:
            self.know(address)

    def know(self, address: str, state_interface: str = "") -> Member:
        """The member with this interface, from now on if not yet."""
        member = self._by_address.get(address)
        if member is None:
            member = Member(address, device(address))
            self._by_address[address] = member
            self._by_device.setdefault(device(address), member)
        if state_interface:
            member.person = device(state_interface)
        self._by_person.setdefault(member.person, member)
        return member

    def of_device(self, name: str) -> Member | None:
        """Whose phone this device is, by its interface or else by its state interface."""
        return self._by_device.get(name) or self._by_person.get(name) if name else None

    def of(self, message: Message) -> Member | None:
        """The member that a queue event names."""
        address = message.get("Interface") or message.get("Location")
        return self.know(address, message.get("StateInterface")) if address else None

    def all(self) -> list[Member]:
        return list(self._by_address.values())

    def pauses(self) -> dict[str, tuple[bool, str]]:
        """By address, whether those in queues are paused, and why."""
        return {
            address: member.pause or (False, "")
            for address, member in self._by_address.items()
            if member.queues
        }

    def places(self) -> dict[str, dict[str, str]]:
        """By address, the queues that each is in, and as what kind of member."""
        return {
            address: {queue: place.kind for queue, place in member.queues.items()}
            for address, member in self._by_address.items()
            if member.queues
        }

    def resume(self, address: str, reason: str) -> None:
        """A member who was paused when last heard of."""
        self.know(address).pause = (True, reason)

    # --- what the queues say ------------------------------------------------------------------

    def row(self, message: Message, at: datetime) -> list[Report]:
        """Take in a snapshot's row. What it says of phone and pause is told once all rows are
        there, by `tell_phone` and `tell_pause`."""
        member, queue = self.of(message), message.get("Queue")
        if member is None or not queue:
            return []
        member.reach = reach_of(message.number("Status")) or member.reach
        member.queues[queue] = _membership(message)
        return [self._seen(queue, member, member.queues[queue].name, at)]

    def enter(self, message: Message, at: datetime) -> list[Report]:
        """Take in that someone is in a queue, where a message about them tells more than that and
        it was not known."""
        member, queue = self.of(message), message.get("Queue")
        if member is None or not queue or queue in member.queues:
            return []
        first = not member.queues
        member.queues[queue] = _membership(message)
        reports: list[Report] = [self._seen(queue, member, member.queues[queue].name, at)]
        return [*reports, *(self.tell_phone(member, at) if first else [])]

    def added(self, message: Message, at: datetime) -> list[Report]:
        member = self.of(message)
        if member is None or message.get("Queue") in member.queues:
            return []
        reports = self.row(message, at)
        if not reports:
            return []
        return [*reports, *self.tell_phone(member, at), *self.tell_pause(member, at)]

    def removed(self, message: Message, at: datetime) -> list[Report]:
        member = self.of(message)
        return self.leave(member, message.get("Queue"), at) if member else []

    def leave(self, member: Member, queue: str, at: datetime) -> list[Report]:
        """The member is no longer in `queue`, if they were."""
        place = member.queues.pop(queue, None)
        if place is None:
            return []
        reports: list[Report] = [self._seen(queue, member, place.name, at, present=False)]
        if not member.queues:
            return reports + self._logged_in(member, False, at)
        return reports + self.tell_pause(member, at)

    def paused(self, message: Message, at: datetime) -> list[Report]:
        """A pause, or its end, in one queue."""
        member = self.of(message)
        if member is None:
            return []
        if member.pause is None and message.get("Paused") == "0":
            member.pause = (True, "")  # whoever is unpaused was paused, though nobody said so
        reports = self.enter(message, at)
        return reports + self._place(member, message, at)

    def status(self, message: Message, at: datetime) -> list[Report]:
        """A device's state changed: one message for each queue that the member is in."""
        member = self.of(message)
        if member is None:
            return []
        reports = self.enter(message, at)
        reports += self.tell_reach(member, reach_of(message.number("Status")), at)
        return reports + self._place(member, message, at)

    def _place(self, member: Member, message: Message, at: datetime) -> list[Report]:
        place = member.queues.get(message.get("Queue"))
        if place is None or not message.has("Paused"):
            return []
        now = message.get("Paused") == "1", message.get("PausedReason")
        if now == (place.paused, place.reason):
            return self.tell_pause(member, at)
        place.paused, place.reason = now
        return self.tell_pause(member, at, said=place.reason)

    # --- reports ------------------------------------------------------------------------------

    def tell_pause(
        self, member: Member, at: datetime, said: str = "", *, meanwhile: bool = False
    ) -> list[Report]:
        """Report the member's pause if it is news: paused in some queues only is no pause. Of
        several reasons the one `said` last counts, else the one reported, else the first.
        `meanwhile` is of a snapshot, which tells late."""
        if not member.queues:
            return []
        before = member.pause or (False, "")
        reasons = [place.reason for place in member.queues.values()]
        paused = all(place.paused for place in member.queues.values())
        if not paused:
            reason = ""
        elif said or (before[0] and before[1] in reasons):
            reason = said or before[1]
        else:
            reason = next(filter(None, reasons), "")
        member.pause = (paused, reason)
        if member.pause == before:
            return []
        places = member.queues.values()
        return [
            PauseReported(
                at=at,
                id=f"pause:{member.address}:{int(paused)}:{stamp(at)}",
                address=member.address,
                paused=paused,
                reason=reason,
                since=max(place.paused_at for place in places) if meanwhile else None,
            )
        ]

    def tell_reach(self, member: Member, reach: PhoneReach | None, at: datetime) -> list[Report]:
        """Report whether the phone can be reached, if it is news."""
        if reach is None or reach is member.reach:
            return []
        member.reach = reach
        report_id = f"phone:{member.address}:{reach}:{stamp(at)}"
        return [PhoneReported(at=at, id=report_id, address=member.address, reach=reach)]

    def tell_phone(self, member: Member, at: datetime) -> list[Report]:
        """Report the phone of someone who is in a queue, news or not."""
        return self._logged_in(member, True, at)

    def _logged_in(self, member: Member, logged_in: bool, at: datetime) -> list[Report]:
        report_id = f"phone:{member.address}:{'in' if logged_in else 'out'}:{stamp(at)}"
        reach = member.reach if logged_in else None
        return [
            PhoneReported(
                at=at, id=report_id, address=member.address, logged_in=logged_in, reach=reach
            )
        ]

    def _seen(
        self, queue: str, member: Member, name: str, at: datetime, *, present: bool = True
    ) -> MemberSeen:
        report_id = f"member:{queue}:{member.address}:{'in' if present else 'out'}:{stamp(at)}"
        return MemberSeen(
            at=at, id=report_id, queue=queue, address=member.address, name=name, present=present
        )
