"""When a delivery that failed is tried again."""

from datetime import datetime, timedelta

_MINUTE, _HOUR = 60, 3600
PAUSES = (
    5,
    30,
    2 * _MINUTE,
    10 * _MINUTE,
    30 * _MINUTE,
    _HOUR,
    2 * _HOUR,
    4 * _HOUR,
    8 * _HOUR,
    8 * _HOUR,
    12 * _HOUR,
    12 * _HOUR,
    24 * _HOUR,
)
"""Seconds before each further attempt: three days in all."""

JITTER = 0.2
"""The share by which a pause may be longer, so that what failed together comes back apart."""


def next_attempt(attempts: int, now: datetime, chance: float) -> datetime | None:
    """When to try again after the `attempts`-th attempt failed at `now`; None to give up. `chance`
    is from 0 to 1."""
    if attempts > len(PAUSES):
        return None
    return now + timedelta(seconds=PAUSES[attempts - 1] * (1 + JITTER * chance))
