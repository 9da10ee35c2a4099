"""The Manager Interface as bytes: messages found in what arrives, actions put into what is sent.
It does no input or output itself."""

import re
from collections import Counter

from routing.connectors.asterisk.ami import MalformedMessageError, Message, parse

LONGEST = 1 << 20
"""Bytes. What grows longer without ending is no message."""

_BREAKS = re.compile(r"[\r\n\0]+")
_END = b"\r\n\r\n"
_BANNER = b"Asterisk Call Manager/"


class NotAsteriskError(Exception):
    """The other side speaks no AMI. The text is a sentence for people."""


class Inbox:
    """Takes bytes as they arrive, gives whole messages. `unreadable` counts by their reason those
    that were none, and that are passed over."""

    def __init__(self) -> None:
        self.unreadable: Counter[str] = Counter()
        self._bytes = bytearray()
        self._greeted = False

    def feed(self, data: bytes) -> list[Message]:
        """The messages that are whole by now. Raises `NotAsteriskError`."""
        self._bytes += data
        messages = [] if self._greeted else self._banner()
        while self._greeted and (end := self._bytes.find(_END)) >= 0:
            text = self._bytes[: end + len(_END)].decode("utf-8", "replace")
            del self._bytes[: end + len(_END)]
            try:
                messages.append(parse(text.lstrip("\r\n")))
            except MalformedMessageError as error:
                self.unreadable[str(error)[:80]] += 1
        if len(self._bytes) > LONGEST:
            raise NotAsteriskError("What arrives has no end; it is no Manager Interface.")
        return messages

    def _banner(self) -> list[Message]:
        line, end, rest = self._bytes.partition(b"\r\n")
        if not _BANNER.startswith(bytes(line[: len(_BANNER)])) or (
            end and len(line) < len(_BANNER)
        ):
            raise NotAsteriskError(
                "Something else than Asterisk's Manager Interface answers there."
            )
        if not end:
            return []
        self._greeted, self._bytes = True, rest
        return [parse(line.decode("utf-8", "replace"))]


def action(name: str, action_id: str, **fields: str) -> bytes:
    """An action as it goes over the wire. A value's line breaks become spaces, so that no name or
    reason can smuggle in an action of its own."""
    lines = {"Action": name, "ActionID": action_id, **fields}
    text = "".join(f"{key}: {_BREAKS.sub(' ', value)}\r\n" for key, value in lines.items())
    return f"{text}\r\n".encode()
