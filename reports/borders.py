"""Where hours and days of a time zone begin: when the clocks change, a day has 23 hours or 25."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from itertools import groupby
from zoneinfo import ZoneInfo

_GRAIN = timedelta(minutes=15)
"""Every zone's offset since 2000 is a multiple of it, so that no shorter step begins within."""


def midnight(day: date, zone: ZoneInfo) -> datetime:
    """When `day` begins in `zone`, in UTC; where the clocks skip midnight, when they have."""
    return datetime.combine(day, time(), zone).astimezone(UTC)


def days(first: date, last: date, zone: ZoneInfo) -> Iterator[tuple[datetime, datetime]]:
    """Each day from `first` to `last`, both included, from its beginning to the next one's."""
    for number in range((last - first).days + 1):
        day = first + timedelta(days=number)
        yield midnight(day, zone), midnight(day + timedelta(days=1), zone)


def hours(first: date, last: date, zone: ZoneInfo) -> Iterator[tuple[datetime, datetime]]:
    """Each hour of these days; one that the clocks repeat comes twice, one they skip never."""
    return steps(first, last, zone, 60)


def steps(
    first: date, last: date, zone: ZoneInfo, minutes: int
) -> Iterator[tuple[datetime, datetime]]:
    """Each step of so many minutes (15, 30 or 60) by the clock on the wall: where that is changed
    within a step, two shorter ones."""

    def on_the_wall(moment: datetime) -> tuple[timedelta | None, int]:
        local = moment.astimezone(zone)
        return local.utcoffset(), (local.hour * 60 + local.minute) // minutes

    for began, ended in days(first, last, zone):
        grains = [began + _GRAIN * n for n in range(-((began - ended) // _GRAIN))]
        starts = [next(same) for _, same in groupby(grains, on_the_wall)]
        yield from zip(starts, [*starts[1:], ended], strict=True)
