"""Settings that cannot work, said at start-up with what to do."""

from collections.abc import Iterator, Sequence
from typing import Any

from cryptography.fernet import Fernet
from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register
from django.db import DatabaseError

from presence import redis_url, sealing

_DATABASES = ("django.db.backends.sqlite3", "django.db.backends.postgresql")
_SHORTEST_LEASE = 5
_FEWEST_DAYS = 2
"""Somewhere today began yesterday."""


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
    if settings.REDIS_URL and (fault := redis_url.fault(settings.REDIS_URL)):
        found.append(
            Error(
                f"REDIS_URL is no address of a Redis: {fault.rstrip('.')}.",
                hint="Use redis://HOST:6379/0, or redis+sentinel://HOST:26379,HOST:26379/SERVICE "
                "where sentinels watch over it, or leave it out on one machine.",
                id="rollcall.E003",
            )
        )
    found += [*_sealing_keys(), *_days_kept()]
    return found


def _sealing_keys() -> list[CheckMessage]:
    try:
        for key in settings.SEALING_KEYS:
            Fernet(key)
    except ValueError:
        hint = (
            "Make one with .venv/bin/python -c "
            "'from cryptography.fernet import Fernet; print(Fernet.generate_key().decode())'"
        )
        return [Error("One of SEALING_KEYS is no key.", hint=hint, id="rollcall.E004")]
    return []


def _days_kept() -> Iterator[CheckMessage]:
    for name in ("HISTORY_DAYS", "CALL_DAYS", "AUDIT_DAYS"):
        days = getattr(settings, name)
        if days is not None and days < _FEWEST_DAYS:
            yield Error(
                f"{name} is {days}: what today's figures are made of would be removed.",
                hint=f"Set it to {_FEWEST_DAYS} or more, or leave it out to keep all.",
                id="rollcall.E006",
            )


@register(Tags.database)
def secrets_open(databases: Sequence[str] | None = None, **_kwargs: Any) -> list[CheckMessage]:
    """Before a server starts, for afterwards nobody could be told."""
    if "default" not in (databases or ()):
        return []
    try:
        for model, name in sealing.fields():
            for _pk, kept in sealing.kept(model, name):
                sealing.unseal(kept)
    except DatabaseError:
        return []  # the tables are not there yet, or not as they will be
    except sealing.CannotOpen as error:
        hint = "SEALING_KEYS has to name every key that secrets here were sealed by, newest first."
        return [Error(str(error), hint=hint, id="rollcall.E005")]
    return []
