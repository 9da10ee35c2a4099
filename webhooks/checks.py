"""Settings of webhooks that cannot work, said at start-up with what to do."""

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, register

from webhooks import reach


@register()
def networks_are_some(**_kwargs: Any) -> list[CheckMessage]:
    try:
        reach.networks()
    except ValueError as error:
        hint = "Name networks such as 10.0.7.0/24, or addresses, with commas between them."
        return [Error(f"WEBHOOK_NETWORKS: {error}.", hint=hint, id="webhooks.E002")]
    return []


@register()
def events_are_kept(**_kwargs: Any) -> list[CheckMessage]:
    if settings.OUTBOX_DAYS >= 1:
        return []
    return [
        Error(
            f"OUTBOX_DAYS is {settings.OUTBOX_DAYS}: a stream that breaks could not resume.",
            hint="Set it to 1 or more; 7 suits most.",
            id="webhooks.E001",
        )
    ]
