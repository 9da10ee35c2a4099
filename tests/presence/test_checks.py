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
        ("REDIS_URL", "redis://localhost:6379/0?db=first", "rollcall.E003"),
        ("REDIS_URL", "redis://localhost:6379/0?colour=red", "rollcall.E003"),
        ("REDIS_URL", "redis+sentinel://one,two:26379", "rollcall.E003"),
        ("REDIS_URL", "redis+sentinel:///floor", "rollcall.E003"),
        ("REDIS_URL", "redis+sentinel://one:port/floor", "rollcall.E003"),
        ("REDIS_URL", "redis+sentinel://one,:26379/floor", "rollcall.E003"),
        ("REDIS_URL", "redis+sentinel://one/floor?colour=red", "rollcall.E003"),
        ("REDIS_URL", "redis+sentinel://one/floor?sentinel_colour=red", "rollcall.E003"),
    ],
)
def test_a_setting_that_cannot_work_is_an_error_with_a_hint(
    monkeypatch: pytest.MonkeyPatch, name: str, value: object, check: str
) -> None:
    monkeypatch.setattr(settings, name, value)
    (error,) = settings_make_sense()
    assert error.id == check
    assert error.hint


@pytest.mark.parametrize(
    "url",
    [
        "redis://localhost:6379/0",
        "redis://:secret@localhost/0?socket_timeout=1",
        "rediss://localhost:6379/0?ssl_ca_certs=/etc/ssl/redis.pem",
        "unix:///run/redis.sock?db=2",
        "redis+sentinel://one/floor",
        "redis+sentinel://rollcall:secret@one:26379,[::1]:26379/floor?db=2&sentinel_password=other",
        "rediss+sentinel://one,two/floor?ssl_ca_certs=/etc/ssl/redis.pem",
    ],
)
def test_redis_may_be_one_server_or_what_sentinels_watch_over(
    monkeypatch: pytest.MonkeyPatch, url: str
) -> None:
    monkeypatch.setattr(settings, "REDIS_URL", url)
    assert settings_make_sense() == []
