"""Each request in the language and the time zone of whoever looks."""

from collections.abc import Callable
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse
from django.utils import timezone, translation
from django.utils.cache import patch_vary_headers

from presence.models import Preferences

COOKIE = "timezone"
"""The browser's own zone, as static/clock.js tells it."""

Answer = Callable[[HttpRequest], HttpResponse]


def local(answer: Answer) -> Answer:
    """In the language and zone that the user chose. Where they chose none, in the browser's; where
    it tells none, in LANGUAGE_CODE and TIME_ZONE."""

    def localised(request: HttpRequest) -> HttpResponse:
        own = _preferences(request)
        language = _language(request, own)
        zone = _zone(own.time_zone) or _zone(request.COOKIES.get(COOKIE, ""))
        with translation.override(language), timezone.override(zone):
            response = answer(request)
            response.headers.setdefault("Content-Language", language)
        patch_vary_headers(response, ("Accept-Language",))
        return response

    return localised


def _language(request: HttpRequest, own: Preferences) -> str:
    """Programs read codes; what the API says beside them is English, whoever asks."""
    if request.path_info.startswith("/api/"):
        return "en"
    return own.language or translation.get_language_from_request(request)


def _preferences(request: HttpRequest) -> Preferences:
    found = None
    if request.user.is_authenticated:
        found = Preferences.objects.filter(user=request.user.pk).first()
    return found or Preferences()


def _zone(name: str) -> ZoneInfo | None:
    try:
        return ZoneInfo(name) if name else None
    except (KeyError, ValueError, OSError):  # whatever a stranger may send
        return None
