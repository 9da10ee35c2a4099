"""Somebody says that they know of an alert."""

from datetime import datetime

from alerts.models import Alert
from alerts.telling import put_event
from presence.outbox import EventType
from presence.writing import write


def acknowledge(alert_id: int, by: int, now: datetime) -> Alert:
    """The alert, acknowledged by user `by` unless somebody was before them, or it is over. Raises
    `Alert.DoesNotExist`."""
    with write():
        alert = Alert.objects.select_for_update().get(pk=alert_id)
        if alert.cleared_at is None and not alert.acknowledged:
            alert.acknowledged_at, alert.acknowledged_by_id = now, by
            alert.save(update_fields=["acknowledged_at", "acknowledged_by"])
            put_event(EventType.ALERT_ACKNOWLEDGED, alert, now)
    return alert
