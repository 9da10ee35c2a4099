"""Letting go of old notices."""

from datetime import datetime, timedelta

from django.conf import settings

from notifications.models import Notice
from presence.writing import write

_BATCH = 500


def purge(now: datetime) -> int:
    """Delete notices older than `NOTICE_DAYS`, and what was sent of them, in small batches; gives
    how many."""
    total = 0
    old = Notice.objects.filter(at__lt=now - timedelta(days=settings.NOTICE_DAYS))
    while keys := list(old.order_by("at").values_list("pk", flat=True)[:_BATCH]):
        with write():
            Notice.objects.filter(pk__in=keys).delete()
        total += len(keys)
    return total
