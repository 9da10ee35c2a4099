"""Cutting time in a status at the borders of hours and days. Parts add up to the whole."""

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Stretch:
    """An agent's time in one status, `reason` a primary key. `open`: it still ran when it was
    read, and `ended` is that moment."""

    agent: int
    status: str
    reason: int | None
    note: str
    began: datetime
    ended: datetime
    open: bool = False


def cut(
    began: datetime, ended: datetime, starts: Sequence[datetime], end: datetime
) -> Iterator[tuple[int, float]]:
    """The seconds from `began` to `ended` in each bucket that it touches, by the bucket's number.

    Buckets follow each other: each lasts from its start until the next one's, the last until `end`.
    """
    if not starts:
        return
    began, ended = max(began, starts[0]), min(ended, end)
    number = bisect_right(starts, began) - 1
    while began < ended:
        until = starts[number + 1] if number + 1 < len(starts) else end
        stop = min(until, ended)
        yield number, (stop - began).total_seconds()
        began, number = stop, number + 1
