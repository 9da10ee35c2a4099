"""Each request in the time zone of whoever looks."""

from collections.abc import Callable
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse
from django.utils import timezone

COOKIE = "timezone"
"""The browser's own zone, as static/clock.js tells it."""

Answer = Callable[[HttpRequest], HttpResponse]


def local_times(answer: Answer) -> Answer:
    """Times in the zone that the browser told; in the account's, TIME_ZONE, until it did."""

    def local(request: HttpRequest) -> HttpResponse:
        with timezone.override(_zone(request.COOKIES.get(COOKIE, ""))):
            return answer(request)

    return local


def _zone(name: str) -> ZoneInfo | None:
    try:
        return ZoneInfo(name) if name else None
    except (KeyError, ValueError, OSError):  # whatever a stranger may send
        return None
