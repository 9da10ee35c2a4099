"""Settings of running it that cannot work are said at start-up, with what to do."""

import pytest
from pytest_django import Settings

from operations.checks import settings_make_sense


@pytest.mark.parametrize(
    ("name", "value", "check"),
    [
        ("LOG_FORMAT", "xml", "operations.E001"),
        ("METRICS_LISTEN", "9101", "operations.E002"),
        ("METRICS_LISTEN", "localhost:http", "operations.E002"),
    ],
)
def test_a_setting_that_cannot_work_is_an_error_with_a_hint(
    settings: Settings, name: str, value: str, check: str
) -> None:
    setattr(settings, name, value)
    (error,) = settings_make_sense()
    assert error.id == check
    assert error.hint


@pytest.mark.parametrize("listen", ["", "127.0.0.1:9101", "[::1]:9101", "localhost:1"])
def test_what_can_work_is_none(settings: Settings, listen: str) -> None:
    settings.METRICS_LISTEN, settings.LOG_FORMAT = listen, "json"
    assert settings_make_sense() == []
