"""Old notices are let go of, with what was sent of them."""

from datetime import timedelta

import pytest
from pytest_django import Settings

from notifications import retention
from notifications.models import Notice, Sending
from presence.models import Agent
from tests.factories import at

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)


def test_notices_are_kept_for_as_long_as_the_setting_says(
    ada: Agent, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.NOTICE_DAYS = 10
    monkeypatch.setattr(retention, "_BATCH", 2)
    for n in range(5):
        notice = Notice.objects.create(
            agent=ada, kind="missed_call", key=str(n), at=at() - 10 * DAY - timedelta(seconds=n)
        )
        Sending.objects.create(notice=notice, channel="email", made_at=at(), due_at=at())
    assert retention.purge(at()) == 4
    assert [one.key for one in Notice.objects.all()] == ["0"]
    assert Sending.objects.count() == 1
