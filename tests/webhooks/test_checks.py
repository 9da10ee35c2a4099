"""A setting with which streams could not resume is said at start-up."""

import pytest
from django.conf import settings
from django.core.checks import run_checks


@pytest.mark.parametrize(("days", "found"), [(0, True), (-1, True), (1, False)])
def test_events_are_kept_for_at_least_a_day(
    monkeypatch: pytest.MonkeyPatch, days: int, found: bool
) -> None:
    monkeypatch.setattr(settings, "OUTBOX_DAYS", days)
    assert ("webhooks.E001" in {check.id for check in run_checks()}) is found
