"""Settings that cannot work are said at start-up, with what to do."""

import pytest
from django.conf import settings

from presence.checks import settings_make_sense


def test_the_settings_of_this_installation_make_sense() -> None:
    assert settings_make_sense() == []


@pytest.mark.parametrize(
    ("name", "value", "check"),
    [
        ("LEASE_SECONDS", 1, "rollcall.E001"),
        ("DATABASES", {"default": {"ENGINE": "django.db.backends.mysql"}}, "rollcall.E002"),
        ("REDIS_URL", "localhost:6379", "rollcall.E003"),
    ],
)
def test_a_setting_that_cannot_work_is_an_error_with_a_hint(
    monkeypatch: pytest.MonkeyPatch, name: str, value: object, check: str
) -> None:
    monkeypatch.setattr(settings, name, value)
    (error,) = settings_make_sense()
    assert error.id == check
    assert error.hint
