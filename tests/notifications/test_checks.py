"""A setting with which the same would be told again and again is said at start-up."""

import pytest
from pytest_django import Settings

from notifications.checks import notices_are_kept


@pytest.mark.parametrize(("days", "found"), [(0, True), (-1, True), (1, False)])
def test_notices_are_kept_for_at_least_a_day(settings: Settings, days: int, found: bool) -> None:
    settings.NOTICE_DAYS = days
    assert ("notifications.E001" in {check.id for check in notices_are_kept()}) is found
