"""One message of Asterisk's Manager Interface (AMI), read from its text."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

_BANNER = "Asterisk Call Manager/"


class MalformedMessageError(ValueError):
    """The text is no AMI message. The exception's text is a sentence that says why."""


@dataclass(frozen=True)
class Message:
    """What Asterisk said: an event, an answer to an action, or its banner.

    `event` and `response` are empty where the message is not one; `banner` is the interface's
    version, in the first line of a connection.
    """

    event: str = ""
    response: str = ""
    banner: str = ""
    fields: Mapping[str, str] = field(default_factory=dict)

    def get(self, key: str) -> str:
        """The value of `key` in any capitals; empty where it is missing, as every key may be."""
        return self.fields.get(key.lower(), "")

    def has(self, key: str) -> bool:
        return key.lower() in self.fields

    def number(self, key: str) -> int | None:
        """The value of `key` as a whole number, None where it is missing or no number."""
        try:
            return int(self.get(key))
        except ValueError:
            return None


def parse(text: str) -> Message:
    r"""Read one message: lines of `Key: value\r\n`, then an empty line; or the banner line.

    A key that comes twice keeps its last value: Asterisk repeats only keys that list things
    (`ChanVariable`, `Output`), none of which says what happened to a call.

    Raises `MalformedMessageError`.
    """
    if text.startswith(_BANNER):
        return Message(banner=text.removeprefix(_BANNER).strip())
    if "\0" in text:
        raise MalformedMessageError("The message holds a NUL character.")
    lines = text.split("\n")
    if len(lines) < 3 or lines[-1].strip() or lines[-2].strip():
        raise MalformedMessageError("The message was cut off: it does not end with an empty line.")
    fields = dict(_field(line.removesuffix("\r")) for line in lines[:-2])
    event, response = fields.get("event", ""), fields.get("response", "")
    if not event and not response:
        raise MalformedMessageError("The message is neither an event nor an answer.")
    return Message(event, response, fields=MappingProxyType(fields))


def _field(line: str) -> tuple[str, str]:
    if not line:
        raise MalformedMessageError("The text holds more than one message.")
    key, colon, value = line.partition(":")
    if not colon or not key.strip():
        raise MalformedMessageError(f"The line {line[:60]!r} is not of the form 'Key: value'.")
    return key.strip().lower(), value.strip()
