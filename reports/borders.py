"""Where hours and days of a time zone begin: when the clocks change, a day has 23 hours or 25."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

HOUR = timedelta(hours=1)


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
    for began, ended in days(first, last, zone):
        start = began
        while start < ended:
            yield start, min(start + HOUR, ended)
            start += HOUR
