"""The floor's day: what "today" is in the figures that everybody shares."""

from datetime import UTC, datetime, time

from django.utils import timezone


def midnight(now: datetime) -> datetime:
    """When the day of `now` began by TIME_ZONE, in UTC, wherever whoever looks may be."""
    zone = timezone.get_default_timezone()
    return datetime.combine(timezone.localdate(now, zone), time(), zone).astimezone(UTC)
