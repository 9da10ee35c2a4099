"""From when on there is everything."""

from collections.abc import Collection
from datetime import datetime

from audit.models import Border, Kept


def removed(kinds: Collection[Kept], since: datetime) -> datetime | None:
    """Up to when something of these was removed, where that is later than `since`."""
    borders = Border.objects.filter(what__in=kinds, before__gt=since).order_by("-before")
    return borders.values_list("before", flat=True).first()
