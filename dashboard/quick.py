"""Jinja2 for what is rendered hundreds of times a second: a Django template takes five times as
long for a row."""

from functools import cache
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext, pgettext_lazy
from jinja2 import Environment

from dashboard.templatetags import floor


def environment(**options: Any) -> Environment:
    """For Django's settings: what templates may call beside what Jinja2 has itself."""
    made = Environment(**options)  # nosec B701 # noqa: S701 - Django asks for autoescape
    made.globals |= {
        "_": gettext,
        "ago": floor.ago,
        "answer": pgettext_lazy("button", "Answer"),
        "icon": cache(floor.icon),
        "milliseconds": floor.milliseconds,
        "reject": pgettext_lazy("button", "Reject"),
        "since": floor.since,
        "until": floor.until,
        "url": cache(_url),
    }
    return made


def _url(name: str, *keys: int) -> str:
    return reverse(name, args=keys)
