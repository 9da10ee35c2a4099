"""Settings that cannot work, said at start-up with what to do."""

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, register

_DATABASES = ("django.db.backends.sqlite3", "django.db.backends.postgresql")
_SHORTEST_LEASE = 5


@register()
def settings_make_sense(**_kwargs: Any) -> list[CheckMessage]:
    found: list[CheckMessage] = []
    if settings.LEASE_SECONDS < _SHORTEST_LEASE:
        found.append(
            Error(
                f"LEASE_SECONDS is {settings.LEASE_SECONDS}: a busy server would lose its agents.",
                hint=f"Set it to {_SHORTEST_LEASE} or more; 15 suits most.",
                id="rollcall.E001",
            )
        )
    if settings.DATABASES["default"]["ENGINE"] not in _DATABASES:
        found.append(
            Error(
                "DATABASE_URL names a database that Rollcall does not run on.",
                hint="Use sqlite:///PATH or postgres://USER:PASSWORD@HOST/NAME.",
                id="rollcall.E002",
            )
        )
    if settings.REDIS_URL and not settings.REDIS_URL.startswith(("redis://", "rediss://", "unix:")):
        found.append(
            Error(
                "REDIS_URL is no address of a Redis.",
                hint="Use redis://HOST:6379/0, or leave it out on one machine.",
                id="rollcall.E003",
            )
        )
    return found
