"""Recordings of what Asterisk sent: JSON lines of `{"t": seconds, "raw": text}`."""

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import BinaryIO

from routing.connectors.asterisk.ami import MalformedMessageError, Message, parse

LONGEST_LINE = 1 << 20
"""Bytes in a line. No message comes near; a file without line ends must not fill the memory."""

GIVE_UP = 20
"""Bad lines, with none good before them, after which a file is taken for no recording at all."""

LONGEST = timedelta(days=366).total_seconds()
"""Seconds. A `t` beyond it is damage."""

_EPOCH = re.compile(r"(?:^|-)(\d{9,11})\.\d+$")


@dataclass(frozen=True)
class Entry:
    """A message, the number of its line (from 1) and its time in seconds since the recording
    began. Time never runs backwards from one entry to the next."""

    line: int
    t: float
    message: Message


@dataclass(frozen=True)
class Problem:
    """What could not be read. Line 0 is the file as a whole."""

    line: int
    sentence: str


class _BadLineError(ValueError):
    """A line that is no entry; its text is the problem's sentence."""


def read(path: Path) -> Iterator[Entry | Problem]:
    """Read a recording as it comes, line by line: every good line's entry, every bad one's
    problem. Raises nothing for whatever the file holds, nor where there is none."""
    try:
        with path.open("rb") as file:
            yield from _read(file)
    except OSError as error:
        yield Problem(0, f"The file cannot be read: {error.strerror or error}.")


def find_origin(items: Iterable[Entry | Problem]) -> datetime | None:
    """The moment at which a recording's `t` is 0, an aware UTC time; None where nothing tells.

    It is told by the time that Asterisk gives a log-in, else (to the second) by the first
    channel's Uniqueid, which begins with the epoch second of its making.
    """
    fallback: datetime | None = None
    for item in items:
        if isinstance(item, Problem):
            continue
        if item.message.event == "SuccessfulAuth":
            logged_in = _origin(_event_time(item.message.get("EventTV")), item.t)
            if logged_in:
                return logged_in
        if fallback is None and item.message.event == "Newchannel":
            fallback = _origin(epoch(item.message.get("Uniqueid")), item.t)
    return fallback


def epoch(uniqueid: str) -> datetime | None:
    """When a channel was made, to the second, from its Uniqueid (`[system-]epoch.serial`)."""
    found = _EPOCH.search(uniqueid)
    return datetime.fromtimestamp(int(found[1]), UTC) if found else None


def _origin(at: datetime | None, t: float) -> datetime | None:
    try:
        return at - timedelta(seconds=t) if at else None
    except OverflowError:
        return None


def _event_time(text: str) -> datetime | None:
    try:
        at = datetime.fromisoformat(text)
        return at.astimezone(UTC) if at.tzinfo else None
    except (ValueError, OverflowError):
        return None


def _read(file: BinaryIO) -> Iterator[Entry | Problem]:
    number, good, latest = 0, 0, 0.0
    while data := file.readline(LONGEST_LINE):
        number += 1
        if not data.strip():
            continue
        try:
            if len(data) == LONGEST_LINE and not data.endswith(b"\n"):
                _skip_line(file)
                raise _BadLineError("The line is too long to be a message.")
            t, message = _entry(data)
        except _BadLineError as bad:
            yield Problem(number, str(bad))
            if not good and number >= GIVE_UP:
                yield Problem(0, "The file is not a recording: none of its first lines is.")
                return
            continue
        if t < latest:
            yield Problem(number, f"Time runs backwards, from {latest} to {t} seconds.")
        good, latest = good + 1, max(latest, t)
        yield Entry(number, latest, message)
    if not number:
        yield Problem(0, "The file is empty.")


def _skip_line(file: BinaryIO) -> None:
    while (data := file.readline(LONGEST_LINE)) and not data.endswith(b"\n"):
        pass


def _entry(data: bytes) -> tuple[float, Message]:
    try:
        found = json.loads(data.decode("utf-8-sig"))
    except UnicodeDecodeError:
        raise _BadLineError("The line is not UTF-8 text.") from None
    except (ValueError, RecursionError):
        raise _BadLineError("The line is not JSON, or was cut off.") from None
    if not isinstance(found, dict) or not {"t", "raw"} <= found.keys():
        raise _BadLineError('The line is not an object with "t" and "raw".')
    return _time(found["t"]), _message(found["raw"])


def _time(t: object) -> float:
    if isinstance(t, bool) or not isinstance(t, int | float):
        raise _BadLineError('"t" is not a number of seconds.')
    if not 0 <= t <= LONGEST:  # nor is NaN
        raise _BadLineError('"t" is not a time since the recording began.')
    return float(t)


def _message(raw: object) -> Message:
    if not isinstance(raw, str):
        raise _BadLineError('"raw" is not text.')
    try:
        raw.encode()
        return parse(raw)
    except UnicodeEncodeError:
        raise _BadLineError('"raw" holds half a character.') from None
    except MalformedMessageError as error:
        raise _BadLineError(str(error)) from None
