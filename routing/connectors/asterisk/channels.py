"""The answer to CoreShowChannels: every channel that there is, asked for just before the queues."""

from dataclasses import dataclass, field

from routing.connectors.asterisk.ami import Message
from routing.connectors.asterisk.names import Channel, channel
from routing.reports import Report


@dataclass(frozen=True)
class Listed:
    """A channel, the application that it runs, and the bridge that it is in (empty: none)."""

    channel: Channel
    application: str
    data: str
    bridge: str

    @property
    def dialled(self) -> bool:
        """Somebody calls it; else it calls."""
        own = self.channel.linkedid in ("", self.channel.id)
        calls = self.application.startswith(("AppDial", "AppQueue"))
        return self.channel.state == "Ringing" or calls or not own

    @property
    def queue(self) -> str:
        """The queue that the channel waits in, or was put through by."""
        return self.data.partition(",")[0] if self.application == "Queue" else ""


@dataclass
class Channels:
    """All channels, by their ids. The list of them `began` at the message of that number."""

    action: str
    began: int
    rows: dict[str, Listed] = field(default_factory=dict)

    @property
    def calls(self) -> frozenset[str]:
        """The calls that have a channel."""
        return frozenset(row.channel.linkedid or name for name, row in self.rows.items())

    def heard_by(self, listens: Listed) -> Channel | None:
        """Whom a channel that runs ChanSpy listens to: its data begins with the name's first part,
        such as `PJSIP/1001`. None where it names nobody or several."""
        named = listens.data.partition(",")[0]
        rows = [row.channel for row in self.rows.values() if row is not listens]
        found = [row for row in rows if named and row.name.startswith(named)]
        return found[0] if len(found) == 1 else None

    def caller(self, called: Channel) -> Listed | None:
        """Whose call it is that `called` is part of: who is in a queue, else who began it."""
        others = [
            row
            for row in self.rows.values()
            if row.channel.linkedid == called.linkedid != "" and row.channel.id != called.id
        ]
        in_queue = (row for row in others if row.queue)
        first = (row for row in others if row.channel.id == called.linkedid)
        return next(in_queue, None) or next(first, None)


class ChannelList:
    """Handlers of the rows of a list, and of its end."""

    def __init__(self) -> None:
        self._coming: Channels | None = None
        self._whole: Channels | None = None

    def row(self, message: Message, heard: int) -> list[Report]:
        """CoreShowChannel, the message of number `heard`."""
        coming, listed = self._open(message, heard), channel(message)
        if listed:
            coming.rows[listed.id] = Listed(
                listed,
                message.get("Application"),
                message.get("ApplicationData"),
                message.get("BridgeId"),
            )
        return []

    def complete(self, message: Message, heard: int) -> list[Report]:
        """CoreShowChannelsComplete: where rows were lost, the list says nothing."""
        coming, self._coming = self._open(message, heard), None
        if message.number("ListItems") in (None, len(coming.rows)):
            self._whole = coming
        return []

    def take(self) -> Channels | None:
        """The list that was told since this was asked last."""
        whole, self._whole = self._whole, None
        return whole

    def forget(self) -> None:
        """A new connection: what was on its way is not coming any more."""
        self._coming = self._whole = None

    def _open(self, message: Message, heard: int) -> Channels:
        action = message.get("ActionID")
        if self._coming is None or self._coming.action != action:
            self._coming = Channels(action, heard)
        return self._coming
