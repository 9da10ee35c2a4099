"""What is removed is missed by no report of what is kept."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from audit.models import Kept
from dashboard.reporting import LONGEST, REPORTS
from presence import purging
from presence import verify as presence_verify
from presence.models import Interval, PendingMode, Transition
from reports.borders import midnight
from reports.wish import Wish
from routing import retention
from routing import verify as routing_verify
from routing.demo import floor, past
from routing.models import Interaction, Leg, LegSpan, QueueEntry

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 3, 11, 2, 30, tzinfo=UTC)
BORDERS = (
    ("UTC", date(2026, 3, 3)),
    ("Asia/Tokyo", date(2026, 3, 5)),
    ("America/Lima", date(2026, 3, 7)),
)
"""Midnights there; in the demo's queues it is the middle of a working day."""


def _told(first: date, zone: ZoneInfo) -> list[object]:
    found: list[object] = []
    for report in REPORTS.values():
        for by in report.by:
            last = min(date(2026, 3, 11), first + timedelta(days=LONGEST.get(by, 31) - 1))
            sheet = report.read(Wish(first, last, zone, by), NOW, True)
            assert sheet.lines
            found.append((report.name, by, sheet.lines, sheet.total))
    return found


def test_reports_from_the_border_on_are_what_they_were(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timezone, "now", lambda: NOW)
    floor.build()
    past.make(NOW)
    for name, day in BORDERS:
        zone = ZoneInfo(name)
        border = midnight(day, zone)
        crossing = Interval.objects.filter(started_at__lt=border, ended_at__gt=border)
        assert crossing.exists()
        before = _told(day, zone)
        removed = purging.purge(Kept.HISTORY, border, purging.history(border))
        removed_calls = purging.purge(Kept.CALLS, border, retention.calls(border))
        assert removed > 100
        assert removed_calls > 10
        assert _told(day, zone) == before
        assert not Transition.objects.filter(at__lt=border).exists()
        for model in (Interval, PendingMode):
            assert not model.objects.filter(ended_at__lt=border).exists()
        assert not Interaction.objects.filter(ended_at__lt=border - timedelta(hours=1)).exists()
        assert [*presence_verify.history(NOW), *routing_verify.spans(NOW)] == []
        assert [*routing_verify.calls(NOW), *routing_verify.parts(NOW)] == []
    for part in (Leg, LegSpan, QueueEntry):
        assert part.objects.exists()
