"""The demo floor begins with two working weeks of history that could have been lived."""

from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
from django.db.models import F, Sum
from django.utils import timezone

from presence import verify as presence_verify
from presence.models import AgentState, Interval, PendingMode, Transition
from presence.verify import Fault
from routing import verify as routing_verify
from routing.demo import floor, past
from routing.models import Interaction, Leg, LegSpan, Queue, QueueEntry

pytestmark = pytest.mark.django_db

NIGHT = datetime(2026, 3, 11, 2, 30, tzinfo=UTC)
"""A Wednesday, when nobody would be at work."""


def faults(now: datetime) -> list[Fault]:
    checks = (*presence_verify.CHECKS, *routing_verify.CHECKS)
    return [fault for check in checks for fault in check(now)]


def test_the_past_is_whole_has_everything_in_it_and_is_made_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(timezone, "now", lambda: NIGHT)
    floor.build()
    assert past.make(NIGHT)
    assert faults(NIGHT) == []

    _has_everything()
    _is_sane()
    _is_lively_at_night()

    before = Transition.objects.count()
    floor.build()
    assert not past.make(NIGHT + timedelta(days=3))
    assert Transition.objects.count() == before


def _has_everything() -> None:
    shown = set(Interval.objects.values_list("status", flat=True))
    assert shown == {
        *("available", "ringing", "on_call", "wrap_up", "no_answer", "busy", "on_break"),
        *("offline", "do_not_disturb", "back_office", "outgoing"),
    }
    reasons = set(Interval.objects.exclude(reason=None).values_list("reason__label", flat=True))
    assert reasons == {label for labels in floor.REASONS.values() for label in labels}
    causes = set(Interval.objects.values_list("cause", flat=True))
    assert {"supervisor", "connection_lost", "connected", "rejected", "ring_no_answer"} <= causes
    assert set(PendingMode.objects.values_list("end", flat=True)) >= {"applied", "replaced"}
    assert set(Interaction.objects.values_list("outcome", flat=True)) == {
        *("handled", "abandoned", "abandoned_on_hold", "overflowed", "transferred", "unanswered"),
    }
    kinds = set(Interaction.objects.values_list("kind", flat=True))
    assert kinds == {"queue", "campaign", "direct", "outbound"}
    ends = set(Leg.objects.values_list("outcome", flat=True))
    assert ends == {"hung_up", "rejected", "ring_timed_out", "withdrawn", "transferred"}
    spans = set(LegSpan.objects.values_list("state", flat=True))
    assert {"dialing", "on_hold", "consulting", "in_conference"} <= spans
    assert QueueEntry.objects.values("queue").distinct().count() == Queue.objects.count()


def _is_sane() -> None:
    days = Counter(
        day.weekday()
        for day in Interval.objects.filter(status="on_break").dates("started_at", "day")
    )
    assert not days[5]
    assert not days[6]
    assert sum(days.values()) >= 10
    spent = Interval.objects.order_by().values_list("status__workforce")
    hours = {
        kind: total.total_seconds() / 3600
        for kind, total in spent.annotate(total=Sum(F("ended_at") - F("started_at")))
    }
    assert 0.60 < hours["engaged"] / (hours["engaged"] + hours["ready"]) < 0.85
    ended = QueueEntry.objects.select_related("queue")
    level = timedelta(seconds=1)
    in_time = [
        entry
        for entry in ended
        if entry.outcome == "answered"
        and entry.left_at
        and entry.left_at - entry.entered_at <= entry.queue.service_level_seconds * level
    ]
    assert 0.7 < len(in_time) / len(ended) < 0.92


def _is_lively_at_night() -> None:
    assert not AgentState.objects.exclude(shown_status="offline").exists()
    late = Interaction.objects.filter(answered_at__gt=NIGHT - timedelta(hours=1))
    assert late.count() > 30
    assert not Interaction.objects.filter(ended_at=None).exists()
