"""Settings of running it that cannot work, said at start-up with what to do."""

import re
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, register

_LISTEN = re.compile(r"(\[[0-9a-fA-F:]+\]|[^:\s]+):\d{1,5}")


@register()
def settings_make_sense(**_kwargs: Any) -> list[CheckMessage]:
    found: list[CheckMessage] = []
    if settings.LOG_FORMAT not in ("text", "json"):
        found.append(
            Error(
                f"LOG_FORMAT is {settings.LOG_FORMAT!r}: there is no such format.",
                hint="Set it to text, for people, or json, for machines.",
                id="operations.E001",
            )
        )
    if settings.METRICS_LISTEN and not _LISTEN.fullmatch(settings.METRICS_LISTEN):
        found.append(
            Error(
                f"METRICS_LISTEN is {settings.METRICS_LISTEN!r}: nobody can listen there.",
                hint="Name an address of this machine and a port, such as 127.0.0.1:9101.",
                id="operations.E002",
            )
        )
    return found
