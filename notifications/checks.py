"""Settings of notifications that cannot work, said at start-up with what to do."""

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, register

from notifications.kinds import NOTED


@register()
def notices_are_kept(**_kwargs: Any) -> list[CheckMessage]:
    """What is told once is known by its notice."""
    if timedelta(days=settings.NOTICE_DAYS) >= NOTED:
        return []
    return [
        Error(
            f"NOTICE_DAYS is {settings.NOTICE_DAYS}: agents are told things again and again.",
            hint=f"Set it to {NOTED.days} or more; 30 suits most.",
            id="notifications.E001",
        )
    ]
