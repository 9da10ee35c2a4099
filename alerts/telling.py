"""What other programs are told of alerts, in the transaction of what happened."""

from datetime import datetime
from typing import Any

from alerts.models import Alert
from alerts.subjects import parts
from presence.outbox import EventType, put


def put_event(kind: EventType, alert: Alert, at: datetime) -> None:
    """Tell that something became of `alert` at `at`."""
    of, key = parts(alert.subject)
    data: dict[str, Any] = {
        "alert": {
            "id": alert.pk,
            "rule": alert.rule.name,
            "kind": alert.rule.kind,
            "severity": alert.severity,
            "subject": {"kind": of, "id": key, "name": alert.name},
            "since": alert.since.isoformat(),
            "about": alert.about,
        }
    }
    if kind is EventType.ALERT_ACKNOWLEDGED and alert.acknowledged_by:
        data["by"] = alert.acknowledged_by.get_username()
    put(kind, at, f"alert:{alert.pk}", data)
