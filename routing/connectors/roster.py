"""Agreeing with a telephony system about who is in which queue: whoever logs in joins the queues
that they serve, whoever logs out leaves them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from presence.derive import OFFLINE
from presence.events import DeviceKind
from presence.models import AgentState, Device
from routing import pauses
from routing.models import Connector, Distribution, Membership
from routing.pauses import Pause

DYNAMIC = "dynamic"

_FIRST_RETRY, _LAST_RETRY = timedelta(seconds=5), timedelta(minutes=5)


@dataclass(frozen=True)
class Ask:
    """A member who is to join a queue, held as `pause` says, or (None) to leave it."""

    address: str
    queue: str
    pause: Pause | None

    @property
    def change(self) -> tuple[str, str, bool]:
        """What is to be changed, whatever the pause."""
        return self.address, self.queue, self.pause is not None


@dataclass
class _Tried:
    times: int
    at: datetime
    why: str = ""

    @property
    def wait(self) -> timedelta:
        return min(_FIRST_RETRY * (1 << min(self.times - 1, 8)), _LAST_RETRY)


class Roster:
    """One connector's."""

    def __init__(self, connector: Connector) -> None:
        self._connector = connector
        self._tried: dict[tuple[str, str, bool], _Tried] = {}
        self._static: set[tuple[str, str]] = set()

    def asks(
        self, now: datetime, known: Mapping[str, Mapping[str, str]], queues: set[str]
    ) -> list[Ask]:
        """What is to be asked now. `known` is who is in which of the system's `queues`: address ->
        queue -> kind of membership. What has no effect is asked again, after ever longer."""
        serves = self._serves(queues)
        self._static.clear()
        wanted: list[Ask] = []
        devices = Device.objects.filter(kind=DeviceKind.SIP.value, enabled=True)
        for device in devices.exclude(address="").select_related("agent__state__mode"):
            if row := getattr(device.agent, "state", None):
                have = known.get(device.address, {})
                wanted += self._differs(device, row, serves.get(device.agent_id, set()), have)
        still = {ask.change for ask in wanted}
        self._tried = {key: tried for key, tried in self._tried.items() if key in still}
        due = [ask for ask in wanted if self._due(ask, now)]
        self._expect(due, now)
        return due

    def refused(self, ask: Ask, why: str) -> None:
        self._tried[ask.change].why = why

    def remarks(self) -> list[str]:
        """What cannot be done, in words."""
        refused = [
            f"{address} could not be changed in the queue {queue}: {tried.why}."
            for (address, queue, _), tried in self._tried.items()
            if tried.why
        ]
        static = [
            f"{address} is a static member of the queue {queue}: only queues.conf can remove it."
            for address, queue in sorted(self._static)
        ]
        return refused + static

    def _serves(self, queues: set[str]) -> dict[int, set[str]]:
        """By agent, the followed queues that they serve and that the system has."""
        memberships = Membership.objects.filter(
            ring_group__queue__active=True,
            ring_group__queue__distribution=Distribution.TELEPHONY,
            ring_group__queue__name__in=queues,
        )
        serves: dict[int, set[str]] = {}
        for agent, queue in memberships.values_list("agent", "ring_group__queue__name"):
            if self._connector.follows(queue):
                serves.setdefault(agent, set()).add(queue)
        return serves

    def _differs(
        self, device: Device, row: AgentState, serves: set[str], have: Mapping[str, str]
    ) -> list[Ask]:
        address = device.address
        if row.logged_in:
            pause = pauses.wanted(row)
            return [Ask(address, queue, pause) for queue in sorted(serves - have.keys())]
        if row.mode_id != OFFLINE or row.legs:
            return []
        followed = {queue for queue in have if self._connector.follows(queue)}
        static = {queue for queue in followed if have[queue] != DYNAMIC}
        self._static |= {(address, queue) for queue in static}
        return [Ask(address, queue, None) for queue in sorted(followed - static)]

    def _due(self, ask: Ask, now: datetime) -> bool:
        tried = self._tried.get(ask.change)
        if tried and abs(now - tried.at) < tried.wait:
            return False
        times = tried.times + 1 if tried else 1
        self._tried[ask.change] = _Tried(times, now, tried.why if tried else "")
        return True

    def _expect(self, asks: list[Ask], now: datetime) -> None:
        """Whoever joins paused was asked to be: nobody takes it for an act at the phone."""
        joining = {ask.address: ask.pause for ask in asks if ask.pause}
        for device in Device.objects.filter(address__in=joining).select_related("pause_request"):
            if (pause := joining[device.address]) and pause.paused:
                pauses.note(self._connector, device, pause, now)
